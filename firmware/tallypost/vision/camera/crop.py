"""Cuts regions out of a decoded picture, scaled to fit the detector: no copy between.

FFmpeg's crop filter moves a picture's pointers, and swscale reads the region from where
the decoder put it: 256x256 of 768x576 to 320x320 takes 0.34 ms on one x86 core, and
1.2 ms where the region is copied first. Both give the same pixels.
"""

from collections.abc import Sequence
from fractions import Fraction

import av
from av.filter import Graph

from tallypost.domain.vision import Closer, Region, Size
from tallypost.vision.camera.scale import (
    ABORTING_KINDS,
    Matrix,
    Picture,
    Upright,
    fit_within,
    refused,
    turned,
    view,
)

GRAPHS_MAX = 64
TIME_BASE = Fraction(1, 1000)


class Cropper:
    """Gives regions of pictures of any size and kind, as RGB that fits.

    Args:
        fit: The size to fit into.
        place: How messages call the footage.
    """

    def __init__(self, fit: Size, place: str) -> None:
        self._fit = fit
        self._place = place
        self._kind: tuple[object, ...] = ()
        self._graphs: dict[tuple[Region, Size], Graph] = {}

    def crop(
        self, picture: Picture, upright: Upright, regions: Sequence[Region]
    ) -> tuple[Closer, ...]:
        """Return regions of a picture, upright and scaled; the picture stays as it is.

        Each tells the part of the scene that it really shows: a pixel more than asked
        for, where colour is told for several at a time.

        Args:
            picture: What the decoder gave.
            upright: How it stands.
            regions: Parts of the scene, inside of it.

        Raises:
            FootageError: These pictures cannot be turned into RGB.
        """
        kind = (picture.format.name, picture.width, picture.height)
        if kind != self._kind or len(self._graphs) > GRAPHS_MAX:
            self._kind = kind
            self._graphs.clear()
        return tuple(self._closer(picture, upright, region) for region in regions)

    def _closer(self, picture: Picture, upright: Upright, region: Region) -> Closer:
        coded = Size(picture.width, picture.height)
        part = _widened(_to_coded(region, upright, coded), picture)
        shown = _to_scene(part, upright, coded)
        target = fit_within(shown.size, self._fit)
        if upright.is_turned:
            target = Size(target.height, target.width)
        scaled = self._scale(picture, part, target)
        return Closer(shown, turned(view(scaled), upright.matrix))

    def _scale(self, picture: Picture, part: Region, target: Size) -> Picture:
        failure = ""
        try:
            if picture.format.name in ABORTING_KINDS:
                raise ValueError  # noqa: TRY301  as swscale should say
            graph = self._graphs.get((part, target))
            if graph is None:
                graph = self._graphs[part, target] = _graph(picture, part, target)
            graph.vpush(picture)
            scaled = graph.vpull()
            # Nothing to do gives the decoder's own buffer, which it may need again.
            scaled.make_writable()
        except (av.FFmpegError, ValueError) as error:
            failure = type(error).__name__
        if failure:
            raise refused(self._place, picture, failure)
        return scaled


def _graph(picture: Picture, part: Region, target: Size) -> Graph:
    graph = Graph()
    graph.threads = 1  # this process may not be allowed to start more
    chain = [
        graph.add_buffer(
            width=picture.width,
            height=picture.height,
            format=picture.format,
            time_base=picture.time_base or TIME_BASE,
        ),
        graph.add("crop", f"{part.width}:{part.height}:{part.left}:{part.top}:exact=1"),
        graph.add("scale", f"{target.width}:{target.height}:flags=area+accurate_rnd"),
        graph.add("format", "rgb24"),
        graph.add("buffersink"),
    ]
    graph.link_nodes(*chain).configure()
    return graph


def _widened(part: Region, picture: Picture) -> Region:
    """Return a part whose corners lie where colour is told, inside the picture."""
    left, top = part.left // 2 * 2, part.top // 2 * 2
    right = min(-(-(part.left + part.width) // 2) * 2, picture.width)
    bottom = min(-(-(part.top + part.height) // 2) * 2, picture.height)
    return Region(left, top, right - left, bottom - top)


def _to_coded(region: Region, upright: Upright, coded: Size) -> Region:
    """Return where a part of the scene lies in the picture as it was coded."""
    left, top, right, bottom = _flipped(region, upright.scene, upright.matrix)
    if upright.is_turned:
        left, top, right, bottom = top, left, bottom, right
    share = coded.width / upright.shown.width
    left, right = int(left * share), min(round(right * share + 0.5), coded.width)
    return Region(left, top, right - left, bottom - top)


def _to_scene(part: Region, upright: Upright, coded: Size) -> Region:
    """Return which part of the scene a part of the coded picture shows."""
    share = upright.shown.width / coded.width
    left, right = round(part.left * share), round((part.left + part.width) * share)
    top, bottom = part.top, part.top + part.height
    if upright.is_turned:
        left, top, right, bottom = top, left, bottom, right
    region = Region(left, top, right - left, bottom - top)
    left, top, right, bottom = _flipped(region, upright.scene, upright.matrix)
    return Region(left, top, right - left, bottom - top)


def _flipped(
    region: Region, scene: Size, matrix: Matrix | None
) -> tuple[int, int, int, int]:
    """Return left, top, right and bottom in a scene mirrored as the matrix says.

    Done twice, it undoes itself.
    """
    left, top, width, height = region
    right, bottom = left + width, top + height
    if matrix is None:
        return left, top, right, bottom
    a, b, c, d = matrix
    rightward, downward = (c, b) if abs(b) > abs(a) else (a, d)
    if rightward < 0:
        left, right = scene.width - right, scene.width - left
    if downward < 0:
        top, bottom = scene.height - bottom, scene.height - top
    return left, top, right, bottom
