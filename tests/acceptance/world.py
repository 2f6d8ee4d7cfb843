"""A device that may be accepted, and what may be wrong with it."""

from dataclasses import replace
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tallypost.acceptance.checks import Facts, PrivacyTest
from tallypost.domain.acceptance import Accuracy
from tallypost.domain.aiming import Sight
from tallypost.domain.health import (
    Health,
    LinkHealth,
    OutboxHealth,
    RadioHealth,
    Vitals,
)
from tallypost.domain.records import ClockTrust

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
NOW_UTC_S = 1_795_903_200.0
SITE, MODEL = "sha256:" + "5" * 64, "sha256:" + "a" * 64
FOUND = Accuracy(
    taps=142,
    error=-0.021,
    error_low=-0.066,
    error_high=0.024,
    margin=0.1,
    equivalent=True,
    day="2026-11-28",
)
HEALTH = Health(
    time_utc_s=NOW_UTC_S,
    clock=ClockTrust.SYNCED,
    clock_uncertainty_s=0.012,
    running_s=900.0,
    outbox=OutboxHealth(records=1, alerts=0, refused=0, oldest_s=61.0),
    link=LinkHealth(
        up=True,
        broker=1,
        connects=1,
        failures=0,
        failovers=0,
        downlinks_ignored=0,
        radio=RadioHealth(
            modem="RAK3172",
            joined=True,
            doubtful=False,
            uplinks=12,
            unanswered=0,
            margin_db=14,
            airtime_day_s=3.0,
        ),
    ),
    board=Vitals(temperature_c=61.3, under_voltage=False, throttled=False),
    firmware="0.1.0",
    model=MODEL,
    site=SITE,
)
FACTS = Facts(
    health=HEALTH,
    sight=Sight(5.0, rate_hz=7.4, sharpness=0.86, light=0.5),
    quality=None,
    lines=("gate", "cycle-lane"),
    accuracy={
        "gate": {"person": FOUND},
        "cycle-lane": {"bicycle": replace(FOUND, taps=118, error=0.008)},
    },
    privacy_test=PrivacyTest(
        passed=True,
        when_utc_s=NOW_UTC_S - 7200,
        firmware="0.1.0",
        model=MODEL,
        site=SITE,
    ),
    no_lock_in=False,
    now_utc_s=NOW_UTC_S,
)


def health(**changes: Any) -> Facts:
    """Return the same device with another health."""
    return replace(FACTS, health=replace(HEALTH, **changes))
