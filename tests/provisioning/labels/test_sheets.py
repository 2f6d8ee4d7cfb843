"""Sheets of labels, read back by eyes that are not ours."""

import random
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from functools import cache
from io import BytesIO
from typing import Any

import av
import numpy as np
import pypdf
import pypdfium2
import pytest
import zxingcpp

from tallypost.documents.drawing.drawing import Drawing
from tallypost.documents.drawing.font import Fonts
from tallypost.documents.drawing.pdf import pdf_of_pages
from tallypost.documents.drawing.png import png
from tallypost.documents.drawing.svg import svg
from tallypost.errors import PaperError
from tallypost_provisioning.inventory.words import Identity
from tallypost_provisioning.labels.label import Wanted
from tallypost_provisioning.labels.onboarding import onboarding
from tallypost_provisioning.labels.sheets import (
    NAMES,
    groups,
    page,
    sheet_of,
    size_of,
)
from tests.provisioning.devices import identity

LABEL_DPI = 203.2
"""8 dots to the millimetre."""


def fleet(count: int) -> tuple[Identity, ...]:
    return tuple(
        identity(
            f"tp-{number:04}",
            dev_eui=f"70B3D57ED000{number:04X}",
            panel_code=f"{'23456789AB'[number % 10]}KQ2MXW9HR",
        )
        for number in range(1, count + 1)
    )


@cache
def drawn(identities: Sequence[Identity], name: str) -> list[Drawing]:
    sheet = sheet_of(name, None)
    return [page(each, sheet, Wanted()) for each in groups(identities, sheet)]


def wanted_codes(identities: Sequence[Identity]) -> set[str]:
    return {
        text
        for each in identities
        for text in (
            f"https://10.42.0.1/#{each.panel_code[:5]}-{each.panel_code[5:]}",
            onboarding(each.dev_eui, each.join_eui),
        )
    }


def read(picture: Any) -> set[str]:
    return {each.text for each in zxingcpp.read_barcodes(picture)}


def rasters(raw: bytes) -> list[Any]:
    """Return each page as a label printer would: dots that are there or not."""
    pages = pypdfium2.PdfDocument(raw)
    scale = LABEL_DPI / 72
    pictures = [each.render(scale=scale, grayscale=True).to_numpy() for each in pages]
    return [
        np.where(each.squeeze() < 128, 0, 255).astype(np.uint8) for each in pictures
    ]


def opened(raw: bytes) -> Any:
    """Return a PNG as FFmpeg sees it."""
    with av.open(BytesIO(raw), "r") as file:
        return next(file.decode(video=0)).to_ndarray(format="gray")


@pytest.mark.parametrize("name", NAMES)
def test_every_code_of_a_pdf_is_read_at_a_label_printers_dots(
    name: str, fonts: Fonts
) -> None:
    sheet = sheet_of(name, None)
    identities = fleet(sheet.across * sheet.down + 1)

    found = [
        read(each) for each in rasters(pdf_of_pages(drawn(identities, name), fonts))
    ]

    assert set().union(*found) >= wanted_codes(identities)


@pytest.mark.parametrize(("name", "count"), [("label", 2), ("l4773", 25), ("l4776", 5)])
@pytest.mark.parametrize("dots_per_mm", [8.0, 300 / 25.4])
def test_every_code_of_a_png_is_read(
    name: str, count: int, dots_per_mm: float, fonts: Fonts
) -> None:
    identities = fleet(count)
    sheet = sheet_of(name, None)
    first = identities[: sheet.across * sheet.down]

    found = read(opened(png(drawn(identities, name)[0], fonts, dots_per_mm)))

    assert found >= wanted_codes(first)


@pytest.mark.parametrize(
    ("name", "count", "pages"),
    [("label", 1, 1), ("l4773", 25, 2), ("l4776", 13, 2), ("roll-62", 3, 3)],
)
def test_a_pdf_has_as_many_pages_as_the_labels_need(
    name: str, count: int, pages: int, fonts: Fonts
) -> None:
    raw = pdf_of_pages(drawn(fleet(count), name), fonts)

    told = pypdf.PdfReader(BytesIO(raw)).pages
    assert len(told) == pages
    assert f"tp-{count:04}" in told[-1].extract_text()


def test_the_labels_of_a_sheet_stand_where_its_maker_has_cut_it(fonts: Fonts) -> None:
    """Blank lines lie where the cuts are: 63.5 x 33.9 mm, 2.5 mm between columns."""
    picture = opened(png(drawn(fleet(25), "l4773")[0], fonts, 8.0))
    dark = picture < 128
    for row in range(9):
        cut = round((12.9 + row * 33.9) * 8)
        assert not dark[cut - 14 : cut + 14].any()
    for column in range(3):
        left = round((7.25 + column * 66.0) * 8)
        assert not dark[:, left - 4 : left + 14].any()
        assert dark[:, left + 14 : left + 22].any()


def test_paper_to_be_cut_has_lines_to_cut_along(fonts: Fonts) -> None:
    dark = opened(png(drawn(fleet(1), "paper")[0], fonts, 8.0)) < 128

    assert dark[80:82, 100:600].any(axis=0).all()
    assert dark[100:300, 80:82].any(axis=1).all()


def test_a_roll_leaves_room_for_the_cut(fonts: Fonts) -> None:
    dark = opened(png(drawn(fleet(1), "roll-62")[0], fonts, 8.0)) < 128

    assert dark.shape == (280, 496)
    assert not dark[:22].any()
    assert not dark[-22:].any()


def photographed(picture: Any, degrees: float, drops: int) -> Any:
    """Return it as a telephone sees it in the rain: askew, blurred, dim, with drops."""
    larger = np.kron(picture, np.ones((3, 3))).astype(float)
    rows, columns = np.indices(larger.shape)
    turned, lying = np.radians(degrees), np.array(larger.shape) / 2
    y, x = rows - lying[0], columns - lying[1]
    at_y = lying[0] + y * np.cos(turned) - x * np.sin(turned)
    at_x = lying[1] + y * np.sin(turned) + x * np.cos(turned)
    inside = (at_y >= 0) & (at_y < rows.max()) & (at_x >= 0) & (at_x < columns.max())
    seen = np.where(
        inside, larger[at_y.astype(int) * inside, at_x.astype(int) * inside], 160
    )
    for _ in range(3):
        seen = (
            seen + np.roll(seen, 1, 0) + np.roll(seen, 1, 1) + np.roll(seen, -1, 0)
        ) / 4
    seen = 60 + seen * 0.5 * (1 - 0.5 * columns / columns.max())
    chance = random.Random(5)
    for _ in range(drops):
        middle = chance.randrange(rows.max()), chance.randrange(columns.max())
        drop = np.hypot(rows - middle[0], columns - middle[1]) < 9
        seen[drop] = seen[drop].mean()
    return seen.astype(np.uint8)


@pytest.mark.parametrize("degrees", [0.0, 8.0, -15.0])
def test_a_telephone_reads_both_codes_in_the_rain(degrees: float, fonts: Fonts) -> None:
    identities = fleet(1)
    picture = opened(png(drawn(identities, "label")[0], fonts, 8.0))

    seen = photographed(picture, degrees, drops=60)

    assert read(seen) >= wanted_codes(identities)


HOSTILE = (
    "<script>alert(1)</script>",
    "]]>&amp;<svg onload='x'>",
    "\x00\x07\x1b[2J",
    "\ud800 \ufffe",
    "(\\) Tj ET %%EOF",
    "\u202egnp.evil",
)


@pytest.mark.parametrize("place", HOSTILE, ids=ascii)
def test_a_hostile_name_breaks_neither_svg_nor_pdf_nor_png(
    place: str, fonts: Fonts
) -> None:
    drawing = drawn((identity(place=place),), "label")[0]

    root = ET.fromstring(svg(drawing))
    assert {each.tag.rpartition("}")[2] for each in root} <= {
        *("title", "metadata", "rect", "text", "path")
    }
    for raster in (
        rasters(pdf_of_pages([drawing], fonts))[0],
        opened(png(drawing, fonts, 8.0)),
    ):
        assert read(raster) >= wanted_codes([identity()])


def test_letters_that_no_font_here_has_are_shown_in_the_svg_and_refused_elsewhere(
    fonts: Fonts,
) -> None:
    drawing = drawn((identity(place="Quay \N{LEDGER} 橋"),), "label")[0]

    assert "\N{LEDGER} 橋" in svg(drawing)
    with pytest.raises(PaperError, match=r"has no letters for .*--font"):
        pdf_of_pages([drawing], fonts)
    with pytest.raises(PaperError, match=r"has no letters for .*--font"):
        png(drawing, fonts, 8.0)


@pytest.mark.parametrize("text", ["62x29", "62.5x29.25", "210x297"])
def test_a_size_is_read(text: str) -> None:
    assert size_of(text) == tuple(map(float, text.split("x")))


@pytest.mark.parametrize(
    "text", ["", "62", "62X29", "9x9", "211x30", "1e2x30", "٦٢x٢٩", "62x29x3", "-62x29"]
)
def test_a_size_that_is_none_of_a_label_is_refused(text: str) -> None:
    with pytest.raises(PaperError, match=r"--size: .*as in 62x29"):
        size_of(text)


def test_a_sheet_that_is_cut_already_takes_no_other_size() -> None:
    with pytest.raises(PaperError, match="labels of its own size"):
        sheet_of("l4773", (62.0, 29.0))


def test_a_roll_is_as_wide_as_it_is() -> None:
    with pytest.raises(PaperError, match="write 62x29"):
        sheet_of("roll-62", (50.0, 29.0))


def test_a_label_larger_than_paper_is_refused() -> None:
    with pytest.raises(PaperError, match="190x277 at most"):
        sheet_of("paper", (200.0, 100.0))
