"""Sparkplug B: each rule for an edge node without devices, by its name."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tallypost.domain.alerts import Alert, AlertKind, AlertRecord, AlertState
from tallypost.domain.figures.lines import LineFigures
from tallypost.domain.records import KpiRecord
from tallypost.errors import RecordError, UplinkError
from tallypost.telemetry.codec import protobuf
from tallypost.telemetry.codec.dialect import Publication
from tallypost.telemetry.codec.json_v1 import encode, encode_alert
from tallypost.telemetry.codec.message import Message, Subject
from tallypost.telemetry.codec.sparkplug import (
    COMMAND_BYTES_MAX,
    DataType,
    Metric,
    asks_for_rebirth,
    payload,
)
from tallypost.telemetry.codec.sparkplug_node import LATE_S, SparkplugNode
from tests.telemetry.codec.convey import BEGIN_UTC_S, GATE, full, hole, record, spelled
from tests.telemetry.codec.tahu import Payload, read, values

TOLD = Message(Subject.KPI, 1, encode(full(1)))
NCMD = "spBv1.0/city/NCMD/tp-7f3a91"


Test = TypeVar("Test", bound=Callable[..., None])
RULES = Path(__file__).parent / "published" / "sparkplug_3_0_0.txt"
KEPT: set[str] = set()


def keeps(*rules: str) -> Callable[[Test], Test]:
    """Say which rules a test holds, by their tck-id."""
    KEPT.update(rules)
    return lambda test: test


class Clock:
    """Stands at the end of the first record until somebody moves it."""

    utc_s = BEGIN_UTC_S + 60.0

    def __call__(self) -> float:
        return self.utc_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def node(clock: Clock) -> SparkplugNode:
    return SparkplugNode("city", "tp-7f3a91", clock)


def kpi(told: KpiRecord) -> Message:
    return Message(Subject.KPI, told.seq, encode(told))


def born(node: SparkplugNode) -> Iterator[Publication]:
    """Connect, and let the first record's figures be born."""
    yield node.will()
    yield from node.greeting()
    yield from node.beside(TOLD)


def kinds(told: Sequence[Publication]) -> list[str]:
    return [each.topic.split("/")[2] for each in told]


@keeps(
    "topic-structure",
    "topic-structure-namespace-a",
    "topics-nbirth-topic",
    "topics-ndata-topic",
    "topics-ndeath-topic",
    "topic-structure-namespace-device-id-associated-message-types",
)
def test_topics_are_namespace_group_type_and_node(node: SparkplugNode) -> None:
    list(born(node))

    assert node.will().topic == "spBv1.0/city/NDEATH/tp-7f3a91"
    assert node.greeting()[0].topic == "spBv1.0/city/NBIRTH/tp-7f3a91"
    [data] = node.beside(TOLD)
    assert data.topic == "spBv1.0/city/NDATA/tp-7f3a91"


def test_a_record_of_a_device_that_is_no_level_of_a_topic_is_refused() -> None:
    stranger = replace(full(), device="a/b")
    with pytest.raises(RecordError, match="device: 'a/b' cannot be part"):
        list(spelled("sparkplug-b", stranger))


@pytest.mark.parametrize("name", ["", "a/b", "a+", "#", "a\0"])
@keeps(
    "intro-group-id-string",
    "intro-group-id-chars",
    "intro-edge-node-id-string",
    "intro-edge-node-id-chars",
    "topic-structure-namespace-valid-group-id",
    "topic-structure-namespace-valid-edge-node-id",
)
def test_a_name_that_is_no_level_of_a_topic_is_refused(name: str, clock: Clock) -> None:
    with pytest.raises(UplinkError, match=r"^group"):
        SparkplugNode(name, "node", clock)
    with pytest.raises(UplinkError, match=r"^device"):
        SparkplugNode("group", name, clock)


@keeps(
    "payloads-ndeath-seq",
    "topics-ndeath-seq",
    "topics-ndeath-payload",
    "payloads-ndeath-will-message",
    "payloads-ndeath-will-message-qos",
    "payloads-ndeath-will-message-retain",
    "payloads-ndeath-bdseq",
    "message-flow-edge-node-birth-publish-will-message",
    "message-flow-edge-node-birth-publish-will-message-topic",
    "message-flow-edge-node-birth-publish-will-message-payload",
    "message-flow-edge-node-birth-publish-will-message-qos",
    "message-flow-edge-node-birth-publish-will-message-will-retained",
)
def test_the_will_is_a_death_certificate(node: SparkplugNode) -> None:
    will = node.will()

    assert (will.qos, will.retain) == (1, False)
    assert not read(will.payload).HasField("seq")
    assert values(will.payload) == {"bdSeq": 0}


@keeps(
    "topics-nbirth-mqtt",
    "payloads-nbirth-qos",
    "payloads-nbirth-retain",
    "topics-nbirth-seq-num",
    "payloads-nbirth-seq",
    "payloads-sequence-num-zero-nbirth",
    "message-flow-edge-node-birth-publish-nbirth-qos",
    "message-flow-edge-node-birth-publish-nbirth-retained",
    "message-flow-edge-node-birth-publish-nbirth-payload-seq",
)
def test_a_birth_has_number_0_and_goes_out_as_mqtt_likes_least(
    node: SparkplugNode,
) -> None:
    list(born(node))

    [birth] = node.greeting()

    assert (birth.qos, birth.retain) == (0, False)
    assert read(birth.payload).seq == 0


@keeps(
    "topics-nbirth-timestamp",
    "payloads-nbirth-timestamp",
    "payloads-timestamp-in-UTC",
    "payloads-metric-timestamp-in-UTC",
    "payloads-name-birth-data-requirement",
)
def test_a_birth_is_dated_and_so_is_each_of_its_metrics(
    node: SparkplugNode, clock: Clock
) -> None:
    list(born(node))

    birth = read(node.greeting()[0].payload)

    assert birth.timestamp == clock() * 1000
    assert all(metric.timestamp == clock() * 1000 for metric in birth.metrics)


@keeps(
    "topics-nbirth-metrics",
    "topics-nbirth-metric-reqs",
    "payloads-name-requirement",
    "payloads-metric-datatype-req",
    "payloads-metric-datatype-value",
    "payloads-metric-datatype-value-type",
    "operational-behavior-data-publish-nbirth",
    "operational-behavior-data-publish-nbirth-values",
)
def test_a_birth_names_each_metric_with_its_kind_and_value(node: SparkplugNode) -> None:
    *_, birth = born(node)

    told = read(birth.payload)

    names = [metric.name for metric in told.metrics]
    assert len(names) == len(set(names))
    known = {kind.value for kind in DataType}
    for metric in told.metrics:
        assert metric.name
        assert metric.datatype in known
        assert metric.is_null is not (metric.WhichOneof("value") is not None)
    found = values(birth.payload)
    assert found["lines/gate/forward/car"] == 2
    assert found["lines/gate/total/backward/bicycle"] == 77
    assert found["approaches/north/speed_mean_kmh"] == 31.5
    assert found["quality/clock"] == "synced"


@keeps(
    "topics-nbirth-bdseq-included",
    "topics-nbirth-bdseq-matching",
    "payloads-nbirth-bdseq",
    "payloads-nbirth-bdseq-repeat",
    "message-flow-edge-node-birth-publish-nbirth-payload-bdSeq",
    "message-flow-edge-node-birth-publish-will-message-payload-bdSeq",
)
def test_a_birth_has_the_session_number_of_its_will(node: SparkplugNode) -> None:
    for _ in range(3):
        will = values(node.will().payload)["bdSeq"]

        assert values(node.greeting()[0].payload)["bdSeq"] == will
        birth = read(node.greeting()[0].payload)
        [session] = [each for each in birth.metrics if each.name == "bdSeq"]
        assert session.datatype == DataType.INT64


@keeps(
    "topics-nbirth-bdseq-increment",
)
def test_session_numbers_begin_at_0_and_run_to_255(node: SparkplugNode) -> None:
    numbers = [values(node.will().payload)["bdSeq"] for _ in range(258)]

    assert numbers == [*range(256), 0, 1]


@keeps(
    "topics-nbirth-rebirth-metric",
    "payloads-nbirth-rebirth-req",
    "operational-behavior-data-commands-rebirth-name",
    "operational-behavior-data-commands-rebirth-name-aliases",
    "operational-behavior-data-commands-rebirth-datatype",
    "operational-behavior-data-commands-rebirth-value",
)
def test_a_birth_offers_to_be_born_anew(node: SparkplugNode) -> None:
    [birth] = node.greeting()

    [control] = [
        each
        for each in read(birth.payload).metrics
        if each.name == "Node Control/Rebirth"
    ]
    assert control.datatype == DataType.BOOLEAN
    assert control.WhichOneof("value") == "boolean_value"
    assert control.boolean_value is False
    assert not control.HasField("alias")


@keeps(
    "topics-ndata-seq-num",
    "payloads-ndata-seq",
    "payloads-ndata-seq-inc",
    "payloads-sequence-num-incrementing",
    "payloads-sequence-num-always-included",
)
def test_numbers_rise_from_the_birth_on_and_run_to_255(node: SparkplugNode) -> None:
    *_, birth = born(node)
    data = [node.beside(TOLD)[0] for _ in range(257)]

    numbers = [read(each.payload).seq for each in (birth, *data)]

    assert numbers == [*range(256), 0, 1]


@keeps(
    "topics-ndata-mqtt",
    "payloads-ndata-qos",
    "payloads-ndata-retain",
    "topics-ndata-timestamp",
    "payloads-ndata-timestamp",
)
def test_data_goes_out_as_mqtt_likes_least_and_is_dated(
    node: SparkplugNode, clock: Clock
) -> None:
    list(born(node))

    [data] = node.beside(TOLD)

    assert (data.qos, data.retain) == (0, False)
    assert read(data.payload).timestamp == clock() * 1000


@keeps(
    "payloads-ndata-order",
    "principles-birth-certificates-order",
    "operational-behavior-data-publish-nbirth",
)
def test_the_birth_comes_first_and_names_whatever_follows(node: SparkplugNode) -> None:
    told = list(born(node))
    later = kpi(record(2, lines={"gate": LineFigures(forward={"bus": 1})}))
    told += node.beside(later)
    told += node.beside(kpi(full(3)))

    assert kinds(told) == ["NDEATH", "NBIRTH", "NBIRTH", "NBIRTH", "NDATA"]
    named = set(values(told[3].payload))
    assert set(values(told[4].payload)) <= named
    assert "lines/gate/forward/bus" in named


@keeps(
    "topics-ndata-payload",
    "payloads-metric-datatype-not-req",
)
def test_data_tells_all_that_a_record_tells(node: SparkplugNode) -> None:
    list(born(node))
    busier = replace(GATE, forward={"car": 5, "person": 0})

    [data] = node.beside(kpi(record(2, lines={"gate": busier})))

    assert values(data.payload)["lines/gate/forward/car"] == 5
    [metric] = [
        each
        for each in read(data.payload).metrics
        if each.name == "lines/gate/forward/car"
    ]
    assert metric.timestamp == (BEGIN_UTC_S + 120) * 1000
    assert not metric.HasField("datatype")


@keeps(
    "operational-behavior-data-publish-nbirth-change",
)
def test_what_was_not_counted_is_null_once_and_not_zero(node: SparkplugNode) -> None:
    list(born(node))

    [first] = node.beside(kpi(hole(2)))
    [second] = node.beside(kpi(hole(3)))
    [rebirth] = node.greeting()

    found = values(first.payload)
    assert found["lines/gate/forward/car"] is None
    assert found["car_parks/market/free"] is None
    assert "lines/gate/forward/car" not in values(second.payload)
    assert values(rebirth.payload)["lines/gate/forward/car"] is None


def test_what_was_counted_and_did_not_come_is_zero(node: SparkplugNode) -> None:
    list(born(node))

    [data] = node.beside(kpi(record(2, lines={"gate": LineFigures()})))

    found = values(data.payload)
    assert found["lines/gate/forward/car"] == 0
    assert found["lines/gate/backward/bicycle"] == 0
    assert found["lines/gate/total/forward/car"] is None


@keeps(
    "operational-behavior-data-publish-nbirth-order",
)
def test_what_comes_late_is_history_and_changes_no_present(
    node: SparkplugNode, clock: Clock
) -> None:
    list(born(node))
    node.beside(kpi(full(3)))

    [older] = node.beside(kpi(record(2, lines={"gate": LineFigures()})))
    clock.utc_s += 10 * LATE_S
    [late] = node.beside(kpi(record(4, lines={"gate": LineFigures()})))

    for each in (older, late):
        metrics = read(each.payload).metrics
        assert all(metric.is_historical for metric in metrics)
        assert not any(metric.is_null for metric in metrics)
    assert values(node.greeting()[0].payload)["lines/gate/forward/car"] == 2


def test_a_figure_that_only_the_past_knows_is_born_null(
    node: SparkplugNode, clock: Clock
) -> None:
    list(born(node))
    clock.utc_s += 10 * LATE_S

    told = node.beside(kpi(record(2, lines={"old": GATE})))

    assert kinds(told) == ["NBIRTH", "NDATA"]
    birth, data = told
    assert values(birth.payload)["lines/old/forward/car"] is None
    assert values(data.payload)["lines/old/forward/car"] == 2


@keeps(
    "operational-behavior-edge-node-intentional-disconnect-ndeath",
    "payloads-ndeath-will-message-publisher",
    "payloads-ndeath-will-message-publisher-disconnect-mqtt311",
)
def test_who_leaves_says_so_with_the_number_of_his_birth(node: SparkplugNode) -> None:
    will, *_ = born(node)

    [death] = node.farewell()

    assert (death.topic, death.qos, death.retain) == (will.topic, 1, False)
    assert values(death.payload) == values(will.payload)


def command(*metrics: Metric) -> bytes:
    return payload(metrics, time_ms=1, seq=None)


def rebirth(**changes: object) -> Metric:
    asked = Metric(
        name="Node Control/Rebirth", datatype=DataType.BOOLEAN, value=True, time_ms=1
    )
    return replace(asked, **changes)  # type: ignore[arg-type]


@keeps(
    "message-flow-edge-node-ncmd-subscribe",
    "topics-ncmd-topic",
    "operational-behavior-data-commands-rebirth-action-1",
    "operational-behavior-data-commands-rebirth-action-2",
    "operational-behavior-data-commands-rebirth-action-3",
    "operational-behavior-data-commands-ncmd-rebirth-name",
    "operational-behavior-data-commands-ncmd-rebirth-value",
)
def test_a_host_that_asks_for_a_birth_has_one(node: SparkplugNode) -> None:
    will, *_ = born(node)

    assert node.hears == (NCMD,)
    [birth] = node.heard(NCMD, command(rebirth()))

    assert birth.topic.split("/")[2] == "NBIRTH"
    assert read(birth.payload).seq == 0
    assert values(birth.payload)["bdSeq"] == values(will.payload)["bdSeq"]


@pytest.mark.parametrize(
    "asked",
    [
        command(),
        command(rebirth(value=False)),
        command(rebirth(value=None)),
        command(rebirth(name="Node Control/Reboot")),
        b"\xff",
        b"\x12\x7f\x0a",
        b"\x12\x02\x0b\x0b",
        b" " * (COMMAND_BYTES_MAX + 1),
    ],
    ids=["nothing", "false", "null", "reboot", "cut", "too short", "group", "too long"],
)
def test_no_other_command_does_anything(node: SparkplugNode, asked: bytes) -> None:
    assert node.heard(NCMD, asked) == ()


def test_a_command_to_another_node_does_nothing(node: SparkplugNode) -> None:
    assert node.heard("spBv1.0/city/NCMD/other", command(rebirth())) == ()


def test_an_alert_is_true_while_it_lasts(node: SparkplugNode) -> None:
    list(born(node))
    begun = AlertRecord(
        device="tp-7f3a91",
        seq=1,
        alert=Alert(
            kind=AlertKind.INTRUSION,
            state=AlertState.BEGUN,
            time_utc_s=BEGIN_UTC_S + 55,
            collection="intrusions",
            element="tracks",
        ),
    )
    ended = replace(
        begun,
        seq=2,
        alert=replace(begun.alert, state=AlertState.ENDED),
        begun_seq=1,
    )

    first = node.beside(Message(Subject.ALERT, 1, encode_alert(begun)))
    second = node.beside(Message(Subject.ALERT, 2, encode_alert(ended)))

    assert (kinds(first), kinds(second)) == (["NBIRTH"], ["NDATA"])
    assert values(first[0].payload)["alerts/intrusion/tracks"] is True
    assert values(second[0].payload) == {"alerts/intrusion/tracks": False}
    again = node.beside(Message(Subject.ALERT, 1, encode_alert(begun)))
    [told] = read(again[0].payload).metrics
    assert told.is_historical, "it is over, as was told before"


metrics = st.builds(
    Metric,
    name=st.text(st.characters(exclude_categories=["Cs"]), max_size=80),
    datatype=st.just(DataType.UINT64),
    value=st.none(),
    time_ms=st.integers(0, 2**64 - 1),
    historical=st.booleans(),
)
worth = st.one_of(
    st.tuples(st.just(DataType.UINT64), st.integers(0, 2**64 - 1)),
    st.tuples(st.just(DataType.DOUBLE), st.floats(allow_nan=False)),
    st.tuples(st.just(DataType.BOOLEAN), st.booleans()),
    st.tuples(
        st.just(DataType.STRING), st.text(st.characters(exclude_categories=["Cs"]))
    ),
    st.tuples(st.just(DataType.UINT64), st.none()),
)


@given(metrics, worth, st.integers(0, 2**64 - 1), st.none() | st.integers(0, 255))
@keeps(
    "message-flow-edge-node-birth-publish-nbirth-payload",
)
def test_whatever_is_written_another_decoder_reads_back(
    metric: Metric, told: tuple[DataType, object], time_ms: int, seq: int | None
) -> None:
    kind, value = told
    metric = replace(metric, datatype=kind, value=value)  # type: ignore[arg-type]

    found = read(payload([metric], time_ms=time_ms, seq=seq))

    assert found.timestamp == time_ms
    assert (found.seq if found.HasField("seq") else None) == seq
    [back] = found.metrics
    assert (back.name, back.timestamp, back.datatype) == (
        metric.name,
        metric.time_ms,
        kind,
    )
    assert back.is_historical is metric.historical
    assert back.is_null is (value is None)
    if value is not None:
        assert getattr(back, back.WhichOneof("value")) == value


@given(st.binary(max_size=300))
def test_no_bytes_at_all_raise_anything_but_a_record_error(message: bytes) -> None:
    with suppress(RecordError):
        list(protobuf.fields(message))
    assert asks_for_rebirth(message) in {True, False}


def test_a_command_that_another_encoder_wrote_is_read() -> None:
    asked = Payload(timestamp=1)
    asked.metrics.add(
        name="Node Control/Rebirth", datatype=11, boolean_value=True, timestamp=1
    )

    assert asks_for_rebirth(asked.SerializeToString())


def test_every_rule_for_edge_nodes_is_kept_by_a_test_or_is_not_for_us() -> None:
    told = [line.split("\t") for line in RULES.read_text("utf-8").splitlines()]
    others = {rule for rule, *reason in told if reason}
    all_rules = {rule for rule, *_ in told}

    assert len(all_rules) == len(told)
    assert all_rules >= KEPT, "no such rule"
    assert KEPT.isdisjoint(others)
    assert all_rules == KEPT | others
