"""`python -m scripts.screens FOLDER`: a picture of every screen of the panel."""

import argparse
from collections.abc import Callable, Iterator
from pathlib import Path

from playwright.sync_api import Page, ViewportSize, sync_playwright

from tests.panel.conftest import CHROMIUM, SWITCHES, enter, go
from tests.panel.fake_house import FakeHouse
from tests.panel.serving import Served, served

SETTLE_MS = 700
PASSING_MS = 6000
PHONE = ViewportSize(width=360, height=740)
LAPTOP = ViewportSize(width=1280, height=800)
CLEAR = """() => {
  document.getElementById("told").classList.remove("seen");
  window.scrollTo(0, 0);
}"""
Shown = tuple[str, Callable[[Page], None]]


def _aim(page: Page) -> None:
    go(page, "aim")
    page.click(".bar .main")
    page.wait_for_selector(".cells", state="attached")


def _draw(page: Page) -> None:
    go(page, "draw")
    page.click(".entry >> nth=2")


def _row(page: Page) -> None:
    page.click("[data-add=rows]")
    page.wait_for_selector(".inner", state="attached")


def _count(page: Page) -> None:
    go(page, "count")
    page.wait_for_timeout(PASSING_MS)


def _tap(page: Page) -> None:
    go(page, "prove")
    page.click("button.main")
    for way in ("forward", "backward", "forward"):
        page.click(f"[data-way={way}]")


def _result(page: Page) -> None:
    page.click(".tap >> nth=0")
    page.click("main .row .wide")
    page.wait_for_selector("main a[href='#accept']")


def _accept(page: Page) -> None:
    go(page, "accept")
    page.fill("main input", "Ada Vos")
    page.click("button[type=submit]")
    page.wait_for_selector("[data-paper]")


def _shown() -> Iterator[Shown]:
    """Yield the screens in the order of the half hour, and what leads to each."""
    yield "home", lambda page: go(page, "home")
    yield "aim", _aim
    yield "draw", _draw
    yield "draw-row", _row
    yield "count", _count
    yield "prove", _tap
    yield "result", _result
    yield "accept", _accept
    yield "host", lambda page: go(page, "host")


def shoot(panel: Served, folder: Path, wishes: argparse.Namespace) -> None:
    """Write the pictures."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=list(SWITCHES)
        )
        page = browser.new_page(
            ignore_https_errors=True,
            viewport=LAPTOP if wishes.wide else PHONE,
            device_scale_factor=2,
            has_touch=True,
            locale=wishes.language,
            color_scheme="dark" if wishes.dark else "light",
        )
        page.goto(panel.address)
        page.wait_for_selector("h1")
        page.screenshot(path=folder / "0-open.png")
        enter(page, panel.code)
        for number, (name, lead) in enumerate(_shown(), 1):
            lead(page)
            page.wait_for_timeout(SETTLE_MS)
            page.evaluate(CLEAR)
            page.wait_for_timeout(SETTLE_MS)
            page.screenshot(path=folder / f"{number}-{name}.png", full_page=True)
        browser.close()


def main() -> None:
    """Take what the command line says."""
    parser = argparse.ArgumentParser(prog="scripts/screenshots", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--language", default="en")
    parser.add_argument("--dark", action="store_true")
    parser.add_argument("--wide", action="store_true")
    wishes = parser.parse_args()
    wishes.folder.mkdir(parents=True, exist_ok=True)
    with served(FakeHouse()) as panel:
        shoot(panel, wishes.folder, wishes)
    print(f"{wishes.folder}: {len([*wishes.folder.glob('*.png')])} pictures")


if __name__ == "__main__":
    main()
