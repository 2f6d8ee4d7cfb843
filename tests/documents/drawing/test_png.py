"""Pages as dots, held against two other painters."""

from io import BytesIO
from typing import Any

import av
import numpy as np
import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tallypost.documents.drawing.dots import fill
from tallypost.documents.drawing.drawing import (
    Drawing,
    Outline,
    Segment,
    Shape,
    Words,
    circle,
    polygon,
    rectangle,
)
from tallypost.documents.drawing.font import Fonts
from tallypost.documents.drawing.pdf import pdf
from tallypost.documents.drawing.png import png

BLACK, WHITE = "#000000", "#ffffff"


@pytest.fixture(scope="module")
def fonts() -> Fonts:
    found = Fonts()
    if not (found.regular.is_file() and found.bold.is_file()):
        pytest.skip("needs the package fonts-dejavu-core")
    return found


def opened(raw: bytes) -> Any:
    """Return it as FFmpeg sees it."""
    with av.open(BytesIO(raw), "r") as file:
        return next(file.decode(video=0)).to_ndarray(format="gray")


def test_a_page_of_dots_looks_as_its_pdf_does(fonts: Fonts) -> None:
    drawing = Drawing(
        title="",
        language="en",
        mark="",
        size_pt=(200.0, 120.0),
        parts=[
            Shape((rectangle(4, 4, 90, 40), rectangle(10, 10, 30, 20)), BLACK),
            Shape((circle(150, 60, 40), circle(150, 60, 20)), BLACK),
            Words(8, 70, "Größe ßÅ@&%§ 8Bg", 16, colour=BLACK),
            Words(8, 100, "7KQ2M-XW9HR ç", 20, bold=True, colour=BLACK),
            Words(50, 36, "white", 14, colour=WHITE),
        ],
    )
    ours = opened(png(drawing, fonts, 8.0)) < 128

    page = pypdfium2.PdfDocument(pdf(drawing, fonts))[0]
    theirs = page.render(scale=25.4 * 8 / 72, grayscale=True).to_numpy().squeeze() < 128
    height, width = (min(each) for each in zip(ours.shape, theirs.shape, strict=True))
    differ = ours[:height, :width] != theirs[:height, :width]
    assert differ.mean() < 0.01
    assert ours.mean() > 0.1


def test_a_png_says_how_large_it_is_to_be_printed(fonts: Fonts) -> None:
    drawing = Drawing(title="", language="en", mark="", size_pt=(72.0, 36.0), parts=[])
    raw = png(drawing, fonts, 8.0)

    assert opened(raw).shape == (102, 203)
    assert (opened(raw) == 255).all()
    at = raw.index(b"pHYs") + 4
    assert raw[at : at + 9] == (8000).to_bytes(4, "big") * 2 + b"\x01"


POINTS = st.tuples(st.floats(-10, 40), st.floats(-10, 40))


@given(st.lists(POINTS, min_size=3, max_size=8), st.booleans())
def test_a_dot_is_filled_where_its_centre_lies_within(
    corners: list[tuple[float, float]], even_odd: bool
) -> None:
    dots = np.zeros((24, 30), bool)
    fill(dots, Shape((polygon(corners),), BLACK), 1.0, even_odd=even_odd, dark=True)

    for y, x in np.ndindex(dots.shape):
        winding, nearest = wound(corners, x + 0.5, y + 0.5)
        if nearest > 1e-6:
            inside = winding % 2 if even_odd else winding
            assert dots[y, x] == bool(inside)


def wound(corners: list[tuple[float, float]], x: float, y: float) -> tuple[int, float]:
    """Return how often an outline winds round a point, and how near it comes."""
    turns, nearest = 0, 1.0
    for (ax, ay), (bx, by) in zip(corners, [*corners[1:], corners[0]], strict=True):
        if (ay <= y) != (by <= y):
            there = ax + (y - ay) * (bx - ax) / (by - ay)
            turns += (1 if by > ay else -1) * (there < x)
            nearest = min(nearest, abs(there - x))
    return turns, nearest


def test_overlapping_strokes_of_a_letter_make_no_hole() -> None:
    dots = np.zeros((10, 10), bool)
    strokes = Shape((rectangle(1, 4, 8, 2), rectangle(4, 1, 2, 8)), BLACK)
    fill(dots, strokes, 1.0, even_odd=False, dark=True)

    assert dots[5, 5]
    assert dots.sum() == 28


def test_a_curve_is_followed() -> None:
    dots = np.zeros((100, 100), bool)
    arch = Outline((10, 90), (Segment((90, 90), ((10, 10), (90, 10))),))
    fill(dots, Shape((arch,), BLACK), 1.0, even_odd=True, dark=True)

    # A cubic with these handles covers 3/5 of base times the handles' height.
    assert abs(dots.sum() - 0.6 * 80 * 80) < 40


def test_what_lies_beside_the_page_is_not_drawn() -> None:
    dots = np.zeros((4, 4), bool)
    for place in (
        rectangle(-9, -9, 3, 3),
        rectangle(9, 9, 3, 3),
        rectangle(-9, 1, 5, 1),
    ):
        fill(dots, Shape((place,), BLACK), 1.0, even_odd=True, dark=True)
    assert not dots.any()

    fill(dots, Shape((rectangle(-9, 1, 99, 1),), BLACK), 1.0, even_odd=True, dark=True)
    assert dots[1].all()
    assert dots.sum() == 4
