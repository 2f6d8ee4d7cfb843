"""Makes alerts of what elements say at once: in pairs, and never a flood of them."""

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import count

from tallypost.domain.alerts import Alert, AlertState, Source, begun_by
from tallypost.vision.elements.base import Sign
from tallypost.vision.kpi.window import Moment

PAUSE_S = 10.0
"""Two alerts of one kind and element do not begin closer together."""
PER_MINUTE = 60.0
"""How many alerts may leave in all, begun and ended; more in one minute after a quiet
one, never more in the mean."""
_PAIR = 2
"""Whatever begins takes the room of its end along."""


@dataclass(slots=True)
class _Standing:
    """What goes on at one element, by running numbers: the oldest first.

    Attributes:
        told: What was told to have begun.
        waiting: What is kept back.
        begun_s: When the last one was told, on the frames' clock.
    """

    told: dict[int, Alert] = field(default_factory=dict)
    waiting: dict[int, Alert] = field(default_factory=dict)
    begun_s: float = -math.inf


class Alarms:
    """Lets a sign pass, or keeps it back until it may.

    What is over before it may pass is never told; its element has counted it all the
    same. Where several go on at one element, those that nobody was told of are over
    first, unless the class tells which one it was.

    Args:
        pause_s: Two alerts of one kind and element do not begin closer together.
        per_minute: How many alerts may leave in all.
    """

    def __init__(
        self, *, pause_s: float = PAUSE_S, per_minute: float = PER_MINUTE
    ) -> None:
        self._pause_s = pause_s
        self._rate_hz = per_minute / 60.0
        self._room = self._room_max = per_minute
        self._filled_s = -math.inf
        self._numbers = count()
        self._standing: defaultdict[Source, _Standing] = defaultdict(_Standing)

    def heed(
        self, sign: Sign, collection: str | None, element: str | None, moment: Moment
    ) -> list[Alert]:
        """Return the alert that a sign becomes; none where it is kept back.

        Args:
            sign: What is said.
            collection: The kind of element that says it, as records name it; None
                where the camera itself does.
            element: The element's name.
            moment: When the light of the frame fell.
        """
        alert = Alert(
            kind=sign.kind,
            state=sign.state,
            time_utc_s=moment.utc_s,
            collection=collection,
            element=element,
            label=sign.label,
            value=sign.value,
            clock=moment.clock.trust,
        )
        standing = self._standing[alert.source]
        if sign.state is AlertState.ENDED:
            return _ended(alert, standing)
        standing.waiting[next(self._numbers)] = alert
        return self._passed(standing, moment.time_s)

    def due(self, moment: Moment, *, watched: bool = True) -> list[Alert]:
        """Return what was kept back, still goes on, and may pass by now.

        Args:
            moment: When the light of the frame fell.
            watched: Whether elements were shown the frame; where not, only what the
                camera says of itself passes.
        """
        return [
            alert
            for source, standing in self._standing.items()
            if standing.waiting and (watched or source.collection is None)
            for alert in self._passed(standing, moment.time_s)
        ]

    def lose_sight(self, moment: Moment) -> list[Alert]:
        """Return the end of all that elements told: nobody sees whether it goes on.

        What was kept back is never told; what the camera says of itself goes on.
        """
        return self._end(
            [
                standing
                for source, standing in self._standing.items()
                if source.collection is not None
            ],
            moment,
        )

    def finish(self, moment: Moment) -> list[Alert]:
        """Return the end of all that was told: nobody watches any more."""
        return self._end(self._standing.values(), moment)

    def _end(self, ending: Iterable[_Standing], moment: Moment) -> list[Alert]:
        """Return the end of what was told of these, and forget the rest."""
        over = []
        for standing in ending:
            over += [_over(begun, moment) for begun in standing.told.values()]
            standing.told.clear()
            standing.waiting.clear()
        return over

    def _passed(self, standing: _Standing, time_s: float) -> list[Alert]:
        """Return the oldest that waits, if it may pass."""
        gained = (time_s - self._filled_s) * self._rate_hz
        self._room = min(self._room + gained, self._room_max)
        self._filled_s = time_s
        soon = time_s - standing.begun_s < self._pause_s
        if soon or self._room < _PAIR:
            return []
        self._room -= _PAIR
        number = next(iter(standing.waiting))
        standing.told[number] = alert = standing.waiting.pop(number)
        standing.begun_s = time_s
        return [alert]


def _over(begun: Alert, moment: Moment) -> Alert:
    """Return the end of what nobody has seen the end of."""
    return replace(
        begun,
        state=AlertState.ENDED,
        time_utc_s=moment.utc_s,
        value=None,
        clock=moment.clock.trust,
    )


def _ended(alert: Alert, standing: _Standing) -> list[Alert]:
    """Take out what an alert ends; return the alert if that was told to have begun."""
    alike = [
        each
        for each in (standing.waiting, standing.told)
        if any(begun.label == alert.label for begun in each.values())
    ]
    for kept in (*alike, standing.waiting, standing.told):
        number = begun_by(alert, kept)
        if number is not None:
            begun = kept.pop(number)
            return [replace(alert, label=begun.label)] if kept is standing.told else []
    return []
