"""JSON records: written as promised, read strictly, whoever wrote them."""

import json
import math
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tallypost.domain.records import Interval, KpiRecord, Quality, collections
from tallypost.errors import RecordError
from tallypost.telemetry.codec.json_v1 import (
    PAYLOAD_BYTES_MAX,
    decode,
    decode_alert,
    encode,
    encode_alert,
)
from tests.domain.strategies import Words, names

PROMISED = {
    "schema": "tallypost.kpi/1",
    "device": "tp-7f3a91",
    "seq": 18234,
    "start": "2026-11-22T10:15:00Z",
    "duration_s": 60.0,
    "lines": {
        "gate": {
            "forward": {"car": 2},
            "backward": {"bicycle": 1},
            "total": {"forward": {"car": 912}, "backward": {"bicycle": 77}},
        }
    },
    "zones": {
        "platform": {
            "occupancy_mean": {"person": 3.4},
            "occupancy_max": {"person": 9},
            "entries": {"person": 12},
            "exits": {"person": 10},
        }
    },
    "quality": {
        "observed_s": 59.8,
        "frames": 597,
        "frames_dropped": 3,
        "frame_lifetime_ms_p99": 41.0,
        "clock": "synced",
        "model": "sha256:ab",
        "site": "sha256:cd",
    },
}

starts = st.integers(0, 10**10).map(float) | st.integers(0, 4 * 10**15).map(
    lambda micro: micro / 10**6
)
durations = st.integers(1, 10**9).map(lambda thousandths: thousandths / 1000)


def records(collection: str) -> st.SearchStrategy[KpiRecord]:
    """Any record with one kind of element."""
    words = Words()
    named = st.dictionaries(names, words.of(collections()[collection]), max_size=2)
    intervals = st.builds(
        replace,
        words.interval(collection, named),
        start_utc_s=starts,
        duration_s=durations,
    )
    seqs = st.integers(1, 2**63 - 1)
    return st.builds(KpiRecord, device=names, seq=seqs, interval=intervals)


def spelt(**changes: object) -> bytes:
    """The promised record with other values at some paths (a__b for a.b)."""
    document = json.loads(json.dumps(PROMISED))
    for path, value in changes.items():
        *way, last = path.split("__")
        place = document
        for key in way:
            place = place[key]
        if value is KeyError:
            del place[last]
        else:
            place[last] = value
    return json.dumps(document).encode()


def test_the_promised_record_is_read_and_written_again_as_it_stood() -> None:
    written = encode(decode(spelt()))
    assert written == json.dumps(PROMISED, separators=(",", ":")).encode()


@pytest.mark.parametrize("collection", collections())
@settings(max_examples=40)
@given(data=st.data())
def test_what_is_encoded_is_decoded_as_it_was(
    collection: str, data: st.DataObject
) -> None:
    record = data.draw(records(collection))

    assert decode(encode(record)) == record


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_no_bytes_at_all_raise_anything_but_a_record_error(payload: bytes) -> None:
    with pytest.raises(RecordError):
        decode(payload)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)
paths = st.sampled_from(
    [
        *PROMISED,
        "lines__gate",
        "lines__gate__forward",
        "lines__gate__forward__car",
        "lines__gate__total",
        "zones__platform",
        "zones__platform__occupancy_mean__person",
        "zones__platform__dwell_max_s",
        "quality__observed_s",
        "quality__clock",
        "quality__model",
        "quality__clock_uncertainty_s",
    ]
)


@given(paths, json_values)
def test_any_value_in_any_place_is_taken_or_is_a_record_error(
    path: str, value: object
) -> None:
    try:
        record = decode(spelt(**{path: value}))
    except RecordError:
        return
    assert decode(encode(record)) == decode(encode(decode(encode(record))))


def test_a_key_that_a_later_version_adds_is_ignored() -> None:
    later = spelt(speeds={"mean_kmh": 41}, quality__moon="full", lines__gate__x=None)
    assert decode(later) == decode(spelt())


def test_fractions_of_a_second_are_written_only_where_there_are_any(
    interval: Callable[..., Interval],
) -> None:
    whole = KpiRecord(device="a", seq=1, interval=interval())
    half = replace(whole, interval=replace(interval(), start_utc_s=1_795_342_500.25))
    assert b'"start":"2026-11-22T10:15:00Z"' in encode(whole)
    assert b'"start":"2026-11-22T10:15:00.25Z"' in encode(half)


def test_an_interval_of_next_to_no_time_is_taken_back(
    interval: Callable[..., Interval],
) -> None:
    none = replace(interval(), duration_s=2e-69)
    sliver = KpiRecord(device="a", seq=1, interval=none)
    assert decode(encode(sliver)).interval.duration_s == 0.001


def test_numbers_are_rounded_to_three_decimals(
    interval: Callable[..., Interval],
) -> None:
    quality = Quality(observed_s=59.99951, frames=1, frames_dropped=0)
    record = KpiRecord(device="a", seq=1, interval=replace(interval(), quality=quality))
    assert b'"observed_s":60.0,' in encode(record)


FAULTS = {
    "count below zero": ({"lines__gate__forward__car": -1}, "lines.gate.forward.car"),
    "count too large": ({"lines__gate__forward__car": 2**32}, "lines.gate.forward.car"),
    "count a fraction": ({"lines__gate__forward__car": 2.0}, "lines.gate.forward.car"),
    "count a truth": ({"lines__gate__forward__car": True}, "lines.gate.forward.car"),
    "line no object": ({"lines__gate": []}, "lines.gate"),
    "line half told": ({"lines__gate__backward": KeyError}, "lines.gate.backward"),
    "total half told": (
        {"lines__gate__total__forward": KeyError},
        "lines.gate.total.forward",
    ),
    "name empty": ({"lines__gate__forward": {"": 1}}, "lines.gate.forward"),
    "name too long": ({"zones": {"z" * 65: {}}}, "zones."),
    "name half a character": ({"device": "\ud800"}, "device"),
    "mean below zero": (
        {"zones__platform__occupancy_mean__person": -0.1},
        "zones.platform.occupancy_mean.person",
    ),
    "observed a text": ({"quality__observed_s": "59"}, "quality.observed_s"),
    "clock unknown": ({"quality__clock": "sundial"}, "quality.clock"),
    "model no text": ({"quality__model": 7}, "quality.model"),
    "model null": ({"quality__model": None}, "quality.model"),
    "seq zero": ({"seq": 0}, "seq"),
    "seq huge": ({"seq": 2**63}, "seq"),
    "seq missing": ({"seq": KeyError}, "seq: is missing"),
    "another schema": ({"schema": "tallypost.kpi/2"}, "schema"),
    "no time zone": ({"start": "2026-11-22T10:15:00"}, "start"),
    "another time zone": ({"start": "2026-11-22T10:15:00+01:00"}, "start"),
    "no such day": ({"start": "2026-02-30T10:15:00Z"}, "start"),
    "before the epoch": ({"start": "1969-12-31T23:59:59Z"}, "start"),
    "digits of another script": ({"start": "\uff12026-11-22T10:15:00Z"}, "start"),
    "duration zero": ({"duration_s": 0}, "duration_s"),
    "duration without end": ({"duration_s": 1e300}, "duration_s"),
}


@pytest.mark.parametrize(
    ("changes", "path"),
    FAULTS.values(),
    ids=[name.replace(" ", "-") for name in FAULTS],
)
def test_a_fault_is_told_with_its_path(changes: dict[str, object], path: str) -> None:
    with pytest.raises(RecordError, match="^" + path.replace(".", r"\.")):
        decode(spelt(**changes))


HOSTILE = {
    "nan": spelt().replace(b"59.8", b"NaN"),
    "infinity": spelt().replace(b"59.8", b"-Infinity"),
    "beyond-any-float": spelt().replace(b"59.8", b"1e999"),
    "number-of-a-thousand-digits": spelt().replace(b"18234", b"9" * 1000),
    "number-that-python-refuses": spelt().replace(b"18234", b"9" * 10_000),
    "the-same-key-twice": spelt().replace(b'"car": 2', b'"car": 2, "car": 3'),
    "nested-without-end": b'{"a":' * 50_000,
    "too-long": b" " * (PAYLOAD_BYTES_MAX + 1),
    "byte-order-mark": b"\xef\xbb\xbf" + spelt(),
    "utf-16": spelt().decode().encode("utf-16"),
    "not-utf-8": spelt().replace(b"gate", b"g\xe4te"),
    "cut-off": spelt()[:-1],
    "two-records": spelt() + spelt(),
    "a-list": b"[]",
    "empty": b"",
}


@pytest.mark.parametrize("payload", HOSTILE.values(), ids=HOSTILE)
def test_hostile_bytes_are_refused_in_one_sentence(payload: bytes) -> None:
    with pytest.raises(RecordError) as refusal:
        decode(payload)
    assert len(str(refusal.value)) < 300


BROKEN = {
    "a-name-too-long": {"device": "d" * 65},
    "a-number-below-one": {"seq": 0},
    "half-a-character": {"device": "\udcff"},
}


@pytest.mark.parametrize("change", BROKEN.values(), ids=BROKEN)
def test_a_record_that_could_not_be_read_back_is_never_written(
    change: dict[str, object], interval: Callable[..., Interval]
) -> None:
    record = KpiRecord(device="a", seq=1, interval=interval())
    with pytest.raises(RecordError):
        encode(replace(record, **change))  # type: ignore[arg-type]


@pytest.mark.parametrize("value", [math.nan, math.inf, -1.0])
def test_a_figure_that_is_no_number_is_never_written(
    value: float, interval: Callable[..., Interval]
) -> None:
    quality = Quality(observed_s=value, frames=0, frames_dropped=0)
    record = KpiRecord(device="a", seq=1, interval=replace(interval(), quality=quality))
    with pytest.raises(RecordError, match=r"quality\.observed_s"):
        encode(record)


ALERT_JSON = {
    "schema": "tallypost.alert/1",
    "device": "tp-7f3a91",
    "seq": 12,
    "begun_seq": 11,
    "time": "2026-11-22T10:15:42.25Z",
    "kind": "intrusion",
    "state": "ended",
    "collection": "intrusions",
    "element": "tracks",
    "label": "person",
    "value": 7.5,
    "clock": "synced",
}


def told(**changes: object) -> bytes:
    """Return the alert with other or (None) without some keys."""
    changed = {key: each for key, each in (ALERT_JSON | changes).items() if each}
    return json.dumps(changed).encode()


def test_an_alert_is_read_as_it_was_written() -> None:
    record = decode_alert(told())

    assert json.loads(encode_alert(record)) == ALERT_JSON


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"begun_seq": None}, "begun_seq"),
        ({"begun_seq": 12}, "begun_seq"),
        ({"begun_seq": 10, "state": "begun"}, "begun_seq"),
        ({"kind": "party"}, "kind"),
        ({"time": "yesterday"}, "time"),
        ({"schema": "tallypost.kpi/1"}, "schema"),
    ],
    ids=["an end of nothing", "of itself", "of what begins", "kind", "time", "schema"],
)
def test_what_is_no_alert_is_told_by_the_key(
    changes: dict[str, object], place: str
) -> None:
    with pytest.raises(RecordError, match=f"^{place}"):
        decode_alert(told(**changes))
