"""Home Assistant reads the device's own records, by the templates that we give it."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from tallypost.domain.alerts import Alert, AlertKind, AlertRecord, AlertState
from tallypost.domain.records import KpiRecord
from tallypost.telemetry.codec.home_assistant import (
    EXPIRE_S,
    LATE_S,
    HomeAssistant,
    Watched,
    discovery,
)
from tallypost.telemetry.codec.json_v1 import encode, encode_alert
from tests.telemetry.codec.convey import BEGIN_UTC_S, full, hole, record, spelled

jinja2 = pytest.importorskip(
    "jinja2.sandbox", reason="Home Assistant's own template engine"
)

WATCHED = Watched(
    lines={"gate": ("car", "truck")},
    zones={"platform": ("person",)},
    others={"car_parks": ("market",), "approaches": ("north",), "queues": ("till",)},
)


def components(watched: Watched = WATCHED) -> dict[str, dict[str, Any]]:
    told = json.loads(discovery("tp-7f3a91", watched).payload)
    found: dict[str, dict[str, Any]] = told["components"]
    return found


def read(key: str, told: KpiRecord, *, after_s: float = 1.0) -> str:
    """Return what Home Assistant reads of a record so long after its end."""
    now_s = told.interval.end_utc_s + after_s
    return render(components()[key]["value_template"], encode(told), now_s)


def render(template: str, payload: bytes, now_s: float) -> str:
    environment = jinja2.ImmutableSandboxedEnvironment()
    environment.globals |= {
        "now": lambda: datetime.fromtimestamp(now_s, UTC),
        "as_timestamp": lambda text: datetime.fromisoformat(text).timestamp(),
    }
    rendered = environment.from_string(template)
    return str(rendered.render(value_json=json.loads(payload)))


def test_one_retained_message_tells_all() -> None:
    told = discovery("tp-7f3a91", WATCHED, prefix="city/north")

    assert told.topic == "homeassistant/device/tallypost_tp-7f3a91/config"
    assert told.retain
    payload = json.loads(told.payload)
    assert payload["state_topic"] == "city/north/tp-7f3a91/kpi"
    assert payload["availability_topic"] == "city/north/tp-7f3a91/status"
    assert payload["origin"]["name"]
    assert payload["device"]["identifiers"]


def test_every_sensor_has_what_discovery_asks_for() -> None:
    found = components()
    ids = [each["unique_id"] for each in found.values()]

    assert len(ids) == len(set(ids))
    del found["alert"]
    for each in found.values():
        assert each["platform"] == "sensor"
        assert each["name"]
        assert each["state_class"] in {"measurement", "total_increasing"}
        assert each["expire_after"] == EXPIRE_S > LATE_S


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("lines_gate_total_forward_car", "912"),
        ("lines_gate_total_forward_truck", "0"),
        ("lines_gate_total_backward_car", "0"),
        ("car_parks_market_free", "1"),
        ("approaches_north_speed_mean_kmh", "31.5"),
        ("queues_till_length_mean", "None"),
        ("zones_platform_occupancy_max_person", "None"),
        ("observed", "100.0"),
    ],
)
def test_a_sensor_reads_its_figure(key: str, value: str) -> None:
    assert read(key, full()) == value


def test_what_was_not_counted_is_unknown_and_not_zero() -> None:
    assert read("lines_gate_total_forward_car", hole()) == "None"
    assert read("car_parks_market_free", hole()) == "None"
    assert read("observed", hole()) == "0.0"


def test_a_record_that_comes_late_changes_no_state() -> None:
    assert read("lines_gate_total_forward_car", full(), after_s=LATE_S - 1) == "912"
    assert read("lines_gate_total_forward_car", full(), after_s=LATE_S) == ""


def test_an_alert_is_an_event_as_it_begins_and_as_it_ends() -> None:
    alert = Alert(
        kind=AlertKind.STOPPED_VEHICLE,
        state=AlertState.BEGUN,
        time_utc_s=BEGIN_UTC_S,
        collection="stops",
        element="kerb",
        label="car",
    )
    told = encode_alert(AlertRecord(device="tp-7f3a91", seq=1, alert=alert))
    entity = components()["alert"]

    event = json.loads(render(entity["value_template"], told, BEGIN_UTC_S + 5))

    assert entity["state_topic"] == "tallypost/tp-7f3a91/alert"
    assert event["event_type"] in entity["event_types"]
    assert (event["event_type"], event["element"]) == ("stopped_vehicle_begun", "kerb")
    assert render(entity["value_template"], told, BEGIN_UTC_S + LATE_S) == ""


def test_a_name_cannot_break_out_of_its_template() -> None:
    nasty = 'a"}}{{ 7*7 }}/+#'
    watched = Watched(lines={nasty: ("car",)})
    key, _ = set(components(watched)) - {"alert", "observed"}

    template = components(watched)[key]["value_template"]

    assert render(template, encode(record()), BEGIN_UTC_S) == "None"
    assert not set(key) & set('"{}/+# ')


def test_the_dialect_says_it_on_each_connection_and_takes_no_will() -> None:
    dialect = HomeAssistant("tp-7f3a91", "tallypost", WATCHED)

    assert [each.topic for each in dialect.greeting()] == [
        discovery("tp-7f3a91", WATCHED).topic
    ]
    assert dialect.greeting() == dialect.greeting()
    assert dialect.will() is None


def test_converting_names_what_the_records_tell_of() -> None:
    [line] = spelled("home-assistant", full(1), hole(2))

    told = json.loads(line)

    assert told["topic"] == "homeassistant/device/tallypost_tp-7f3a91/config"
    found = told["payload"]["components"]
    assert "lines_gate_total_backward_bicycle" in found
    assert "car_parks_kerb_unknown" in found
