"""How heavy the panel's page is, and how soon something is to be seen of it.

Needs what the tests need (`.venv`), not the peers: `.venv/bin/python -m
scripts.benchmarks pages`.
"""

import gzip
from statistics import median

from playwright.sync_api import Browser, sync_playwright

from scripts.benchmarks.page import ROOT, put, table, where
from tallypost.panel.files import PAGES
from tests.panel.conftest import CHROMIUM, SWITCHES
from tests.panel.fake_house import FakeHouse
from tests.panel.serving import served

PLACE = ROOT / "docs" / "technician.md"
ROUNDS = 9
WEIGHT_KB_MAX = 200
LANGUAGES = 5
PAINT = """() => performance.getEntriesByName("first-contentful-paint")[0]?.startTime"""
NOTE = """new MutationObserver(() => {
  if (document.querySelector("input.code")) window.usable ??= performance.now();
}).observe(document, { childList: true, subtree: true })"""
LOADED = """() => performance.getEntriesByType("resource")
  .concat(performance.getEntriesByType("navigation"))
  .reduce((sum, { transferSize }) => sum + transferSize, 0)"""
SLOW = {
    "offline": False,
    "latency": 40,
    "downloadThroughput": 250_000,
    "uploadThroughput": 100_000,
}
"""A hotspot at the foot of a pole: 2 Mbit/s."""
SLOWER_BY = 6
"""A cheap phone beside this machine."""


def weights() -> tuple[str, float]:
    """Return a table of what the page is made of, and what one load weighs in kB."""
    kinds = {
        "scripts": "*.js",
        "style": "*.css",
        "shell": "index.html",
        "icon": "*.svg",
    }
    rows, sums = [], [0.0, 0.0]
    for name, pattern in {**kinds, "words of one language": "words/*.json"}.items():
        bodies = [path.read_bytes() for path in PAGES.glob(pattern)]
        raw = sum(map(len, bodies)) / 1000
        packed = sum(len(gzip.compress(body, mtime=0)) for body in bodies) / 1000
        if "words" in name:
            raw, packed = raw / LANGUAGES, packed / LANGUAGES
        rows.append([name, str(len(bodies)), f"{raw:.1f}", f"{packed:.1f}"])
        sums = [sums[0] + raw, sums[1] + packed]
    rows.append(["**in all**", "", f"**{sums[0]:.1f}**", f"**{sums[1]:.1f}**"])
    return table(["what", "files", "kB", "kB packed"], rows), sums[0]


def seen(browser: Browser, address: str, *, slow: bool) -> tuple[float, float, float]:
    """Return when something is first seen, when a code can be typed, and what came.

    Both in ms since the address was asked for; the last in bytes.
    """
    context = browser.new_context(
        ignore_https_errors=True, viewport={"width": 360, "height": 740}
    )
    page = context.new_page()
    if slow:
        session = context.new_cdp_session(page)
        session.send("Network.enable")
        session.send("Network.emulateNetworkConditions", SLOW)
        session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER_BY})
    page.add_init_script(NOTE)
    page.goto(address)
    page.wait_for_function("() => window.usable")
    page.wait_for_function(PAINT)
    found = (
        float(page.evaluate(PAINT)),
        float(page.evaluate("window.usable")),
        float(page.evaluate(LOADED)),
    )
    context.close()
    return found


def main() -> None:
    """Measure and write."""
    weight, whole_kb = weights()
    if whole_kb >= WEIGHT_KB_MAX:
        raise SystemExit(f"the page weighs {whole_kb:.0f} kB; want < {WEIGHT_KB_MAX}")
    rows = []
    with served(FakeHouse()) as panel, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=list(SWITCHES)
        )
        for slow in (False, True):
            rounds = [seen(browser, panel.address, slow=slow) for _ in range(ROUNDS)]
            paints, usable, came = map(sorted, zip(*rounds, strict=True))
            name = "2 Mbit/s, 40 ms, six times slower" if slow else "this machine"
            told = [f"{median(each):.0f}" for each in (paints, usable)]
            rows.append([name, *told, f"{median(came) / 1000:.1f}"])
        browser.close()
    headings = ["phone", "first paint, ms", "a code can be typed, ms", "kB that came"]
    measured = f"{where()} Medians of {ROUNDS} loads, from a real panel over TLS."
    put("pages", f"{weight}\n\n{table(headings, rows)}\n\n{measured}", PLACE)


if __name__ == "__main__":
    main()
