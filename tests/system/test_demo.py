"""`scripts/demo`, from footage to the summary, as somebody types it."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.servers.mosquitto import program

ROOT = Path(__file__).parents[2]


def demo(data: Path, *words: str) -> subprocess.CompletedProcess[str]:
    program("mosquitto")
    return subprocess.run(
        [sys.executable, "-m", "scripts.demonstration", *words],
        cwd=ROOT,
        env={**os.environ, "TALLYPOST_DATA": str(data), "COLUMNS": "120"},
        capture_output=True,
        text=True,
        check=False,
        timeout=240.0,
    )


@pytest.mark.slow
def test_the_demonstration_counts_people_and_shows_what_the_broker_delivered(
    data: Path,
) -> None:
    done = demo(data, "--pace", "fast", "--interval-s", "10")

    assert done.returncode == 0, done.stdout + done.stderr
    assert '"schema":"tallypost.kpi/1"' in done.stdout
    assert re.search(r"\d+ records delivered, 0 missing, 0 twice", done.stdout)
    assert "795 frames were looked at, 0 were dropped" in done.stdout
    assert "none of them holds the beginning of a JPEG" in " ".join(done.stdout.split())
    assert "outbox.db" in done.stdout
    assert re.search(r"middle\W+forward person\W+1\d", done.stdout), (
        "people were counted"
    )


@pytest.mark.slow
def test_the_demonstration_says_what_is_wrong_with_footage(
    data: Path, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"\0" * 5000)

    done = demo(data, "--source", str(broken))

    assert done.returncode == 7
    assert "broken.mp4" in done.stderr
    assert "0 records delivered" not in done.stdout
    assert "Traceback" not in done.stderr


WRONG = {
    "footage that is not there": (["--source", "/nope.mp4"], "/nope.mp4 is not there"),
    "a broker that is no address": (["--broker", "localhost"], "HOST:PORT"),
    "a broker that does not run": (["--broker", "127.0.0.1:9"], "is it running?"),
}


@pytest.mark.parametrize(("words", "told"), WRONG.values(), ids=WRONG.keys())
def test_what_cannot_be_demonstrated_is_told_at_once(
    data: Path, words: list[str], told: str
) -> None:
    done = demo(data, *words)

    assert done.returncode == 1
    assert told in done.stderr
    assert "Traceback" not in done.stderr
