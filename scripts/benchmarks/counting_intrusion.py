"""Measures how often an empty place is told to be intruded, and how often it is missed.

`python -m scripts.benchmarks.counting_intrusion`: drawn days, and real footage with a
forbidden area where nobody goes.
"""

import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from scripts.benchmarks.deserted import Corners, Kept, recordings
from scripts.benchmarks.page import table, where
from tallypost.assembly.counting import counting
from tallypost.assembly.detector import Threshold
from tallypost.domain.alerts import Alert, AlertState
from tallypost.domain.vision import Detections, Size
from tallypost.settings.site import Site
from tallypost.vision.timeline import FootageTimeline
from tests.torture.drawn import WALK
from tests.torture.eye import looks
from tests.torture.language import CLASSES, PICTURE, Actor, Alarm, Scene, Zone
from tests.torture.noise import SCORE_MIN
from tests.torture.paths import Go, Sway, Wait, across, way
from tests.torture.truth import visits

RATES_HZ = (10.0, 5.0, 2.0)
AFTER_S = (0.0, 0.5, 1.0, 2.0)
DAYS = 12
DAY_S = 300.0
EDGE = 440.0
"""The height of the platform's edge on the picture."""
TRACKS = Zone(name="tracks", polygon=((0, EDGE), (1280, EDGE), (1280, 720), (0, 720)))
GRACE_S = 2.0
"""An alert that begins so long after the intruder has left was still about them."""

Span = tuple[float, float]
Looks = Iterable[tuple[float, Detections]]


@dataclass(slots=True)
class Score:
    """What one setting made of all days.

    Attributes:
        watched_s: How long was watched.
        false: Alerts when nobody was there.
        delays_s: From the step over the edge to the alert, of each intruder.
        missed: Intruders nobody was told of.
    """

    watched_s: float = 0.0
    false: int = 0
    delays_s: list[float] = field(default_factory=list)
    missed: int = 0

    @property
    def false_a_day(self) -> float:
        """False alarms in 24 hours."""
        return self.false / self.watched_s * 86_400

    def add(self, told: Sequence[Span], true: Sequence[Span], seconds: float) -> None:
        """Add one day: when alerts went on, and when somebody was there."""
        self.watched_s += seconds
        for begun_s, _ in told:
            right = any(a - 0.5 <= begun_s <= b + GRACE_S for a, b in true)
            self.false += not right
        for entered_s, left_s in true:
            began = [a for a, b in told if b >= entered_s and a <= left_s + GRACE_S]
            if began:
                self.delays_s.append(max(began[0] - entered_s, 0.0))
            else:
                self.missed += 1


def drawn(seed: int) -> Scene:
    """Return five minutes of a platform whose passengers keep to its edge, but five."""
    chance = np.random.default_rng(seed)
    return Scene(
        name=f"platform edge {seed}",
        why="people walk, sway and cast shadows at the edge; five go down",
        source="found while building this set",
        actors=(*_passengers(chance), *_swaying(chance), *_intruders(chance)),
        zones=(TRACKS,),
        # A signal that is taken for somebody for a second and more of five minutes.
        alarms=(Alarm(label="person", place=(900, 600), share=0.005, lasts_s=0.4),),
        lasts_s=DAY_S,
    )


def _passengers(chance: np.random.Generator) -> Iterator[Actor]:
    """Yield one every six seconds, 8 to 40 pixels from the edge: they are 104 tall."""
    for begins_s in np.arange(0.0, DAY_S - 20, 6.0):
        y = EDGE - chance.uniform(8, 40)
        ends = ((-60.0, y), (1340.0, y))
        if chance.random() < 0.5:
            ends = ends[::-1]
        path = across(*ends, chance.uniform(0.8, 1.3) * WALK, begins_s=begins_s)
        yield Actor(label="person", way=path, shadow=float(chance.choice([0, 0.6])))


def _swaying(chance: np.random.Generator) -> Iterator[Actor]:
    """Yield three who wait with their toes at the edge."""
    for x in (250.0, 600.0, 1050.0):
        swing = Sway(6, 9, chance.uniform(2, 5), times=50)
        yield Actor(label="person", way=way(x, EDGE - 15, swing))


def _intruders(chance: np.random.Generator) -> Iterator[Actor]:
    """Yield one a minute, who stays on the rails for two to ten seconds."""
    for minute in range(5):
        x, down = chance.uniform(150, 800), EDGE + chance.uniform(60, 200)
        path = way(
            x,
            EDGE - 80,
            Go(x, down, WALK),
            Wait(chance.uniform(2, 10)),
            Go(x, EDGE - 80, WALK),
            begins_s=60 * minute + chance.uniform(10, 35),
        )
        yield Actor(label="person", way=path)


def alarmed(
    told: Looks, scene: Size, corners: Corners, score_min: float, rate_hz: float
) -> dict[str, list[Span]]:
    """Return when each setting's alert went on, by its name."""
    site = Site.model_validate(
        {
            "intrusions": [
                {"name": _name(after_s), "polygon": corners, "after_s": after_s}
                for after_s in AFTER_S
            ]
        }
    )
    ours = counting(
        site,
        place="benchmark",
        classes=CLASSES,
        threshold=Threshold(score_min),
        interval_s=86_400,
        rate_hz_max=rate_hz,
    )
    timeline, said = FootageTimeline(), []
    for time_s, found in told:
        said += ours.look(found, scene=scene, time_s=time_s, moment=timeline.at(time_s))
    return _spans([each for each in (*said, *ours.finish()) if isinstance(each, Alert)])


def _name(after_s: float) -> str:
    return f"after-{1000 * after_s:.0f}-ms"


def _spans(alerts: Sequence[Alert]) -> dict[str, list[Span]]:
    spans, begun_s = defaultdict(list), {}
    for alert in alerts:
        name = str(alert.element)
        if alert.state is AlertState.BEGUN:
            begun_s[name] = alert.time_utc_s
        else:
            spans[name].append((begun_s.pop(name), alert.time_utc_s))
    return spans


def score_drawn(rate_hz: float, days: int = DAYS) -> dict[str, Score]:
    """Return what each setting makes of drawn days at a rate."""
    corners = [(x / PICTURE.width, y / PICTURE.height) for x, y in TRACKS.polygon]
    scores = {_name(after_s): Score() for after_s in AFTER_S}
    for seed in range(days):
        scene = drawn(seed)
        told = ((look.time_s, look.found) for look in looks(scene, rate_hz, seed))
        spans = alarmed(told, PICTURE, corners, SCORE_MIN, rate_hz)
        true = sorted(
            span for actor in scene.actors for span in visits(scene, actor, TRACKS)
        )
        for name, score in scores.items():
            score.add(spans.get(name, []), true, DAY_S)
    print(f"{rate_hz:g} Hz: {scores}", file=sys.stderr, flush=True)
    return scores


def score_real(recordings: Iterable[Kept], rate_hz: float | None) -> dict[str, Score]:
    """Return what each setting makes of real people who keep off a place."""
    scores = {_name(after_s): Score() for after_s in AFTER_S}
    for one in recordings:
        told = one.at(rate_hz)
        seconds = told[-1][0] - told[0][0]
        own_hz = (len(told) - 1) / seconds
        spans = alarmed(told, one.scene, one.corners, one.score_min, own_hz)
        for setting, score in scores.items():
            score.add(spans.get(setting, []), [], seconds)
    return scores


def section() -> str:
    """Return the part of a page that tells of intrusions."""
    rows = []
    for rate_hz in RATES_HZ:
        for after_s, score in zip(AFTER_S, score_drawn(rate_hz).values(), strict=True):
            delays_s = np.array(score.delays_s)
            rows.append(
                [
                    f"{rate_hz:g}",
                    f"{after_s:g} s",
                    f"{score.false} ({score.false_a_day:.0f})",
                    f"{score.missed} of {score.missed + len(delays_s)}",
                    f"{np.median(delays_s):.1f} s",
                    f"{np.quantile(delays_s, 0.95):.1f} s",
                ]
            )
    kept = list(recordings())
    real = []
    for rate in (None, 5.0, 2.0):
        told = [str(score.false) for score in score_real(kept, rate).values()]
        real.append(["own" if rate is None else f"{rate:g}", *told])
    minutes = sum(one.told[-1][0] - one.told[0][0] for one in kept) / 60
    drawn_table = table(
        ["Hz", "after_s", "false alarms (a day)", "missed", "told after", "95 of 100"],
        rows,
    )
    real_table = table(["Hz", *(f"after_s = {each:g}" for each in AFTER_S)], real)
    return f"""\
{DAYS * DAY_S / 3600:.0f} hours of a drawn platform at each rate: somebody every six
seconds along the edge, 8 to 40 pixels from it (people are 104 tall), three who sway
with their toes at it, shadows, a signal on the rails that is taken for a person for
0.4 s every one or two minutes, and the usual noise of a small detector, false alarms
all over the picture among it. One a minute goes down to the rails for a few seconds.
"Told after" is from the step over the edge.

{drawn_table}

Real people who keep off a place ({"; ".join(one.name for one in kept)}; {minutes:.1f}
minutes in all): the largest rectangle that nobody's foot comes near, by the recorded
truth. False alarms:

{real_table}

{where()}
"""


if __name__ == "__main__":
    print(section())
