"""CloudEvents: an envelope that gives back what was put in."""

import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tallypost.domain.alerts import Alert, AlertKind, AlertRecord, AlertState
from tallypost.domain.figures.lines import LineFigures
from tallypost.errors import RecordError
from tallypost.telemetry.codec.cloudevents import attributes, envelope, opened
from tallypost.telemetry.codec.json_v1 import encode, encode_alert
from tallypost.telemetry.codec.message import Message, Subject
from tests.domain.strategies import Words, names
from tests.telemetry.codec.convey import BEGIN_UTC_S, full, record

TOLD = Message(Subject.KPI, 7, encode(full(7)))
REQUIRED = {"specversion", "id", "source", "type"}


def test_an_event_has_what_every_event_must_have() -> None:
    found = attributes(TOLD)

    assert set(found) >= REQUIRED
    assert all(found.values())
    assert all(re.fullmatch("[a-z0-9]{1,20}", name) for name in found)
    assert found["specversion"] == "1.0"
    assert (found["source"], found["id"]) == ("tallypost/tp-7f3a91/kpi", "7")
    assert found["time"] == "2026-11-22T10:22:00Z"


def test_an_alert_is_an_event_of_its_own_kind() -> None:
    alert = Alert(
        kind=AlertKind.CAMERA_MOVED, state=AlertState.BEGUN, time_utc_s=BEGIN_UTC_S
    )
    payload = encode_alert(AlertRecord(device="tp-7f3a91", seq=7, alert=alert))

    found = attributes(Message(Subject.ALERT, 7, payload))

    assert found["type"] == "tallypost.alert/1"
    assert found["source"] != attributes(TOLD)["source"]


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_what_is_put_in_an_envelope_comes_out_as_it_was(data: st.DataObject) -> None:
    lines = data.draw(st.dictionaries(names, Words().of(LineFigures), max_size=2))
    told = record(3, lines=lines)

    assert opened(envelope(Message(Subject.KPI, 3, encode(told)))) == told


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"specversion": "0.3"}, "specversion"),
        ({"type": "tallypost.alert/1"}, "type"),
        ({"data": None}, "record"),
        ({"data": {"schema": "tallypost.kpi/1"}}, "device"),
    ],
    ids=["another version", "another type", "no data", "no record"],
)
def test_what_holds_no_record_is_told(changes: dict[str, object], place: str) -> None:
    event = json.loads(envelope(TOLD)) | changes

    with pytest.raises(RecordError, match=f"^{place}"):
        opened(json.dumps(event).encode())


@given(st.binary(max_size=200))
def test_no_bytes_at_all_raise_anything_but_a_record_error(event: bytes) -> None:
    with pytest.raises(RecordError):
        opened(event)
