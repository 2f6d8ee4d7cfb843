"""From what a site draws to records and alerts, as JSON."""

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from tallypost.assembly.counting import counting
from tallypost.assembly.detector import Threshold
from tallypost.domain.alerts import AlertRecord
from tallypost.domain.records import KpiRecord, Provenance
from tallypost.domain.vision import Detections, Size
from tallypost.replay import Ledger, replay_detections
from tallypost.settings.site import Site
from tallypost.telemetry.codec import json_v1
from tallypost.vision.timeline import FootageTimeline
from tallypost.wall.frame import Alphabet

SCENE = Size(1000, 1000)
CLASSES = ("person", "car")
SITE = Site.model_validate(
    {
        "crowds": [
            {
                "name": "platform",
                "polygon": [[0.0, 0.0], [0.3, 0.0], [0.3, 1.0], [0.0, 1.0]],
                "persons_max": 3,
                "area_m2": 10.0,
            }
        ],
        "intrusions": [
            {
                "name": "rails",
                "polygon": [[0.3, 0.0], [0.5, 0.0], [0.5, 1.0], [0.3, 1.0]],
            }
        ],
        "stops": [
            {
                "name": "lane",
                "polygon": [[0.6, 0.0], [0.8, 0.0], [0.8, 1.0], [0.6, 1.0]],
                "after_s": 10.0,
            }
        ],
        "wrong_ways": [
            {
                "name": "exit",
                "start": [0.8, 0.5],
                "end": [1.0, 0.5],
                "allowed": "forward",
            }
        ],
    }
)


def street(rate_hz: float) -> Iterator[Detections]:
    """A minute: five on the platform, one onto the rails, one stops, one goes wrong."""
    for look in range(round(60 * rate_hz)):
        time_s = look / rate_hz
        people = [(60.0 + 45 * one, 300.0) for one in range(5)]
        people.append((250.0 + 10 * min(time_s, 15.0), 600.0))
        cars = [(700.0, 500.0), (900.0, 900.0 - 15 * time_s)]
        boxes = [[x - 15, y - 70, x + 15, y] for x, y in people]
        boxes += [[x - 50, y - 60, x + 50, y] for x, y in cars]
        yield Detections(
            np.array(boxes, np.float32),
            np.full(len(boxes), 0.9, np.float32),
            np.array([0] * len(people) + [1] * len(cars), np.int64),
        )


@pytest.mark.parametrize("rate_hz", [2.0, 5.0, 10.0, 25.0])
def test_what_is_drawn_is_in_the_record_and_told_at_once(rate_hz: float) -> None:
    house = counting(
        SITE,
        place="site.toml",
        classes=CLASSES,
        threshold=Threshold(0.5),
        interval_s=60.0,
        rate_hz_max=rate_hz,
    )
    ledger = Ledger("tp-1", Provenance(model=None, site="sha256:0", firmware="1"))
    told = replay_detections(
        street(rate_hz),
        counting=house,
        scene=SCENE,
        rate_hz=rate_hz,
        timeline=FootageTimeline(),
    )
    made = [ledger.note(each) for each in told]
    alerts: list[dict[str, Any]] = [
        json.loads(json_v1.encode_alert(each))
        for each in made
        if isinstance(each, AlertRecord)
    ]
    (record,) = [
        json.loads(json_v1.encode(each)) for each in made if isinstance(each, KpiRecord)
    ]

    assert record["crowds"]["platform"]["persons_max"] == 6, "with who passes"
    assert record["crowds"]["platform"]["level"] == "A"
    assert record["crowds"]["platform"]["overcrowded_s"] > 50
    assert record["intrusions"]["rails"]["events"] == {"person": 1}
    assert record["intrusions"]["rails"]["present_s"] == pytest.approx(54.0, abs=1.5)
    assert record["stops"]["lane"]["events"] == {"car": 1}
    assert record["wrong_ways"]["exit"]["events"] == {"car": 1}
    begun = [each["kind"] for each in alerts if each["state"] == "begun"]
    assert begun == ["overcrowding", "intrusion", "stopped_vehicle", "wrong_way"]
    ended = {each["begun_seq"] for each in alerts if each["state"] == "ended"}
    assert ended == {each["seq"] for each in alerts if each["state"] == "begun"}


def test_the_alphabet_knows_what_is_drawn() -> None:
    alphabet = Alphabet(classes=CLASSES, elements=SITE.elements())

    assert alphabet.names("intrusions") == ("rails",)
    assert alphabet.names("wrong_ways") == ("exit",)
