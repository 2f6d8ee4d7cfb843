"""Regions of pictures of every kind: the same pixels as the whole picture has there."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from av.video.reformatter import Interpolation

from tallypost.domain.vision import Frame, Pixels, Region, Size
from tallypost.errors import FootageError
from tallypost.vision.camera.crop import Cropper
from tallypost.vision.camera.scale import SCALING, Scaler, fit_within

FULL = Size(96, 64)


def gradient(width: int = 96, height: int = 64) -> Pixels:
    """A picture that tells by its colours where one is on it."""
    across = np.linspace(20, 230, width).astype(np.uint8)
    along = np.linspace(20, 230, height).astype(np.uint8)
    picture = np.empty((height, width, 3), np.uint8)
    picture[..., 0] = across
    picture[..., 1] = along[:, None]
    picture[..., 2] = 90
    return picture


def cut(
    picture: av.VideoFrame,
    *regions: Region,
    fit: Size = FULL,
    aspect: Fraction | None = None,
) -> tuple[Pixels, ...]:
    upright = Scaler(fit, "clip").upright(picture, aspect)
    told = Cropper(fit, "clip").crop(picture, upright, regions)
    assert [each.region for each in told] == list(regions)
    return tuple(each.pixels for each in told)


@pytest.mark.parametrize(
    "kind",
    ["yuv420p", "yuvj420p", "nv12", "yuv422p", "yuyv422", "yuv444p", "rgb24", "bgr0"],
)
def test_a_region_has_the_pixels_that_the_whole_has_there(kind: str) -> None:
    picture = av.VideoFrame.from_ndarray(gradient(), "rgb24").reformat(format=kind)
    whole = picture.reformat(
        *FULL, "rgb24", interpolation=SCALING, threads=1
    ).to_ndarray()

    (pixels,) = cut(picture, Region(16, 8, 48, 32), fit=Size(48, 32))

    # Interpolated colour may reach over the border of the region.
    inner = np.s_[2:-2, 2:-2]
    there = whole[8:40, 16:64].astype(int)
    assert np.abs(pixels.astype(int) - there)[inner].max() <= 3


@pytest.mark.parametrize(
    ("colours", "extent"), [(1, 1), (1, 2), (5, 1), (9, 1)], ids=str
)
def test_colours_are_read_as_the_picture_says(colours: int, extent: int) -> None:
    """BT.709, BT.601 and BT.2020, narrow and full: as the whole is read."""
    picture = av.VideoFrame.from_ndarray(gradient(), "rgb24").reformat(format="yuv420p")
    picture.colorspace, picture.color_range = colours, extent

    whole, _ = Scaler(FULL, "clip").scale(picture, None, spare=False)
    (pixels,) = cut(picture, Region(0, 0, *FULL))

    assert np.abs(pixels.astype(int) - whole.astype(int)).max() <= 2


def test_regions_are_scaled_to_fit_and_averaged() -> None:
    stripes = np.zeros((64, 96, 3), np.uint8)
    stripes[:, ::2] = 200

    smaller, larger = cut(
        av.VideoFrame.from_ndarray(stripes, "rgb24"),
        Region(8, 8, 64, 48),
        Region(8, 8, 16, 16),
        fit=Size(32, 32),
    )

    assert smaller.shape == (*fit_within(Size(64, 48), Size(32, 32))[::-1], 3)
    assert larger.shape == (32, 32, 3)
    assert np.abs(smaller.astype(int) - 100).max() <= 4


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("rotation", [0, 90, 180, -90])
def test_regions_of_a_turned_picture_lie_where_a_person_sees_them(
    draw_video: Callable[..., Path], rotation: int, mirrored: bool
) -> None:
    film = draw_video("a.mp4", count=1, rotation=rotation, mirrored=mirrored)
    with av.open(str(film)) as container:
        picture = next(container.decode(video=0))
    scaler = Scaler(Size(64, 64), "clip")
    upright = scaler.upright(picture, None)
    whole, scene = Scaler(picture_size(upright.scene), "clip").scale(
        picture, None, spare=False
    )
    region = Region(4, 8, 20, 16)

    (told,) = Cropper(region.size, "clip").crop(picture, upright, [region])

    assert told.region == region
    assert scene == upright.scene
    there = whole[8:24, 4:24].astype(int)
    assert np.abs(told.pixels.astype(int) - there).mean() < 4


def picture_size(scene: Size) -> Size:
    """The fit at which a picture keeps its size."""
    return scene


def test_a_region_of_wide_pixels_tells_what_it_really_shows() -> None:
    picture = av.VideoFrame.from_ndarray(gradient(), "rgb24").reformat(format="yuv420p")
    aspect = Fraction(16, 11)
    scaler = Scaler(Size(96, 96), "clip")
    upright = scaler.upright(picture, aspect)
    wanted = Region(31, 10, 50, 40)

    (told,) = Cropper(Size(96, 96), "clip").crop(picture, upright, [wanted])

    left, top, width, height = told.region
    assert (top, height) == (10, 40)
    assert 31 - 4 <= left <= 31
    assert 81 <= left + width <= 81 + 4
    # its first column's red tells where on the coded picture it was cut
    column = (float(told.pixels[:, 0, 0].mean()) - 20) / 210 * 95
    assert column == pytest.approx(left * 11 / 16, abs=2)


def test_erasing_the_frame_overwrites_its_regions() -> None:
    picture = av.VideoFrame.from_ndarray(gradient(), "rgb24").reformat(format="yuv420p")
    scaler = Scaler(Size(33, 33), "clip")
    upright = scaler.upright(picture, None)
    closer = Cropper(Size(33, 33), "clip").crop(
        picture, upright, [Region(0, 0, 40, 40), Region(20, 20, 40, 40)]
    )
    pixels, scene = scaler.scale(picture, None, spare=False)
    frame = Frame(pixels, scene, 0.0, 0.0, closer=closer)
    assert all(each.pixels.any() for each in closer)

    frame.erase()

    assert not pixels.any()
    assert not any(each.pixels.any() for each in closer)


def test_regions_share_no_memory_with_the_picture_nor_with_each_other() -> None:
    picture = av.VideoFrame.from_ndarray(gradient(), "rgb24")
    region = Region(0, 0, 32, 32)
    cropper = Cropper(Size(32, 32), "clip")
    upright = Scaler(Size(32, 32), "clip").upright(picture, None)
    (first,) = cropper.crop(picture, upright, [region])
    kept = first.pixels.copy()

    (second,) = cropper.crop(picture, upright, [region])
    second.pixels[...] = 0

    assert np.array_equal(first.pixels, kept)
    assert np.array_equal(picture.to_ndarray(), gradient())


@pytest.mark.parametrize("kind", ["yaf32le", "gray32le"])
def test_a_kind_that_cannot_be_scaled_says_so(kind: str) -> None:
    picture = av.VideoFrame(64, 48, kind)

    with pytest.raises(FootageError, match=rf"^clip: pictures of the kind {kind}"):
        cut(picture, Region(0, 0, 32, 32))


def test_one_core_scales_so_that_the_process_may_be_shut_in() -> None:
    assert Interpolation.AREA in SCALING
    picture = av.VideoFrame.from_ndarray(gradient(), "rgb24")
    cropper = Cropper(Size(32, 32), "clip")
    upright = Scaler(Size(32, 32), "clip").upright(picture, None)
    before = len(list(Path("/proc/self/task").iterdir()))

    cropper.crop(picture, upright, [Region(n, 0, 32, 32) for n in range(0, 40, 2)])

    assert len(list(Path("/proc/self/task").iterdir())) == before
