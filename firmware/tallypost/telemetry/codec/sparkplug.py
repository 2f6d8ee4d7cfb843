"""Payloads of Sparkplug B: Eclipse Tahu's protocol buffer, as far as we use it.

Source: eclipse/tahu, sparkplug_b.proto; Eclipse Sparkplug 3.0.0, 6 "Payloads".

    Payload   1 timestamp (ms, UTC)   2 metrics, each a Metric   3 seq (0..255)
    Metric    1 name   3 timestamp (ms, UTC)   4 datatype   5 is_historical   7 is_null
              11 long_value   13 double_value   14 boolean_value   15 string_value
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

from tallypost.errors import RecordError
from tallypost.telemetry.codec import protobuf
from tallypost.telemetry.codec.flat import Value

NAMESPACE = "spBv1.0"
REBIRTH = "Node Control/Rebirth"
BD_SEQ = "bdSeq"
COMMAND_BYTES_MAX = 64 * 1024
_TIME, _METRICS, _SEQ = 1, 2, 3


class DataType(IntEnum):
    """What a metric's value is."""

    INT64 = 4
    UINT64 = 8
    DOUBLE = 10
    BOOLEAN = 11
    STRING = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One value of an edge node.

    Attributes:
        name: What it is called.
        datatype: What its value is.
        value: The value; None where it is not known.
        time_ms: When it was so, UTC.
        historical: Whether it is of the past and changes no current value.
    """

    name: str
    datatype: DataType
    value: Value | None
    time_ms: int
    historical: bool = False


def datatype(value: Value) -> DataType:
    """Return what a figure is: counts are never below 0, a bool is no count."""
    match value:
        case bool():
            return DataType.BOOLEAN
        case int():
            return DataType.UINT64
        case float():
            return DataType.DOUBLE
        case str():
            return DataType.STRING


def payload(
    metrics: Iterable[Metric], *, time_ms: int, seq: int | None, typed: bool = True
) -> bytes:
    """Return a payload.

    Args:
        metrics: What it tells.
        time_ms: When it is sent, UTC.
        seq: Its number, 0 to 255; None in a death certificate, which has none.
        typed: Whether it says what kind each value is; data leave that to the birth.
    """
    parts = [protobuf.number(_TIME, time_ms)]
    parts += [protobuf.block(_METRICS, _metric(each, typed=typed)) for each in metrics]
    if seq is not None:
        parts.append(protobuf.number(_SEQ, seq))
    return b"".join(parts)


def _metric(metric: Metric, *, typed: bool) -> bytes:
    parts = [
        protobuf.block(1, metric.name.encode()),
        protobuf.number(3, metric.time_ms),
    ]
    if typed:
        parts.append(protobuf.number(4, metric.datatype))
    if metric.historical:
        parts.append(protobuf.number(5, 1))
    match metric.value:
        case None:
            parts.append(protobuf.number(7, 1))
        case bool() as truth:
            parts.append(protobuf.number(14, truth))
        case str() as text:
            parts.append(protobuf.block(15, text.encode()))
        case value if metric.datatype is DataType.DOUBLE:
            parts.append(protobuf.double(13, float(value)))
        case value:
            parts.append(protobuf.number(11, int(value)))
    return b"".join(parts)


def asks_for_rebirth(command: bytes) -> bool:
    """Return whether a command asks for all of a node's metrics anew.

    Anybody may send one, of any bytes: what is no such command asks for nothing.
    """
    if len(command) > COMMAND_BYTES_MAX:
        return False
    try:
        return any(
            _is_rebirth(dict(protobuf.fields(value)))
            for field, value in protobuf.fields(command)
            if field == _METRICS and isinstance(value, bytes)
        )
    except RecordError:
        return False


def _is_rebirth(metric: dict[int, int | bytes]) -> bool:
    return metric.get(1) == REBIRTH.encode() and metric.get(14) == 1
