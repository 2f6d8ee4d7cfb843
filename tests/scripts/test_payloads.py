"""What other vocabularies need for the same street, as the page says it."""

from scripts.benchmarks.page import PAGE
from scripts.benchmarks.payloads import sizes


def test_the_page_says_how_many_bytes_it_takes() -> None:
    assert sizes() in PAGE.read_text("utf-8"), "run scripts/bench payloads"
