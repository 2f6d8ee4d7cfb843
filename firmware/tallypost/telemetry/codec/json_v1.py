"""A KpiRecord as JSON: what MQTT carries, the outbox keeps and `replay` writes.

Keys that a later version may add are ignored when reading; a key that is ours and does
not hold what it must is a `RecordError` that names the key's path.
"""

import json
from collections.abc import Mapping

from tallypost.domain.records import (
    KPI_SCHEMA,
    ClockTrust,
    Interval,
    KpiRecord,
    LineFigures,
    LineTotals,
    Quality,
    ZoneFigures,
)
from tallypost.errors import RecordError
from tallypost.telemetry.codec import fields
from tallypost.telemetry.codec.json_text import parse

PAYLOAD_BYTES_MAX = 256 * 1024
"""Twenty lines and zones with eighty classes each stay below; a broker takes it too."""
SEQ_MAX = 2**63 - 1
DECIMALS = 3


def encode(record: KpiRecord) -> bytes:
    """Return a record as compact JSON, its keys in a fixed order.

    Numbers that are not counts are rounded to 3 decimals.

    Raises:
        RecordError: The record breaks the schema: `decode` would not take it back.
    """
    document = _document(record)
    _record(document)
    payload = json.dumps(
        document, ensure_ascii=False, allow_nan=False, separators=(",", ":")
    ).encode()
    if len(payload) > PAYLOAD_BYTES_MAX:
        raise RecordError(
            f"seq {record.seq}: {len(payload)} bytes are above the "
            f"{PAYLOAD_BYTES_MAX} of a record; name fewer lines, zones or classes"
        )
    return payload


def decode(payload: bytes) -> KpiRecord:
    """Return the record that a payload spells, whoever wrote it.

    Raises:
        RecordError: Not JSON, or not a record of this schema; names the key's path.
    """
    return _record(parse(payload, bytes_max=PAYLOAD_BYTES_MAX))


def _document(record: KpiRecord) -> dict[str, object]:
    interval = record.interval
    return {
        "schema": KPI_SCHEMA,
        "device": record.device,
        "seq": record.seq,
        "start": fields.instant_text(interval.start_utc_s),
        "duration_s": round(interval.duration_s, DECIMALS),
        "lines": {name: _line_document(line) for name, line in interval.lines.items()},
        "zones": {name: _zone_document(zone) for name, zone in interval.zones.items()},
        "quality": _quality_document(interval.quality),
    }


def _line_document(line: LineFigures) -> dict[str, object]:
    document: dict[str, object] = {
        "forward": dict(line.forward),
        "backward": dict(line.backward),
    }
    if line.total is not None:
        document["total"] = {
            "forward": dict(line.total.forward),
            "backward": dict(line.total.backward),
        }
    return document


def _zone_document(zone: ZoneFigures) -> dict[str, object]:
    document: dict[str, object] = {
        "occupancy_mean": _rounded(zone.occupancy_mean),
        "occupancy_max": dict(zone.occupancy_max),
        "entries": dict(zone.entries),
        "exits": dict(zone.exits),
    }
    if zone.dwell_mean_s:
        document["dwell_mean_s"] = _rounded(zone.dwell_mean_s)
    if zone.dwell_max_s:
        document["dwell_max_s"] = _rounded(zone.dwell_max_s)
    return document


def _quality_document(quality: Quality) -> dict[str, object]:
    lifetime_ms = quality.frame_lifetime_ms_p99
    uncertainty_s = quality.clock_uncertainty_s
    document = {
        "observed_s": round(quality.observed_s, DECIMALS),
        "frames": quality.frames,
        "frames_dropped": quality.frames_dropped,
        "frame_lifetime_ms_p99": lifetime_ms and round(lifetime_ms, DECIMALS),
        "clock": quality.clock.value,
        "clock_uncertainty_s": uncertainty_s and round(uncertainty_s, DECIMALS),
        "model": quality.model,
        "site": quality.site,
        "firmware": quality.firmware,
    }
    return {key: value for key, value in document.items() if value is not None}


def _rounded(figures: Mapping[str, float]) -> dict[str, float]:
    return {name: round(value, DECIMALS) for name, value in figures.items()}


def _record(document: object) -> KpiRecord:
    schema = fields.text(fields.member(document, "", "schema"), "schema")
    if schema != KPI_SCHEMA:
        raise RecordError(f"schema: {schema!a} is not {KPI_SCHEMA}")
    seq = fields.whole(fields.member(document, "", "seq"), "seq", low=1, high=SEQ_MAX)
    device = fields.name(fields.member(document, "", "device"), "device")
    return KpiRecord(device=device, seq=seq, interval=_interval(document))


def _interval(document: object) -> Interval:
    duration_s = fields.seconds(fields.member(document, "", "duration_s"), "duration_s")
    return Interval(
        start_utc_s=fields.instant(fields.member(document, "", "start"), "start"),
        duration_s=duration_s,
        lines=fields.named(fields.member(document, "", "lines"), "lines", _line),
        zones=fields.named(fields.member(document, "", "zones"), "zones", _zone),
        quality=_quality(fields.member(document, "", "quality"), "quality"),
    )


def _counts(value: object, path: str, key: str) -> dict[str, int]:
    return fields.named(fields.member(value, path, key), f"{path}.{key}", fields.count)


def _line(value: object, path: str) -> LineFigures:
    return LineFigures(
        forward=_counts(value, path, "forward"),
        backward=_counts(value, path, "backward"),
        total=fields.optional(value, path, "total", _totals),
    )


def _totals(value: object, path: str) -> LineTotals:
    return LineTotals(
        forward=_counts(value, path, "forward"),
        backward=_counts(value, path, "backward"),
    )


def _seconds_by_class(value: object, path: str) -> dict[str, float]:
    return fields.named(value, path, fields.seconds)


def _zone(value: object, path: str) -> ZoneFigures:
    dwell_mean_s = fields.optional(value, path, "dwell_mean_s", _seconds_by_class)
    dwell_max_s = fields.optional(value, path, "dwell_max_s", _seconds_by_class)
    return ZoneFigures(
        occupancy_mean=_seconds_by_class(
            fields.member(value, path, "occupancy_mean"), f"{path}.occupancy_mean"
        ),
        occupancy_max=_counts(value, path, "occupancy_max"),
        entries=_counts(value, path, "entries"),
        exits=_counts(value, path, "exits"),
        dwell_mean_s=dwell_mean_s or {},
        dwell_max_s=dwell_max_s or {},
    )


def _clock(value: object, path: str) -> ClockTrust:
    found = fields.text(value, path)
    try:
        return ClockTrust(found)
    except ValueError:
        known = ", ".join(trust.value for trust in ClockTrust)
        raise RecordError(f"{path}: {found!a} is none of {known}") from None


def _quality(value: object, path: str) -> Quality:
    def required(key: str) -> object:
        return fields.member(value, path, key)

    return Quality(
        observed_s=fields.seconds(required("observed_s"), f"{path}.observed_s"),
        frames=fields.count(required("frames"), f"{path}.frames"),
        frames_dropped=fields.count(
            required("frames_dropped"), f"{path}.frames_dropped"
        ),
        frame_lifetime_ms_p99=fields.optional(
            value, path, "frame_lifetime_ms_p99", fields.seconds
        ),
        clock=_clock(required("clock"), f"{path}.clock"),
        clock_uncertainty_s=fields.optional(
            value, path, "clock_uncertainty_s", fields.seconds
        ),
        model=fields.optional(value, path, "model", fields.text),
        site=fields.optional(value, path, "site", fields.text),
        firmware=fields.optional(value, path, "firmware", fields.text),
    )
