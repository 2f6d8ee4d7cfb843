"""What the panel keeps in memory, and what its page weighs: docs/panel.md."""

import gzip
import tempfile
from pathlib import Path

from scripts.benchmarks.page import ROOT, put, table, where
from tallypost.panel.files import PAGES
from tallypost.telemetry.reception.window import Window
from tests.panel.door import Door, Phone, Stream, make_folder

PLACE = ROOT / "docs" / "panel.md"
STATUS = ("VmRSS", "RssAnon", "VmHWM")


def megabytes(process_id: int) -> list[str]:
    """Return what a process holds: resident, its own share, and the most so far."""
    text = Path(f"/proc/{process_id}/status").read_text("ascii")
    found = dict(line.split(":", 1) for line in text.splitlines() if ":" in line)
    return [f"{int(found[key].split()[0]) / 1024:.1f}" for key in STATUS]


def weighed() -> str:
    """Return what the page weighs, in words."""
    files = [path for path in sorted(PAGES.rglob("*")) if path.is_file()]
    raw = sum(len(path.read_bytes()) for path in files)
    packed = sum(len(gzip.compress(path.read_bytes())) for path in files)
    return (
        f"The page: {len(files)} files (all languages), {raw / 1000:.0f} kB as they "
        f"lie there, {packed / 1000:.0f} kB as they go out."
    )


def main() -> None:
    """Measure and write."""
    rows = []
    with tempfile.TemporaryDirectory() as name:
        folder = make_folder(Path(name) / "panel")
        window = Window(folder / "house.sock", {})
        door = Door(folder)
        try:
            rows.append(["at its start", *megabytes(door.process.pid)])
            first, second = Phone(door.port), Phone(door.port)
            first.open()
            second.open(first.ask("POST", "/api/join")[1]["code"])
            rows.append(["two codes checked", *megabytes(door.process.pid)])
            streams = [Stream(phone) for phone in (first, second)]
            for _ in range(25):
                for phone in (first, second):
                    phone.ask("GET", "/")
                    phone.ask("POST", "/api/ask/look", {})
            held = megabytes(door.process.pid)
            rows.append(["two phones, each with a stream and 50 requests", *held])
            for stream in streams:
                stream.close()
        finally:
            door.close()
            window.close()
    headings = ["panel", "resident, MB", "its own, MB", "most so far, MB"]
    text = f"{where()}\n\n{table(headings, rows)}\n\n{weighed()}"
    put("panel", text, PLACE)
