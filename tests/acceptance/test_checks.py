"""What keeps a device from being accepted."""

from dataclasses import replace
from typing import Any

import pytest

from tallypost.acceptance.checks import (
    PRIVACY_TEST_DAYS_MAX,
    REQUIRED,
    Facts,
    accepted,
    checks,
)
from tallypost.acceptance.sentences import ENGLISH, told, wanted
from tallypost.domain.aiming import Sight
from tallypost.domain.health import OutboxHealth, Trouble, Vitals
from tallypost.domain.records import ClockTrust, Quality
from tests.acceptance.world import FACTS, FOUND, HEALTH, NOW_UTC_S, health

LINK = HEALTH.link
assert LINK is not None
assert LINK.radio is not None
REPORT = FACTS.privacy_test
assert REPORT is not None


def test_a_device_that_is_well_is_accepted() -> None:
    found = checks(FACTS)

    assert [each.passed for each in found] == [True] * 8
    assert accepted(found)


def seen(**changes: Any) -> Quality:
    """Return how well a minute was seen."""
    usual: dict[str, Any] = {"observed_s": 60.0, "frames": 420, "frames_dropped": 0}
    return Quality(**(usual | {"camera_defocused_s": 0.0} | changes))


def test_records_say_how_it_sees_where_nobody_aims_any_more() -> None:
    found = {
        each.name: each for each in checks(replace(FACTS, sight=None, quality=seen()))
    }

    assert found["rate"].arguments["rate_hz"] == 7.0
    assert found["sharpness"].key == "in_focus"
    assert accepted(tuple(found.values()))


WRONG: dict[str, tuple[Facts, str, bool | None]] = {
    "no link at all": (health(link=None), "link_none", False),
    "link down": (
        health(link=replace(LINK, up=False, last_trouble=Trouble.TLS)),
        "link_down",
        False,
    ),
    "radio hardly heard": (
        health(link=replace(LINK, radio=replace(LINK.radio, margin_db=2))),
        "link_weak",
        False,
    ),
    "no date": (health(clock=ClockTrust.UNSYNCED), "clock_unknown", False),
    "nobody knows how far off": (
        health(clock_uncertainty_s=None),
        "clock_unknown",
        False,
    ),
    "clock off": (health(clock_uncertainty_s=3.5), "clock_doubtful", False),
    "never aimed": (replace(FACTS, sight=None), "rate_unknown", None),
    "out of focus": (
        replace(FACTS, sight=None, quality=seen(camera_defocused_s=4.0)),
        "defocused",
        False,
    ),
    "slow by the records": (
        replace(FACTS, sight=None, quality=seen(frames=60)),
        "rate_low",
        False,
    ),
    "watched for a moment": (
        replace(FACTS, sight=None, quality=seen(observed_s=3.0)),
        "rate_unknown",
        None,
    ),
    "nothing seen any more": (
        replace(FACTS, quality=seen(observed_s=0.0, frames=0)),
        "rate_none",
        False,
    ),
    "blurred": (replace(FACTS, sight=Sight(1.0, 7.0, 0.2, 0.5)), "blurred", False),
    "slow": (replace(FACTS, sight=Sight(1.0, 2.0, 0.9, 0.5)), "rate_low", False),
    "untested": (replace(FACTS, accuracy={}), "untested", None),
    "tests of other lines": (
        replace(FACTS, accuracy={"elsewhere": {"person": FOUND}}),
        "untested",
        None,
    ),
    "not equivalent": (
        replace(FACTS, accuracy={"gate": {"person": replace(FOUND, equivalent=False)}}),
        "not_proven",
        False,
    ),
    "not locked in": (replace(FACTS, no_lock_in=True), "privacy_unlocked", False),
    "no privacy test": (replace(FACTS, privacy_test=None), "privacy_missing", None),
    "privacy test not passed": (
        replace(FACTS, privacy_test=replace(REPORT, passed=False)),
        "privacy_failed",
        False,
    ),
    "privacy test of another site": (
        replace(FACTS, privacy_test=replace(REPORT, site="sha256:" + "0" * 64)),
        "privacy_other",
        False,
    ),
    "privacy test of long ago": (
        replace(FACTS, now_utc_s=NOW_UTC_S + 86_400 * PRIVACY_TEST_DAYS_MAX),
        "privacy_old",
        False,
    ),
    "privacy test of tomorrow": (
        replace(FACTS, now_utc_s=NOW_UTC_S - 3 * 86_400),
        "privacy_old",
        False,
    ),
    "privacy test of any day": (
        replace(FACTS, privacy_test=replace(REPORT, when_utc_s=None)),
        "privacy_undated",
        None,
    ),
    "weak supply": (
        health(board=Vitals(under_voltage=False, under_voltage_since_boot=True)),
        "power_weak",
        False,
    ),
    "slowed down": (
        health(board=Vitals(throttled_since_boot=True)),
        "power_throttled",
        False,
    ),
    "records wait": (
        health(outbox=OutboxHealth(records=40, alerts=0, refused=0, oldest_s=2400.0)),
        "records_wait",
        False,
    ),
    "disk full": (
        health(outbox=OutboxHealth(records=0, alerts=0, refused=3)),
        "records_refused",
        False,
    ),
}


@pytest.mark.parametrize(("facts", "key", "passed"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_named_and_nothing_wrong_is_accepted(
    facts: Facts, key: str, passed: bool | None
) -> None:
    found = checks(facts)
    by_key = {each.key: each for each in found}

    assert by_key[key].passed is passed
    assert not accepted(found)
    assert by_key[key].sentence


def test_a_board_that_does_not_tell_of_its_supply_may_be_accepted() -> None:
    found = checks(health(board=Vitals()))

    assert {each.name for each in found if each.passed is None} == {"power"}
    assert "power" not in REQUIRED
    assert accepted(found)


@pytest.mark.parametrize("key", ENGLISH)
def test_every_sentence_can_be_said(key: str) -> None:
    assert told(key, dict.fromkeys(wanted(ENGLISH[key]), "{x}"))
