"""scripts/aarch64, as far as nothing needs to be booted."""

import subprocess
import sys
from pathlib import Path

import pytest

from scripts.emulation import machine, results, root
from scripts.emulation.root import CannotError, Root

LOCK = """\
# made by a program
pytest==9.2.0 \\
    --hash=sha256:07ac \\
    --hash=sha256:97c4
    # via tallypost
pytest-cov==7.0.0 \\
    --hash=sha256:1234
"""
REPORT = """<?xml version="1.0" encoding="utf-8"?>
<testsuites><testsuite>
<testcase classname="tests.test_lock" name="a" time="0.6" />
<testcase classname="tests.test_lock" name="b" time="0.7"><failure /></testcase>
<testcase classname="tests.test_lock" name="c" time="0.0"><skipped /></testcase>
<testcase classname="tests.test_run" name="d" time="0.1"><error /></testcase>
</testsuite></testsuites>"""


def test_only_the_named_packages_are_taken_from_a_lock_and_with_their_hashes() -> None:
    taken = root.pinned(LOCK, ("pytest",))

    assert taken == "".join(LOCK.splitlines(keepends=True)[1:5])


def test_a_table_counts_what_failed_or_could_not_begin() -> None:
    lines = [*results.table("6.12", results.read(REPORT))]

    assert lines[2:] == [
        "| `tests.test_lock` | 1 | 1 | 1 | 1 |",
        "| `tests.test_run` | 0 | 1 | 0 | 0 |",
    ]


def test_without_footage_it_says_what_is_missing_and_where(tmp_path: Path) -> None:
    with pytest.raises(CannotError, match=r"lite0\.tflite.*TALLYPOST_DATA"):
        root.carry(tmp_path / "archive", tmp_path, [])


def booted(
    monkeypatch: pytest.MonkeyPatch, program: str, limit_s: float
) -> tuple[list[str], str | None]:
    """Return what a machine said that is a program of Python's, and its fault."""
    monkeypatch.setattr(machine, "COMMAND", [sys.executable, "-uc", program])
    said = []
    try:
        for line in machine.lines(Root(Path("k"), Path("r")), Path("i"), limit_s):
            said.append(line)  # noqa: PERF402  what was said before the fault counts
    except machine.EndedError as error:
        return said, str(error)
    return said, None


def test_whole_lines_of_the_machine_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    program = "print('one', end='\\r\\n'); print('two'); print('half', end='')"

    assert booted(monkeypatch, program, 30.0) == (["one", "two"], None)


def test_a_machine_that_does_not_end_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[subprocess.Popen[bytes]] = []

    class Watched(subprocess.Popen[bytes]):
        def __init__(self, *words: object, **named: object) -> None:
            super().__init__(*words, **named)  # type: ignore[call-overload]
            begun.append(self)

    monkeypatch.setattr(subprocess, "Popen", Watched)
    program = "import signal; signal.pause()"

    said, fault = booted(monkeypatch, program, 0.5)

    assert said == []
    assert fault == "the machine was not done in time"
    assert begun[0].returncode is not None
