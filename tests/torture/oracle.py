"""Counts by what was seen and by whose it is: where it errs, nobody can know.

The oracle sees what the detector tells and no more, but is told which detection is
whose: the halves of a bus are one box, a box of two walkers is each one's, a false
alarm is nobody's. It never takes anybody for another, waits for who is hidden for as
long as it takes, and knows in hindsight what each was most often taken for. Somebody
begins where a score first reaches the detector's threshold, as for the tracker; the
counters are ours.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from tallypost.assembly.elements import class_ids
from tallypost.domain.vision import Boxes, Tracks
from tallypost.vision.counting.events import (
    LineCrossing,
    LinePassage,
    ZoneEntry,
    ZoneExit,
)
from tallypost.vision.counting.line import LineCounter
from tallypost.vision.counting.zone import ZoneCounter
from tallypost.vision.tracking.rules import Patience
from tests.torture.eye import Floats, Look
from tests.torture.language import CLASSES, Scene
from tests.torture.noise import SCORE_MIN
from tests.torture.ours import site
from tests.torture.truth import Crossing, Membership


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What the oracle tells of a scene.

    Attributes:
        crossings: Effective crossings.
        entries: Who came into a zone or appeared inside.
        exits: Who went out of a zone or vanished inside.
    """

    crossings: Counter[Crossing] = field(default_factory=Counter)
    entries: Counter[Membership] = field(default_factory=Counter)
    exits: Counter[Membership] = field(default_factory=Counter)


class _Sight(NamedTuple):
    """One actor at one look.

    Attributes:
        box: Around all that is told of it.
        score: The best.
        votes: Shape (classes,), what it is taken for, weighed by the scores.
    """

    box: Floats
    score: float
    votes: Floats


@dataclass(slots=True)
class _Known:
    """One actor so far.

    Attributes:
        born_s: When it was first seen.
        born: How it was seen then.
        now: How it was seen last.
    """

    born_s: float
    born: _Sight
    now: _Sight


def foreseen(scene: Scene, told: Sequence[Look]) -> Foreseen:
    """Return what the oracle counts on one day's looks at a scene."""
    drawn, counts = site(scene), Foreseen()
    lines = [
        LineCounter(
            name=line.name,
            start=line.start,
            end=line.end,
            classes=class_ids(line.classes, CLASSES),
        )
        for line in drawn.lines
    ]
    zones = [
        ZoneCounter(
            name=zone.name,
            polygon=zone.polygon,
            classes=class_ids(zone.classes, CLASSES),
        )
        for zone in drawn.zones
    ]
    counters: list[LineCounter | ZoneCounter] = [*lines, *zones]
    for tracks in _followed(scene, told):
        for counter in counters:
            for event in counter.update(tracks, scene.picture):
                label = CLASSES[event.class_id]
                match event:
                    case LineCrossing(line=line, direction=direction):
                        counts.crossings[Crossing(line, direction, label)] += 1
                    case ZoneEntry(zone=zone):
                        counts.entries[Membership(zone, label)] += 1
                    case ZoneExit(zone=zone):
                        counts.exits[Membership(zone, label)] += 1
                    case LinePassage():
                        pass  # what may be taken back is not counted
    return counts


def _followed(scene: Scene, told: Sequence[Look]) -> Iterator[Tracks]:
    """Yield the actors whom each look tells of, under their own numbers.

    Riders are left out, whom a line does not count.
    """
    awaited_s = Patience().awaited_s
    sights = [_whole(look) for look in told]
    votes = np.zeros((len(scene.actors), len(CLASSES)))
    last_s: dict[int, float] = {}
    for look, whole in zip(told, sights, strict=True):
        for actor, sight in whole.items():
            votes[actor] += sight.votes
            last_s[actor] = look.time_s
    known: dict[int, _Known] = {}
    for look, whole in zip(told, sights, strict=True):
        for actor, sight in whole.items():
            if actor in known:
                known[actor].now = sight
            elif sight.score >= SCORE_MIN and not scene.actors[actor].rides:
                known[actor] = _Known(look.time_s, sight, sight)
        here = sorted(set(whole) & set(known))
        ended = [a for a in known if look.time_s - last_s[a] > awaited_s]
        seen = [known[actor] for actor in here]
        yield Tracks(
            time_s=look.time_s,
            ids=np.array(here, np.int64),
            boxes=_boxes([each.now for each in seen]),
            class_ids=votes[here].argmax(axis=1),
            born_boxes=_boxes([each.born for each in seen]),
            born_s=np.array([each.born_s for each in seen], np.float64),
            ended_ids=np.array(ended, np.int64),
        )
        for actor in ended:
            del known[actor]


def _whole(look: Look) -> dict[int, _Sight]:
    """Return how each actor is seen: parts of one are one."""
    found = look.found
    mine: defaultdict[int, list[int]] = defaultdict(list)
    for place, actors in enumerate(look.actors):
        for actor in actors:
            mine[actor].append(place)
    whole = {}
    for actor, places in mine.items():
        boxes, scores = found.boxes[places], found.scores[places]
        low, high = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
        votes = np.zeros(len(CLASSES))
        np.add.at(votes, found.class_ids[places], scores)
        box = np.concatenate([low, high]).astype(np.float64)
        whole[actor] = _Sight(box, float(scores.max()), votes)
    return whole


def _boxes(sights: Sequence[_Sight]) -> Boxes:
    return np.array([each.box for each in sights], np.float32).reshape(-1, 4)
