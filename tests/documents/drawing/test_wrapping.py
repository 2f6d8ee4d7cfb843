"""Text in lines."""

from hypothesis import given
from hypothesis import strategies as st

from tallypost.documents.drawing.wrapping import lines, width_em

TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), max_size=200)


@given(TEXT, st.floats(12, 400))
def test_no_letter_is_lost_and_no_line_too_long(text: str, width_pt: float) -> None:
    broken = lines(text, width_pt=width_pt, size_pt=10)

    assert "".join("".join(broken).split()) == "".join(text.split())
    assert all(width_em(each) <= width_pt / 10 or len(each) == 1 for each in broken)


def test_lines_break_between_words_and_within_those_that_are_too_long() -> None:
    assert lines("a bee sees", width_pt=36, size_pt=10) == ["a bee", "sees"]
    assert lines("WWWW", width_pt=21, size_pt=10) == ["WW", "WW"]
    assert lines("  ", width_pt=21, size_pt=10) == []
