"""What other programs check against says the same as our own reading does."""

import json
import tomllib
from copy import deepcopy
from functools import reduce
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tallypost.documents.schema import (
    alert_schema,
    device_settings_schema,
    health_schema,
    kpi_schema,
    site_schema,
)
from tallypost.domain.figures.lines import LineFigures, LineTotals
from tallypost.domain.figures.zones import ZoneFigures
from tallypost.domain.records import ClockTrust, Interval, KpiRecord, Quality
from tallypost.errors import RecordError
from tallypost.telemetry.codec import json_v1

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"

AS_PLANNED = """
{"schema": "tallypost.kpi/1", "device": "tp-7f3a91", "seq": 18234,
 "start": "2026-11-22T10:15:00Z", "duration_s": 60.0,
 "lines": {"gate": {"forward": {"car": 2}, "backward": {"bicycle": 1},
   "total": {"forward": {"car": 912}, "backward": {"bicycle": 77}}}},
 "zones": {"platform": {"occupancy_mean": {"person": 3.4},
   "occupancy_max": {"person": 9}, "entries": {"person": 12}, "exits": {"person": 10}}},
 "quality": {"observed_s": 59.8, "frames": 597, "frames_dropped": 3,
   "frame_lifetime_ms_p99": 41.0, "clock": "synced", "model": "sha256:...",
   "site": "sha256:..."}}
"""


def kpi() -> Draft202012Validator:
    schema = kpi_schema()
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def record() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(AS_PLANNED)
    return found


def test_the_record_of_the_plan_is_valid() -> None:
    assert kpi().is_valid(record())


def test_the_record_on_the_page_is_one_that_a_device_could_send() -> None:
    text = (EXAMPLES / "kpi-1.json").read_bytes()

    kpi().validate(json.loads(text))
    assert json.loads(json_v1.encode(json_v1.decode(text))) == json.loads(text)


def alert() -> Draft202012Validator:
    schema = alert_schema()
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def told(**changes: object) -> dict[str, Any]:
    """Return the alert on the page with other or (None) without some keys."""
    found = json.loads((EXAMPLES / "alert-1.json").read_bytes()) | changes
    return {key: value for key, value in found.items() if value is not None}


def test_the_alert_on_the_page_is_one_that_a_device_could_send() -> None:
    text = json.dumps(told()).encode()

    alert().validate(told())
    assert json.loads(json_v1.encode_alert(json_v1.decode_alert(text))) == told()


@pytest.mark.parametrize(
    "changes",
    [
        {"schema": "tallypost.kpi/1"},
        {"device": ""},
        {"seq": 0},
        {"seq": 2**63},
        {"begun_seq": None},
        {"begun_seq": 0},
        {"state": "begun"},
        {"state": "perhaps"},
        {"kind": "party"},
        {"time": 1795342500},
        {"value": -1},
        {"clock": "perfect"},
        {"kind": None},
        {"clock": None},
        {"time": None},
    ],
    ids=str,
)
def test_an_alert_that_no_device_sends_is_invalid_for_us_and_for_others(
    changes: dict[str, object],
) -> None:
    assert not alert().is_valid(told(**changes))
    with pytest.raises(RecordError):
        json_v1.decode_alert(json.dumps(told(**changes)).encode())


def health() -> Draft202012Validator:
    schema = health_schema()
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def well() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((EXAMPLES / "health-1.json").read_bytes())
    return found


def test_the_health_on_the_page_is_one_that_a_device_could_send() -> None:
    text = json.dumps(well()).encode()

    health().validate(well())
    assert json.loads(json_v1.encode_health(json_v1.decode_health(text))) == well()


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (["schema"], "tallypost.kpi/1"),
        (["device"], ""),
        (["time"], "yesterday"),
        (["clock"], "perfect"),
        (["boot"], 7),
        (["uptime_s"], -1),
        (["outbox"], None),
        (["outbox", "records"], -1),
        (["outbox", "oldest_s"], "long"),
        (["link", "last_trouble"], "because I say so"),
        (["link", "up"], "yes"),
        (["link", "certificate_left_days"], 40_000),
        (["board", "temperature_c"], -101),
        (["board", "throttled"], 1),
        (["firmware"], 1),
    ],
    ids=str,
)
def test_health_that_no_device_sends_is_invalid_for_us_and_for_others(
    path: list[str], value: object
) -> None:
    wrong = well()
    reduce(lambda node, key: node[key], path[:-1], wrong)[path[-1]] = value
    assert not health().is_valid(wrong)
    with pytest.raises(RecordError):
        json_v1.decode_health(json.dumps(wrong).encode())


def test_nothing_in_health_describes_people() -> None:
    described = json.dumps(health_schema())
    for word in ("person", "people", "count of", "zone", "lines", "frame"):
        assert word not in described, word


REMOVE = object()


@pytest.mark.parametrize(
    ("path", "value"),
    [
        pytest.param(path, value, id=f"{'.'.join(path)}={value!r:.20}")
        for path, value in [
            (["schema"], "tallypost.kpi/2"),
            (["device"], ""),
            (["device"], "x" * 65),
            (["seq"], 0),
            (["seq"], 1.5),
            (["seq"], 2**63),
            (["start"], "2026-11-22T10:15:00+01:00"),
            (["start"], 1795342500),
            (["duration_s"], 0),
            (["lines"], []),
            (["lines", "gate", "forward", "car"], -1),
            (["lines", "gate", "forward", "car"], 2.5),
            (["lines", "gate", "forward", "car"], 2**32),
            (["lines", "gate", "forward", ""], 1),
            (["lines", "gate", "total"], None),
            (["zones", "platform", "occupancy_mean", "person"], -0.1),
            (["quality", "observed_s"], -1),
            (["quality", "clock"], "perfect"),
            (["quality", "model"], None),
            (["quality", "model"], 7),
            *(([key], REMOVE) for key in json.loads(AS_PLANNED)),
            *((["lines", "gate", key], REMOVE) for key in ("forward", "backward")),
            (["zones", "platform", "exits"], REMOVE),
            (["quality", "observed_s"], REMOVE),
            (["quality", "clock"], REMOVE),
        ]
    ],
)
def test_what_no_device_sends_is_invalid_for_us_and_for_others(
    path: list[str], value: object
) -> None:
    wrong = record()
    *above, key = path
    holder = reduce(lambda node, name: node[name], above, wrong)
    if value is REMOVE:
        del holder[key]
    else:
        holder[key] = value

    assert not kpi().is_valid(wrong)
    with pytest.raises(RecordError):
        json_v1.decode(json.dumps(wrong).encode())


def test_a_later_version_may_add_keys_anywhere() -> None:
    later = record()
    for holder in (
        later,
        later["lines"]["gate"],
        later["zones"]["platform"],
        later["quality"],
    ):
        holder["speed_mean_km_per_h"] = {"car": 31.0}

    kpi().validate(later)
    assert json_v1.decode(json.dumps(later).encode()).seq == 18234


@pytest.mark.parametrize(
    "interval",
    [
        pytest.param(
            Interval(
                start_utc_s=1.7e9,
                duration_s=60.0,
                lines={},
                zones={},
                quality=Quality(observed_s=0.0, frames=0, frames_dropped=0),
            ),
            id="hole",
        ),
        pytest.param(
            Interval(
                start_utc_s=1.7e9 + 0.25,
                duration_s=60.0,
                lines={
                    "quiet": LineFigures(),
                    "street": LineFigures(
                        forward={"traffic light": 1},
                        total=LineTotals(backward={"a": 7}),
                    ),
                },
                zones={
                    "quiet": ZoneFigures(),
                    "busy": ZoneFigures(
                        occupancy_mean={"person": 1 / 3},
                        dwell_mean_s={"person": 3.25},
                        dwell_max_s={"person": 4.5},
                    ),
                },
                quality=Quality(
                    observed_s=60.0,
                    frames=1,
                    frames_dropped=2,
                    frame_lifetime_ms_p99=0.0,
                    clock=ClockTrust.HOLDOVER,
                    clock_uncertainty_s=0.25,
                    firmware="0.1.0",
                ),
            ),
            id="everything",
        ),
    ],
)
def test_what_a_device_sends_is_valid(interval: Interval) -> None:
    payload = json_v1.encode(KpiRecord(device="tp", seq=1, interval=interval))

    assert kpi().is_valid(json.loads(payload))


def test_the_examples_of_settings_are_valid() -> None:
    for name, schema in (
        ("tallypost.toml", device_settings_schema()),
        ("site.toml", site_schema()),
    ):
        Draft202012Validator.check_schema(schema)
        text = (EXAMPLES / name).read_text("utf-8")
        assert Draft202012Validator(schema).is_valid(tomllib.loads(text))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("intervall_s = 60", id="misspelt key"),
        pytest.param("interval_s = 7200", id="above the most"),
        pytest.param('[camera]\nkind = "vidio"', id="unknown kind"),
        pytest.param('[camera]\nkind = "video"', id="missing source"),
        pytest.param(
            '[uplink]\nkind = "mqtt"\nhost = "a"\ntopic_prefix = "a/#"', id="wildcard"
        ),
    ],
)
def test_settings_that_are_refused_are_invalid_too(text: str) -> None:
    validator = Draft202012Validator(device_settings_schema())

    assert not validator.is_valid(tomllib.loads(text))


def test_every_key_of_a_record_is_explained() -> None:
    schema = kpi_schema()
    for name, node in (("record", schema), *schema["$defs"].items()):
        for key, each in node.get("properties", {}).items():
            explained = "description" in each or "$ref" in each
            assert explained, f"{name}.{key}"


def test_a_schema_is_made_afresh_each_time() -> None:
    kpi_schema()["properties"].clear()

    assert deepcopy(kpi_schema())["properties"]
