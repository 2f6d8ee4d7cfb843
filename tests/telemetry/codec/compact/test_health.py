"""How a device is, in as many bytes as there are."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from tallypost.domain.health import HealthRecord, RadioHealth
from tallypost.telemetry.codec.compact.decoding import decode
from tallypost.telemetry.codec.compact.health import FACTS, encode_health
from tallypost.telemetry.codec.json_v1 import decode_health

EXAMPLE = Path(__file__).parents[4] / "docs" / "examples" / "health-1.json"


@pytest.fixture
def record() -> HealthRecord:
    return decode_health(EXAMPLE.read_bytes())


def test_eleven_bytes_tell_what_matters_most(record: HealthRecord) -> None:
    frame = encode_health(record)

    found = decode(frame, None)

    assert len(frame.payload) <= 11
    assert found["records"] == record.health.outbox.records
    assert found["undated"] == record.health.outbox.undated == 0
    assert record.health.board.temperature_c is not None
    assert found["temperature_c"] == round(record.health.board.temperature_c)


def test_with_room_all_is_told(record: HealthRecord) -> None:
    found = decode(encode_health(record, 51), None)

    told = json.loads(EXAMPLE.read_text("utf-8"))
    assert found["uptime_h"] == int(told["uptime_s"] // 3600)
    assert found["disk_free_mb"] == told["board"]["disk_free_mb"]


def test_how_the_radio_is_is_told_where_there_is_one(record: HealthRecord) -> None:
    radio = RadioHealth(
        joined=True,
        doubtful=False,
        uplinks=90,
        unanswered=3,
        margin_db=17,
        airtime_day_s=9.6,
        airtime_left_s=20.4,
    )
    assert record.health.link is not None
    link = replace(record.health.link, radio=radio)
    spoken = replace(record, health=replace(record.health, link=link))
    mute = replace(
        record, health=replace(record.health, link=replace(link, radio=None))
    )

    found = decode(encode_health(spoken, 51), None)
    unknown = decode(encode_health(mute, 51), None)

    told = {"margin_db": 17, "unanswered": 3, "airtime_left_s": 20}
    assert {name: found[name] for name in told} == told
    assert not told.keys() & unknown.keys()


def test_frost_and_what_nobody_knows_are_told_apart(record: HealthRecord) -> None:
    board = replace(record.health.board, temperature_c=-18.4)
    cold = replace(record, health=replace(record.health, board=board))
    blank = replace(board, temperature_c=None, under_voltage=None)
    unknown = replace(record, health=replace(record.health, board=blank))

    assert decode(encode_health(cold), None)["temperature_c"] == -18
    assert "temperature_c" not in decode(encode_health(unknown), None)


def test_every_fact_has_a_name_of_its_own() -> None:
    assert len({field.name for field, _ in FACTS}) == len(FACTS)
