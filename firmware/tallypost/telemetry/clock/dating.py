"""Dates what was counted before anybody knew the time, as far as can be known."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tallypost.domain.dating import Dating, Undated
from tallypost.domain.records import Dated
from tallypost.telemetry.clock.anchor import DRIFT, Anchor
from tallypost.telemetry.clock.memory import Trusted


@dataclass(frozen=True, slots=True)
class Bounds:
    """Between which moments a start of the board must lie.

    Attributes:
        low_utc_s: Not before that.
        high_utc_s: Not after that.
    """

    low_utc_s: float
    high_utc_s: float


def datings(
    undated: Sequence[Undated],
    *,
    boot: str,
    anchor: Anchor,
    before: Trusted | None,
    earliest_utc_s: float,
) -> Mapping[int, Dating]:
    """Return a date for each of these records, by its number.

    Of a start in which a clock arrived, all is known but for the board's drift. Any
    other start lies between what was known before it and what was known after it:
    those before it came first, each lasted at least until the end of its last record,
    and so did itself. It is put in the middle of where it can have been, and half of
    that is its uncertainty; so starts never overlap, and what lies between two records
    of one start is right.

    Args:
        undated: The lowest numbers first: that is how the starts followed each other.
        boot: The present start.
        anchor: A moment of it that is known.
        before: The last moment that was known before any of these records were made,
            or one of the start that the first of them belong to.
        earliest_utc_s: Where that says nothing, it was not before this.
    """
    lasted_s: dict[str, float] = {}
    for each in undated:
        lasted_s[each.boot] = max(lasted_s.get(each.boot, 0.0), each.end_monotonic_s)
    known = {boot: anchor}
    if before is not None:
        known.setdefault(before.boot, before.anchor)
        earliest_utc_s = before.anchor.utc_s - before.anchor.uncertainty_s
    bounds = _bounds(lasted_s, known, earliest_utc_s, _begun(anchor).high_utc_s)
    return {
        each.seq: _later(each, known[each.boot])
        if each.boot in known
        else _reckoned(each, bounds[each.boot])
        for each in undated
    }


def _later(record: Undated, anchor: Anchor) -> Dating:
    return Dating(*anchor.date(record.start_monotonic_s), Dated.LATER)


def _reckoned(record: Undated, start: Bounds) -> Dating:
    middle_utc_s = (start.low_utc_s + start.high_utc_s) / 2
    half_s = abs(start.high_utc_s - start.low_utc_s) / 2
    return Dating(
        middle_utc_s + record.start_monotonic_s,
        half_s + DRIFT * abs(record.start_monotonic_s),
        Dated.RECKONED,
    )


def _bounds(
    lasted_s: Mapping[str, float],
    known: Mapping[str, Anchor],
    earliest_utc_s: float,
    latest_utc_s: float,
) -> Mapping[str, Bounds]:
    """Return between which moments each start lies.

    Args:
        lasted_s: For how long each is known to have run, in their order.
        known: Moments of those of which one is known.
        earliest_utc_s: None was before.
        latest_utc_s: All but those that are known were over by then.
    """
    low_utc_s: dict[str, float] = {}
    for boot, run_s in lasted_s.items():
        # What was known before may lie late in a start of which one moment is known.
        begun_utc_s = _begun(known[boot]).low_utc_s if boot in known else earliest_utc_s
        low_utc_s[boot] = begun_utc_s
        earliest_utc_s = max(earliest_utc_s, begun_utc_s + run_s * (1.0 - DRIFT))
    bounds: dict[str, Bounds] = {}
    for boot in reversed(list(lasted_s)):
        if boot in known:
            high_utc_s = _begun(known[boot]).high_utc_s
        else:
            high_utc_s = latest_utc_s - lasted_s[boot] * (1.0 - DRIFT)
        bounds[boot] = Bounds(low_utc_s[boot], high_utc_s)
        latest_utc_s = high_utc_s
    return bounds


def _begun(anchor: Anchor) -> Bounds:
    """Return between which moments a start lies of which one moment is known."""
    begun = anchor.date(0.0)
    return Bounds(begun.utc_s - begun.uncertainty_s, begun.utc_s + begun.uncertainty_s)
