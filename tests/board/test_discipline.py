"""What the daemons of the field tell the kernel, and what we make of it."""

import pytest

from tallypost.board.base import BUILT_UTC_S, UNSYNCED
from tallypost.board.discipline import (
    MAXERROR_UNSYNCED_US,
    STA_NANO,
    UNTOLD_S,
    Timex,
    reading,
)
from tallypost.board.linux import LinuxBoard
from tallypost.domain.records import ClockTrust

NOW_UTC_S = BUILT_UTC_S + 86_400.0
STA_PLL, STA_UNSYNC = 0x0001, 0x0040


def told(*, maxerror: int, offset: int = 0, status: int = STA_PLL) -> Timex:
    return Timex(maxerror=maxerror, offset=offset, status=status)


def test_systemd_timesyncd_says_nothing_of_its_server() -> None:
    now = reading(told(maxerror=0, status=STA_PLL | STA_NANO), NOW_UTC_S)

    assert (now.trust, now.uncertainty_s) == (ClockTrust.SYNCED, UNTOLD_S)


def test_what_is_still_to_be_slewed_away_is_in_doubt() -> None:
    nano = told(maxerror=0, offset=-399_000_000, status=STA_PLL | STA_NANO)
    micro = told(maxerror=0, offset=399_000)

    for timex in (nano, micro):
        now = reading(timex, NOW_UTC_S)
        assert now.uncertainty_s == pytest.approx(0.399 + UNTOLD_S)


def test_chrony_without_rtcsync_is_synced_all_the_same() -> None:
    now = reading(told(maxerror=9_776, status=STA_UNSYNC), NOW_UTC_S)

    assert now.trust is ClockTrust.SYNCED
    assert now.uncertainty_s == pytest.approx(0.009776 + UNTOLD_S)


def test_hours_without_a_word_are_in_doubt_until_nobody_is_trusted() -> None:
    after_8h = reading(told(maxerror=8 * 3600 * 500), NOW_UTC_S)

    assert after_8h.uncertainty_s == pytest.approx(14.4 + UNTOLD_S)
    assert reading(told(maxerror=MAXERROR_UNSYNCED_US), NOW_UTC_S) == UNSYNCED


def test_a_calendar_from_before_the_firmware_was_built_is_trusted_by_nobody() -> None:
    assert reading(told(maxerror=0), BUILT_UTC_S - 1.0) == UNSYNCED
    assert reading(told(maxerror=0), 0.0) == UNSYNCED


def test_a_linux_board_knows_its_start_and_how_long_ago_that_was() -> None:
    board, same = LinuxBoard(), LinuxBoard()

    assert board.boot_id() == same.boot_id() != ""
    assert 0.0 < board.monotonic_s() <= same.monotonic_s()
    assert board.clock().trust in ClockTrust


def test_a_calendar_that_a_host_keeps_is_believed_as_far_as_settings_say() -> None:
    nobody = told(maxerror=MAXERROR_UNSYNCED_US)
    now = reading(nobody, NOW_UTC_S, 1.5)

    assert (now.trust, now.uncertainty_s) == (ClockTrust.SYNCED, 1.5)
    assert reading(nobody, BUILT_UTC_S - 1.0, 1.5) == UNSYNCED
    assert reading(told(maxerror=0), NOW_UTC_S, 1.5).uncertainty_s == UNTOLD_S
