"""The chaos run itself: a short one, from the first fault to the table."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.chaos_run.faults import Kind
from tests.servers.mosquitto import program

ROOT = Path(__file__).parents[2]
OWN = ["unshare", "--mount", "--user", "--map-root-user"]


@pytest.mark.slow
def test_a_short_run_hurts_in_every_way_and_loses_nothing() -> None:
    program("mosquitto")
    if (
        shutil.which("unshare") is None
        or subprocess.run([*OWN, "true"], check=False, capture_output=True).returncode
    ):
        pytest.skip("needs util-linux and user namespaces")
    faults = len(Kind)
    words = ["-m", "scripts.chaos_run", "--faults", str(faults), "--records", "300"]

    done = subprocess.run(
        [*OWN, sys.executable, *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert all(f"| {kind.words} | 1 |" in done.stdout for kind in Kind)
    assert f"| all | {faults} |" in done.stdout
    assert "| **lost** | **0** |" in done.stdout
