"""How a device is: what its keeper needs to know, and nothing of what it sees."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from annotated_types import Ge, Le

from tallypost.domain.records import ClockTrust
from tallypost.domain.words import Count, Name, Quantity, Seconds, always

HEALTH_SCHEMA = "tallypost.health/1"

CELSIUS_MIN, CELSIUS_MAX = -100.0, 200.0
"""What is outside is a sensor that does not work."""
CENTURY_DAYS = 36_525.0

Celsius = Annotated[float, Ge(CELSIUS_MIN), Le(CELSIUS_MAX)]
Days = Annotated[float, Ge(-CENTURY_DAYS), Le(CENTURY_DAYS)]


class Trouble(StrEnum):
    """Why a link was down last."""

    NO_ADDRESS = "no_address"
    UNREACHABLE = "unreachable"
    NO_ANSWER = "no_answer"
    TLS = "tls"
    REFUSED = "refused"
    CUT = "cut"
    PROTOCOL = "protocol"
    REPLACED = "replaced"
    """By ourselves: a better broker or a new certificate was at hand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxHealth:
    """What waits for the far side.

    Attributes:
        records: How many records wait.
        alerts: How many alerts wait.
        last_alert_seq: The number of the newest alert: whoever has not got it, and all
            before it, misses some. Absent before the first.
        undated: How many records wait for a clock, to be given their date.
        refused: How many intervals were not taken since the start, for want of room.
        oldest_s: How long ago the oldest record that waits began.
        disk_bytes: What the outbox's files take.
    """

    records: Count = always()
    alerts: Count = always()
    last_alert_seq: Annotated[int, Ge(1)] | None = None
    undated: Count | None = None
    refused: Count = always()
    oldest_s: Seconds | None = None
    disk_bytes: Count | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RadioHealth:
    """How a LoRaWAN link is.

    Attributes:
        modem: What the modem is called; absent where none was found yet.
        joined: Whether it is in a network, as far as it knows.
        doubtful: Whether the network left the last question without an answer.
        uplinks: How many messages went out since the start.
        unanswered: How many of those that it was asked to confirm it did not.
        data_rate: The last one's, by the region's number.
        margin_db: By how much the network heard it better than it must.
        gateways: How many of its stations heard it.
        airtime_day_s: For how long we were on air within the last 24 hours.
        airtime_left_s: For how long we may be just now; absent without a limit.
    """

    modem: str | None = None
    joined: bool = always()
    doubtful: bool = always()
    uplinks: Count = always()
    unanswered: Count = always()
    data_rate: Count | None = None
    margin_db: Count | None = None
    gateways: Count | None = None
    airtime_day_s: Seconds = always()
    airtime_left_s: Seconds | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkHealth:
    """How the link to the backend is.

    Attributes:
        up: Whether it is there.
        broker: Which of the brokers it speaks to or tries, 1 the first; 0 where it
            has none.
        connects: How often it was opened since the start.
        failures: How often it ended, or could not be opened.
        failovers: How often it went over to another broker.
        last_trouble: Why it was down last; absent where it never was.
        downlinks_ignored: How much of what came was none of ours, too large, too much
            or repeated.
        certificate_left_days: For how long its own certificate is still good; below 0
            where it is not.
        radio: How the LoRaWAN link is, alone or beside; absent where there is none.
    """

    up: bool = always()
    broker: Count = always()
    connects: Count = always()
    failures: Count = always()
    failovers: Count = always()
    last_trouble: Trouble | None = None
    downlinks_ignored: Count = always()
    certificate_left_days: Days | None = None
    radio: RadioHealth | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Vitals:
    """How the board is, as far as it tells.

    Attributes:
        temperature_c: Of the hottest part that has a sensor.
        under_voltage: Whether the supply is too weak just now.
        under_voltage_since_boot: Whether it was at any time since then.
        throttled: Whether the processor is slowed down, for heat or for voltage.
        throttled_since_boot: Whether it was at any time since then.
        memory_free_mb: What programs could still have.
        disk_free_mb: What is free where the outbox lies.
    """

    temperature_c: Celsius | None = None
    under_voltage: bool | None = None
    under_voltage_since_boot: bool | None = None
    throttled: bool | None = None
    throttled_since_boot: bool | None = None
    memory_free_mb: Count | None = None
    disk_free_mb: Count | None = None


class Stall(StrEnum):
    """What was not proven for so long that the machine has started itself anew."""

    CAMERA = "camera"
    DELIVERY = "delivery"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stalls:
    """How often the machine has started itself anew, since nothing else helped.

    Attributes:
        in_a_row: How often without having worked for an hour in between.
        total: How often at all.
        last: For want of what it did last.
    """

    in_a_row: Count = always()
    total: Count = always()
    last: Stall | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How a device is at one moment.

    Attributes:
        time_utc_s: When, seconds since 1970.
        clock: How far that may be believed.
        clock_uncertainty_s: By how much it may be off; absent where nobody knows.
        boot: A number that the system gives itself at each start.
        uptime_s: For how long the system has been up.
        running_s: For how long the half that speaks has been.
        outbox: What waits for the far side.
        link: How the link is; absent where there is none.
        board: How the board is.
        stalls: How often the machine has started itself anew; absent where it never
            has.
        firmware: Version of the firmware.
        model: Hash of the detector's file; absent where detections were played.
        site: Hash of the site's settings.
    """

    time_utc_s: Seconds = always()
    clock: ClockTrust = always(default=ClockTrust.UNSYNCED)
    clock_uncertainty_s: Quantity | None = None
    boot: str | None = None
    uptime_s: Seconds | None = None
    running_s: Seconds = always()
    outbox: OutboxHealth = always()
    link: LinkHealth | None = None
    board: Vitals = always()
    stalls: Stalls | None = None
    firmware: str = always()
    model: str | None = None
    site: str = always()


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthRecord:
    """How a device is, as it leaves the device: the newest replaces what went before.

    Attributes:
        device: Whose health.
        health: How it is.
    """

    device: Name
    health: Health
