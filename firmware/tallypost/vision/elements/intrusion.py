"""An area where nobody may be: that somebody is there."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from tallypost.domain.alerts import AlertKind, AlertState
from tallypost.domain.figures.zones import WatchFigures
from tallypost.vision.counting.events import ZoneEntry, ZoneExit
from tallypost.vision.counting.zone import ZoneCounter
from tallypost.vision.elements.base import Glance, Sign
from tallypost.vision.elements.watch import Watch


@dataclass(frozen=True, slots=True)
class _Intruder:
    """Somebody inside.

    Attributes:
        since_s: When they, or whoever they are taken for, were first seen inside.
        entered_s: When this track was.
        label: What they are.
    """

    since_s: float
    entered_s: float
    label: str


class IntrusionElement:
    """In alarm from the first who is inside until the last has gone.

    Who is lost inside is held to be there until the track is given up; who is found
    inside soon after it was last seen there is taken for the same one.

    Args:
        counter: Tells who comes in and who goes out, with hysteresis at the border.
        after_s: Told once somebody has been inside for so long.
        clear_s: Over when nobody has been inside for so long.
    """

    def __init__(self, *, counter: ZoneCounter, after_s: float, clear_s: float) -> None:
        self._counter = counter
        self._after_s = after_s
        self._clear_s = clear_s
        self._inside: dict[int, _Intruder] = {}
        self._lost: list[tuple[float, _Intruder]] = []
        self._alarm: _Intruder | None = None
        self._seen_s = 0.0
        self._watch = Watch()

    @property
    def name(self) -> str:
        """The area's name."""
        return self._counter.name

    def update(self, glance: Glance) -> Sequence[Sign]:
        """Take one moment."""
        now_s = glance.time_s
        if glance.anew:
            self._alarm = None
            self._lost.clear()
        if self._lost:
            self._lost = [
                each for each in self._lost if now_s - each[0] <= self._clear_s
            ]
        for event in self._counter.update(glance.tracks, glance.scene):
            match event:
                case ZoneEntry():
                    self._enter(event, glance.classes[event.class_id])
                case ZoneExit():
                    lost = not glance.anew and event.track_id in glance.tracks.ended_ids
                    self._leave(event, lost=lost)
        if self._inside:
            self._seen_s = now_s
            return self._begin(glance) if self._alarm is None else ()
        return self._end(now_s)

    def elapse(self, seconds: float) -> None:
        """Let time pass."""
        self._watch.elapse(seconds, present=self._alarm is not None)

    def take(self, observed_s: float) -> WatchFigures:
        """Return the interval's figures and begin anew with who is inside."""
        del observed_s
        return self._watch.take()

    def _enter(self, entry: ZoneEntry, label: str) -> None:
        since_s = entry.entered_s
        if self._lost:
            _, before = self._lost.pop(0)
            since_s = min(since_s, before.since_s)
        self._inside[entry.track_id] = _Intruder(since_s, entry.entered_s, label)

    def _leave(self, leaving: ZoneExit, *, lost: bool) -> None:
        intruder = self._inside.pop(leaving.track_id)
        if not lost:
            return
        for track_id, other in self._inside.items():
            if other.entered_s >= leaving.left_s and other.since_s == other.entered_s:
                # Found again before the old track was given up.
                since_s = min(other.since_s, intruder.since_s)
                self._inside[track_id] = replace(other, since_s=since_s)
                return
        self._lost.append((leaving.left_s, intruder))

    def _begin(self, glance: Glance) -> Sequence[Sign]:
        # Only who is seen just now: a phantom of a moment is held to be there longer.
        seen = [
            self._inside[track_id]
            for track_id in self._inside.keys() & set(glance.tracks.ids.tolist())
        ]
        longest = min(seen, key=lambda each: each.since_s, default=None)
        if longest is None or glance.time_s - longest.since_s < self._after_s:
            return ()
        self._alarm = longest
        self._watch.begin(longest.label)
        return (_sign(AlertState.BEGUN, longest.label),)

    def _end(self, now_s: float) -> Sequence[Sign]:
        alarm = self._alarm
        if alarm is None or now_s - self._seen_s < self._clear_s:
            return ()
        self._alarm = None
        return (_sign(AlertState.ENDED, alarm.label, self._seen_s - alarm.since_s),)


def _sign(state: AlertState, label: str, value: float | None = None) -> Sign:
    return Sign(kind=AlertKind.INTRUSION, state=state, label=label, value=value)
