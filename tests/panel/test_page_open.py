"""A phone at the door: codes, sessions, and who else is there."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.panel.conftest import CLOSE, enter, go
from tests.panel.door import Phone as Caller
from tests.panel.fake_house import FakeHouse
from tests.panel.serving import Served, served

WRONG = "22222-22222"


def test_the_code_of_the_label_opens_by_its_qr_and_leaves_the_address(
    phones: Callable[..., Page], panel: Served, house: FakeHouse
) -> None:
    page = phones()
    page.goto("about:blank")

    page.goto(f"{panel.address}/#{panel.code}")
    page.wait_for_selector(".steps")

    assert page.evaluate("location.href") == f"{panel.address}/"
    assert page.evaluate("history.state") is None
    assert "look" in [each["ask"] for each in house.asked]


def test_the_page_keeps_nothing_but_the_language(phone: Page) -> None:
    phone.click(".menu summary")
    phone.select_option(".menu select", "de")
    expect(phone.locator("h1")).to_have_text("Übersicht")

    kept = phone.evaluate("[{...localStorage}, {...sessionStorage}, document.cookie]")

    assert kept == [{"language": "de"}, {}, ""]
    phone.reload()
    expect(phone.locator("h1")).to_have_text("Übersicht")
    assert phone.get_attribute("html", "lang") == "de"


@pytest.mark.parametrize(
    ("locale", "title"),
    [
        ("de-AT", "Bedienung öffnen"),
        ("fi-FI", "Open the panel"),
    ],
)
def test_the_page_speaks_the_browser_s_language(
    phones: Callable[..., Page], locale: str, title: str
) -> None:
    page = phones(locale=locale)

    expect(page.locator("h1")).to_have_text(title)


def test_a_page_that_is_loaded_anew_is_open_still(phone: Page) -> None:
    phone.reload()

    phone.wait_for_selector(".steps")


def test_a_second_phone_is_let_in_by_a_code_of_the_first(
    phone: Page, phones: Callable[..., Page], panel: Served
) -> None:
    other = phones()
    other.fill("input.code", panel.code)
    other.click("button[type=submit]")
    expect(other.locator("#open-told")).to_contain_text("open on another phone")

    phone.click(".menu summary")
    phone.click("text=Let another phone in")
    code = phone.locator(".card .giant").inner_text()
    enter(other, code)

    assert other.locator("h1").inner_text() == "Overview"


def test_a_session_that_is_over_asks_for_the_code_and_keeps_the_drawing(
    phone: Page, panel: Served
) -> None:
    go(phone, "draw")
    phone.click("[data-add=zones]")
    over(phone)
    expect(phone.locator("#open-told")).to_contain_text("session is over")

    enter(phone, panel.code, shows=".entry")

    expect(phone.locator(".entry")).to_have_count(4)


def test_whoever_lets_another_in_after_the_end_is_asked_for_the_code(
    phone: Page,
) -> None:
    phone.route("**/api/join", lambda route: route.fulfill(status=401, json={}))
    phone.click(".menu summary")
    phone.click("text=Let another phone in")

    expect(phone.locator("#open-told")).to_contain_text("session is over")


def test_whoever_closes_the_panel_is_out(phone: Page) -> None:
    phone.click(".menu summary")
    phone.click("text=Close the panel")

    expect(phone.locator("#open-told")).to_contain_text("closed on this phone")
    assert phone.evaluate("fetch('/api/session').then(({status}) => status)") == 401


def test_a_page_of_somebody_else_has_no_word_to_act_by(phone: Page) -> None:
    """The cookie comes along by itself; what the page knows besides does not."""
    status = phone.evaluate(
        "fetch('/api/ask/aim', {method: 'POST', body: '{\"on\": true}'})"
        ".then(({status}) => status)"
    )

    assert status == 403


def test_what_would_run_inline_is_refused(phone: Page) -> None:
    ran = phone.evaluate(
        """() => {
          const script = document.createElement("script");
          try { script.textContent = "window.ran = true"; } catch { return "refused"; }
          document.head.append(script);
          return window.ran ?? "refused";
        }"""
    )

    assert ran == "refused"


def over(page: Page) -> None:
    """End the session behind the page's back."""
    page.evaluate(CLOSE)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


@pytest.fixture
def other_panel() -> Iterator[Served]:
    """A panel that may be locked; it outlives the phones that look at it."""
    with served(FakeHouse()) as found:
        yield found


def test_five_wrong_codes_lock_the_door_for_the_right_one_too(
    other_panel: Served, phones: Callable[..., Page]
) -> None:
    page = phones()
    page.goto(other_panel.address)
    told = page.locator("#open-told")
    for left in (4, 3, 2, 1):
        page.fill("input.code", WRONG)
        page.click("button[type=submit]")
        expect(told).to_contain_text(f"Tries left: {left}")
    page.fill("input.code", WRONG)
    page.click("button[type=submit]")

    expect(told).to_contain_text("Wait 4:5")
    expect(page.locator("button[type=submit]")).to_be_disabled()
    caller = Caller(int(other_panel.address.rpartition(":")[2]))
    assert caller.open(other_panel.code) == 429
