"""One test of a line: somebody taps each who passes, and does not see the device's."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tallypost.acceptance.equivalence import (
    MARGIN,
    Equivalence,
    Observation,
    equivalence,
)
from tallypost.acceptance.pairing import Moment, Paired, pair
from tallypost.acceptance.sentences import said
from tallypost.domain.aiming import Passed
from tallypost.errors import AcceptanceError

DIRECTIONS = ("forward", "backward")
LASTS_S_MAX = 4 * 3600.0
TAPS_MAX = 10_000
TOLD_MAX = 20_000
TAPS_A_SECOND_MAX = 20
"""Two thumbs are no faster."""
AGO_S_MAX = 60.0
"""How long a telephone may keep a tap that it cannot send."""
EDGE_S = 3.0
"""Who passes so near to the beginning or the end may be known to one side alone."""
SIGHT_GAP_S_MAX = 3.0
"""How well is seen is told about once a second; where it is not, nobody has seen."""
INTERVAL_S = 60.0
PER_INTERVAL_MIN = 1.0
"""Where fewer pass in a minute on average, several minutes are one interval."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a test has found.

    Attributes:
        line: Which line.
        class_name: Of whom.
        equivalence: What it says of the device; None where nobody passed.
        paired: Who belongs to whom.
        lasted_s: How long it took.
    """

    line: str
    class_name: str
    equivalence: Equivalence | None
    paired: Paired
    lasted_s: float


class TapTest:
    """A test from its first tap to its end.

    Args:
        line: Which line.
        class_name: Who is tapped, in the detector's word.
        now_s: The board's monotonic clock.
        margin: How much the device may be off, either way.
    """

    def __init__(
        self, line: str, class_name: str, now_s: float, *, margin: float = MARGIN
    ) -> None:
        self.line = line
        self.class_name = class_name
        self._begun_s = self._seen_s = now_s
        self._void: str | None = None
        self._margin = margin
        self._taps: list[Moment] = []
        self._told: list[Moment] = []

    def tap(self, direction: object, ago_s: object, now_s: float) -> None:
        """Note one who passed.

        Args:
            direction: "forward" or "backward".
            ago_s: How long ago it was tapped: a telephone may not reach us at once.
            now_s: The board's monotonic clock.

        Raises:
            AcceptanceError: That is no tap, or more than a hand can do.
        """
        if direction not in DIRECTIONS:
            raise AcceptanceError(
                f"direction: {str(direction)[:40]!a} is none; tap forward or backward"
            )
        at_s = now_s - _ago_s(ago_s)
        if at_s < self._begun_s:
            raise AcceptanceError(
                f"ago_s: {now_s - at_s:.1f} is before the test began; begin, then tap"
            )
        if now_s - self._begun_s > LASTS_S_MAX:
            raise AcceptanceError(
                f"test: it lasts longer than {LASTS_S_MAX / 3600:.0f} hours; end it"
            )
        if len(self._taps) >= TAPS_MAX:
            raise AcceptanceError(f"test: it has {TAPS_MAX} taps, which is all; end it")
        lately = sum(abs(each.at_s - at_s) < 1.0 for each in self._taps[-100:])
        if lately >= TAPS_A_SECOND_MAX:
            raise AcceptanceError(
                f"test: more than {TAPS_A_SECOND_MAX} taps a second are no person's; "
                "tap each who passes once"
            )
        self._taps.append(Moment(at_s, str(direction)))

    def undo(self) -> None:
        """Forget the newest tap.

        Raises:
            AcceptanceError: There is none.
        """
        if not self._taps:
            raise AcceptanceError("test: nothing has been tapped; there is no tap less")
        self._taps.pop()

    def heard(self, passed: Passed) -> None:
        """Note what the device tells; of other lines and classes nothing."""
        told = (passed.collection, passed.element, passed.class_name)
        if told != ("lines", self.line, self.class_name):
            return
        if passed.at_monotonic_s >= self._begun_s and len(self._told) < TOLD_MAX:
            self._told.append(Moment(passed.at_monotonic_s, passed.direction))

    def seen(self, at_s: float) -> None:
        """Note that the half that sees has told how well.

        Args:
            at_s: When it saw so, by the board's monotonic clock.
        """
        if at_s - self._seen_s > SIGHT_GAP_S_MAX:
            self.spoil("test_blind")
        self._seen_s = max(self._seen_s, at_s)

    def spoil(self, key: str) -> None:
        """Have it prove nothing any more.

        Args:
            key: Which sentence says why; the first one stays.
        """
        self._void = self._void or key

    def void_at(self, now_s: float) -> str | None:
        """Return which sentence says why it proves nothing at its end; None: it does.

        Args:
            now_s: The board's monotonic clock.
        """
        return self._void or (
            "test_blind" if now_s - self._seen_s > SIGHT_GAP_S_MAX else None
        )

    def state(self, now_s: float) -> Mapping[str, object]:
        """Return how it stands, in words of JSON."""
        return {
            "line": self.line,
            "class": self.class_name,
            "lasted_s": round(now_s - self._begun_s, 1),
            "hand": _by_direction(self._taps),
            "void": None if self._void is None else said(self._void),
        }

    def end(self, now_s: float) -> Outcome:
        """Return what was found.

        Args:
            now_s: The board's monotonic clock.
        """
        whole = pair(self._taps, self._told)
        paired = Paired(
            whole.hits,
            tuple(self._inside(whole.missed, now_s, whole.delay_s)),
            tuple(self._inside(whole.false, now_s, 0.0)),
            whole.delay_s,
        )
        lasted_s = max(now_s - self._begun_s, INTERVAL_S)
        observations = _observations(paired, self._begun_s, lasted_s)
        return Outcome(
            line=self.line,
            class_name=self.class_name,
            equivalence=equivalence(observations, margin=self._margin),
            paired=paired,
            lasted_s=lasted_s,
        )

    def _inside(
        self, alone: tuple[Moment, ...], now_s: float, late_s: float
    ) -> Iterator[Moment]:
        """Yield those without a partner whose partner cannot lie outside the test."""
        for each in alone:
            at_s = each.at_s - late_s
            if self._begun_s + EDGE_S <= at_s <= now_s - EDGE_S:
                yield each


def _ago_s(told: object) -> float:
    if isinstance(told, bool) or not isinstance(told, int | float):
        raise AcceptanceError("ago_s: is no number; send seconds, 0 for just now")
    if not 0 <= told <= AGO_S_MAX:  # so is NaN
        raise AcceptanceError(
            f"ago_s: is not between 0 and {AGO_S_MAX:.0f}; send each tap at once"
        )
    return float(told)


def _by_direction(moments: list[Moment]) -> dict[str, int]:
    return {way: sum(each.direction == way for each in moments) for way in DIRECTIONS}


def _observations(paired: Paired, begun_s: float, lasted_s: float) -> list[Observation]:
    """Return what both sides counted in each interval of a test, both ways together.

    A pair is of one interval, the device's.
    """
    hits = [told.at_s for _, told in paired.hits]
    hand = [*hits, *(each.at_s - paired.delay_s for each in paired.missed)]
    device = [*hits, *(each.at_s for each in paired.false)]
    minutes = lasted_s / INTERVAL_S
    together = max(math.ceil(minutes * PER_INTERVAL_MIN / len(hand)) if hand else 1, 1)
    # What is left over at the end belongs to the last whole one.
    count = max(int(minutes / together), 1)
    length_s = INTERVAL_S * together

    def place(at_s: float) -> int:
        return min(max(int((at_s - begun_s) / length_s), 0), count - 1)

    counts = [[0, 0] for _ in range(count)]
    for side, moments in enumerate((device, hand)):
        for at_s in moments:
            counts[place(at_s)][side] += 1
    return [Observation(*each) for each in counts]
