"""What a workstation gives a device, and what the device answers."""

from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tallypost.domain.bundle import (
    BODY_BYTES_MAX,
    ENVELOPE_BYTES_MAX,
    Access,
    Bundle,
    Hotspot,
    parse_bundle,
    spell_bundle,
)
from tallypost.domain.device_report import Report, parse_report, spell_report
from tallypost.domain.panel_code import (
    ALPHABET,
    CHARACTERS,
    code_hash,
    new_code,
    opens,
    plain,
    spoken,
)
from tallypost.errors import RecordError

BUNDLE = Bundle(
    device="tp-0001",
    counter=3,
    issued_utc_s=1_795_903_200.0,
    serial="10000000abcdef01",
    settings='device = "tp-0001"\n',
    site=None,
    files={"ca.pem": "one\ntwo\n"},
    secrets={"mqtt-password": "s3cret-word"},
    panel=Access(
        salt=b"s" * 16,
        hash=b"h" * 32,
        hotspot=Hotspot(ssid="tallypost-tp-0001", passphrase="ABCDE-FGHJK"),
    ),
)
REPORT = Report(
    device="tp-0001",
    signing_key="ab" * 32,
    panel_certificate_sha256="cd" * 32,
    request=None,
    serial=None,
    firmware="0.1.0",
)

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
words = st.text("abcXYZ09 -_", min_size=1, max_size=20).map(lambda told: f"x{told}x")
names = st.from_regex(r"[a-z0-9][a-z0-9.-]{0,10}", fullmatch=True)


@given(
    settings=texts,
    site=st.none() | texts,
    files=st.dictionaries(names, texts, max_size=4),
    secrets=st.dictionaries(names, words, max_size=4),
)
def test_a_bundle_reads_as_it_was_written(
    settings: str, site: str | None, files: dict[str, str], secrets: dict[str, str]
) -> None:
    bundle = replace(BUNDLE, settings=settings, site=site, files=files, secrets=secrets)

    assert parse_bundle(spell_bundle(bundle)) == bundle


@given(st.binary(max_size=200), st.integers(0, 400))
def test_a_damaged_bundle_is_refused_in_a_sentence(damage: bytes, place: int) -> None:
    body = spell_bundle(BUNDLE)
    damaged = body[:place] + damage + body[place + len(damage) :]

    with suppress(RecordError):  # nothing else may be raised
        assert isinstance(parse_bundle(damaged), Bundle)


WRONG = {
    "a name of another system": ({"device": "TP_1"}, "device: 'TP_1' is no name"),
    "a way out of the folder": ({"files": {"../x": ""}}, "files: '../x' is no name"),
    "a hidden file": ({"secrets": {".x": "y"}}, "secrets: '.x' is no name"),
    "a secret of two lines": ({"secrets": {"a": "x\ny"}}, "secrets.a: is not one line"),
    "an empty secret": ({"secrets": {"a": ""}}, "secrets.a: is not one line"),
    "no counter": ({"counter": 0}, "counter: 0 is not between"),
    "too many files": ({"files": {f"f{n}": "" for n in range(33)}}, "33 are above"),
    "a number with blanks": ({"serial": "a b"}, "serial: 'a b' is no machine's number"),
    "a short salt": ({"panel": Access(salt=b"s", hash=b"h" * 32)}, "panel.salt: is no"),
    "settings without end": ({"settings": "x" * BODY_BYTES_MAX}, "payload: "),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_no_device_may_be_given_is_refused(name: str) -> None:
    change, told = WRONG[name]

    with pytest.raises(RecordError, match=told):
        spell_bundle(replace(BUNDLE, **change))  # type: ignore[arg-type]


@pytest.mark.parametrize("passphrase", ["short", "x" * 64, "naïve-passphrase"])
def test_a_hotspot_has_a_passphrase_that_wpa_knows(passphrase: str) -> None:
    hotspot = Hotspot(ssid="x", passphrase=passphrase)

    with pytest.raises(RecordError, match="passphrase: "):
        spell_bundle(replace(BUNDLE, panel=replace(BUNDLE.panel, hotspot=hotspot)))


def test_the_largest_body_fits_its_envelope() -> None:
    assert BODY_BYTES_MAX * 4 / 3 + 1024 < ENVELOPE_BYTES_MAX


def test_no_secret_is_shown_by_accident() -> None:
    shown = repr(BUNDLE)

    for secret in ("s3cret-word", "ABCDE-FGHJK", "hhhhhhhh", "ssssssss"):
        assert secret not in shown


def test_a_report_reads_as_it_was_written() -> None:
    assert parse_report(spell_report(REPORT)) == REPORT


@pytest.mark.parametrize(
    "change",
    [{"device": "../x"}, {"signing_key": "AB" * 32}, {"request": "x" * 20_000}],
    ids=["another's path", "capital digits", "a request without end"],
)
def test_a_report_that_is_none_is_refused(change: dict[str, str]) -> None:
    with pytest.raises(RecordError):
        spell_report(replace(REPORT, **change))


def test_a_code_opens_however_it_is_typed() -> None:
    code, salt = new_code(), b"s" * 16
    kept = code_hash(code, salt)

    assert len(code) == CHARACTERS
    assert set(code) <= set(ALPHABET)
    assert plain(f" {spoken(code).lower()} ") == code
    assert opens(spoken(code).lower(), salt, kept)
    assert not opens(code[:-1], salt, kept)
    assert not opens("", salt, kept)


def test_no_letter_of_a_code_is_mistaken_for_another() -> None:
    assert not set("01OIL") & set(ALPHABET)
