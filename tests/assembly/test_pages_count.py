"""What each page of docs/elements draws, counts: alone, at any rate, seen or not."""

import json
from pathlib import Path

import numpy as np
import pytest

from tallypost.assembly.counting import counting
from tallypost.assembly.detector import Threshold
from tallypost.documents.page import sites
from tallypost.domain.alerts import Alert
from tallypost.domain.records import Interval, KpiRecord
from tallypost.domain.vision import Detections, Size
from tallypost.settings.site import Site
from tallypost.telemetry.codec import json_v1
from tallypost.vision.timeline import FootageTimeline

PAGES = Path(__file__).parent.parent.parent / "docs" / "elements"
CLASSES = ("person", "bicycle", "motorcycle", "car", "bus", "truck")
SCENE = Size(1280, 720)
DRAWN = [
    pytest.param(site, id=f"{page.stem}-{number}")
    for page in sorted(PAGES.glob("*.md"))
    for number, site in enumerate(sites(page.read_text("utf-8")))
]


def crowd(rng: np.random.Generator, time_s: float) -> Detections:
    """Thirty who walk and ten who stand, of all classes, now and then nobody."""
    if rng.random() < 0.05:
        return Detections.none()
    feet = np.stack([np.linspace(20, 1260, 40), np.linspace(100, 700, 40)], axis=1)
    feet[10:, 0] = (feet[10:, 0] + 90 * time_s) % 1280
    feet += rng.normal(0, 1.5, feet.shape)
    low, high = feet - np.array([20, 60]), feet + np.array([20, 0])
    boxes = np.concatenate([low, high], axis=1).astype(np.float32)
    return Detections(
        np.clip(boxes, 0, [[1280, 720, 1280, 720]]).astype(np.float32),
        rng.uniform(0.3, 0.95, 40).astype(np.float32),
        np.arange(40) % len(CLASSES),
    )


@pytest.mark.parametrize("rate_hz", [2.0, 10.0])
@pytest.mark.parametrize("site", DRAWN)
def test_what_a_page_draws_counts_by_itself(site: Site, rate_hz: float) -> None:
    house = counting(
        site,
        place="a page",
        classes=CLASSES,
        threshold=Threshold(0.4),
        interval_s=10.0,
        rate_hz_max=rate_hz,
    )
    rng = np.random.default_rng(3)
    timeline, told = FootageTimeline(), []
    for number in range(round(30 * rate_hz)):
        time_s = number / rate_hz
        if 12.0 < time_s < 20.0:
            told += house.idle(timeline.at(time_s))
            continue
        told += house.look(
            crowd(rng, time_s), scene=SCENE, time_s=time_s, moment=timeline.at(time_s)
        )
    told += house.finish()

    intervals = [each for each in told if isinstance(each, Interval)]
    assert len(intervals) == 3
    for seq, interval in enumerate(intervals, start=1):
        record = json.loads(
            json_v1.encode(KpiRecord(device="tp-1", seq=seq, interval=interval))
        )
        for kind, drawn in site.elements().items():
            assert set(record.get(kind, {})) == set(drawn)
    states = [each.state.value for each in told if isinstance(each, Alert)]
    assert states.count("begun") == states.count("ended")
