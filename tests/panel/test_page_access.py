"""Whoever cannot see, cannot hold still or has no mouse: the pages are theirs too."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.panel.conftest import enter, go
from tests.panel.fake_house import FakeHouse
from tests.panel.serving import Served
from tests.servers.axe_core import faults

SCREENS = ("home", "aim", "draw", "count", "prove", "accept", "host")
TARGET_PX = 48
SMALL = """(least) => [...document.querySelectorAll(
    "button, a, select, summary, textarea, input:not([type=checkbox]), label.tick")]
  .filter((each) => each.checkVisibility())
  .map((each) => [each.outerHTML.slice(0, 80), each.getBoundingClientRect()])
  .filter(([, { width, height }]) => width < least || height < least)
  .map(([html, { width, height }]) => `${html} ${width}x${height}`)"""
TOO_WIDE = "document.documentElement.scrollWidth - window.innerWidth"


@pytest.fixture(params=["light", "dark"])
def themed(
    request: pytest.FixtureRequest,
    phones: Callable[..., Page],
    house: FakeHouse,
    panel: Served,
) -> Page:
    """A phone in the sun, and one by night."""
    assert house.asked == []
    page = phones(color_scheme=request.param, bypass_csp=True, reduced_motion="reduce")
    assert faults(page) == []
    enter(page, panel.code)
    return page


def test_every_screen_can_be_read_and_worked_by_everybody(themed: Page) -> None:
    for screen in SCREENS:
        go(themed, screen)
        if screen == "aim":
            themed.click(".bar .main")
            themed.wait_for_selector(".cells", state="attached")
        if screen == "draw":
            themed.click("[data-add=rows]")
            themed.click("[data-add=zones]")
        assert faults(themed) == [], screen
        assert themed.evaluate(SMALL, TARGET_PX) == [], screen
    themed.click(".menu summary")
    assert faults(themed) == []
    themed.evaluate("document.querySelector('h1').append(new Image())")
    assert faults(themed) != [], "the eye sees nothing"


def test_what_is_shown_for_a_moment_can_be_read_too(
    themed: Page, panel: Served
) -> None:
    go(themed, "prove")
    themed.click("button.main")
    themed.click(".tap >> nth=0")
    assert faults(themed) == []
    assert themed.evaluate(SMALL, TARGET_PX) == []
    themed.click("text=End the test")
    themed.wait_for_selector("text=Another test")
    assert faults(themed) == []
    panel.reception.go()
    try:
        expect(themed.locator("#banner")).not_to_be_empty()
        assert faults(themed) == []
    finally:
        panel.reception.come()


@pytest.mark.parametrize("language", ["de", "fr", "es", "nl"])
def test_no_language_is_too_wide_for_a_small_phone(
    phones: Callable[..., Page], panel: Served, house: FakeHouse, language: str
) -> None:
    house.extra = {"car_parks": {"north": {"spaces": 40, "free": 7, "unknown": 2}}}
    page = phones(locale=language, viewport={"width": 320, "height": 640})
    enter(page, panel.code)

    for screen in SCREENS:
        go(page, screen)
        assert page.evaluate(TOO_WIDE) <= 0, screen


def test_a_site_is_drawn_and_saved_by_keys_alone(
    phones: Callable[..., Page], panel: Served, house: FakeHouse
) -> None:
    page = phones()
    page.keyboard.type(panel.code)
    page.keyboard.press("Enter")
    page.wait_for_selector(".steps")
    reach(page, "a[href='#draw']")
    page.keyboard.press("Enter")
    page.wait_for_selector("main.screen-draw h1")
    reach(page, "[data-add=lines]")
    page.keyboard.press("Enter")
    page.wait_for_selector(".handle")

    reach(page, "[data-handle='0/0']")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Shift+ArrowLeft")
    reach(page, "button.main.wide")
    page.keyboard.press("Enter")
    expect(page.locator("p.verdict")).to_contain_text("On trial")

    assert house.site["lines"][2]["start"] == [0.249, 0.48]
    assert house.site["lines"][2]["end"] == [0.75, 0.5]


def reach(page: Page, selector: str) -> None:
    """Go by Tab to what a selector names; by Shift+Tab where it lies before."""
    for key in ("Tab", "Shift+Tab"):
        for _ in range(60):
            if page.evaluate("each => document.activeElement?.matches(each)", selector):
                return
            page.keyboard.press(key)
    raise AssertionError(f"no key leads to {selector}")


def test_what_happens_is_said_to_whoever_cannot_see_it(phone: Page) -> None:
    go(phone, "draw")
    phone.click("[data-add=lines]")

    told = phone.locator("#told[role=status][aria-live=polite]")
    expect(told).to_have_text("Line: drawn in the middle, and chosen")
    assert phone.locator("h1").count() == 1
    assert "Draw" in phone.title()
