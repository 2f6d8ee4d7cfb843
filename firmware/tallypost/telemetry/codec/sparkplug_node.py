"""A device as an edge node of Sparkplug B: births, data and deaths beside its records.

Source: Eclipse Sparkplug 3.0.0, 4 "Topics", 5 "Operational Behavior", 6 "Payloads".
"""

import base64
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from threading import Lock

from tallypost.domain.alerts import AlertState
from tallypost.domain.records import KpiRecord
from tallypost.errors import RecordError, UplinkError
from tallypost.telemetry.codec.dialect import Publication
from tallypost.telemetry.codec.flat import Value, flat
from tallypost.telemetry.codec.format import Format
from tallypost.telemetry.codec.json_v1 import decode, decode_alert, encode
from tallypost.telemetry.codec.message import Message, Subject
from tallypost.telemetry.codec.place import Place
from tallypost.telemetry.codec.sparkplug import (
    BD_SEQ,
    NAMESPACE,
    REBIRTH,
    DataType,
    Metric,
    asks_for_rebirth,
    datatype,
    payload,
)

GROUP = "tallypost"
LATE_S = 300
"""What ended longer ago is history."""
NUMBERS = 256
"""seq and bdSeq begin again at 0 after 255."""


class SparkplugNode:
    """The dialect: one edge node without devices.

    A metric stands for each figure of a record, by its path. The node is born anew as
    soon as a figure comes that it has never told, since a birth names all that follow.
    What was counted before and is not now, is null: not counted is not zero.

    Args:
        group: The group's name.
        node: The edge node's: the device.
        utc_s: Tells the time of day.

    Raises:
        UplinkError: A name that cannot be part of a topic.
    """

    def __init__(self, group: str, node: str, utc_s: Callable[[], float]) -> None:
        for key, name in (("group", group), ("device", node)):
            if not name or any(letter in name for letter in "/+#\0"):
                raise UplinkError(
                    f"{key}: {name!a} cannot be part of a Sparkplug topic; use at "
                    "least one character, and none of / + #"
                )
        self._group, self._node = group, node
        self._utc_s = utc_s
        self._known: dict[str, Metric] = {}
        self._alert_seqs: dict[str, int] = {}
        self._bd_seq = NUMBERS - 1
        self._seq = NUMBERS - 1
        self._newest_utc_s = 0.0
        # Records go out from one thread, commands come in on another.
        self._lock = Lock()

    @property
    def hears(self) -> tuple[str, ...]:
        """The topic of commands to this node."""
        return (self._topic("NCMD"),)

    def will(self) -> Publication:
        """Return the death certificate of the next connection."""
        with self._lock:
            self._bd_seq = (self._bd_seq + 1) % NUMBERS
            return self._death()

    def greeting(self) -> tuple[Publication, ...]:
        """Return the birth certificate."""
        with self._lock:
            return (self._birth(),)

    def farewell(self) -> tuple[Publication, ...]:
        """Return the death certificate: who leaves says so himself."""
        with self._lock:
            return (self._death(),)

    def beside(self, message: Message) -> tuple[Publication, ...]:
        """Return the figures of a record, after a birth where one of them is new."""
        with self._lock:
            tell = {Subject.KPI: self._figures, Subject.ALERT: self._alert}
            if message.subject not in tell:
                return ()
            return self._data(tell[message.subject](message.payload))

    def heard(self, topic: str, command: bytes) -> tuple[Publication, ...]:
        """Return a birth where a host asks for one; any other command says nothing."""
        if topic not in self.hears or not asks_for_rebirth(command):
            return ()
        return self.greeting()

    def _figures(self, told_json: bytes) -> list[Metric]:
        interval = decode(told_json).interval
        end_ms = _ms(interval.end_utc_s)
        late = self._utc_s() - interval.end_utc_s > LATE_S
        historical = late or interval.start_utc_s < self._newest_utc_s
        told = flat(interval)
        metrics = [
            Metric(
                name=name,
                datatype=datatype(value),
                value=value,
                time_ms=end_ms,
                historical=historical,
            )
            for name, value in told.named()
        ]
        if historical:
            return metrics
        self._newest_utc_s = interval.start_utc_s
        named = {metric.name for metric in metrics}
        return metrics + [
            self._without(metric, told.get(tuple(name.split("/"))), end_ms)
            for name, metric in self._known.items()
            if name not in named and not name.startswith("alerts/")
        ]

    def _without(self, metric: Metric, value: Value | None, time_ms: int) -> Metric:
        """Return a metric that a record does not name: 0 where it was counted."""
        return Metric(
            name=metric.name, datatype=metric.datatype, value=value, time_ms=time_ms
        )

    def _alert(self, told_json: bytes) -> list[Metric]:
        record = decode_alert(told_json)
        alert = record.alert
        steps = ("alerts", alert.kind.value, alert.element)
        name = "/".join(step for step in steps if step is not None)
        newest_seq = max(record.seq, self._alert_seqs.get(name, 0))
        self._alert_seqs[name] = newest_seq
        late = self._utc_s() - alert.time_utc_s > LATE_S
        metric = Metric(
            name=name,
            datatype=DataType.BOOLEAN,
            value=alert.state is AlertState.BEGUN,
            time_ms=_ms(alert.time_utc_s),
            historical=late or record.seq < newest_seq,
        )
        return [metric]

    def _data(self, metrics: Sequence[Metric]) -> tuple[Publication, ...]:
        new = [metric for metric in metrics if metric.name not in self._known]
        changed = [
            metric
            for metric in metrics
            if metric.value is not None or self._is_told(metric.name)
        ]
        for metric in metrics:
            if not metric.historical:
                self._known[metric.name] = metric
            elif metric.name not in self._known:
                self._known[metric.name] = _unknown(metric)
        births = (self._birth(),) if new else ()
        if births and not any(metric.historical for metric in metrics):
            return births  # it holds the figures themselves
        return (*births, self._publication("NDATA", changed))

    def _is_told(self, name: str) -> bool:
        return name in self._known and self._known[name].value is not None

    def _birth(self) -> Publication:
        self._seq = NUMBERS - 1
        control = Metric(
            name=REBIRTH,
            datatype=DataType.BOOLEAN,
            value=False,
            time_ms=_ms(self._utc_s()),
        )
        return self._publication(
            "NBIRTH", [self._session(), control, *self._known.values()]
        )

    def _death(self) -> Publication:
        told = payload([self._session()], time_ms=_ms(self._utc_s()), seq=None)
        return Publication(self._topic("NDEATH"), told, qos=1)

    def _session(self) -> Metric:
        return Metric(
            name=BD_SEQ,
            datatype=DataType.INT64,
            value=self._bd_seq,
            time_ms=_ms(self._utc_s()),
        )

    def _publication(self, kind: str, metrics: Sequence[Metric]) -> Publication:
        self._seq = (self._seq + 1) % NUMBERS
        told = payload(
            metrics,
            time_ms=_ms(self._utc_s()),
            seq=self._seq,
            typed=kind == "NBIRTH",
        )
        return Publication(self._topic(kind), told, qos=0)

    def _topic(self, kind: str) -> str:
        return f"{NAMESPACE}/{self._group}/{kind}/{self._node}"


def _ms(utc_s: float) -> int:
    return round(utc_s * 1000)


def _unknown(metric: Metric) -> Metric:
    """Return a metric of which only the past is known."""
    return Metric(
        name=metric.name,
        datatype=metric.datatype,
        value=None,
        time_ms=metric.time_ms,
    )


class _AsItEnds:
    """A clock that stands at the end of the record that was last looked at."""

    def __init__(self) -> None:
        self.utc_s = 0.0

    def __call__(self) -> float:
        return self.utc_s


def _convert(records: Iterable[KpiRecord], place: Place) -> Iterator[str]:
    """Yield what an edge node would publish, were each record sent as it ended."""
    del place
    clock = _AsItEnds()
    nodes: dict[str, SparkplugNode] = {}
    for record in records:
        clock.utc_s = record.interval.end_utc_s
        if record.device not in nodes:
            try:
                node = nodes[record.device] = SparkplugNode(GROUP, record.device, clock)
            except UplinkError as error:
                raise RecordError(str(error)) from error
            yield _line(node.will())
            yield from map(_line, node.greeting())
        message = Message(Subject.KPI, record.seq, encode(record))
        yield from map(_line, nodes[record.device].beside(message))


def _line(told: Publication) -> str:
    return json.dumps(
        {
            "topic": told.topic,
            "qos": told.qos,
            "retain": told.retain,
            "payload_base64": base64.b64encode(told.payload).decode(),
        }
    )


SPARKPLUG_B = Format(
    told="what an edge node of Sparkplug B publishes, payloads in base 64",
    convert=_convert,
)
