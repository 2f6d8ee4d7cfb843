"""The decoder of network servers says what the firmware says, or refuses as it does."""

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tallypost.domain.commands import Outcome
from tallypost.errors import CodecError
from tallypost.telemetry.codec.compact.alert import encode_alert
from tallypost.telemetry.codec.compact.decoding import decode
from tallypost.telemetry.codec.compact.downlink import (
    Downlink,
    encode_downlink,
    encode_reply,
    name_of,
    parse_downlink,
)
from tallypost.telemetry.codec.compact.frame import Frame
from tallypost.telemetry.codec.compact.layout import Layout, encode_layout
from tallypost.telemetry.codec.compact.record import encode_record
from tests.telemetry.codec.compact.test_downlink import downlinks
from tests.telemetry.codec.compact.world import (
    BEGIN_UTC_S,
    Site,
    alerts,
    records,
    sites,
)

ROOT = Path(__file__).parents[4]
FOLDER = ROOT / "backend" / "lorawan" / "vendor" / "tallypost"
Server = Callable[[str, dict[str, Any]], dict[str, Any]]
REFUSED: dict[str, Any] = {"errors": "in words"}
received = st.none() | st.integers(1_600_000_000, 2_000_000_000)
many = settings(
    max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is missing: the decoder of network servers was not run")
    program = Path(__file__).parent / "network_server.js"
    with subprocess.Popen(
        [node, program, FOLDER / "tallypost.js"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None

        def call(name: str, given: dict[str, Any]) -> dict[str, Any]:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(json.dumps({"call": name, "input": given}) + "\n")
            process.stdin.flush()
            answer: dict[str, Any] = json.loads(process.stdout.readline())
            return answer

        yield call
        process.stdin.close()
        process.wait(60)


def both(
    server: Server, frame: Frame, layout: Layout | None, received_utc_s: int | None
) -> tuple[dict[str, Any], dict[str, Any]]:
    """What a network server says of a frame, and what the firmware does."""
    told: dict[str, Any] = {"bytes": [*frame.payload], "fPort": frame.port}
    if layout is not None:
        told["variables"] = {"layout": layout.data.hex()}
    if received_utc_s is not None:
        moment = datetime.fromtimestamp(received_utc_s, UTC)
        told["recvTime"] = moment.isoformat()
    answer = server("decodeUplink", told)
    answer = REFUSED if answer.keys() == REFUSED.keys() else answer
    try:
        return answer, {"data": decode(frame, layout, received_utc_s)}
    except CodecError:
        return answer, REFUSED


def frames(data: st.DataObject, site: Site, layout: Layout) -> list[Frame]:
    room_bytes = data.draw(st.integers(11, 242))
    return [
        encode_record(data.draw(records(site)), layout, room_bytes),
        encode_alert(data.draw(alerts(site)), layout),
        *encode_layout(layout, room_bytes),
        encode_reply(data.draw(downlinks), Outcome.REFUSED),
    ]


@many
@given(data=st.data())
def test_a_network_server_reads_what_a_device_says(
    server: Server, data: st.DataObject
) -> None:
    site = data.draw(sites)
    layout = Layout.of(site)

    for frame in frames(data, site, layout):
        for known in (None, layout):
            told, ours = both(server, frame, known, data.draw(received))
            assert told == ours != REFUSED


@many
@given(data=st.data())
def test_a_network_server_refuses_what_the_firmware_refuses(
    server: Server, data: st.DataObject
) -> None:
    site = data.draw(sites)
    layout = Layout.of(site)
    frame = data.draw(st.sampled_from(frames(data, site, layout)))
    broken = bytearray(frame.payload)
    for _ in range(data.draw(st.integers(0, 3))):
        broken[data.draw(st.integers(0, len(broken) - 1))] = data.draw(
            st.integers(0, 255)
        )
    cut = bytes(broken[: data.draw(st.integers(0, len(broken)))])

    known = data.draw(st.sampled_from([None, layout]))
    told, ours = both(server, Frame(frame.port, cut), known, None)
    assert told == ours


@many
@given(port=st.integers(0, 11), payload=st.binary(max_size=60))
def test_a_network_server_takes_any_bytes_as_the_firmware_does(
    server: Server, port: int, payload: bytes
) -> None:
    told, ours = both(server, Frame(port, payload), None, int(BEGIN_UTC_S))
    assert told == ours


def spelled(downlink: Downlink) -> dict[str, Any]:
    arguments = asdict(downlink.command)
    told = {name: value for name, value in arguments.items() if value is not None}
    return {"command": name_of(downlink.command), "counter": downlink.counter, **told}


@many
@given(downlink=downlinks)
def test_a_network_server_commands_as_the_firmware_reads(
    server: Server, downlink: Downlink
) -> None:
    frame = encode_downlink(downlink)

    answer = server("encodeDownlink", {"data": spelled(downlink)})
    back = server("decodeDownlink", {"bytes": [*frame.payload], "fPort": frame.port})

    assert answer == {"bytes": [*frame.payload], "fPort": 10}
    assert back == {"data": spelled(downlink)}


@many
@given(port=st.sampled_from([10, 1]), payload=st.binary(max_size=12))
def test_a_network_server_refuses_commands_that_the_firmware_ignores(
    server: Server, port: int, payload: bytes
) -> None:
    answer = server("decodeDownlink", {"bytes": [*payload], "fPort": port})

    try:
        ours = parse_downlink(port, payload)
    except CodecError:
        assert answer.keys() == {"errors"}
    else:
        assert answer == {"data": spelled(ours)}


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"command": "explode", "counter": 1},
        {"command": "reboot"},
        {"command": "reboot", "counter": 256},
        {"command": "set_interval", "counter": 1, "interval_min": 0},
        {"command": "set_interval", "counter": 1, "interval_min": 1.5},
        {"command": "set_interval", "counter": 1, "interval_min": "15"},
        {"command": "set_interval", "counter": 1},
        {"command": "set_data_rate", "counter": 1, "adr": True, "data_rate": 16},
    ],
    ids=str,
)
def test_a_command_that_is_none_is_refused_where_it_is_written(
    server: Server, data: dict[str, Any]
) -> None:
    assert server("encodeDownlink", {"data": data}).keys() == {"errors"}


CALLS = {
    "uplink": "decodeUplink",
    "downlink-encode": "encodeDownlink",
    "downlink-decode": "decodeDownlink",
}
CASES = json.loads((FOLDER / "examples.json").read_text("utf-8"))


@pytest.mark.parametrize(
    "case", CASES, ids=[f"{case['type']}: {case['description']}" for case in CASES]
)
def test_an_example_is_what_the_decoder_says(
    server: Server, case: dict[str, Any]
) -> None:
    assert server(CALLS[case["type"]], case["input"]) == case["output"]
