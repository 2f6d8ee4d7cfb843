"""Writes how a device is: as many facts as there is room for, the foremost first."""

import math
from collections.abc import Callable

from tallypost.domain.health import Health, HealthRecord, RadioHealth
from tallypost.domain.records import ClockTrust
from tallypost.telemetry.codec.compact.bits import NUMBER_MAX, Writer, number_bits
from tallypost.telemetry.codec.compact.frame import Frame, Port
from tallypost.telemetry.codec.compact.packing import pack
from tallypost.telemetry.codec.compact.table import HEALTH_HEAD, Field, Told

HEALTH_BYTES_MAX = 11
_HOUR_S = 3600.0
Fact = tuple[Field, Callable[[Health], float | None]]


def _of_radio(
    health: Health, fact: Callable[[RadioHealth], float | None]
) -> float | None:
    radio = health.link.radio if health.link else None
    return None if radio is None else fact(radio)


def _number(name: str, told: str, unit: str = "", lowest: int = 0) -> Field:
    return Field(name=name, bits=0, told=told, unit=unit, lowest=lowest)


FACTS: tuple[Fact, ...] = (
    (
        _number("records", "how many records wait"),
        lambda health: health.outbox.records,
    ),
    (
        _number("temperature_c", "of the hottest part", "°C", lowest=-100),
        lambda health: health.board.temperature_c,
    ),
    (
        _number("downlinks_ignored", "how much of what came was none of ours"),
        lambda health: health.link.downlinks_ignored if health.link else None,
    ),
    (
        _number("undated", "how many records wait for a clock"),
        lambda health: health.outbox.undated,
    ),
    (
        _number("uptime_h", "for how long the system has been up", "h"),
        lambda health: _hours(health.uptime_s),
    ),
    (
        _number("oldest_h", "how long ago the oldest record that waits began", "h"),
        lambda health: _hours(health.outbox.oldest_s),
    ),
    (
        _number("margin_db", "by how much better than it must the network heard", "dB"),
        lambda health: _of_radio(health, lambda radio: radio.margin_db),
    ),
    (
        _number("unanswered", "how many confirmed uplinks had no answer"),
        lambda health: _of_radio(health, lambda radio: radio.unanswered),
    ),
    (
        _number("airtime_left_s", "for how long it may be on air just now", "s"),
        lambda health: _of_radio(health, lambda radio: radio.airtime_left_s),
    ),
    (
        _number("refused", "how many intervals were not taken, for want of room"),
        lambda health: health.outbox.refused,
    ),
    (
        _number("alerts", "how many alerts wait"),
        lambda health: health.outbox.alerts,
    ),
    (
        _number("failures", "how often the link ended, or could not be opened"),
        lambda health: health.link.failures if health.link else None,
    ),
    (
        _number("disk_free_mb", "what is free where records are kept", "MB"),
        lambda health: health.board.disk_free_mb,
    ),
    (
        _number("memory_free_mb", "what programs could still have", "MB"),
        lambda health: health.board.memory_free_mb,
    ),
)
"""The numbers of a health frame in their order, and where each comes from."""
HEALTH = tuple(field for field, _ in FACTS)


def encode_health(record: HealthRecord, room_bytes: int = HEALTH_BYTES_MAX) -> Frame:
    """Return the frame that says the most of how a device is.

    Args:
        record: How it is.
        room_bytes: What the payload may have: 1 byte says no numbers.
    """
    health = record.health
    board = health.board
    writer = _begun(
        health.clock,
        supply=_state(board.under_voltage, board.under_voltage_since_boot),
        throttled=_state(board.throttled, board.throttled_since_boot),
    )
    for field, fact in FACTS:
        value = _fitting(field, fact(health))
        if writer.bits + number_bits(value) > 8 * room_bytes:
            break
        writer.number(value)
    return Frame(Port.HEALTH, writer.bytes())


def encode_sign(clock: ClockTrust) -> Frame:
    """Return the shortest frame that means something: one byte of health.

    Args:
        clock: How far the calendar may be believed, which is all that it says.
    """
    nobody_knows = _state(None, None)
    writer = _begun(clock, supply=nobody_knows, throttled=nobody_knows)
    return Frame(Port.HEALTH, writer.bytes())


def _begun(clock: ClockTrust, *, supply: str, throttled: str) -> Writer:
    """Return a writer that has all before the numbers."""
    writer = Writer()
    head: dict[str, Told] = {
        "version": 1,
        "clock": clock.value,
        "supply": supply,
        "throttled": throttled,
    }
    pack(writer, HEALTH_HEAD, head)
    return writer


def _fitting(field: Field, value: float | None) -> int | None:
    """Return what a number says of a value; None where it cannot tell it."""
    raw = None if value is None else round(value) - field.lowest
    return raw if raw is not None and 0 <= raw <= NUMBER_MAX else None


def _hours(value_s: float | None) -> int | None:
    return None if value_s is None else math.floor(value_s / _HOUR_S)


def _state(now: bool | None, since_boot: bool | None) -> str:  # noqa: FBT001  # facts
    if now is None and since_boot is None:
        return "unknown"
    if now:
        return "now"
    return "since_boot" if since_boot else "never"
