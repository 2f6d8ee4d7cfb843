"""The line that says what a paper describes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tallypost.documents.paperwork.stamp import differences, read_stamp, stamp

DESCRIBED = {"device": "tp-1", "firmware": "0.1.0", "site": "sha256:" + "0" * 64}


@pytest.mark.parametrize(
    "around",
    ["{}", "<!-- {} -->", '{{"describes": "{}"}}', "<metadata>{}</metadata>", "({})"],
)
def test_a_stamp_is_read_again_from_any_kind_of_file(around: str) -> None:
    paper = b"\xff\x00" + around.format(stamp(DESCRIBED)).encode() + b"\x80"

    assert read_stamp(paper) == DESCRIBED
    assert differences(DESCRIBED, DESCRIBED) == []


def test_what_changed_what_is_new_and_what_is_gone_differ() -> None:
    told = {"device": "tp-1", "firmware": "0.0.9", "key": "1"}

    assert differences(told, DESCRIBED) == [
        ("firmware", "0.0.9", "0.1.0"),
        ("site", None, DESCRIBED["site"]),
        ("key", "1", None),
    ]


@given(st.dictionaries(st.just("firmware"), st.text(min_size=1, max_size=300)))
def test_whatever_a_version_is_called_its_paper_is_up_to_date(
    described: dict[str, str],
) -> None:
    told = read_stamp(stamp(described).encode("ascii")) or {}

    assert differences(told, described) == []


@given(st.binary(max_size=200))
def test_what_is_no_paper_says_nothing_or_something_short(noise: bytes) -> None:
    told = read_stamp(b"tallypost:describes" + noise)

    assert told is None or all(len(each) <= 128 for each in told.values())
