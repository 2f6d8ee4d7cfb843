"""Draws a site without any picture: what is where, and which way is forward."""

from collections.abc import Iterable, Iterator
from html import escape
from math import hypot

from tallypost.domain.records import collections
from tallypost.settings.site import Site
from tallypost.settings.strokes import Point, Stroke, strokes

SIZE = (960, 540)
Size = tuple[int, int]
"""Width and height of a drawing."""
_MARGIN = 28
_ARROW = 26
_COLOURS = (
    "#0b6e99",
    "#2e7d32",
    "#8e24aa",
    "#c77700",
    "#5d4037",
    "#00838f",
    "#ad1457",
    "#c62828",
    "#6d4c00",
    "#d84315",
    "#455a64",
    "#283593",
)
_STYLE = (
    "text{font:13px sans-serif;paint-order:stroke;stroke:#fff;stroke-width:3px}"
    ".grid{stroke:#ddd}.tick{fill:#777;font-size:11px}"
    ".area{fill-opacity:.13;stroke-width:2}.line{stroke-width:3;fill:none}"
)


def sketch(site: Site, size: Size = SIZE) -> str:
    """Return an SVG of everything that a site draws, its names beside it.

    Args:
        site: What is drawn.
        size: Of the drawing, in its pixels; the picture's own shape, best.
    """
    width, height = size[0] + 2 * _MARGIN, size[1] + 2 * _MARGIN
    body = [*_grid(size)]
    for stroke in strokes(site):
        body += _drawn(stroke, size)
    if site.calibration is not None:
        body += _marks(site.calibration.picture, size)
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">',
            f"<style>{_STYLE}</style>",
            f'<rect width="{width}" height="{height}" fill="#fff"/>',
            *body,
            "</svg>",
            "",
        ]
    )


def _grid(size: Size) -> Iterator[str]:
    """Yield a line at every tenth of the picture, as settings count them."""
    left, top = _MARGIN, _MARGIN
    right, bottom = left + size[0], top + size[1]
    for tenth in range(11):
        x = left + size[0] * tenth // 10
        y = top + size[1] * tenth // 10
        label = f"{tenth / 10:g}"
        yield f'<path class="grid" d="M{x} {top}V{bottom}M{left} {y}H{right}"/>'
        yield f'<text class="tick" x="{x - 7}" y="{top - 8}">{label}</text>'
        yield f'<text class="tick" x="{left - 24}" y="{y + 4}">{label}</text>'


def _drawn(stroke: Stroke, size: Size) -> Iterator[str]:
    points = [_place(point, size) for point in stroke.points]
    path = "M" + "L".join(f"{x:.0f} {y:.0f}" for x, y in points)
    colour = _COLOURS[list(collections()).index(stroke.kind) % len(_COLOURS)]
    kind = "area" if stroke.is_area else "line"
    fill = colour if stroke.is_area else "none"
    close = "Z" if stroke.is_area else ""
    yield (f'<path class="{kind}" d="{path}{close}" stroke="{colour}" fill="{fill}"/>')
    x = sum(x for x, _ in points) / len(points)
    y = sum(y for _, y in points) / len(points)
    if stroke.is_arrow:
        yield from _forward(points[0], points[1], colour)
        x, y = x + 8, y - 8
    told = escape(stroke.name)
    yield f'<text x="{x:.0f}" y="{y:.0f}" fill="{colour}">{told}</text>'


def _marks(points: Iterable[Point], size: Size) -> Iterator[str]:
    """Yield a cross at each point of the calibration, with its place in the list."""
    for place, point in enumerate(points):
        x, y = _place(point, size)
        cross = f"M{x - 6:.0f} {y:.0f}h12M{x:.0f} {y - 6:.0f}v12"
        yield f'<path class="line" stroke="#000" d="{cross}"/>'
        yield f'<text x="{x + 6:.0f}" y="{y - 6:.0f}">{place}</text>'


def _place(point: Point, size: Size) -> Point:
    return _MARGIN + point[0] * size[0], _MARGIN + point[1] * size[1]


def _forward(start: Point, end: Point, colour: str) -> Iterator[str]:
    """Yield a dot where the line starts, and an arrow to its right: forward."""
    length = hypot(end[0] - start[0], end[1] - start[1])
    along = (end[0] - start[0]) / length, (end[1] - start[1]) / length
    right = -along[1], along[0]
    x, y = (start[0] + end[0]) / 2, (start[1] + end[1]) / 2
    tip = x + right[0] * _ARROW, y + right[1] * _ARROW
    wings = [
        (
            tip[0] - right[0] * 9 + side * along[0] * 6,
            tip[1] - right[1] * 9 + side * along[1] * 6,
        )
        for side in (-1, 1)
    ]
    yield f'<circle cx="{start[0]:.0f}" cy="{start[1]:.0f}" r="5" fill="{colour}"/>'
    yield (
        f'<path class="line" stroke="{colour}" d="M{x:.0f} {y:.0f}L{tip[0]:.0f} '
        f"{tip[1]:.0f}M{wings[0][0]:.0f} {wings[0][1]:.0f}L{tip[0]:.0f} {tip[1]:.0f}"
        f'L{wings[1][0]:.0f} {wings[1][1]:.0f}"/>'
    )
    anchor = "middle"
    if abs(right[0]) > abs(right[1]):
        anchor = "start" if right[0] > 0 else "end"
    yield (
        f'<text class="tick" text-anchor="{anchor}" x="{tip[0] + right[0] * 5:.0f}" '
        f'y="{tip[1] + right[1] * 12 + 4:.0f}">forward</text>'
    )
