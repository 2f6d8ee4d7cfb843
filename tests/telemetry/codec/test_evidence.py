"""What a stranger with a public key can tell of records and batches."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tallypost.domain.records import Interval, KpiRecord, Provenance
from tallypost.errors import RecordError
from tallypost.telemetry.codec import json_v1
from tallypost.telemetry.codec.batch import Batch, digest, line_of, read_line
from tallypost.telemetry.codec.evidence import FAULTS_MAX, Evidence, Verdict

KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
OTHER = Ed25519PrivateKey.from_private_bytes(bytes([1] * 32))
PUBLIC = KEY.public_key().public_bytes_raw()
RECORDS, A_BATCH = 12, 4


@pytest.fixture
def records(interval: Callable[..., Interval]) -> list[bytes]:
    """Twelve records as they left: 1 to 12."""
    return [
        json_v1.encode(KpiRecord(device="tp-1", seq=seq, interval=interval(seq)))
        for seq in range(1, RECORDS + 1)
    ]


def chained(
    records: list[bytes], key: Ed25519PrivateKey = KEY, chain: bytes = b"chain..8"
) -> list[bytes]:
    """Return the batches of four records each that sign them."""
    lines: list[bytes] = []
    for place in range(0, len(records), A_BATCH):
        seqs = range(place + 1, place + A_BATCH + 1)
        batch = Batch(
            device="tp-1",
            chain=chain,
            number=len(lines) + 1,
            before=read_line(lines[-1]).digest if lines else None,
            signed_utc_s=1_795_342_500 + place,
            provenance=Provenance(model=None, site="s", firmware="f"),
            until=seqs[-1],
            undated=(),
            records=tuple((seq, digest(records[seq - 1])) for seq in seqs),
        )
        lines.append(line_of(batch, key))
    return lines


def weighed(*groups: list[bytes], keys: tuple[bytes, ...] = (PUBLIC,)) -> Verdict:
    evidence = Evidence(keys)
    for place, line in enumerate(line for group in groups for line in group):
        evidence.take(line, f"line {place + 1}")
    return evidence.verdict()


def test_all_that_was_signed_and_nothing_else_is_proven(records: list[bytes]) -> None:
    verdict = weighed(records, chained(records))

    assert (verdict.proven, verdict.faults, verdict.notes) == (12, [], [])
    [chain] = verdict.chains
    assert [each.batch.number for each in chain.batches] == [1, 2, 3]


def test_order_and_repetition_do_not_matter(records: list[bytes]) -> None:
    lines = [*records, *chained(records)]

    assert weighed(lines[::-1], lines).faults == []


def test_a_record_that_a_database_spelled_anew_is_the_same(
    records: list[bytes],
) -> None:
    anew = [
        json.dumps(json.loads(record), sort_keys=True, indent=1).encode()
        for record in records
    ]
    assert anew != records
    verdict = weighed(anew, chained(records))

    assert (verdict.proven, verdict.faults) == (12, [])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"car":1', b'"car":2'),
        (b'"observed_s":59.8', b'"observed_s":59.9'),
        (b'"seq":3', b'"seq":3,"added":1'),
    ],
    ids=["count", "quality", "addition"],
)
def test_a_record_that_was_altered_is_named(
    records: list[bytes], old: bytes, new: bytes
) -> None:
    assert old in records[2]
    batches = chained(records)
    records[2] = records[2].replace(old, new)
    verdict = weighed(records, batches)

    assert verdict.proven == 11
    assert verdict.faults == ["line 3: tp-1 3 is not what was signed: it was altered"]


def test_two_records_of_one_number_are_named(records: list[bytes]) -> None:
    twin = records[2].replace(b'"car":1', b'"car":2')

    [fault] = weighed(records, [twin], chained(records)).faults
    assert "line 13: tells something else of tp-1 3 than line 3" in fault


def test_a_record_that_is_missing_is_named(records: list[bytes]) -> None:
    shown = records[:5] + records[7:-1]
    [fault] = weighed(shown, chained(records)).faults

    assert fault == "tp-1: records 6 to 7, 12 were signed, and are missing"


def test_what_is_older_than_what_is_shown_is_no_fault(records: list[bytes]) -> None:
    verdict = weighed(records[2:], chained(records))

    assert verdict.faults == []
    assert verdict.notes == [
        "tp-1: records 1 to 2 were signed, and are older than what is shown"
    ]


def test_what_nobody_signed_is_named(
    records: list[bytes], interval: Callable[..., Interval]
) -> None:
    stranger = KpiRecord(device="tp-9", seq=1, interval=interval())
    faults = weighed(records, [json_v1.encode(stranger)], chained(records[:8])).faults

    assert "records 9 to 12 are not signed" in faults[0]
    assert "tp-9: records 1 are not signed" in faults[1]


def test_a_batch_that_is_missing_is_named(records: list[bytes]) -> None:
    first, _, third = chained(records)
    faults = weighed(records, [first, third]).faults

    assert "batches 2 are missing" in faults[0]
    assert "records 5 to 8 are not signed" in faults[1]


def test_a_chain_that_begins_in_the_middle_says_so(records: list[bytes]) -> None:
    verdict = weighed(records[4:], chained(records)[1:])

    assert (verdict.proven, verdict.faults) == (8, [])
    assert "begins with batch 2; what came before is not shown" in verdict.notes[0]


def test_a_story_told_twice_is_named(records: list[bytes]) -> None:
    changed = [record.replace(b'"car":1', b'"car":9') for record in records]
    faults = weighed(records, chained(records), chained(changed)[1:2]).faults

    assert "2 different batches 2: the key has signed two stories" in faults[0]


def test_a_batch_put_in_the_place_of_another_breaks_the_chain(
    records: list[bytes],
) -> None:
    first, _, third = chained(records)
    changed = [record.replace(b'"car":1', b'"car":9') for record in records]
    verdict = weighed(records, [first, chained(changed)[1], third])

    assert any("batch 3 follows another batch 2" in each for each in verdict.faults)
    assert verdict.proven == 8


def test_a_key_that_nobody_believes_proves_nothing(records: list[bytes]) -> None:
    verdict = weighed(records, chained(records, OTHER))

    assert verdict.proven == 0
    assert verdict.chains == []
    assert sum("signed by the key" in each for each in verdict.faults) == 3


def test_two_chains_of_one_device_stand_beside_each_other(
    records: list[bytes],
) -> None:
    old, new = OTHER.public_key().public_bytes_raw(), PUBLIC
    first = chained(records[:4], OTHER, b"before.8")
    second = line_of(
        replace(read_line(chained(records)[1]).batch, number=1, before=None),
        KEY,
    )
    verdict = weighed(records[:8], first, [second], keys=(old, new))

    assert (verdict.proven, verdict.faults) == (8, [])
    assert len(verdict.chains) == 2


def test_a_merged_record_is_not_signed_and_those_in_it_are_not_missing(
    records: list[bytes], interval: Callable[..., Interval]
) -> None:
    merged = KpiRecord(device="tp-1", seq=8, first_seq=5, interval=interval(5))
    shown = [*records[:4], json_v1.encode(merged), *records[8:]]
    [fault] = weighed(shown, chained(records)).faults

    assert "records 8 are not signed" in fault


@pytest.mark.parametrize(
    "line",
    [b"", b"{}", b"\x00" * 99, b"[" * 9999, b'{"schema":"tallypost.batch/1"}'],
)
def test_a_line_that_is_neither_is_told_with_its_place(
    records: list[bytes], line: bytes
) -> None:
    [fault] = weighed(records, chained(records), [line]).faults

    assert fault.startswith("line 16: ")


def test_a_file_of_something_else_is_not_read_to_its_end() -> None:
    evidence = Evidence([PUBLIC])
    for number in range(FAULTS_MAX):
        evidence.take(b"row,of,a,table", f"line {number}")

    with pytest.raises(RecordError, match=f"so are {FAULTS_MAX} lines before"):
        evidence.take(b"row,of,a,table", "line 1001")
