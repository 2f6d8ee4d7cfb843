"""Tahu's payload as Google's own protocol buffers read it: a decoder that is not ours.

The fields are those of eclipse/tahu, sparkplug_b.proto, as far as we use them.
"""

from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

_FIELD = descriptor_pb2.FieldDescriptorProto
_PAYLOAD = (
    ("timestamp", 1, _FIELD.TYPE_UINT64),
    ("metrics", 2, _FIELD.TYPE_MESSAGE),
    ("seq", 3, _FIELD.TYPE_UINT64),
    ("uuid", 4, _FIELD.TYPE_STRING),
    ("body", 5, _FIELD.TYPE_BYTES),
)
_METRIC = (
    ("name", 1, _FIELD.TYPE_STRING),
    ("alias", 2, _FIELD.TYPE_UINT64),
    ("timestamp", 3, _FIELD.TYPE_UINT64),
    ("datatype", 4, _FIELD.TYPE_UINT32),
    ("is_historical", 5, _FIELD.TYPE_BOOL),
    ("is_transient", 6, _FIELD.TYPE_BOOL),
    ("is_null", 7, _FIELD.TYPE_BOOL),
    ("int_value", 10, _FIELD.TYPE_UINT32),
    ("long_value", 11, _FIELD.TYPE_UINT64),
    ("float_value", 12, _FIELD.TYPE_FLOAT),
    ("double_value", 13, _FIELD.TYPE_DOUBLE),
    ("boolean_value", 14, _FIELD.TYPE_BOOL),
    ("string_value", 15, _FIELD.TYPE_STRING),
    ("bytes_value", 16, _FIELD.TYPE_BYTES),
)
VALUES = tuple(name for name, *_ in _METRIC if name.endswith("_value"))


def _message(file: Any, name: str, fields: Any) -> None:
    message = file.message_type.add(name=name)
    if name == "Metric":
        message.oneof_decl.add(name="value")
    for label, number, kind in fields:
        repeated = label == "metrics"
        field = message.field.add(
            name=label,
            number=number,
            type=kind,
            label=_FIELD.LABEL_REPEATED if repeated else _FIELD.LABEL_OPTIONAL,
        )
        if repeated:
            field.type_name = ".tahu.Metric"
        if label in VALUES:
            field.oneof_index = 0


def _payload_class() -> Any:
    file = descriptor_pb2.FileDescriptorProto(
        name="tahu.proto", package="tahu", syntax="proto2"
    )
    _message(file, "Metric", _METRIC)
    _message(file, "Payload", _PAYLOAD)
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("tahu.Payload"))


Payload = _payload_class()


def read(payload: bytes) -> Any:
    """Return a payload; raises where it is none."""
    found = Payload()
    found.ParseFromString(payload)
    return found


def values(payload: bytes) -> dict[str, Any]:
    """Return the value of each metric by its name; None where it is null."""
    return {
        metric.name: None
        if metric.is_null
        else getattr(metric, metric.WhichOneof("value"))
        for metric in read(payload).metrics
    }
