"""What a device signs of itself, read with eyes that are not ours."""

import base64
import hashlib
import json
import zlib
from dataclasses import replace

import cbor2
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cwt import COSE, COSEKey
from hypothesis import given
from hypothesis import strategies as st

from tallypost.acceptance import base45
from tallypost.acceptance.certificate import (
    CODE_CHARACTERS_MAX,
    DIGEST,
    WHOLE,
    certify,
    code_text,
    line_of_code,
    read_certificate,
)
from tallypost.errors import AcceptanceError, RecordError
from tallypost.telemetry.codec.statement import Kind, statement_line
from tests.acceptance.world import FACTS, KEY, NOW_UTC_S

MADE = certify("tp-0001", FACTS, KEY, technician="R. Example", remarks="Hedge cut.")
PUBLIC = KEY.public_key().public_bytes_raw()
LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"


def unspelt(text: str) -> bytes:
    """Read base45 as RFC 9285 says, on our own."""
    told = bytearray()
    for at in range(0, len(text), 3):
        three = [LETTERS.index(letter) for letter in text[at : at + 3]]
        value = sum(place * 45**power for power, place in enumerate(three))
        told += value.to_bytes(len(three) - 1, "big")
    return bytes(told)


def test_the_code_alone_is_verified_by_other_tools() -> None:
    text = code_text(MADE)
    assert text.startswith("TPA1:")
    message = zlib.decompress(unspelt(text.removeprefix("TPA1:")))

    key = COSEKey.new({1: 1, 3: -8, -1: 6, -2: PUBLIC, 2: PUBLIC})
    payload = json.loads(COSE.new().decode(message, key))

    assert payload["schema"] == "tallypost.acceptance/1"
    assert payload["passed"] is True
    assert payload["signed"] == "2026-11-28T22:00:00Z"
    assert payload["accuracy"]["gate"]["person"]["taps"] == 142
    assert payload["technician"] == "R. Example"


def test_the_line_alone_is_verified_by_a_library_of_signatures() -> None:
    message = cbor2.loads(base64.b64decode(json.loads(MADE.line)["cose"]))
    protected, _, payload, signature = message.value
    about = cbor2.dumps(["Signature1", protected, b"", payload])
    public = Ed25519PublicKey.from_public_bytes(PUBLIC)

    public.verify(signature, about)
    with pytest.raises(InvalidSignature):
        public.verify(signature, about.replace(b"true", b"null"))


def test_what_was_certified_is_read_again() -> None:
    again = read_certificate(MADE.line + b"\n")

    assert again == MADE
    assert again.accuracy == FACTS.accuracy
    assert [each.name for each in again.checks][:2] == ["link", "clock"]
    assert all(each.sentence for each in again.checks)


def test_a_device_that_is_not_well_certifies_that() -> None:
    made = certify("tp-0001", replace(FACTS, sight=None), KEY)

    assert not made.passed


def test_without_a_date_it_says_that_it_has_none() -> None:
    assert certify("tp-0001", replace(FACTS, now_utc_s=None), KEY).signed is None


def test_what_was_found_of_lines_that_are_no_more_is_not_certified() -> None:
    made = certify("tp-0001", replace(FACTS, lines=("gate",)), KEY)

    assert set(made.accuracy) == {"gate"}


def test_where_it_is_too_long_for_paper_the_code_holds_its_digest() -> None:
    words = " ".join(f"{number:x}" for number in range(7**4, 7**4 + 500))[:2000]
    made = certify("tp-0001", FACTS, KEY, remarks=words)
    text = code_text(made)

    message = base64.b64decode(json.loads(made.line)["cose"])
    digest = hashlib.sha256(message).hexdigest()
    assert text == f"TPA0:tp-0001:{PUBLIC.hex()}:{digest}"
    assert text.startswith(DIGEST)
    assert len(code_text(MADE)) <= CODE_CHARACTERS_MAX


@pytest.mark.parametrize(
    ("technician", "remarks"),
    [("x" * 65, ""), ("", "x" * 2001), ("a\x1b[31m", ""), ("", "\u202e")],
    ids=["a long name", "a novel", "a terminal's colour", "turned round"],
)
def test_what_cannot_be_printed_is_not_signed(technician: str, remarks: str) -> None:
    with pytest.raises(AcceptanceError, match="can be printed"):
        certify("tp-0001", FACTS, KEY, technician=technician, remarks=remarks)


@given(at=st.integers(0, len(MADE.line) - 1), other=st.integers(1, 255))
def test_of_an_altered_certificate_nothing_is_believed(at: int, other: int) -> None:
    altered = bytearray(MADE.line)
    altered[at] ^= other

    with pytest.raises(RecordError):
        read_certificate(bytes(altered))


SAID = json.loads(cbor2.loads(base64.b64decode(json.loads(MADE.line)["cose"])).value[2])
STRANGE: dict[str, dict[str, object]] = {
    "no checks": {"checks": None},
    "a sentence of another version": {
        "checks": [{"name": "x", "passed": True, "key": "new", "arguments": {}}]
    },
    "a sentence without its numbers": {
        "checks": [{"name": "x", "passed": True, "key": "sharp", "arguments": {}}]
    },
    "a sentence with a list in it": {
        "checks": [
            {"name": "x", "passed": 1, "key": "sharp", "arguments": {"percent": []}}
        ]
    },
    "no verdict": {"passed": "yes"},
    "an accuracy of nothing": {"accuracy": {"gate": {"person": {}}}},
    "a novel": {"remarks": "x" * 3000},
}


@pytest.mark.parametrize("changes", STRANGE.values(), ids=STRANGE)
def test_what_no_device_of_ours_signs_is_refused_though_signed(
    changes: dict[str, object],
) -> None:
    told = {key: each for key, each in SAID.items() if key not in ("schema", "device")}
    line = statement_line("tp-0001", told | changes, KEY, Kind.ACCEPTANCE)

    with pytest.raises(RecordError):
        read_certificate(line)


def test_a_privacy_test_is_no_certificate() -> None:
    with pytest.raises(RecordError, match="is not tallypost"):
        read_certificate(statement_line("tp-0001", {"passed": True}, KEY))


@given(st.binary(max_size=60))
def test_letters_of_codes_are_those_of_the_standard(data: bytes) -> None:
    assert unspelt(base45.encode(data)) == data == base45.decode(base45.encode(data))


def test_the_examples_of_the_standard_hold() -> None:
    # RFC 9285, 4.3 and 4.4.
    assert base45.encode(b"AB") == "BB8"
    assert base45.encode(b"Hello!!") == "%69 VD92EX0"
    assert base45.encode(b"base-45") == "UJCLQE7W581"
    assert base45.decode("QED8WEX0") == b"ietf!"


@pytest.mark.parametrize("text", ["GGW", "A", "ab", "::", ":::", "BB8Ä"])
def test_what_is_no_base45_is_refused(text: str) -> None:
    with pytest.raises(RecordError):
        base45.decode(text)


def test_a_real_certificate_has_room_in_the_code() -> None:
    whole = certify(
        "tallypost-0123456789abcdef",
        replace(
            FACTS,
            now_utc_s=NOW_UTC_S + 0.5,
            lines=tuple(f"line-{each}" for each in range(4)),
            accuracy={
                f"line-{each}": {"person": FACTS.accuracy["gate"]["person"]}
                for each in range(4)
            },
        ),
        KEY,
        technician="Maximiliane Mustermann-Übelacker",
        remarks="The hedge on the left was cut; the antenna stands free.",
    )

    assert code_text(whole).startswith(WHOLE)


def test_what_a_telephone_has_read_is_read_as_the_file_is() -> None:
    assert read_certificate(line_of_code(code_text(MADE))) == MADE


BOMB = WHOLE + base45.encode(zlib.compress(bytes(500_000), 9))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "TPA1:",
        "TPA1:GGW",
        "TPA2:",
        "TPA0:tp-1:ab:cd",
        code_text(MADE)[:-3],
        WHOLE + base45.encode(zlib.compress(MADE.line)),
        BOMB,
    ],
    ids=lambda text: text[:8] + str(len(text)),
)
def test_a_code_that_holds_no_certificate_is_refused(text: str) -> None:
    with pytest.raises(RecordError, match=r"code|cose|cbor"):
        line_of_code(text)
