"""A panel that serves and a phone that shows it: Debian's own Chromium."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Page,
    Route,
    expect,
    sync_playwright,
)

from tests.panel.fake_house import FakeHouse
from tests.panel.serving import Served, served

CHROMIUM = Path("/usr/bin/chromium")
SWITCHES = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
WITHIN_MS = 30_000
expect.set_options(timeout=WITHIN_MS)
CLOSE = """async () => {
  const answer = await fetch("/api/session");
  if (!answer.ok) return;
  const { csrf } = await answer.json();
  await fetch("/api/close", { method: "POST", headers: { "X-Tallypost": csrf } });
}"""


def require_chromium() -> None:
    """Skip where there is no browser; fail where scripts/test has installed one."""
    if CHROMIUM.exists():
        return
    told = f"{CHROMIUM} is missing; apt install chromium, as scripts/test does"
    if "TALLYPOST_REQUIRE_BROWSER" in os.environ:
        pytest.fail(told)
    pytest.skip(told)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium; one a file."""
    require_chromium()
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=list(SWITCHES)
        )
        yield found
        found.close()


@pytest.fixture(scope="module")
def panel() -> Iterator[Served]:
    """A panel, in a process of its own."""
    with served(FakeHouse()) as found:
        yield found


@pytest.fixture
def house(panel: Served) -> FakeHouse:
    """A house behind the panel that nobody has spoken to yet."""
    panel.reception.house = FakeHouse()
    return panel.reception.house


@pytest.fixture
def phones(browser: Browser, panel: Served) -> Iterator[Callable[..., Page]]:
    """Return what gives a phone that shows the shell; all are closed afterwards."""
    contexts: list[BrowserContext] = []

    def phone(**wishes: Any) -> Page:
        usual = {"locale": "en-GB", "viewport": {"width": 360, "height": 740}}
        context = browser.new_context(
            **{**usual, "ignore_https_errors": True, "has_touch": True, **wishes}
        )
        contexts.append(context)
        context.set_default_timeout(WITHIN_MS)
        page = context.new_page()
        page.goto(panel.address)
        page.wait_for_selector("h1")
        return page

    yield phone
    for context in contexts:
        for page in context.pages:
            page.evaluate(CLOSE)
        context.close()


@pytest.fixture
def phone(phones: Callable[..., Page], house: FakeHouse, panel: Served) -> Page:
    """A phone on which the panel is open."""
    assert house.asked == []
    page = phones()
    enter(page, panel.code)
    return page


def enter(page: Page, code: str, shows: str = ".steps") -> None:
    """Open the panel, and see what it then shows."""
    page.fill("input.code", code)
    page.click("button[type=submit]")
    page.wait_for_selector(shows)


def go(page: Page, screen: str) -> None:
    """Show a screen."""
    page.evaluate("screen => { location.hash = screen; }", screen)
    page.wait_for_selector(f"main.screen-{screen} h1")


def lose_answer(page: Page, word: str, **carried: object) -> None:
    """Have the device hear the next such question, and the phone nothing of it."""
    lost: list[Route] = []

    def lose(route: Route) -> None:
        told = route.request.post_data_json or {}
        if lost or not carried.items() <= told.items():
            route.fallback()
            return
        lost.append(route)
        route.fetch()
        route.abort()

    page.route(f"**/api/ask/{word}", lose)
