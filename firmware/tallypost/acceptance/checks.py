"""What a device must show before somebody puts a name under it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from tallypost.acceptance.sentences import told
from tallypost.domain.acceptance import Accuracies
from tallypost.domain.aiming import Sight
from tallypost.domain.health import Health
from tallypost.domain.records import ClockTrust, Quality
from tallypost.domain.words import DAY_S

MARGIN_DB_MIN = 5.0
"""Rain, leaves and a parked lorry cost as much. Below it a radio link is weak."""
UNCERTAINTY_S_MAX = 1.0
SHARPNESS_MIN = 0.5
RATE_HZ_MIN = 4.0
"""Below it, who rides a bicycle is told by two looks or one."""
PRIVACY_TEST_DAYS_MAX = 30.0
OBSERVED_S_MIN = 20.0
"""Of a shorter interval nobody can say how many frames a second there were."""
OLDEST_S_MAX = 900.0
"""A record that waits for longer waits for something."""
FAILING_MAX = 12
"""So many results that do not hold are named; of the rest it is said how many."""

Value = str | float
Arguments = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class PrivacyTest:
    """What a signed report of a privacy test says.

    Attributes:
        passed: Whether no picture got out.
        when_utc_s: When; None where the device did not know.
        firmware: What was tested: its version,
        model: the hash of the detector's file,
        site: and of the site.
    """

    passed: bool
    when_utc_s: float | None
    firmware: str | None
    model: str | None
    site: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All that is known of a device when it is to be accepted.

    Attributes:
        health: How it is.
        sight: How it sees, as it told while somebody aimed; None where it has not.
        quality: How well it saw in the newest interval; None where none is over yet.
        lines: Names of its site's lines.
        accuracy: What was found by taps.
        privacy_test: The newest report; None where there is none that it has signed.
        no_lock_in: Whether the half that sees is not locked in.
        now_utc_s: The date; None where it does not know.
    """

    health: Health
    sight: Sight | None
    quality: Quality | None
    lines: Sequence[str]
    accuracy: Accuracies
    privacy_test: PrivacyTest | None
    no_lock_in: bool
    now_utc_s: float | None

    @property
    def rate_hz(self) -> float | None:
        """How many frames a second are looked at; None where nobody knows yet."""
        return seen_rate_hz(self.sight, self.quality)


def seen_rate_hz(sight: Sight | None, quality: Quality | None) -> float | None:
    """Return how many frames a second are looked at; None where nobody knows yet.

    Args:
        sight: As it was told while somebody aimed; it is believed first.
        quality: Of the newest interval.
    """
    if sight is not None:
        return sight.rate_hz
    if quality is not None and quality.observed_s >= OBSERVED_S_MIN:
        return quality.frames / quality.observed_s
    return None


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at.

    Attributes:
        name: Which.
        passed: Whether it is as it must be; None where nobody knows.
        key: Which sentence says so.
        arguments: What stands in it.
    """

    name: str
    passed: bool | None
    key: str
    arguments: Arguments = field(default_factory=dict)

    @property
    def value(self) -> str:
        """What was found, without words around it."""
        return ", ".join(f"{name} {each}" for name, each in self.arguments.items())

    @property
    def sentence(self) -> str:
        """The same in English."""
        return told(self.key, self.arguments)


REQUIRED = frozenset(("link", "clock", "rate", "accuracy", "privacy", "records"))
"""What must be known to be good; of the rest it is enough that nothing is known bad."""


def checks(facts: Facts) -> tuple[Check, ...]:
    """Return everything that was looked at, in the order of a certificate."""
    return tuple(_checks(facts))


def accepted(found: Sequence[Check]) -> bool:
    """Return whether a device can be accepted by what was looked at."""
    return all(
        each.passed or (each.passed is None and each.name not in REQUIRED)
        for each in found
    )


def _checks(facts: Facts) -> Iterator[Check]:
    yield _link(facts.health)
    yield _clock(facts.health)
    yield _sharpness(facts)
    yield _rate(facts)
    yield _accuracy(facts)
    yield _privacy(facts)
    yield _power(facts.health)
    yield _records(facts.health)


def _link(health: Health) -> Check:
    link = health.link
    if link is None:
        return Check("link", passed=False, key="link_none")
    if not link.up:
        why = link.last_trouble.value if link.last_trouble else "unknown"
        return Check("link", passed=False, key="link_down", arguments={"why": why})
    margin_db = link.radio.margin_db if link.radio else None
    if margin_db is None:
        return Check("link", passed=True, key="link_up")
    told_db = {"margin_db": margin_db}
    if margin_db < MARGIN_DB_MIN:
        return Check("link", passed=False, key="link_weak", arguments=told_db)
    return Check("link", passed=True, key="link_margin", arguments=told_db)


def _clock(health: Health) -> Check:
    if health.clock is ClockTrust.UNSYNCED or health.clock_uncertainty_s is None:
        return Check("clock", passed=False, key="clock_unknown")
    off = {"uncertainty_s": round(health.clock_uncertainty_s, 3)}
    if health.clock_uncertainty_s > UNCERTAINTY_S_MAX:
        return Check("clock", passed=False, key="clock_doubtful", arguments=off)
    return Check("clock", passed=True, key="clock_good", arguments=off)


def _sharpness(facts: Facts) -> Check:
    """Judge by what was told while somebody aimed, or by what is usual here."""
    sight = facts.sight
    if sight is None:
        blurred_s = facts.quality and facts.quality.camera_defocused_s
        if blurred_s is None:
            return Check("sharpness", passed=None, key="sharpness_unknown")
        key = "defocused" if blurred_s else "in_focus"
        return Check("sharpness", passed=not blurred_s, key=key)
    percent = {"percent": round(100 * sight.sharpness)}
    if sight.sharpness < SHARPNESS_MIN:
        return Check("sharpness", passed=False, key="blurred", arguments=percent)
    return Check("sharpness", passed=True, key="sharp", arguments=percent)


def _rate(facts: Facts) -> Check:
    if facts.quality is not None and facts.quality.observed_s == 0:
        return Check("rate", passed=False, key="rate_none")
    rate_hz = facts.rate_hz
    if rate_hz is None:
        return Check("rate", passed=None, key="rate_unknown")
    rate: dict[str, Value] = {"rate_hz": round(rate_hz, 1)}
    if rate_hz < RATE_HZ_MIN:
        rate["rate_hz_min"] = RATE_HZ_MIN
        return Check("rate", passed=False, key="rate_low", arguments=rate)
    warm_c = facts.health.board.temperature_c
    if warm_c is None:
        return Check("rate", passed=True, key="rate_good", arguments=rate)
    rate["temperature_c"] = round(warm_c)
    return Check("rate", passed=True, key="rate_good_at", arguments=rate)


def _accuracy(facts: Facts) -> Check:
    """Judge what was tested: a line that nobody tested is told as that, no more."""
    found = {
        line: facts.accuracy[line] for line in facts.lines if line in facts.accuracy
    }
    failing = [
        f"{line} ({name})"
        for line, classes in found.items()
        for name, each in classes.items()
        if not each.equivalent
    ]
    if failing:
        more = len(failing) - FAILING_MAX
        named = [*failing[:FAILING_MAX], *([f"+ {more}"] if more > 0 else [])]
        lines = {"lines": "; ".join(named)}
        return Check("accuracy", passed=False, key="not_proven", arguments=lines)
    if not found:
        return Check("accuracy", passed=None, key="untested")
    tested = {"tested": len(found), "lines": len(facts.lines)}
    return Check("accuracy", passed=True, key="proven", arguments=tested)


def _privacy(facts: Facts) -> Check:
    if facts.no_lock_in:
        return Check("privacy", passed=False, key="privacy_unlocked")
    return _privacy_test(facts)


def _privacy_test(facts: Facts) -> Check:
    report, health = facts.privacy_test, facts.health
    if report is None:
        return Check("privacy", passed=None, key="privacy_missing")
    tested = (report.firmware, report.model, report.site)
    same = tested == (health.firmware, health.model, health.site)
    if not (report.passed and same):
        key = "privacy_other" if report.passed else "privacy_failed"
        return Check("privacy", passed=False, key=key)
    if report.when_utc_s is None or facts.now_utc_s is None:
        return Check("privacy", passed=None, key="privacy_undated")
    days = {"days": round((facts.now_utc_s - report.when_utc_s) / DAY_S, 1)}
    if not -1 <= days["days"] <= PRIVACY_TEST_DAYS_MAX:
        return Check("privacy", passed=False, key="privacy_old", arguments=days)
    return Check("privacy", passed=True, key="privacy_passed", arguments=days)


def _power(health: Health) -> Check:
    board = health.board
    if board.under_voltage or board.under_voltage_since_boot:
        return Check("power", passed=False, key="power_weak")
    if board.throttled or board.throttled_since_boot:
        return Check("power", passed=False, key="power_throttled")
    if board.under_voltage is None and board.throttled is None:
        return Check("power", passed=None, key="power_unknown")
    return Check("power", passed=True, key="power_good")


def _records(health: Health) -> Check:
    outbox = health.outbox
    waiting: dict[str, Value] = {"waiting": outbox.records}
    if outbox.refused:
        return Check("records", passed=False, key="records_refused")
    if outbox.oldest_s is not None and outbox.oldest_s > OLDEST_S_MAX:
        waiting["minutes"] = round(outbox.oldest_s / 60)
        return Check("records", passed=False, key="records_wait", arguments=waiting)
    return Check("records", passed=True, key="records_leave", arguments=waiting)
