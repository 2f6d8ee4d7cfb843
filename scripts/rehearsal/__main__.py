"""`python -m scripts.rehearsal`: walks the half hour, and shows each step's seconds."""

import argparse
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import sync_playwright

from scripts.benchmarks.page import DATA, ROOT, put, table, where
from scripts.rehearsal.certificate import verified
from scripts.rehearsal.city import DEVICE, Places, Workstation
from scripts.rehearsal.device import broker, first_start, record, running, says
from tests.panel.conftest import CHROMIUM, SWITCHES
from tests.panel.walk import walk
from tests.servers.mosquitto import free_port

PLACE = ROOT / "docs" / "technician.md"
FILM = DATA / "footage" / "vtest.avi"
WALKED = {
    "open": "phone: the label's code opens the panel",
    "aim": "phone: the sketch, and how sharp it is",
    "draw": "phone: a line is drawn, tried, and proves good",
    "count": "phone: somebody is counted on it",
    "prove": "phone: passers-by are tapped, and compared",
    "accept": "phone: checked, signed, PDF and JSON saved",
}
RECORDS_MAX = 6
BLIND = (
    "The same film again and again; twelve taps without a look at who passes, so that "
    "the certificate says that the accuracy is not proven."
)
Step = tuple[str, str]


def workstation(places: Places) -> Iterator[Step]:
    """Yield what is done before anybody climbs a ladder, each once it is done."""
    desk = Workstation(places)
    desk.found()
    yield "a city is founded: authority, operator, inventory", "`init`"
    desk.name()
    yield "a device has a name and secrets", "`new`"
    desk.prepare_broker()
    yield "the broker knows the fleet", "`broker`, `export mosquitto`"
    desk.write()
    yield "its bundle is on the card", "`write --boot`"
    told = first_start(places)
    if DEVICE not in told:
        raise SystemExit(f"first start: {told}")
    yield "the device takes the card, and makes its keys", "`first-boot`"
    desk.enrol()
    yield "the city believes those keys", "`enrol --boot`"


def pole(places: Places, address: str) -> Iterator[Step]:
    """Yield what is done at the pole, each once it is done."""
    with broker(places), running(places) as log, sync_playwright() as playwright:
        says(log, "state=watching")
        yield "power on: the camera is watched", "`run`"
        (places.device / "panel" / "wanted").touch()
        says(log, "panel is open")
        yield "the button: the panel opens", ""
        browser = playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=list(SWITCHES)
        )
        page = browser.new_page(
            ignore_https_errors=True, viewport={"width": 360, "height": 740}
        )
        url, _, code = address.partition("/#")
        for step in walk(page, url, code, places.folder):
            yield WALKED[step], ""
        browser.close()
        # The first may have been counted before the last tap.
        if not any("accuracy" in record(places) for _ in range(RECORDS_MAX)):
            raise SystemExit(f"{RECORDS_MAX} records tell no accuracy")
        yield "a record is at the broker, and tells the accuracy", "TLS, password, ACL"


def timed(steps: Iterator[Step], rows: list[list[str]]) -> None:
    """Add a row for each step, with its seconds."""
    began_s = time.monotonic()
    for what, by in steps:
        rows.append([what, by, f"{time.monotonic() - began_s:.1f}"])
        print(*rows[-1], sep=" | ", flush=True)
        began_s = time.monotonic()


def rehearse(places: Places) -> None:
    """Walk it all, and write the table.

    Raises:
        SystemExit: A step failed.
    """
    rows: list[list[str]] = []
    began_s = time.monotonic()
    timed(workstation(places), rows)
    address = Workstation(places).label()
    timed(pole(places, address), rows)
    took_s = time.monotonic() - began_s
    told = verified(places)
    rows.append(["in all", f"{len(rows)} steps", f"{took_s:.0f}"])
    print("signed by the key of the card, as another library finds:", told["device"])
    text = table(["step", "by", "s"], rows)
    put("half hour", f"{text}\n\n{where()} {BLIND}", PLACE)


def main() -> None:
    """Rehearse in a folder of its own, or in one that is kept."""
    words = argparse.ArgumentParser(prog="scripts/half_hour")
    words.add_argument("--keep", type=Path)
    keep = words.parse_args().keep
    with tempfile.TemporaryDirectory(prefix="tallypost-") as made:
        folder = Path(made) if keep is None else keep.absolute()
        folder.mkdir(parents=True, exist_ok=True)
        rehearse(Places(folder, FILM.resolve(), free_port(), free_port()))


if __name__ == "__main__":
    main()
