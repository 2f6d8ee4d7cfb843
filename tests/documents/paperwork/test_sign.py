"""The sign for passers-by, read with eyes that are not ours."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import fields, replace
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pypdf
import pypdfium2
import pytest
import zxingcpp
from fontTools.ttLib import TTFont

from tallypost.documents.drawing.drawing import A4_PT, Shape, Words
from tallypost.documents.drawing.font import Fonts
from tallypost.documents.drawing.pdf import pdf
from tallypost.documents.drawing.svg import svg
from tallypost.documents.page import sites
from tallypost.documents.paperwork.running import Running
from tallypost.documents.paperwork.sign.sign import FOOT, MARGIN, ROWS_END, sign
from tallypost.documents.paperwork.sign.words import LANGUAGES
from tallypost.documents.paperwork.stamp import read_stamp
from tallypost.errors import PaperError
from tallypost.settings.host import Language
from tallypost.settings.site import Site

Make = Callable[..., Running]
KINDS = [name for name, field in Site.model_fields.items() if field.default == ()]
ELEMENTS = Path(__file__).parents[3] / "docs" / "elements"
INTRUSION = """\
[[intrusions]]
name = "tracks"
polygon = [[0.1, 0.1], [0.9, 0.1], [0.9, 0.9]]
"""
LONGEST = "\n".join(
    f'{key} = "{"W" * length}"'
    for key, length in (
        ("controller", 120),
        ("contact", 120),
        ("purpose", 240),
        ("kept", 120),
        ("legal_ground", 240),
        ("privacy_officer", 120),
    )
)
LONGEST_HOST = f'[host]\npage = "https://{"w" * 192}"\n{LONGEST}\n'


def text_of(raw: bytes) -> str:
    return " ".join(pypdf.PdfReader(BytesIO(raw)).pages[0].extract_text().split())


def words_of(running: Running, language: str = "en") -> list[Words]:
    parts = sign(running, language).parts
    return [each for each in parts if isinstance(each, Words)]


def said(running: Running, language: str = "en") -> str:
    return " ".join(each.text for each in words_of(running, language))


def codes(raw: bytes) -> list[str]:
    picture = pypdfium2.PdfDocument(raw)[0].render(scale=2).to_numpy()
    return [each.text for each in zxingcpp.read_barcodes(picture)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sign_answers_what_a_passer_by_asks(
    make: Make, fonts: Fonts, language: str
) -> None:
    running = make()
    raw = pdf(sign(running, language), fonts)
    told, wording = text_of(raw), LANGUAGES[language]

    for each in (
        wording.title,
        wording.promise,
        wording.overwritten,
        wording.counted["lines"][1:],
        "Planning of cycle paths.",
        "City of Example",
        "privacy@example.org",
        "five years",
        "https://example.org/counting?device=tp-1&lang=en",
        "30",
        "tp-1",
    ):
        assert each in told, each
    assert told == " ".join(said(running, language).split())
    assert codes(raw) == ["https://example.org/counting?device=tp-1&lang=en"]


def test_the_svg_is_well_formed_and_says_the_same(make: Make) -> None:
    root = ET.fromstring(svg(sign(make(), "fr")))
    texts = [each.text for each in root.iter("{http://www.w3.org/2000/svg}text")]

    assert texts == [each.text for each in words_of(make(), "fr")]
    assert root.attrib["width"] == "209.9mm"
    assert "page" not in root.attrib


def test_a_pdf_is_one_page_that_runs_nothing_and_says_what_it_describes(
    make: Make, fonts: Fonts
) -> None:
    raw = pdf(sign(make(), "de"), fonts)
    reader = pypdf.PdfReader(BytesIO(raw), strict=True)

    assert len(reader.pages) == 1
    assert reader.pages[0].mediabox.upper_right == A4_PT
    assert reader.metadata is not None
    assert reader.metadata.title == f"{LANGUAGES['de'].title}: tp-1"
    assert reader.trailer["/Root"]["/Lang"] == "de"
    assert read_stamp(raw) == make().described()
    for forbidden in (b"/JavaScript", b"/OpenAction", b"/Image", b"/URI", b"/AA"):
        assert forbidden not in raw


def test_the_same_settings_make_the_same_bytes_on_any_day(
    make: Make, fonts: Fonts, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = pdf(sign(make(), "en"), fonts)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")  # what fontTools takes for today

    assert pdf(sign(make(), "en"), fonts) == first


def test_a_pdf_shows_every_letter(make: Make, fonts: Fonts) -> None:
    """Where the letters stand, there is ink: none is an empty box of no width."""
    page = pypdfium2.PdfDocument(pdf(sign(make(), "en"), fonts))[0]
    picture = page.render(scale=1).to_numpy()[:, :, 0]

    for each in words_of(make()):
        y, x = round(each.y_pt), round(each.x_pt)
        patch = picture[y - round(each.size_pt * 0.6) : y, x : x + 30]
        assert np.ptp(patch) > 60, each.text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("host", ["", LONGEST_HOST], ids=["silent", "longest"])
def test_whatever_is_said_stays_on_the_page(
    make: Make, fonts: Fonts, language: str, host: str
) -> None:
    running = replace(make(host), site=everything())
    assert list(running.kinds()) == KINDS
    rows = [each for each in words_of(running, language) if each.x_pt == 100]

    assert max(each.y_pt for each in rows) <= ROWS_END
    for each in words_of(running, language):
        width_pt = width_em(each.text, fonts.bold if each.bold else fonts.regular)
        width_pt *= each.size_pt
        assert each.x_pt + width_pt <= A4_PT[0] - MARGIN / 2, each.text
        assert each.y_pt <= A4_PT[1] - 6
        if each.x_pt < 100 and each.y_pt < FOOT:
            assert each.x_pt + width_pt < A4_PT[0] - MARGIN - 130


def width_em(text: str, file: Path) -> float:
    """Return how wide a text really is, in heights of its letters."""
    font = opened(file)
    units = sum(font["hmtx"][font.getBestCmap()[ord(each)]][0] for each in text)
    return float(units / font["head"].unitsPerEm)


@cache
def opened(file: Path) -> TTFont:
    return TTFont(file)


def everything() -> Site:
    """Return a site that draws one of each kind, as the pages on elements do."""
    drawn: dict[str, Any] = {}
    for page in sorted(ELEMENTS.glob("*.md")):
        for site in sites(page.read_text("utf-8")):
            for kind, elements in site.drawn().items():
                if elements:
                    drawn.setdefault(kind, elements[:1])
    return Site.model_construct(**drawn)


def test_every_language_has_words_for_everything() -> None:
    assert tuple(LANGUAGES) == get_args(Language)
    for wording in LANGUAGES.values():
        assert list(wording.counted) == KINDS
        for each in fields(wording):
            assert getattr(wording, each.name)
        assert "{days}" in wording.kept_here
        assert "{date}" in wording.made


def test_a_moment_that_may_be_told_is_said(make: Make) -> None:
    at_once = LANGUAGES["en"].at_once

    assert at_once not in said(make())
    assert at_once in said(make(site=INTRUSION))


def test_a_camera_on_the_network_is_said(make: Make) -> None:
    camera = '[camera]\nkind = "video"\nsource = "rtsp://10.0.0.7/live"\n'

    assert LANGUAGES["en"].from_network not in said(make())
    assert LANGUAGES["en"].from_network in said(make(camera))


def test_a_host_speaks_the_signs_language_where_he_has_words(make: Make) -> None:
    host = '[host]\npurpose = "Planning"\nkept = "a year"\n'
    host += '[[host.translations]]\nlanguage = "de"\npurpose = "Planung"\n'

    assert "Planning" in said(make(host), "en")
    assert "Planung" in said(make(host), "de")
    assert "a year" in said(make(host), "de")


def test_ground_and_officer_stand_on_the_sign_where_there_are_any(make: Make) -> None:
    host = '[host]\nlegal_ground = "article 6(1)(e)"\nprivacy_officer = "Ada"\n'

    assert "Rechtsgrundlage: article 6(1)(e)" in said(make(host), "de")
    assert "Data protection officer: Ada" in said(make(host))
    assert LANGUAGES["en"].officer not in said(make())


def test_without_a_host_the_sign_says_that_nothing_was_stated(
    make: Make, fonts: Fonts
) -> None:
    running = make("")

    assert said(running).count("(not stated)") == 4
    assert codes(pdf(sign(running, "en"), fonts)) == []


@pytest.mark.parametrize(
    "name",
    [
        '</text><script>alert("1")</script>',
        "]]><!--&amp;&#0;",
        ") Tj (evil) ' \\ 100 0 0 rg",
        "Gmina Łódź · Δήμος Αθηναίων · Київ",
    ],
)
def test_names_of_any_kind_are_letters_and_nothing_else(
    make: Make, fonts: Fonts, name: str
) -> None:
    running = make(f"[host]\ncontroller = '''{name}'''\n")
    root = ET.fromstring(svg(sign(running, "en")))
    tags = {each.tag.rpartition("}")[2] for each in root.iter()}

    assert tags <= {"svg", "title", "metadata", "rect", "path", "text"}
    assert name in " ".join(each.text or "" for each in root.iter())
    assert name in text_of(pdf(sign(running, "en"), fonts))


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("東京都", "has no letters for 京 東 都; name a TrueType font that has them"),
        ("بلدية عمان", "a script that runs to the left or joins its letters"),
        ("עיריית חיפה", "a script that runs to the left"),
        ("Gmina Ło\u0301dź", "joins its letters"),
    ],
    ids=["chinese", "arabic", "hebrew", "combining"],
)
def test_what_the_pdf_cannot_set_right_it_refuses_and_the_svg_tells(
    make: Make, fonts: Fonts, name: str, fault: str
) -> None:
    drawing = sign(make(f'[host]\ncontroller = "{name}"\n'), "en")

    with pytest.raises(PaperError, match=re.escape(fault)):
        pdf(drawing, fonts)
    assert name in svg(drawing)


def test_the_code_has_the_margin_that_readers_ask_for(make: Make) -> None:
    shapes = [each for each in sign(make(), "en").parts if isinstance(each, Shape)]
    drawn = shapes[-1].outlines
    left = min(each.start[0] for each in drawn)
    module = min(
        step.end[0] - each.start[0] for each in drawn for step in each.segments[:1]
    )

    assert left - (A4_PT[0] - MARGIN - 130) == pytest.approx(4 * module)
