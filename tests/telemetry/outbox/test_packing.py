"""Records made small for the card."""

import json
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tallypost.errors import RecordError
from tallypost.telemetry.codec import json_v1
from tallypost.telemetry.outbox.folding import fold, unfold
from tallypost.telemetry.outbox.packing import (
    DICTIONARIES,
    PAYLOAD_BYTES_MAX,
    pack,
    unpack,
)

GATE = (
    b'{"schema":"tallypost.kpi/1","device":"tp-1","seq":7,"lines":{"gate":{"forward":'
    b'{"car":3,"person":12},"backward":{},"total":{"forward":{"car":912,"person":45},'
    b'"backward":{}}}},"zones":{"hall":{"occupancy_mean":{"person":0.667},"entries":'
    b'{"person":2},"exits":{}}},"quality":{"observed_s":59.8,"site":"sha256:%s"}}'
) % (b"0123456789abcdef" * 4)
MARKS = ('"', ":", ",", "{", "}", "#", ".", '":', '{"car":', '}},"', "sha256:", "\\")
CODES = ("\0", "\1", "\n", "\x0e", "\x1a")
WORDS = st.sampled_from([*MARKS, *CODES, "7", "12", "0.5", "0123456789abcdef" * 4, "ü"])


@given(st.binary(max_size=2000))
def test_what_was_packed_comes_out_as_it_was(payload: bytes) -> None:
    assert unpack(pack(payload)) == payload


@given(st.lists(WORDS, max_size=40))
def test_words_that_mean_something_to_the_folding_come_out_as_they_were(
    words: list[str],
) -> None:
    payload = "".join(words).encode()
    assert unpack(pack(payload)) == payload


def test_a_record_is_folded_as_the_page_of_the_folding_draws_it() -> None:
    words, digits, wholes, decimals, hashes = fold(GATE).split(b"\0")
    assert (digits, wholes, decimals) == (b"732", b"12,912,45", b"0.667,59.8")
    assert hashes == b"0123456789abcdef" * 4
    assert b"912" not in words
    assert len(words) < len(GATE) / 2
    assert unfold(fold(GATE)) == GATE


def test_two_records_of_a_logbook_are_folded_as_one() -> None:
    assert pack(GATE + b"\n" + GATE)[:1] == b"\x02"


@pytest.mark.parametrize(
    "folded", [b"", b"a\0b", b'{"a":,}\0\0\0\0', b"sha256:\0\0\0\0", b"\0" * 9]
)
def test_what_was_never_folded_is_not_unfolded(folded: bytes) -> None:
    with pytest.raises(RecordError, match="record:"):
        unfold(folded)


def test_what_earlier_versions_packed_can_be_read_for_ever() -> None:
    """Of each version: whoever changes its dictionary or folding makes a new one."""
    first = zlib.compressobj(9, zlib.DEFLATED, -15, zdict=DICTIONARIES[b"\x01"])
    assert unpack(b"\x01" + first.compress(GATE) + first.flush()) == GATE
    assert {version: zlib.crc32(text) for version, text in DICTIONARIES.items()} == {
        b"\x01": 0x69DDB004,
        b"\x02": 0xF56B8B32,
    }
    assert zlib.crc32(fold(GATE)) == 0x51C38D4F


def test_a_name_in_other_letters_costs_no_more() -> None:
    payload = json.dumps({"lines": {"straße": {"forward": {"car": 3}}}}).encode()
    assert pack(payload)[:1] == b"\x02"


@given(st.binary(max_size=200))
def test_what_nobody_packed_is_refused_and_not_believed(packed: bytes) -> None:
    try:
        payload = unpack(packed)
    except RecordError:
        return
    assert len(payload) <= PAYLOAD_BYTES_MAX


def test_a_small_text_that_would_fill_the_memory_is_refused() -> None:
    with pytest.raises(RecordError, match="larger"):
        unpack(pack(b"0" * (PAYLOAD_BYTES_MAX + 1)))


def test_all_that_a_record_may_be_can_be_packed() -> None:
    assert json_v1.PAYLOAD_BYTES_MAX <= PAYLOAD_BYTES_MAX
