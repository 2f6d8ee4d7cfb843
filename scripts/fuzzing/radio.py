"""Frames of the radio: what a device, or whoever has its keys, can say to the other."""

from contextlib import suppress

from scripts.fuzzing.parser import Parser, examples
from tallypost.domain.commands import Outcome
from tallypost.errors import CodecError
from tallypost.telemetry.codec import json_v1
from tallypost.telemetry.codec.compact.alert import encode_alert
from tallypost.telemetry.codec.compact.decoding import decode
from tallypost.telemetry.codec.compact.downlink import (
    Downlink,
    Resend,
    SetSetting,
    TimeIs,
    encode_downlink,
    encode_reply,
    parse_downlink,
)
from tallypost.telemetry.codec.compact.far_end import FarEnd
from tallypost.telemetry.codec.compact.frame import Frame, Port
from tallypost.telemetry.codec.compact.health import encode_health
from tallypost.telemetry.codec.compact.layout import Layout, encode_layout
from tallypost.telemetry.codec.compact.record import encode_record

LAYOUT = Layout.of(
    {"lines": {"gate": ("bicycle", "car")}, "intrusions": {"tracks": ()}}
)
"""Of the examples, as a radio tells them."""
COMMANDS = (
    Downlink(1, Resend(first_seq_low=1, last_seq_low=9)),
    Downlink(2, SetSetting(setting="confirm_every", value=12)),
    Downlink(3, TimeIs(utc_s=1_790_000_000.5)),
)
RECEIVED_UTC_S = 1.8e9


def _uplinks() -> tuple[bytes, ...]:
    """Return a frame of each kind, its port before it."""
    kpi, alert, health = examples("kpi-1.json", "alert-1.json", "health-1.json")
    frames = (
        encode_record(json_v1.decode(kpi), LAYOUT, 11),
        encode_record(json_v1.decode(kpi), LAYOUT, 51),
        encode_alert(json_v1.decode_alert(alert), LAYOUT),
        *encode_layout(LAYOUT, 51),
        encode_health(json_v1.decode_health(health)),
        encode_reply(COMMANDS[0], Outcome.DONE, 12),
    )
    return tuple(bytes([frame.port]) + frame.payload for frame in frames)


UPLINKS = _uplinks()


def radio_parsers() -> dict[str, Parser]:
    """Return the parsers of frames by their names."""
    commands = tuple(encode_downlink(each).payload for each in COMMANDS)
    return {
        "uplink": Parser(UPLINKS, _read_uplink, CodecError),
        "uplinks, one after the other": Parser(UPLINKS, _hear, CodecError),
        "downlink": Parser(commands, _read_downlink, CodecError),
    }


def _framed(data: bytes) -> Frame:
    return Frame(data[0] if data else 0, data[1:])


def _read_uplink(data: bytes) -> object:
    return decode(_framed(data), LAYOUT, RECEIVED_UTC_S)


def _hear(data: bytes) -> object:
    """Hear a frame after all good ones: numbers, dates and totals go on from there."""
    far_end = FarEnd()
    for good in UPLINKS:
        far_end.hear(_framed(good), RECEIVED_UTC_S)
    with suppress(CodecError):
        far_end.hear(_framed(data), RECEIVED_UTC_S)
    return far_end.hear(_framed(UPLINKS[0]), RECEIVED_UTC_S)


def _read_downlink(data: bytes) -> object:
    return parse_downlink(Port.COMMAND, data)
