"""`tallypost privacy-test`: a device as it is passes, and one with a leak does not."""

import json
import os
import re
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tallypost.canary.findings import Findings
from tallypost.canary.pair import Pair
from tallypost.canary.trial import Trial, hold
from tallypost.settings.reading import read_device_settings
from tests.system.house import MODEL, SITE, tallypost

TWIN = Path(__file__).parent / "twin.py"
SETTINGS = """\
device = "tp-test"

[camera]
kind = "synthetic"

[detector]
model = {model}

[outbox]
path = "outbox.db"
"""

LINES = """
[[lines]]
name = "left"
start = [0.2, 0.0]
end = [0.2, 1.0]

[[lines]]
name = "right"
start = [0.8, 0.0]
end = [0.8, 1.0]

"""
"""More numbers in one interval than the least piece of a picture that is found."""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.geteuid() != 0, reason="only root may look into a process"),
]


def settings_in(folder: Path, data: Path) -> Path:
    (folder / "site.toml").write_text(LINES + SITE, "utf-8")
    file = folder / "tallypost.toml"
    model = json.dumps(str(data / "models" / MODEL))
    file.write_text(SETTINGS.format(model=model), "utf-8")
    return file


@pytest.fixture(scope="module")
def signed(
    tmp_path_factory: pytest.TempPathFactory, data: Path
) -> tuple[Path, str, dict[str, object]]:
    """Return a report, the key that is on the device's label, and what it told."""
    folder = tmp_path_factory.mktemp("device")
    settings, report = settings_in(folder, data), folder / "report.jsonl"
    words = ("--settings", settings, "--aiming", "--json", "--out", report)
    code, out, complaints = tallypost("privacy-test", *words)
    assert code == 0, out + complaints
    code, key, _ = tallypost("signing-key", "--settings", settings, "--hex")
    assert code == 0
    return report, key.strip(), json.loads(out)


def test_a_device_as_it_is_lets_no_picture_out_even_while_somebody_aims(
    signed: tuple[Path, str, dict[str, object]],
) -> None:
    told = signed[2]

    assert told["passed"] is True
    assert told["faults"] == []
    assert told["aiming"] is True
    assert isinstance(told["frames"], int)
    assert told["frames"] >= 30
    searched = told["searched"]
    assert isinstance(searched, list)
    assert len(searched) == 7
    assert all(place["bytes"] > 0 for place in searched[:-1]), searched
    assert all(place["canary_bytes"] == 0 for place in searched), searched
    ways = told["ways_out"]
    assert isinstance(ways, list)
    assert len(ways) >= 140
    assert all(way["answered"] == way["wanted"] for way in ways)
    lifetime = told["lifetime"]
    assert isinstance(lifetime, dict)
    assert 0 < lifetime["p50_ms"] <= lifetime["p99_ms"] <= lifetime["max_ms"]


def test_its_report_is_verified_by_whoever_knows_its_key(
    signed: tuple[Path, str, dict[str, object]],
) -> None:
    report, key, _ = signed

    code, out, complaints = tallypost("verify", report, "--key", key)

    assert code == 0, complaints
    assert "privacy test of" in out
    assert "passed" in out


def test_a_report_by_a_key_that_nobody_believes_proves_nothing(
    signed: tuple[Path, str, dict[str, object]],
) -> None:
    code, out, complaints = tallypost("verify", signed[0], "--key", "00" * 32)

    assert code == 1
    assert "none that you believe" in complaints
    assert "passed" not in out


def test_a_report_that_was_altered_is_not_believed(
    signed: tuple[Path, str, dict[str, object]], tmp_path: Path
) -> None:
    report, key, _ = signed
    text = report.read_bytes()
    at = len(text) // 2
    altered = tmp_path / "altered.jsonl"
    altered.write_bytes(
        text[:at] + (b"A" if text[at : at + 1] != b"A" else b"B") + text[at + 1 :]
    )

    code, _, complaints = tallypost("verify", altered, "--key", key)

    assert code == 1
    assert "altered" in complaints or "no COSE" in complaints


LEAKS = {
    "writes_a_frame_to_a_file_before_the_lock": {
        "files of the halves: .*thumbnail: base64: [0-9]+ bytes of pixels"
    },
    "keeps_a_frame_in_memory": {
        "memory of the half that sees: .*: [0-9]+ bytes of pixels"
    },
    "logs_what_it_is_told": {
        "wall: figures: [0-9]+ bytes of pixels",
        "logs: .*telemetry.log: hexadecimal: [0-9]+ bytes of pixels",
    },
    "sketches_what_moves": {"wall: [0-9]+ bytes of edges of one look"},
    "tells_pixels_as_cells": {"wall: [0-9]+ bytes of pixels"},
    "runs_without_the_lock_in": {
        "way out: opening: reading a file: open, not EPERM",
        "way out: a socket of TCP: open, not EPERM",
        "way out: a fork: open, not EPERM",
    },
}
WHILE_SOMEBODY_AIMS = {"sketches_what_moves", "tells_pixels_as_cells"}


def findings_of(folder: Path, data: Path, leak: str) -> Findings:
    """Return what the test finds of a twin that leaks."""
    settings = read_device_settings(settings_in(folder, data))
    trial = Trial(
        settings=settings,
        camera=settings.camera,
        frames=8,
        aiming_s=0.5 if leak in WHILE_SOMEBODY_AIMS else 0.0,
        program=(sys.executable, str(TWIN), leak),
        on_step=lambda _: None,
    )
    return hold(trial)[0]


@pytest.mark.parametrize("leak", LEAKS)
def test_a_twin_that_leaks_does_not_pass_and_its_leak_is_named(
    tmp_path: Path, data: Path, leak: str
) -> None:
    findings = findings_of(tmp_path, data, leak)

    assert not findings.passed
    for wanted in LEAKS[leak]:
        assert [each for each in findings.faults if re.match(wanted, each)], (
            findings.faults
        )


FAILS = """\
import signal, sys, time
if sys.argv[1] == "locked":
    from tallypost.vision.sandbox.entrance import leave_no_trace
    leave_no_trace()
print("ready", flush=True)
time.sleep(60)
"""


@pytest.mark.parametrize(("kind", "dumped"), [("open", True), ("locked", False)])
def test_a_dump_of_memory_is_noticed(tmp_path: Path, kind: str, dumped: bool) -> None:
    pattern = Path("/proc/sys/kernel/core_pattern").read_text("ascii")
    if pattern.startswith("/") or "|" in pattern:
        pytest.skip("this machine puts dumps elsewhere")
    process = subprocess.Popen(
        [sys.executable, "-c", FAILS, kind],
        stdout=subprocess.PIPE,
        cwd=tmp_path,
        preexec_fn=allow_dumps,  # noqa: PLW1509  this test has one thread
    )
    assert process.stdout is not None
    with process.stdout:
        assert process.stdout.readline() == b"ready\n"
    pair = Pair(process, process, None)  # type: ignore[arg-type]  # not asked

    assert pair.abort() is dumped
    assert process.returncode == -signal.SIGABRT
    assert bool([*tmp_path.iterdir()]) is dumped


def allow_dumps() -> None:
    _, most = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (most, most))
