"""What was before nobody watched is not taken for what is afterwards."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from tallypost.assembly.counting import counting
from tallypost.assembly.detector import Threshold
from tallypost.board.base import ClockReading
from tallypost.domain.alerts import Alert, AlertKind, AlertState
from tallypost.domain.records import ClockTrust, Interval
from tallypost.domain.vision import Condition, Detections, Fault, Size
from tallypost.settings.site import Site
from tallypost.vision.counts import GAP_S, Told
from tallypost.vision.elements.base import Sign
from tallypost.vision.kpi.window import AT_ONCE, Arrival, Moment

CLASSES = ("person", "car")
SCENE = Size(1000, 1000)
RATE_HZ = 5
START_UTC_S = 1_700_000_040.0
CLOCK = ClockReading(trust=ClockTrust.SYNCED, uncertainty_s=0.1)
COVERED = Arrival(
    condition=Condition(
        light=None, faults=frozenset({Fault.COVERED}), trustworthy=False
    )
)
BEGUN, ENDED = AlertState

Box = tuple[float, float, float, float]
Found = list[tuple[str, Box]]

SQUARE = [[0.2, 0.4], [0.8, 0.4], [0.8, 0.6], [0.2, 0.6]]
AREA = {"name": "here", "polygon": SQUARE}
FRONT = [[0.8, 0.38], [0.8, 0.62]]


def person(x: float, y: float = 500.0) -> tuple[str, Box]:
    return "person", (x - 20, y - 90, x + 20, y)


def car(x: float, y: float = 500.0) -> tuple[str, Box]:
    return "car", (x - 50, y - 60, x + 50, y)


@dataclass
class Watch:
    """Shows a site what is found, second by second.

    Attributes:
        site: What is drawn.
        time_s: How far it has come.
        told: What it was told.
    """

    site: dict[str, Any]
    time_s: float = 0.0
    told: list[Told] = field(default_factory=list)

    def __post_init__(self) -> None:
        privacy = {"profile": "open"}
        self.counting = counting(
            Site.model_validate(self.site | {"privacy": privacy}),
            place="site.toml",
            classes=CLASSES,
            threshold=Threshold(begin=0.5),
            interval_s=60.0,
        )

    @property
    def moment(self) -> Moment:
        return Moment(self.time_s, START_UTC_S + self.time_s, CLOCK)

    def show(self, seconds: float, found: Callable[[float], Found] | Found) -> "Watch":
        for _ in range(round(seconds * RATE_HZ)):
            here = found(self.time_s) if callable(found) else found
            boxes = np.array([box for _, box in here], np.float32).reshape(-1, 4)
            labels = np.array([CLASSES.index(label) for label, _ in here], np.int64)
            self._look(Detections(boxes, np.full(len(here), 0.9, np.float32), labels))
        return self

    def cover(self, seconds: float) -> "Watch":
        for _ in range(round(seconds * RATE_HZ)):
            self._look(None)
        return self

    def silence(self, seconds: float) -> "Watch":
        for _ in range(round(seconds)):
            self.told += self.counting.idle(self.moment)
            self.time_s += 1.0
        return self

    def skip(self, seconds: float) -> "Watch":
        self.time_s += seconds
        return self

    def _look(self, detections: Detections | None) -> None:
        arrival = COVERED if detections is None else AT_ONCE
        self.told += self.counting.look(
            detections,
            scene=SCENE,
            time_s=self.time_s,
            moment=self.moment,
            arrival=arrival,
        )
        self.time_s = round(self.time_s + 1 / RATE_HZ, 6)

    @property
    def alerts(self) -> list[tuple[AlertState, float]]:
        return [
            (told.state, round(told.time_utc_s - START_UTC_S, 3))
            for told in self.told
            if isinstance(told, Alert)
        ]

    def figures(self, collection: str) -> list[Any]:
        """Return an element's figures, interval by interval, the running one too."""
        return [
            figures
            for told in [*self.told, *self.counting.finish()]
            if isinstance(told, Interval)
            for figures in getattr(told, collection).values()
        ]


OUTAGES = pytest.mark.parametrize("outage", [Watch.cover, Watch.silence, Watch.skip])
ALARMS: dict[str, tuple[dict[str, Any], Found]] = {
    "an intrusion": ({"intrusions": [AREA | {"clear_s": 60.0}]}, [person(500)]),
    "a crowd": (
        {"crowds": [AREA | {"persons_max": 1, "after_s": 2.0}]},
        [person(300), person(600)],
    ),
    "a queue": (
        {"queues": [AREA | {"front": FRONT, "long_from": 1}]},
        [person(600)],
    ),
    "a stopped car": ({"stops": [AREA | {"after_s": 5.0}]}, [car(500)]),
    "congestion": (
        {"approaches": [AREA | {"congested_after_s": 10.0}]},
        [car(300), car(450), car(600), car(750)],
    ),
    "an overstay": (
        {
            "car_parks": [
                {
                    "name": "here",
                    "spaces": [
                        {
                            "name": "1",
                            "polygon": [
                                [0.44, 0.44],
                                [0.56, 0.44],
                                [0.56, 0.51],
                                [0.44, 0.51],
                            ],
                        }
                    ],
                    "stay_max_s": 60.0,
                }
            ]
        },
        [car(500)],
    ),
}


@OUTAGES
@pytest.mark.parametrize(("site", "found"), ALARMS.values(), ids=list(ALARMS))
def test_an_alert_ends_where_nobody_watches_and_begins_again_where_it_goes_on(
    site: dict[str, Any], found: Found, outage: Callable[[Watch, float], Watch]
) -> None:
    watch = outage(Watch(site).show(90, found), 40)
    watch.show(80, found)

    (begun, _), (ended, ended_s), (again, again_s) = watch.alerts
    assert (begun, ended, again) == (BEGUN, ENDED, BEGUN)
    told_s = 130.0 if outage is Watch.skip else 90.0 + GAP_S
    assert ended_s == pytest.approx(told_s, abs=1.5)
    assert again_s >= 130.0


def test_a_wrong_way_ends_while_nobody_watches() -> None:
    way = {"name": "exit", "start": [0.5, 1.0], "end": [0.5, 0.0]}
    watch = Watch({"wrong_ways": [way | {"allowed": "forward", "clear_s": 30.0}]})
    watch.show(8, lambda time_s: [car(900 - 100 * time_s)]).cover(60).show(30, [])

    assert [state for state, _ in watch.alerts] == [BEGUN, ENDED]
    assert watch.alerts[1][1] == pytest.approx(8 + GAP_S, abs=0.5)


def test_what_was_kept_back_is_not_told_while_nobody_watches() -> None:
    way = {"name": "exit", "start": [0.5, 1.0], "end": [0.5, 0.0]}
    watch = Watch({"wrong_ways": [way | {"allowed": "forward", "clear_s": 60.0}]})
    watch.show(
        9, lambda time_s: [car(900 - 100 * time_s), car(1100 - 100 * time_s, 800)]
    ).cover(60)

    assert [state for state, _ in watch.alerts] == [BEGUN, ENDED]


def test_what_the_camera_says_of_itself_goes_on_while_nobody_watches() -> None:
    watch = Watch({"zones": [AREA]}).show(5, [])
    sign = Sign(kind=AlertKind.CAMERA_COVERED, state=BEGUN)
    over = Sign(kind=AlertKind.CAMERA_COVERED, state=ENDED)
    for each in (sign, over, sign):
        watch.told += watch.counting.warn(each, watch.moment)
    watch.cover(60)

    states = [state for state, _ in watch.alerts]
    assert states == [BEGUN, ENDED, BEGUN], "the one kept back is told all the same"


def test_no_wait_spans_an_outage() -> None:
    queue = {"queues": [AREA | {"front": FRONT}]}
    watch = Watch(queue).show(40, [person(760)]).cover(3610)
    watch.show(5, [person(760)]).show(
        5, lambda time_s: [person(760 + 60 * (time_s - 3655))]
    )

    figures = watch.figures("queues")
    assert sum(each.served for each in figures) == 1
    assert figures[-1].wait_max_s == pytest.approx(5.0, abs=2.0)
    assert figures[-1].left == 0


def test_nobody_waits_who_was_there_before_an_outage() -> None:
    queue = {"queues": [AREA | {"front": FRONT}]}
    watch = Watch(queue).show(40, [person(760)]).cover(3610).show(5, [])

    assert watch.figures("queues")[-1].length_max == 0


def test_no_intrusion_spans_an_outage() -> None:
    watch = Watch({"intrusions": [AREA | {"after_s": 30.0}]})
    watch.show(40, [person(500)]).cover(3610).show(20, [person(500)])

    assert [state for state, _ in watch.alerts] == [BEGUN, ENDED]
    assert watch.show(15, [person(500)]).alerts[-1][0] is BEGUN
    watch.show(60, [])
    ended = [told for told in watch.told if isinstance(told, Alert)][-1]
    assert ended.state is ENDED
    assert ended.value is not None
    assert 35 <= ended.value < 100


def test_a_parked_car_is_one_event_however_long_nobody_watches() -> None:
    watch = Watch({"stops": [AREA | {"after_s": 10.0, "lost_s": 60.0}]})
    watch.show(60, [car(500)]).cover(300).show(60, [car(500)]).cover(20)
    watch.show(30, [car(500)])

    states = [state for state, _ in watch.alerts]
    assert states == [BEGUN, ENDED, BEGUN, ENDED, BEGUN]
    assert sum(each.events.get("car", 0) for each in watch.figures("stops")) == 1


def test_a_car_that_comes_long_after_an_outage_is_another_one() -> None:
    watch = Watch({"stops": [AREA | {"after_s": 10.0, "lost_s": 60.0}]})
    watch.show(60, [car(500)]).cover(300).show(90, []).show(30, [car(500)])

    assert sum(each.events.get("car", 0) for each in watch.figures("stops")) == 2


@OUTAGES
def test_who_was_there_before_an_outage_is_not_counted_after_it(
    outage: Callable[[Watch, float], Watch],
) -> None:
    before = [person(300), person(600), car(450)]
    watch = outage(Watch({"zones": [AREA]}).show(58, before), 40).show(
        15, [person(600)]
    )

    zones = [each.occupancy_max for each in watch.figures("zones")]
    assert zones == [{"person": 2, "car": 1}, {"person": 1}]


@pytest.mark.parametrize(
    ("collection", "word"),
    [
        ("crowds", "persons_max"),
        ("queues", "length_max"),
        ("approaches", "stopped_max"),
    ],
)
def test_the_most_after_an_outage_is_the_most_that_was_seen(
    collection: str, word: str
) -> None:
    extra = {"front": FRONT} if collection == "queues" else {}
    watch = Watch({collection: [AREA | extra]})
    watch.show(58, [person(300), person(600), car(450)]).cover(40).show(15, [])

    before, after = (getattr(each, word) for each in watch.figures(collection))
    assert before >= 1
    assert after == 0


def test_a_heat_map_keeps_nobody_through_an_outage() -> None:
    watch = Watch({"heat_maps": [{"name": "here", "columns": 4, "rows": 4}]})
    several = [person(x) for x in (300, 350, 400, 450)]  # fewer than 3 are withheld
    watch.show(58, several).cover(40).show(15, [])

    before, after = watch.figures("heat_maps")
    assert (len(before.objects), len(after.objects)) == (1, 0)


def test_a_car_park_knows_its_stays_after_a_short_outage() -> None:
    site, found = ALARMS["an overstay"]
    watch = Watch(site).show(90, found).cover(10).show(15, found)

    last = watch.figures("car_parks")[-1]
    assert (last.occupied, last.unknown, last.arrivals, last.overstays) == (1, 0, 0, 1)
