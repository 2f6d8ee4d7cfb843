"""Records made small for the card."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tallypost.errors import RecordError
from tallypost.telemetry.codec import json_v1
from tallypost.telemetry.outbox.packing import PAYLOAD_BYTES_MAX, pack, unpack


@given(st.binary(max_size=2000))
def test_what_was_packed_comes_out_as_it_was(payload: bytes) -> None:
    assert unpack(pack(payload)) == payload


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
