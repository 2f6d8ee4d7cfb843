"""Shows frames beside what decoders say of them, for people and for network servers."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, NamedTuple

from tallypost.domain.commands import Outcome
from tallypost.domain.figures.lines import LineTotals
from tallypost.domain.health import HealthRecord, RadioHealth
from tallypost.telemetry.codec import json_v1
from tallypost.telemetry.codec.compact.alert import encode_alert
from tallypost.telemetry.codec.compact.decoding import decode
from tallypost.telemetry.codec.compact.downlink import (
    AskLayout,
    Command,
    Downlink,
    Resend,
    SetInterval,
    encode_downlink,
    encode_reply,
    name_of,
)
from tallypost.telemetry.codec.compact.frame import Frame
from tallypost.telemetry.codec.compact.health import encode_health
from tallypost.telemetry.codec.compact.layout import Layout, encode_layout
from tallypost.telemetry.codec.compact.record import encode_record

SLOWEST_BYTES, EUROPE_BYTES = 11, 51
"""What the slowest data rate carries, in US915 and in EU868."""
LAYOUT = Layout.of(
    {
        "lines": {"gate": ("person", "bicycle", "car")},
        "zones": {"platform": ("person",)},
        "intrusions": {"tracks": ("person",)},
    }
)
RADIO = RadioHealth(
    joined=True,
    doubtful=False,
    uplinks=96,
    unanswered=1,
    margin_db=17,
    airtime_day_s=9.6,
    airtime_left_s=17.4,
)
RESEND = Downlink(7, Resend(first_seq_low=18_200, last_seq_low=18_211))
COMMANDS: Mapping[str, Downlink] = {
    "Count over intervals of half an hour": Downlink(6, SetInterval(interval_min=30)),
    "Send twelve records again": RESEND,
    "Tell the layout again": Downlink(8, AskLayout()),
}


class Example(NamedTuple):
    """One frame.

    Attributes:
        told: What it is.
        frame: Its port and bytes.
        data: What a decoder that knows no layout says.
    """

    told: str
    frame: Frame
    data: Mapping[str, Any]


def uplinks(examples: Path) -> Iterator[Example]:
    """Yield an uplink of each kind.

    Args:
        examples: The folder of records that the docs show.
    """
    record = json_v1.decode((examples / "kpi-1.json").read_bytes())
    gate = record.interval.lines["gate"]
    total = LineTotals(forward={"car": 912, "person": 41_310}, backward={"bicycle": 77})
    busy = replace(
        record,
        interval=replace(record.interval, lines={"gate": replace(gate, total=total)}),
    )
    alert = json_v1.decode_alert((examples / "alert-1.json").read_bytes())
    health = json_v1.decode_health((examples / "health-1.json").read_bytes())
    for told, frame in (
        ("A record in 11 bytes", encode_record(busy, LAYOUT, SLOWEST_BYTES)),
        ("The same, with room", encode_record(busy, LAYOUT, EUROPE_BYTES)),
        ("An alert that is over", encode_alert(alert, LAYOUT)),
        ("A whole layout", encode_layout(LAYOUT, EUROPE_BYTES)[0]),
        ("A part of it", encode_layout(LAYOUT, SLOWEST_BYTES)[1]),
        ("Health", encode_health(_by_radio(health))),
        ("An answer", encode_reply(RESEND, Outcome.DONE, 12)),
    ):
        yield Example(told, frame, decode(frame, None))


def _by_radio(record: HealthRecord) -> HealthRecord:
    """Return how the same device would be with a radio."""
    link = record.health.link
    assert link is not None  # what the docs show has one
    told = replace(link, radio=RADIO)
    return replace(record, health=replace(record.health, link=told))


def downlinks() -> Iterator[Example]:
    """Yield some commands."""
    for told, downlink in COMMANDS.items():
        yield Example(told, encode_downlink(downlink), _spelled(downlink))


def _spelled(downlink: Downlink) -> dict[str, Any]:
    command: Command = downlink.command
    return {
        "command": name_of(command),
        "counter": downlink.counter,
        **{name: each for name, each in asdict(command).items() if each is not None},
    }


def examples_shown(examples: Path) -> str:
    """Return the examples as Markdown, uplinks with the layout that names them."""
    parts = [
        f"{each.told}, port {each.frame.port}, {len(each.frame.payload)} bytes: "
        f"`{each.frame.payload.hex(' ')}`\n\n```json\n{_json(data)}\n```"
        for each, data in (
            *((each, decode(each.frame, LAYOUT)) for each in uplinks(examples)),
            *((each, each.data) for each in downlinks()),
        )
    ]
    return "\n\n".join(parts)


def codec_yaml(examples: Path) -> str:
    """Return the codec definition of a device repository, with its examples."""
    up = [
        _case(each.told, _input(each), {"data": each.data})
        for each in uplinks(examples)
    ]
    encode = [
        _case(each.told, {"data": each.data}, _input(each)) for each in downlinks()
    ]
    back = [_case(each.told, _input(each), {"data": each.data}) for each in downlinks()]
    return "".join(
        f"{script}:\n  fileName: tallypost.js\n  examples:\n{''.join(cases)}"
        for script, cases in (
            ("uplinkDecoder", up),
            ("downlinkEncoder", encode),
            ("downlinkDecoder", back),
        )
    )


def examples_json(examples: Path) -> str:
    """Return the examples as TS013 has them."""
    cases = [
        {
            "type": kind,
            "description": each.told,
            "input": {"data": each.data} if kind == "downlink-encode" else _input(each),
            "output": _input(each)
            if kind == "downlink-encode"
            else {"data": each.data},
        }
        for kind, told in (
            ("uplink", list(uplinks(examples))),
            ("downlink-encode", list(downlinks())),
            ("downlink-decode", list(downlinks())),
        )
        for each in told
    ]
    return json.dumps(cases, indent=1) + "\n"


def _case(told: str, given: Mapping[str, Any], answer: Mapping[str, Any]) -> str:
    return (
        f"    - description: {told}\n"
        f"      input: {_json(given)}\n"
        f"      output: {_json(answer)}\n"
    )


def _input(each: Example) -> dict[str, Any]:
    return {"bytes": [*each.frame.payload], "fPort": each.frame.port}


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(value)
