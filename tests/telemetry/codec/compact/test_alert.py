"""Alerts in eleven bytes."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tallypost.domain.alerts import Alert, AlertKind, AlertRecord, AlertState
from tallypost.errors import CodecError
from tallypost.telemetry.codec.compact.alert import encode_alert
from tallypost.telemetry.codec.compact.decoding import decode
from tallypost.telemetry.codec.compact.layout import Layout
from tests.telemetry.codec.compact.world import BEGIN_UTC_S, alerts, sites

PARK = Layout.of({"car_parks": {"market": ()}, "lines": {"gate": ("car",)}})
OVERSTAY = AlertRecord(
    device="tp-1",
    seq=70_000,
    alert=Alert(
        kind=AlertKind.OVERSTAY,
        state=AlertState.BEGUN,
        time_utc_s=BEGIN_UTC_S + 0.9,
        collection="car_parks",
        element="market",
        label="car",
        value=14_400.2,
    ),
)


@given(data=st.data())
def test_any_alert_fits_eleven_bytes_and_is_read_as_it_was(data: st.DataObject) -> None:
    site = data.draw(sites)
    layout, record = Layout.of(site), data.draw(alerts(site))
    alert = record.alert

    frame = encode_alert(record, layout)
    found = decode(frame, layout)

    assert len(frame.payload) <= 11
    assert found["kind"] == alert.kind
    assert found["state"] == alert.state
    assert found["seq_low"] == record.seq % 65_536
    if alert.collection:
        assert found["element"] == f"{alert.collection}/{alert.element}"
    else:
        assert "element" not in found
    if record.begun_seq and record.seq - record.begun_seq < 65_536:
        assert found["earlier"] == record.seq - record.begun_seq
    if "value" in found:
        assert alert.value is not None
        assert found["value"] == round(alert.value)


def test_an_alert_of_four_hours_is_told_in_full() -> None:
    frame = encode_alert(OVERSTAY, PARK)

    found = decode(frame, PARK, BEGIN_UTC_S + 30)

    assert found["value"] == 14_400
    assert found["label"] == "car"
    assert found["time"] == "2026-11-22T10:15:00Z"


def test_a_value_that_has_no_room_is_left_out_and_nothing_else() -> None:
    alert = replace(OVERSTAY.alert, state=AlertState.ENDED)
    record = replace(OVERSTAY, alert=alert, begun_seq=69_000)

    assert "value" not in decode(encode_alert(record, PARK), PARK)
    assert decode(encode_alert(record, PARK, 51), PARK)["value"] == 14_400


def test_with_less_than_its_own_room_an_alert_is_refused() -> None:
    with pytest.raises(CodecError, match="alert: has no room in 8 bytes"):
        encode_alert(OVERSTAY, PARK, 8)
