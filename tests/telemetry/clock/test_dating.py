"""Dates for what was counted before anybody knew the time."""

import pytest

from tallypost.domain.dating import Dating, Undated
from tallypost.domain.records import Dated
from tallypost.telemetry.clock.anchor import DRIFT, Anchor
from tallypost.telemetry.clock.dating import datings
from tallypost.telemetry.clock.memory import Trusted

NOW_UTC_S = 1_795_342_500.0
ANCHOR = Anchor(1000.0, NOW_UTC_S, 0.5)
BEFORE = Trusted("old", Anchor(50.0, NOW_UTC_S - 7200.0, 0.5), rtc_agrees=False)


def of(boot: str, seq: int, start_s: float) -> Undated:
    return Undated(seq, boot, start_s, 60.0)


def dates(*undated: Undated, before: Trusted | None = BEFORE) -> list[Dating]:
    found = datings(
        undated,
        boot="now",
        anchor=ANCHOR,
        before=before,
        earliest_utc_s=NOW_UTC_S - 1e6,
    )
    return [found[each.seq] for each in undated]


def test_of_this_start_all_is_known_but_the_drift() -> None:
    [early, late] = dates(of("now", 1, 40.0), of("now", 2, 940.0))

    assert early == Dating(NOW_UTC_S - 960.0, 0.5 + 960 * DRIFT, Dated.LATER)
    assert late == Dating(NOW_UTC_S - 60.0, 0.5 + 60 * DRIFT, Dated.LATER)


def test_of_a_start_in_which_the_time_was_known_too() -> None:
    [date] = dates(of("old", 1, 110.0))

    assert date == Dating(NOW_UTC_S - 7140.0, 0.5 + 60 * DRIFT, Dated.LATER)


def test_a_start_between_is_put_in_the_middle_of_where_it_can_have_been() -> None:
    """From an hour and three quarters to a quarter of an hour ago."""
    [first, last] = dates(of("dark", 1, 0.0), of("dark", 2, 540.0))

    low_utc_s, high_utc_s = NOW_UTC_S - 7200.0, NOW_UTC_S - 1000.0 - 600.0
    assert first.how is last.how is Dated.RECKONED
    assert first.start_utc_s == pytest.approx((low_utc_s + high_utc_s) / 2, abs=1.0)
    assert first.uncertainty_s == pytest.approx((high_utc_s - low_utc_s) / 2, abs=1.0)
    assert last.start_utc_s - first.start_utc_s == 540.0


def test_a_start_follows_the_one_before_it_however_late_that_was_known() -> None:
    known = Trusted("old", Anchor(5000.0, NOW_UTC_S - 7200.0, 0.5), rtc_agrees=False)
    [_, dark] = dates(of("old", 1, 5100.0), of("dark", 2, 0.0), before=known)

    low_utc_s, high_utc_s = NOW_UTC_S - 7040.0, NOW_UTC_S - 1000.0 - 60.0
    assert dark.start_utc_s == pytest.approx((low_utc_s + high_utc_s) / 2, abs=2.0)
    assert dark.uncertainty_s == pytest.approx((high_utc_s - low_utc_s) / 2, abs=2.0)


def test_two_starts_between_keep_their_order_and_their_length() -> None:
    [first, second] = dates(of("dark", 1, 1140.0), of("darker", 2, 540.0))

    assert second.start_utc_s - 540.0 >= first.start_utc_s + 60.0 - 0.5
    assert first.uncertainty_s == pytest.approx(
        (7200.0 - 1000.0 - 1200.0 - 600.0) / 2, abs=2.0
    )


def test_without_any_memory_nothing_was_before_the_firmware() -> None:
    [date] = dates(of("dark", 1, 0.0), before=None)

    assert date.uncertainty_s == pytest.approx((1e6 - 1000.0 - 60.0) / 2, abs=1.0)
