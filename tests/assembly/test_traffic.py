"""From a site's settings to its record: lines, approaches and junctions."""

import json
from pathlib import Path
from typing import Any

import numpy as np

from tallypost.assembly.counting import counting
from tallypost.assembly.detector import Threshold
from tallypost.domain.records import Interval, KpiRecord
from tallypost.domain.vision import Detections, Size
from tallypost.settings.reading import read_site
from tallypost.telemetry.codec import json_v1
from tallypost.vision.timeline import FootageTimeline

CLASSES = ("person", "bicycle", "car")
SCENE = Size(1000, 1000)
SITE = """
[calibration]             # seen straight from above: 20 pixels a metre
corners = [[0.1, 0.1], [0.9, 0.1], [0.9, 0.9], [0.1, 0.9]]
width_m = 40
length_m = 40

[privacy]
profile = "open"

[[lines]]
name = "west"
start = [0.2, 1.0]
end = [0.2, 0.0]
headways = true
modal_split = true

[[lines]]
name = "east"
start = [0.8, 1.0]
end = [0.8, 0.0]

[[approaches]]
name = "road"
polygon = [[0.2, 0.4], [0.8, 0.4], [0.8, 0.6], [0.2, 0.6]]
direction = [[0.2, 0.5], [0.8, 0.5]]
free_flow_kmh = 40

[[movements]]
name = "junction"
gates = ["west", "east"]
"""


def found(time_s: float) -> Detections:
    """Two cars two seconds apart at 36 km/h, and a bicycle the other way, ridden."""
    there = [
        (CLASSES.index("car"), 50 + 200 * (time_s - begins_s), 500.0, 90.0, 60.0)
        for begins_s in (0.0, 2.0)
    ]
    x = 950 - 100 * time_s
    there += [
        (CLASSES.index("bicycle"), x, 800.0, 60.0, 45.0),
        (CLASSES.index("person"), x, 790.0, 30.0, 75.0),
    ]
    there = [each for each in there if 0 < each[1] < SCENE.width]
    return Detections(
        np.array(
            [[x - w / 2, y - h, x + w / 2, y] for _, x, y, w, h in there], np.float32
        ).reshape(-1, 4),
        np.full(len(there), 0.9, np.float32),
        np.array([each[0] for each in there], np.int64),
    )


def record(folder: Path) -> dict[str, Any]:
    """Return the record of twelve seconds as it leaves the device."""
    path = folder / "site.toml"
    path.write_text(SITE, "utf-8")
    counts = counting(
        read_site(path),
        place=str(path),
        classes=CLASSES,
        threshold=Threshold(0.4),
        interval_s=60.0,
    )
    timeline = FootageTimeline()
    for number in range(121):
        time_s = number / 10
        counts.look(
            found(time_s), scene=SCENE, time_s=time_s, moment=timeline.at(time_s)
        )
    (interval,) = counts.finish()
    assert isinstance(interval, Interval)
    payload = json_v1.encode(KpiRecord(device="tp-1", seq=1, interval=interval))
    told: dict[str, Any] = json.loads(payload)
    return told


def test_a_line_tells_speeds_headways_and_modes(tmp_path: Path) -> None:
    west = record(tmp_path)["lines"]["west"]

    assert west["forward"] == {"car": 2}
    assert west["backward"] == {"bicycle": 1}
    car = west["speeds"]["forward"]["car"]
    assert car["count"] == 2
    assert abs(car["p50_kmh"] - 36) < 1
    assert abs(west["speeds"]["backward"]["bicycle"]["p85_kmh"] - 18) < 1
    assert west["headways"]["forward"]["count"] == 1
    assert abs(west["headways"]["forward"]["p50_s"] - 2.0) < 0.05
    assert west["modal_split"]["count"] == 3
    assert west["modal_split"]["cycling"] == 0.333
    assert west["modal_split"]["walking"] == 0.0


def test_a_line_tells_nothing_that_nobody_asked_for(tmp_path: Path) -> None:
    east = record(tmp_path)["lines"]["east"]

    assert "headways" not in east
    assert "modal_split" not in east
    assert east["speeds"]["forward"]["car"]["count"] == 2


def test_an_approach_tells_flow_speed_and_grade(tmp_path: Path) -> None:
    road = record(tmp_path)["approaches"]["road"]

    assert road["flow"] == {"car": 2}
    assert abs(road["speed_mean_kmh"] - 36) < 1
    assert road["level"] == "A"
    assert 0.2 < road["occupancy"] < 0.6
    assert road["congested_s"] == 0.0
    # Two cars for 3 s each, on 30 m, in 12 s.
    assert abs(road["density_per_km"] - 2 * 3 / 12 / 0.030) < 3


def test_a_junction_tells_who_went_from_where_to_where(tmp_path: Path) -> None:
    junction = record(tmp_path)["movements"]["junction"]

    assert junction["trips"] == {
        "west": {"east": {"car": 2}},
        "east": {"west": {"bicycle": 1}},
    }
