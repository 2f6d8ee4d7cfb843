"""The half hour on a real device's panel, as a thumb walks it."""

from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.panel.conftest import enter, go

RESTART_MS = 120_000
"""A camera that starts afresh, on a machine that has much else to do."""
TAPS = 12
TESTS_MAX = 4
"""A test is void where the device did not look for three seconds, as on a machine that
has much else to do."""
TAP_EVERY_MS = 1000
"""Those of the first and the last three seconds count for nothing."""


def walk(page: Page, address: str, code: str, folder: Path) -> Iterator[str]:
    """Open, aim, draw, count, prove, accept; yield each step's name once it is done.

    The sketch is shown, a line is drawn and proves good, somebody is counted, taps are
    compared, and the certificate lies in the folder as PDF and JSON.

    Args:
        page: Of a browser that accepts the certificate.
        address: As in `https://127.0.0.1:4711`.
        code: Of the label.
        folder: Where the certificate goes.
    """
    page.set_default_timeout(RESTART_MS)
    page.goto(address)
    enter(page, code)
    yield "open"
    aim(page)
    yield "aim"
    draw(page)
    yield "draw"
    count(page)
    yield "count"
    prove(page)
    yield "prove"
    accept(page, folder)
    yield "accept"


def aim(page: Page) -> None:
    """Have the sketch shown, and how sharp it is."""
    go(page, "aim")
    page.click(".bar .main")
    page.wait_for_selector(".cells", state="attached")
    page.wait_for_selector(".screen-aim .items.compact .item")


def draw(page: Page) -> None:
    """Draw a line, and have it prove good."""
    go(page, "draw")
    entries = page.locator(".entry")
    drawn = entries.count() - entries.filter(has_text="undrawn").count()
    page.click("[data-add=lines]")
    expect(entries).to_have_count(drawn + 1)
    page.click(".side > button.main")
    verdict = page.locator(".side > p.verdict")
    expect(verdict).to_contain_text("counts with it", timeout=RESTART_MS)


def count(page: Page) -> None:
    """See somebody counted."""
    go(page, "count")
    told = page.locator("main > p.verdict")
    expect(told).to_contain_text(" at ", timeout=RESTART_MS)


def prove(page: Page) -> None:
    """Tap some, and have them compared; test anew where the device says to."""
    go(page, "prove")
    for _ in range(TESTS_MAX):
        page.click("button.main")
        for number in range(TAPS):
            page.click(f".tap >> nth={number % 2}")
            page.wait_for_timeout(TAP_EVERY_MS)
        page.click("main .row .wide")
        again = page.locator("text=Another test")
        again.wait_for()
        told = page.locator("main").inner_text()
        if "proves nothing" not in told:
            return
        again.click()
    raise AssertionError(f"{TESTS_MAX} tests prove nothing: {told}")


def accept(page: Page, folder: Path) -> None:
    """Have it signed, and save both papers."""
    go(page, "accept")
    page.fill("main input", "Ada Vos")
    page.click("button[type=submit]")
    for paper, name in (("pdf", "certificate.pdf"), ("json", "certificate.jsonl")):
        with page.expect_download() as told:
            page.click(f"[data-paper={paper}]")
        told.value.save_as(folder / name)
