"""Who answers for the counting."""

import tomllib

import pytest
from pydantic import ValidationError

from tallypost.settings.device import DeviceSettings
from tallypost.settings.remote import refusal


@pytest.mark.parametrize(
    "text",
    [
        'page = "http://example.org"',
        'page = "https://example.org/a b"',
        'page = "https://example.org/<b>"',
        'page = "https://ex\u00e4mple.org/"',
        'page = "https://' + "a" * 193 + '"',
        'controller = " "',
        'purpose = "one\\ntwo"',
        'kept = "' + "a" * 121 + '"',
        '[[host.translations]]\nlanguage = "it"',
        "[[host.translations]]\nlanguage = 'de'\n" * 2,
    ],
)
def test_what_no_sign_can_show_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        DeviceSettings.model_validate(tomllib.loads(f"[host]\n{text}\n"))


def test_a_host_speaks_a_language_as_far_as_somebody_has_put_it_in_that() -> None:
    text = '[host]\npurpose = "plan"\nkept = "a year"\n[[host.translations]]\n'
    text += 'language = "fr"\npurpose = "planifier"\n'
    host = DeviceSettings.model_validate(tomllib.loads(text)).host

    assert host.spoken("fr") == ("planifier", "a year", None)
    assert host.spoken("nl") == ("plan", "a year", None)


def test_nobody_far_away_says_who_answers_for_it() -> None:
    assert refusal("host.controller") is not None
