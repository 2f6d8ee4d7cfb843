"""Records as events of CloudEvents: an envelope, or attributes beside the payload.

Source: CloudEvents 1.0.2; its JSON format; its MQTT protocol binding 1.0.2.
"""

import json
from collections.abc import Iterable, Iterator, Mapping

from tallypost.domain.alerts import ALERT_SCHEMA
from tallypost.domain.fields import instant_text
from tallypost.domain.json_text import parse, spell
from tallypost.domain.records import KPI_SCHEMA, KpiRecord
from tallypost.errors import RecordError
from tallypost.telemetry.codec.format import Format
from tallypost.telemetry.codec.json_v1 import (
    PAYLOAD_BYTES_MAX,
    decode,
    decode_alert,
    encode,
)
from tallypost.telemetry.codec.message import Message, Subject
from tallypost.telemetry.codec.place import Place

ENVELOPE_BYTES_MAX = PAYLOAD_BYTES_MAX + 4096


def _record(payload: bytes) -> tuple[str, str, float]:
    record = decode(payload)
    return KPI_SCHEMA, record.device, record.interval.end_utc_s


def _alert(payload: bytes) -> tuple[str, str, float]:
    record = decode_alert(payload)
    return ALERT_SCHEMA, record.device, record.alert.time_utc_s


_EVENTS = {Subject.KPI: _record, Subject.ALERT: _alert}
"""What is an event: its type, who tells it, and when it was. Nothing else is one."""


def attributes(message: Message) -> Mapping[str, str]:
    """Return the attributes of the event that a record or an alert is.

    Args:
        message: A record or an alert; what else a device says is no event.

    In MQTT 5's binary mode they are the packet's user properties, and the payload stays
    as it is. `source` and `id` together are the key: the device, and its number.

    Raises:
        RecordError: The payload is none.
    """
    kind, device, time_utc_s = _EVENTS[message.subject](message.payload)
    return {
        "specversion": "1.0",
        "id": str(message.seq),
        "source": f"tallypost/{device}/{message.subject.value}",
        "type": kind,
        "time": instant_text(time_utc_s),
        "datacontenttype": "application/json",
    }


def envelope(message: Message) -> bytes:
    """Return the event in structured mode: its attributes, and the record as data.

    Raises:
        RecordError: The payload is none.
    """
    return spell({**attributes(message), "data": json.loads(message.payload)})


def opened(event: bytes) -> KpiRecord:
    """Return the record in an event, whoever wrote it.

    Raises:
        RecordError: It is no event, or holds no record.
    """
    told = parse(event, bytes_max=ENVELOPE_BYTES_MAX)
    if not isinstance(told, dict) or told.get("specversion") != "1.0":
        raise RecordError("specversion: is not 1.0; this is no event")
    if told.get("type") != KPI_SCHEMA:
        raise RecordError(f"type: is not {KPI_SCHEMA}")
    # In ASCII: half a character has no other spelling, and is refused by its path.
    return decode(json.dumps(told.get("data")).encode())


def _convert(records: Iterable[KpiRecord], place: Place) -> Iterator[str]:
    del place
    for record in records:
        yield envelope(Message(Subject.KPI, record.seq, encode(record))).decode()


CLOUDEVENTS = Format(
    told="each record in the envelope of CloudEvents 1.0", convert=_convert
)
