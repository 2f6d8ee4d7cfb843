"""Whether spaces are taken, by what is seen of them: with patience both ways.

A space that somebody has been seen to drive off from is free soon. One whose vehicle
has only not been seen for a while is taken still: detectors lose parked cars, above all
by night. The longer a vehicle was lost before it was found again, the longer its space
is held taken the next time.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Places = NDArray[np.intp]
"""Which spaces, by their place among all."""
Mask = NDArray[np.bool_]
Numbers = NDArray[np.float64]

NOBODY = -1
DRIVEN_OFF_S = 5.0
"""A space that somebody was seen to drive off from is free when it has been bare for so
long: an id that has jumped to a vehicle passing by is corrected within that time."""
EXCHANGE_S = 5.0
"""One vehicle does not leave a space and another come in sooner; nor within the time
for which vehicles here have been lost though they were there."""
RESUME_S = 5.0
"""A vehicle that has been lost is the same when it is found sooner."""
HIDDEN_AFTER_S = 5.0
"""A space is unknown when it has been hidden for so long."""
_GAPS = 2.0
"""For so many times the longest gap of late a vehicle may be lost again."""
_DRIVEN_OFF_GAPS = 0.25
"""For so many times as long a space is bare after somebody seemed to drive off."""
_HALF_LIFE_S = 1800.0
"""After so long, half of the longest gap is forgotten: it may have been in the dark."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long is long enough.

    Attributes:
        taken_after_s: So long somebody stands on a space before it is taken.
        free_after_s: So long a space is bare before it is free.
    """

    taken_after_s: float = 10.0
    free_after_s: float = 60.0


class Occupancy:
    """What is known of each space of a car park.

    Args:
        count: How many spaces there are.
        patience: How long is long enough.
    """

    def __init__(self, count: int, patience: Patience) -> None:
        self._patience = patience
        self._longest_gap_s = 0.0
        self.count = count
        self.stays_s: list[float] = []
        """Of those who left since `begin`, where the beginning was seen."""
        self.forget()
        self.begin()

    def begin(self) -> None:
        """Count anew."""
        self.stays_s.clear()
        self.arrivals = np.zeros(self.count, np.int64)
        self.departures = np.zeros(self.count, np.int64)
        self.occupied_s = np.zeros(self.count)

    def forget(self) -> None:
        """Know nothing of any space."""
        self.taken: Mask = np.zeros(self.count, np.bool_)
        self.free: Mask = np.zeros(self.count, np.bool_)
        self.holder_ids = np.full(self.count, NOBODY, np.int64)
        self.since_s: Numbers = np.full(self.count, np.nan)
        self.seen_s: Numbers = np.full(self.count, -np.inf)
        self._begin_seen: Mask = np.zeros(self.count, np.bool_)
        self._driven_off: Mask = np.zeros(self.count, np.bool_)
        self._bare_s: Numbers = np.zeros(self.count)
        self._hidden_s: Numbers = np.zeros(self.count)
        self._last_hidden_s: Numbers = np.full(self.count, -np.inf)
        self._visitor_ids = np.full(self.count, NOBODY, np.int64)
        self._visitor_since_s: Numbers = np.full(self.count, np.nan)
        self._visitor_from_s: Numbers = np.full(self.count, np.nan)
        self._visitor_seen_s: Numbers = np.full(self.count, -np.inf)

    @property
    def unknown(self) -> Mask:
        """Of which spaces nobody can say: not seen so far, or hidden."""
        hidden = self._hidden_s >= HIDDEN_AFTER_S
        return np.asarray(hidden | ~(self.taken | self.free))

    def hold(
        self,
        places: Places,
        ids: NDArray[np.int64],
        *,
        leaving: Mask | bool = False,
        now_s: float,
    ) -> None:
        """Note that the vehicles of these taken spaces are there.

        Args:
            places: The spaces, each once.
            ids: Who their vehicles are, from now on.
            leaving: Whether each has begun to move.
            now_s: The time.
        """
        gap_s = float(self._bare_s[places].max(initial=0.0))
        self._longest_gap_s = max(self._longest_gap_s, gap_s)
        self._bare_s[places] = self._hidden_s[places] = 0.0
        self._driven_off[places] = leaving
        self.holder_ids[places] = ids
        self.seen_s[places] = now_s

    def drive_off(self, places: Places) -> None:
        """Note that the vehicles of these taken spaces have been seen elsewhere."""
        self._driven_off[places] = True
        self.holder_ids[places] = NOBODY

    def lose(self, places: Places) -> None:
        """Note that nobody knows any more who the vehicles of these spaces are."""
        self.holder_ids[places] = NOBODY

    def stand(
        self,
        places: Places,
        ids: NDArray[np.int64],
        *,
        since_s: Numbers,
        came: Mask,
        same: Mask,
        now_s: float,
    ) -> None:
        """Note that somebody stands on these spaces who does not hold them so far.

        Args:
            places: The spaces, each once.
            ids: Who stands there.
            since_s: Since when each has stood.
            came: Who was first seen somewhere else.
            same: Who may be the vehicle that was there before.
            now_s: The time.
        """
        lost = self._lost(places, now_s)
        found = self.taken[places] & np.where(lost, ~came, same)
        self.hold(places[found], ids[found], now_s=now_s)
        self._hidden_s[places] = 0.0
        new = ~found
        ready = self._visit(places[new], ids[new], since_s[new], came[new], now_s)
        ready &= lost[new]
        self._settle(places[new][ready], ids[new][ready], came[new][ready], now_s)

    def pass_bare(self, places: Places, step_s: float) -> None:
        """Note that these spaces were looked at, and nobody was there."""
        self._hidden_s[places] = 0.0
        self._bare_s[places] += step_s
        bare_s = self._bare_s[places]
        patient_s = np.where(
            self._driven_off[places],
            max(DRIVEN_OFF_S, _DRIVEN_OFF_GAPS * self._longest_gap_s),
            max(self._patience.free_after_s, _GAPS * self._longest_gap_s),
        )
        self._longest_gap_s *= 0.5 ** (step_s / _HALF_LIFE_S)
        taken = self.taken[places]
        self._leave(places[taken & (bare_s >= patient_s)])
        self.free[places[~taken & (bare_s >= patient_s)]] = True

    def pass_hidden(self, places: Places, step_s: float, now_s: float) -> None:
        """Note that these spaces were hidden by what stands before them."""
        self._hidden_s[places] += step_s
        self._last_hidden_s[places] = now_s

    def elapse(self, seconds: float) -> None:
        """Add up which spaces are taken for how long."""
        self.occupied_s[self.taken & ~self.unknown] += seconds

    def _lost(self, places: Places, now_s: float) -> Mask:
        """Return whose vehicle may have left and made room for another."""
        gap_s = np.where(self._driven_off[places], 0.0, self._longest_gap_s)
        unseen_s = now_s - self.seen_s[places]
        return np.asarray(unseen_s >= np.maximum(EXCHANGE_S, gap_s))

    def _visit(
        self,
        places: Places,
        ids: NDArray[np.int64],
        since_s: Numbers,
        came: Mask,
        now_s: float,
    ) -> Mask:
        """Note who stands on spaces that are not theirs; return who has long enough."""
        again = ~came | (ids == self._visitor_ids[places])
        again &= now_s - self._visitor_seen_s[places] <= RESUME_S
        from_s, before_s = self._visitor_from_s[places], self._visitor_since_s[places]
        self._visitor_from_s[places] = np.where(again, from_s, now_s)
        self._visitor_since_s[places] = np.where(again, before_s, since_s)
        self._visitor_ids[places] = ids
        self._visitor_seen_s[places] = now_s
        self._bare_s[places[~self.taken[places]]] = 0.0
        stood_s = now_s - self._visitor_from_s[places]
        return np.asarray(stood_s >= self._patience.taken_after_s)

    def _settle(
        self, places: Places, ids: NDArray[np.int64], came: Mask, now_s: float
    ) -> None:
        """Give spaces to those who have stood there long enough."""
        self._leave(places[self.taken[places]])
        since_s = self._visitor_since_s[places]
        was_free = self.free[places]
        self.arrivals[places] += was_free | came
        in_sight = since_s - self._last_hidden_s[places] > RESUME_S
        self._begin_seen[places] = came | (was_free & in_sight)
        self.since_s[places] = since_s
        self.taken[places], self.free[places] = True, False
        self._bare_s[places] = 0.0
        self.hold(places, ids, now_s=now_s)

    def _leave(self, places: Places) -> None:
        """Let spaces be free: their vehicles left when they were last seen."""
        self.departures[places] += 1
        known = places[self._begin_seen[places]]
        self.stays_s += (self.seen_s[known] - self.since_s[known]).tolist()
        self.taken[places], self.free[places] = False, True
        self.holder_ids[places] = NOBODY
        self.since_s[places] = np.nan
        self._driven_off[places] = False
