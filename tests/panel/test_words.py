"""The words of the pages: five languages that say the same, and no markup."""

import json
import re
from pathlib import Path

import pytest

from tallypost.acceptance.sentences import ENGLISH
from tallypost.panel.files import PAGES

LANGUAGES = ("en", "de", "fr", "es", "nl")
WORDS = {
    language: json.loads((PAGES / "words" / f"{language}.json").read_text("utf-8"))
    for language in LANGUAGES
}
SCRIPTS = sorted(PAGES.glob("*.js"))
SAME_BY_NATURE = {
    ("de", "draw.name"),
    ("de", "heat.warm"),
    ("de", "kind.zones"),
    ("de", "open.code"),
    ("es", "home.who"),
    ("fr", "class.bus"),
    ("fr", "class.train"),
    ("fr", "class.tram"),
    ("fr", "kind.zones"),
    ("fr", "menu.title"),
    ("fr", "open.code"),
    ("nl", "camera.title"),
    ("nl", "class.bus"),
    ("nl", "class.tram"),
    ("nl", "heat.warm"),
    ("nl", "home.who"),
    ("nl", "host.privacy"),
    ("nl", "kind.zones"),
    ("nl", "menu.title"),
    ("nl", "open.code"),
}
"""What is spelled as in English because that is the word."""

PREDICTIONS = {
    "predict.class_unmeasured",
    "predict.fast_enough",
    "predict.missed_above",
    "predict.rate_unwatched",
}
FILES = {"certificate.pdf", "certificate.jsonl"}
WELLNESS = {"camera", "clock", "link", "heat", "power", "rate"}
"""What `wellness.js` puts together from a thing and how it is."""


def placeholders(text: str) -> list[str]:
    return sorted(re.findall(r"\{\w*\}", text))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_same_words_with_the_same_places(language: str) -> None:
    words, english = WORDS[language], WORDS["en"]

    assert list(words) == sorted(english)
    assert [key for key, text in words.items() if not text.strip()] == []
    assert {key: placeholders(text) for key, text in words.items()} == {
        key: placeholders(text) for key, text in english.items()
    }


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_no_word_was_left_in_english_by_oversight(language: str) -> None:
    same = {
        (language, key)
        for key, text in WORDS[language].items()
        if text == WORDS["en"][key]
    }

    assert same == {each for each in SAME_BY_NATURE if each[0] == language}


def test_the_pages_say_what_there_are_words_for_and_all_of_it() -> None:
    source = "\n".join(path.read_text("utf-8") for path in SCRIPTS)
    asked = set(re.findall(r'"([a-z]+(?:\.[a-z_]+)+)"', source))
    begun = set(re.findall(r"`([a-z]+\.(?:[a-z_]+\.)*)\$\{", source))
    begun |= {f"{room}." for room in re.findall(r'sentence\("([a-z]+)"', source)}
    ended = set(re.findall(r"\}(\.[a-z]+)`", source))

    unknown = {key for key in asked - FILES if key not in WORDS["en"]}
    unsaid = {
        key
        for key in WORDS["en"]
        if key not in asked
        and not key.startswith(tuple(begun))
        and not key.endswith(tuple(ended))
        and key.split(".")[0] not in WELLNESS
    }

    assert unknown == set()
    assert unsaid == set()


def test_the_pages_have_words_for_whatever_the_device_says_of_acceptance() -> None:
    english = WORDS["en"]
    ours = {
        key.partition(".")[2]: text
        for key, text in english.items()
        if key.startswith("said.") or key in PREDICTIONS
    }

    assert sorted(ours) == sorted(ENGLISH)
    assert {key: placeholders(text) for key, text in ours.items()} == {
        key: placeholders(text) for key, text in ENGLISH.items()
    }


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_nothing_that_comes_from_outside_can_become_markup(path: Path) -> None:
    source = path.read_text("utf-8")

    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|\beval\b"
        r"|new Function|srcdoc|setTimeout\(\s*[\"'`]|javascript:",
        source,
    )


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_a_script_speaks_to_its_own_host_alone_and_keeps_nothing(path: Path) -> None:
    source = path.read_text("utf-8").replace("http://www.w3.org/2000/svg", "")

    assert "://" not in source
    assert not re.search(r"sessionStorage|indexedDB|document\.cookie|caches\.", source)
    assert "localStorage" not in source or path.name == "words.js"


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_a_script_says_what_it_is_for_and_is_read_in_one_sitting(path: Path) -> None:
    source = path.read_text("utf-8")

    assert source.startswith("/** ")
    assert len(source.splitlines()) <= 300


def test_the_shell_has_nothing_inline() -> None:
    shell = (PAGES / "index.html").read_text("utf-8")

    assert not re.search(r"<style|style=|\son\w+=|<script(?![^>]*\ssrc=)", shell)
    assert "://" not in shell


def test_the_shell_asks_for_all_scripts_at_once() -> None:
    """One after another, each import would cost a way to the device and back."""
    shell = (PAGES / "index.html").read_text("utf-8")

    ahead = re.findall(r'rel="modulepreload" href="([a-z_]+\.js)"', shell)

    assert [*ahead, "panel.js"] == [
        *(path.name for path in SCRIPTS if path.name != "panel.js"),
        "panel.js",
    ]
