"""A device's own word about itself: believed as it was signed, and no other way."""

import base64
import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from tallypost.errors import RecordError
from tallypost.telemetry.codec.cose import sign
from tallypost.telemetry.codec.statement import (
    Kind,
    is_statement,
    read_statement,
    statement_line,
)

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
TOLD = {"passed": True, "frames": 30, "faults": [], "signed": None}
LINE = statement_line("tp-1", TOLD, KEY)


def test_what_was_signed_is_read_with_its_key() -> None:
    statement = read_statement(LINE)

    assert is_statement(LINE)
    assert statement.device == "tp-1"
    assert statement.public_key == KEY.public_key().public_bytes_raw()
    assert {key: statement.told[key] for key in TOLD} == TOLD


@given(at=st.integers(0, len(LINE) - 1), other=st.integers(1, 255))
def test_a_line_of_which_one_byte_differs_is_not_believed(at: int, other: int) -> None:
    altered = bytearray(LINE)
    altered[at] ^= other

    with pytest.raises(RecordError):
        read_statement(bytes(altered))


@given(st.binary(max_size=300))
def test_any_line_is_read_or_refused(line: bytes) -> None:
    with pytest.raises(RecordError):
        read_statement(line)


def line(**changes: object) -> bytes:
    return json.dumps(json.loads(LINE) | changes).encode()


def signed(told: object) -> str:
    message = sign(json.dumps(told).encode(), Kind.PRIVACY_TEST.media_type, KEY)
    return base64.b64encode(message).decode()


OWN = {"schema": Kind.PRIVACY_TEST, "device": "tp-1"}
FORGED = {
    "another device's": line(device="tp-2"),
    "more beside it": line(passed=True),
    "no text": line(cose=7),
    "of another schema within": line(cose=signed(OWN | {"schema": "tallypost.kpi/1"})),
    "no object within": line(cose=signed([OWN])),
    "without a device within": line(cose=signed({"schema": Kind.PRIVACY_TEST})),
}


@pytest.mark.parametrize("forged", FORGED.values(), ids=FORGED)
def test_a_line_that_no_device_of_ours_writes_is_refused(forged: bytes) -> None:
    with pytest.raises(RecordError):
        read_statement(forged)


def test_a_statement_about_one_thing_is_none_about_another() -> None:
    accepted = statement_line("tp-1", TOLD, KEY, Kind.ACCEPTANCE)
    turned = accepted.replace(Kind.ACCEPTANCE.encode(), Kind.PRIVACY_TEST.encode(), 1)

    assert read_statement(accepted).kind is Kind.ACCEPTANCE
    with pytest.raises(RecordError, match="is of type"):
        read_statement(turned)
