"""Records as JSON: what MQTT carries, the outbox keeps and `replay` writes.

Keys that a later version may add are ignored when reading; a key that is ours and does
not hold what it must is a `RecordError` that names the key's path.
"""

from dataclasses import replace

from tallypost.domain import fields
from tallypost.domain.alerts import ALERT_SCHEMA, Alert, AlertRecord, AlertState
from tallypost.domain.document import Document, from_document, to_document
from tallypost.domain.health import HEALTH_SCHEMA, Health, HealthRecord
from tallypost.domain.json_text import parse, spell
from tallypost.domain.records import KPI_SCHEMA, Interval, KpiRecord
from tallypost.domain.words import DECIMALS
from tallypost.errors import RecordError

PAYLOAD_BYTES_MAX = 256 * 1024
"""Twenty lines and zones with eighty classes each stay below; a broker takes it too."""
SEQ_MAX = 2**63 - 1
DURATION_S_MIN = 10.0**-DECIMALS
"""A step of the calendar may leave less of an interval; it is no interval of none."""


def encode(record: KpiRecord) -> bytes:
    """Return a record as compact JSON, its keys in a fixed order.

    Numbers that are not counts have as many decimals as somebody reads.

    Raises:
        RecordError: The record breaks the schema: `decode` would not take it back.
    """
    interval = record.interval
    figures = to_document(replace(interval, start_monotonic_s=None))
    del figures["start_utc_s"], figures["duration_s"]
    document = _headed(KPI_SCHEMA, record)
    if record.first_seq is not None:
        document["first_seq"] = record.first_seq
    document |= {
        "start": fields.instant_text(interval.start_utc_s),
        "duration_s": max(round(interval.duration_s, DECIMALS), DURATION_S_MIN),
        **figures,
    }
    _record(document)
    return _payload(document, f"seq {record.seq}")


def decode(payload: bytes) -> KpiRecord:
    """Return the record that a payload spells, whoever wrote it.

    Raises:
        RecordError: Not JSON, or not a record of this schema; names the key's path.
    """
    return _record(parse(payload, bytes_max=PAYLOAD_BYTES_MAX))


def encode_alert(record: AlertRecord) -> bytes:
    """Return an alert as compact JSON, its keys in a fixed order.

    Raises:
        RecordError: It breaks the schema: `decode_alert` would not take it back.
    """
    told = to_document(record.alert)
    del told["time_utc_s"]
    time = fields.instant_text(round(record.alert.time_utc_s, DECIMALS))
    document = _headed(ALERT_SCHEMA, record)
    if record.begun_seq is not None:
        document["begun_seq"] = record.begun_seq
    document |= {"time": time, **told}
    _alert(document)
    return _payload(document, f"seq {record.seq}")


def decode_alert(payload: bytes) -> AlertRecord:
    """Return the alert that a payload spells, whoever wrote it.

    Raises:
        RecordError: Not JSON, or no alert of this schema; names the key's path.
    """
    return _alert(parse(payload, bytes_max=PAYLOAD_BYTES_MAX))


def encode_health(record: HealthRecord) -> bytes:
    """Return how a device is as compact JSON, its keys in a fixed order.

    Raises:
        RecordError: It breaks the schema: `decode_health` would not take it back.
    """
    told = to_document(record.health)
    del told["time_utc_s"]
    time = fields.instant_text(round(record.health.time_utc_s, DECIMALS))
    document: Document = {"schema": HEALTH_SCHEMA, "device": record.device}
    document |= {"time": time, **told}
    _health(document)
    return _payload(document, "health")


def decode_health(payload: bytes) -> HealthRecord:
    """Return how a device is, as a payload spells it, whoever wrote it.

    Raises:
        RecordError: Not JSON, or not of this schema; names the key's path.
    """
    return _health(parse(payload, bytes_max=PAYLOAD_BYTES_MAX))


def _headed(schema: str, record: KpiRecord | AlertRecord) -> Document:
    return {"schema": schema, "device": record.device, "seq": record.seq}


def _payload(document: Document, name: str) -> bytes:
    payload = spell(document)
    if len(payload) > PAYLOAD_BYTES_MAX:
        raise RecordError(
            f"{name}: {len(payload)} bytes are above the "
            f"{PAYLOAD_BYTES_MAX} of a record; name fewer lines, zones or classes"
        )
    return payload


def _record(document: object) -> KpiRecord:
    device, seq = _head(document, KPI_SCHEMA)
    start_utc_s = fields.instant(fields.member(document, "", "start"), "start")
    figures = fields.mapping(document, "") | {"start_utc_s": start_utc_s}
    figures.pop("start_monotonic_s", None)  # a stranger's: ours never leaves
    return KpiRecord(
        device=device,
        seq=seq,
        first_seq=_number(figures, "first_seq", below=seq),
        interval=from_document(Interval, figures),
    )


def _alert(document: object) -> AlertRecord:
    device, seq = _head(document, ALERT_SCHEMA)
    told = _timed(document)
    alert = from_document(Alert, told)
    begun_seq = _number(told, "begun_seq", below=seq)
    if (begun_seq is None) is not (alert.state is AlertState.BEGUN):
        raise RecordError("begun_seq: stands in what ended, and nowhere else")
    return AlertRecord(device=device, seq=seq, alert=alert, begun_seq=begun_seq)


def _number(told: Document, key: str, *, below: int) -> int | None:
    """Return the number of an earlier one; None where none is named."""
    return fields.whole(told[key], key, low=1, high=below - 1) if key in told else None


def _health(document: object) -> HealthRecord:
    device = _device(document, HEALTH_SCHEMA)
    return HealthRecord(device=device, health=from_document(Health, _timed(document)))


def _timed(document: object) -> Document:
    """Return a document whose time is in seconds, as the words have it."""
    time_utc_s = fields.instant(fields.member(document, "", "time"), "time")
    return dict(fields.mapping(document, "")) | {"time_utc_s": time_utc_s}


def _head(document: object, schema: str) -> tuple[str, int]:
    """Return the device and the number of a record that is of this schema."""
    device = _device(document, schema)
    seq = fields.whole(fields.member(document, "", "seq"), "seq", low=1, high=SEQ_MAX)
    return device, seq


def _device(document: object, schema: str) -> str:
    """Return whose document it is, if it is of this schema."""
    fields.of_schema(document, schema)
    return fields.name(fields.member(document, "", "device"), "device")
