"""The certificate on paper, read as a printer, a telephone and a court would."""

from dataclasses import replace
from functools import cache
from io import BytesIO
from string import Formatter

import pypdf
import pypdfium2
import pytest
import zxingcpp

from tallypost.acceptance.certificate import Certificate, certify, code_text
from tallypost.acceptance.checks import checks
from tallypost.acceptance.sentences import ENGLISH
from tallypost.documents.acceptance.page import (
    ATTACHED,
    FOOT,
    GAP,
    REMARKS_LINES_MAX,
    certificate_pdf,
    page,
)
from tallypost.documents.acceptance.words.languages import LANGUAGES
from tallypost.documents.drawing.drawing import Words
from tests.acceptance.world import FACTS, KEY

DPI = 150
MADE = certify("tp-0001", FACTS, KEY, technician="R. Example", remarks="Hedge cut.")
FULL = certify(
    "d" * 64,
    replace(
        FACTS,
        sight=None,
        lines=tuple(f"{each:x>32}" for each in range(64)),
        accuracy={
            f"{each:x>32}": {"person": FACTS.accuracy["gate"]["person"]}
            for each in range(64)
        },
    ),
    KEY,
    technician="W" * 64,
    remarks="long words " * 180,
)


FAILING = certify(
    "d" * 64,
    replace(
        FACTS,
        lines=tuple(f"{each:x>64}" for each in range(64)),
        accuracy={
            f"{each:x>64}": {
                "person": replace(FACTS.accuracy["gate"]["person"], equivalent=False)
            }
            for each in range(64)
        },
    ),
    KEY,
    technician="W" * 64,
    remarks="a\n" * 500,
)
TALKATIVE = certify("tp-0001", FACTS, KEY, remarks="one more thing\n" * 70)
DOUBTFUL = certify("tp-0001", replace(FACTS, sight=None), KEY)


@cache
def printed(language: str) -> bytes:
    return certificate_pdf(DOUBTFUL, language)


def code_of(raw: bytes) -> list[str]:
    picture = pypdfium2.PdfDocument(raw)[0].render(scale=DPI / 72).to_numpy()
    return [each.text for each in zxingcpp.read_barcodes(picture)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_telephone_reads_the_code_off_the_paper(language: str) -> None:
    assert code_of(printed(language)) == [code_text(DOUBTFUL)]


@pytest.mark.parametrize(
    "made",
    [MADE, FULL, FAILING, TALKATIVE],
    ids=["usual", "full", "failing", "talkative"],
)
def test_it_is_one_page_and_carries_what_was_signed(made: Certificate) -> None:
    raw = certificate_pdf(made, "en")
    read = pypdf.PdfReader(BytesIO(raw))

    assert len(read.pages) == 1
    assert read.attachments == {ATTACHED: [made.line + b"\n"]}
    assert code_of(raw) == [code_text(made)]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("made", [FAILING, TALKATIVE])
def test_nothing_that_was_said_is_drawn_over_the_code(
    made: Certificate, language: str
) -> None:
    attached = LANGUAGES[language].attached
    said = [
        each
        for each in page(made, language).parts
        if isinstance(each, Words)
        and (each.text in made.remarks.splitlines() or each.text == attached)
    ]

    assert 1 < len(said) <= REMARKS_LINES_MAX
    assert max(each.y_pt for each in said) < FOOT - GAP
    assert [each.text for each in said].index(attached) == len(said) - 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_that_was_found_is_on_it(language: str) -> None:
    read = pypdf.PdfReader(BytesIO(printed(language)))
    text = " ".join(read.pages[0].extract_text().split())
    wording = LANGUAGES[language]

    assert wording.not_passed in text
    for each in checks(replace(FACTS, sight=None)):
        assert wording.names[each.name] in text
        said = wording.sentences[each.key].format_map(each.arguments)
        assert " ".join(said.split()) in text
    assert "142" in text
    assert "\u22122.1%" in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_the_same_things(language: str) -> None:
    def wanted(sentence: str) -> set[str]:
        return {name for _, name, _, _ in Formatter().parse(sentence) if name}

    wording, english = LANGUAGES[language], LANGUAGES["en"]
    certified = {key for key in ENGLISH if key in LANGUAGES["de"].sentences}

    assert set(wording.names) == set(english.names)
    assert set(wording.sentences) >= certified
    for key in certified:
        assert wanted(wording.sentences[key]) == wanted(ENGLISH[key]), key
        assert language == "en" or wording.sentences[key] != ENGLISH[key]
    assert wanted(wording.line) == wanted(english.line)
    assert wanted(wording.unbounded) == wanted(english.unbounded)
