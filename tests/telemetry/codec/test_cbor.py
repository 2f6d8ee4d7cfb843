"""CBOR beside a library that is not ours, and what is no CBOR of ours."""

from typing import Any

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tallypost.errors import RecordError
from tallypost.telemetry.codec import cbor

KEYS = st.one_of(st.integers(-(2**63) + 1, 2**63 - 1), st.text(), st.binary())
VALUES = st.recursive(
    KEYS | st.none(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner),
    max_leaves=12,
)


def depth(value: Any) -> int:
    inner = value.values() if isinstance(value, dict) else value
    if not isinstance(value, list | dict):
        return 0
    return 1 + max(map(depth, inner), default=0)


@given(VALUES)
def test_what_is_written_is_what_another_library_reads(value: Any) -> None:
    spelled = cbor.encode(value)

    assert cbor2.loads(spelled) == value
    if depth(value) <= cbor.DEPTH_MAX:
        assert cbor.decode(spelled) == value


@given(st.lists(KEYS | st.none()))
def test_a_list_is_spelled_as_another_library_spells_it(value: Any) -> None:
    assert cbor.encode(value) == cbor2.dumps(value, canonical=True)


@given(st.binary(max_size=40))
def test_nothing_but_the_one_spelling_is_read(data: bytes) -> None:
    try:
        value = cbor.decode(data)
    except RecordError:
        return
    assert cbor.encode(value) == data


@pytest.mark.parametrize(
    ("spelled", "told"),
    [
        ("", "1 bytes should follow, and 0 do"),
        ("1801", "longer than it need be"),
        ("1bffffffffffffffff", "beyond 63 bits"),
        ("5f4101ff", "no length"),
        ("fb3ff0000000000000", "a fraction"),
        ("f5", "a simple value"),
        ("5affffffff00", "4294967295 bytes should follow, and 1 do"),
        ("9bffffffffffffff00", "1 bytes|beyond 63 bits"),
        ("9b7fffffffffffffff00", "1 bytes should follow, and 0 do"),
        ("a2616100616100", "not in order, each once"),
        ("a2616200616100", "not in order, each once"),
        ("a18000", "nested more deeply"),
        ("62c328", "not UTF-8"),
        ("0000", "1 bytes follow the end"),
        ("81" * 9 + "00", "nested more deeply"),
        ("c1" * 5000 + "00", "nested more deeply"),
    ],
)
def test_what_is_no_cbor_of_ours_is_refused_with_its_place(
    spelled: str, told: str
) -> None:
    with pytest.raises(RecordError, match=told) as caught:
        cbor.decode(bytes.fromhex(spelled))
    assert "cbor: byte " in str(caught.value)


def test_what_has_no_spelling_is_refused() -> None:
    with pytest.raises(ValueError, match="beyond 63 bits"):
        cbor.encode(2**63)
