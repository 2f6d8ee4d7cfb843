"""What both halves keep in memory while they count."""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from scripts.benchmarks.page import DATA, ROOT, put, table, where

SECONDS = 20.0
MODEL = "coco_ssd_mobilenet_v1_1.0_quant_2018_06_29.tflite"
SETTINGS = """\
device = "tp-bench"
site = {site}
interval_s = 5

[camera]
kind = "video"
source = {source}
loop = true

[detector]
model = {model}

[uplink]
kind = "mqtt"
host = "127.0.0.1"
port = 9
tls = false

[outbox]
path = "outbox.db"

[clock]
host_uncertainty_s = 1.0
"""


def children(process_id: int) -> list[int]:
    """Return the process ids of a process's children."""
    path = Path(f"/proc/{process_id}/task/{process_id}/children")
    return [int(word) for word in path.read_text("ascii").split()]


def megabytes(process_id: int) -> dict[str, float]:
    """Return what a process holds: resident, and its own share of it."""
    text = Path(f"/proc/{process_id}/smaps_rollup").read_text("ascii")
    lines = [line.split() for line in text.splitlines()[1:]]
    return {words[0].rstrip(":"): int(words[1]) / 1024.0 for words in lines}


def main() -> None:
    """Measure and write."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Path(folder) / "tallypost.toml"
        settings.write_text(
            SETTINGS.format(
                site=json.dumps(str(ROOT / "docs" / "examples" / "campus-site.toml")),
                source=json.dumps(str((DATA / "footage" / "vtest.avi").resolve())),
                model=json.dumps(str((DATA / "models" / MODEL).resolve())),
            ),
            "utf-8",
        )
        house = subprocess.Popen(
            [
                *(sys.executable, "-m", "tallypost", "run", "--no-live"),
                *("--settings", str(settings)),
            ],
            stderr=subprocess.DEVNULL,
        )
        try:
            time.sleep(SECONDS)
            halves = {
                next(
                    half
                    for half in ("vision", "telemetry")
                    if f"{half}-half"
                    in Path(f"/proc/{child}/cmdline").read_text("utf-8")
                ): megabytes(child)
                for child in children(house.pid)
            }
            daemon = megabytes(house.pid)
        finally:
            house.terminate()
            house.wait()
    rows = [
        [name, f"{held['Rss']:.0f}", f"{held['Pss']:.0f}"]
        for name, held in halves.items()
    ]
    together = [sum(held[key] for held in halves.values()) for key in ("Rss", "Pss")]
    rows.append(["**both halves**", *(f"**{value:.0f}**" for value in together)])
    rows.append(["the daemon beside", f"{daemon['Rss']:.0f}", f"{daemon['Pss']:.0f}"])
    put(
        "memory",
        table(["process", "resident, MB", "its own share (PSS), MB"], rows)
        + f"\n\n{where()} After {SECONDS:.0f} s of vtest.avi with SSD-MobileNet v1, "
        "2 threads.",
    )
