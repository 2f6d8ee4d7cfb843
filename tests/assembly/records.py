"""From a drawn site and scripted detections to the JSON of their record."""

import json
from collections.abc import Iterable
from typing import Any

from tallypost.assembly.counting import counting
from tallypost.assembly.detector import Threshold
from tallypost.board.base import ClockReading
from tallypost.domain.records import ClockTrust, Interval, KpiRecord
from tallypost.domain.vision import Detections, Size
from tallypost.settings.site import Site
from tallypost.telemetry.codec.json_v1 import encode
from tallypost.vision.kpi.window import Moment

SCENE = Size(1000, 1000)
RATE_HZ = 10
GIVEN_UP = 20
"""After so many looks at which nobody was found, every track has ended."""


def record(
    site: Site, looks: Iterable[Detections], classes: tuple[str, ...]
) -> dict[str, Any]:
    """Return the one record of what was found, ten looks a second, within a minute."""
    house = counting(
        site,
        place="site.toml",
        classes=classes,
        threshold=Threshold(begin=0.5),
        interval_s=60.0,
    )
    clock = ClockReading(trust=ClockTrust.SYNCED, uncertainty_s=0.1)
    told = []
    for look, detections in enumerate([*looks, *[Detections.none()] * GIVEN_UP]):
        time_s = look / RATE_HZ
        moment = Moment(time_s=time_s, utc_s=1_700_000_040.0 + time_s, clock=clock)
        told += house.look(detections, scene=SCENE, time_s=time_s, moment=moment)
    [interval] = [
        each for each in [*told, *house.finish()] if isinstance(each, Interval)
    ]
    payload = encode(KpiRecord(device="tp-1", seq=1, interval=interval))
    return dict(json.loads(payload))
