"""Words as documents: what is written is read again, whichever word it is."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tallypost.domain.document import from_document, to_document
from tallypost.domain.records import Interval
from tallypost.domain.shape import Kind, leaves, words_within
from tallypost.domain.words import is_always
from tests.domain.strategies import Words

WORDS = sorted({*words_within(Interval)} - {Interval}, key=lambda word: word.__name__)


@pytest.mark.parametrize("word", WORDS, ids=lambda word: word.__name__)
@settings(max_examples=40)
@given(data=st.data())
def test_every_word_of_the_schema_is_read_as_it_was_written(
    word: type, data: st.DataObject
) -> None:
    told = data.draw(Words().of(word))
    spelt = json.dumps(to_document(told), allow_nan=False)

    assert from_document(word, json.loads(spelt)) == told


@pytest.mark.parametrize("word", WORDS, ids=lambda word: word.__name__)
def test_a_word_that_says_nothing_spells_only_what_it_always_has(word: type) -> None:
    fields = word.__dataclass_fields__  # type: ignore[attr-defined]
    needed = {
        name: 0
        for name, field in fields.items()
        if is_always(field.metadata) and name in ("observed_s", "frames")
    } | ({"frames_dropped": 0} if "frames_dropped" in fields else {})

    spelt = to_document(word(**needed))

    assert set(spelt) == {
        name for name, field in fields.items() if is_always(field.metadata)
    }


def test_every_number_of_the_schema_has_a_kind() -> None:
    assert all(
        isinstance(leaf.hint.kind, Kind) for word in WORDS for leaf in leaves(word)
    ), "a type hint that no reader knows"
