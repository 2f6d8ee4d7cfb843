"""Makes alerts of what elements say at once: in pairs, and never a flood of them."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from tallypost.domain.alerts import Alert, AlertState, Source, begun_by
from tallypost.vision.elements.base import Sign
from tallypost.vision.kpi.window import Moment

PAUSE_S = 10.0
"""Two alerts of one kind and element do not begin closer together."""
PER_MINUTE = 60.0
"""How many alerts may leave in all, begun and ended; more in one minute after a quiet
one, never more in the mean."""


@dataclass(slots=True)
class _Standing:
    """What goes on at one element: how much of it, and what was told of it.

    Attributes:
        going_on: How many have begun and not ended, told or not.
        told: The alerts of those that were told to have begun, by a running number.
        begun_s: When the last of these was told, on the frames' clock.
    """

    going_on: int = 0
    told: dict[int, Alert] = field(default_factory=dict)
    begun_s: float | None = None


class Alarms:
    """Lets a sign pass, or keeps it back together with the one that ends it.

    Whatever is kept back is counted by its element all the same: figures miss nothing.
    Where several go on at one element and some of them were kept back, what was told is
    over no sooner than all but so many are.

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
        self._filled_s: float | None = None
        self._number = 0
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
        if sign.state is AlertState.BEGUN:
            standing.going_on += 1
            return [alert] if self._begin(alert, standing, moment.time_s) else []
        standing.going_on = max(standing.going_on - 1, 0)
        if len(standing.told) <= standing.going_on:
            return []
        return [_ended(alert, standing)]

    def finish(self, moment: Moment) -> Iterator[Alert]:
        """Yield the end of all that goes on: nobody watches any more."""
        for standing in self._standing.values():
            for alert in standing.told.values():
                yield replace(
                    alert,
                    state=AlertState.ENDED,
                    time_utc_s=moment.utc_s,
                    value=None,
                    clock=moment.clock.trust,
                )
        self._standing.clear()

    def _begin(self, alert: Alert, standing: _Standing, time_s: float) -> bool:
        if self._filled_s is not None:
            gained = (time_s - self._filled_s) * self._rate_hz
            self._room = min(self._room + gained, self._room_max)
        self._filled_s = time_s
        begun_s = standing.begun_s
        soon = begun_s is not None and time_s - begun_s < self._pause_s
        if soon or self._room < 2:  # noqa: PLR2004  # itself and its end
            return False
        self._room -= 2
        self._number += 1
        standing.told[self._number] = alert
        standing.begun_s = time_s
        return True


def _ended(alert: Alert, standing: _Standing) -> Alert:
    """Return the end of what was told to have begun, under the same class."""
    number = begun_by(alert, standing.told)
    assert number is not None
    return replace(alert, label=standing.told.pop(number).label)
