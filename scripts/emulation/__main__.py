"""`scripts/aarch64`: the lock-in's tests under a real aarch64 kernel."""

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from scripts.emulation import machine, results
from scripts.emulation.root import CHECKOUT, PYTHONS, CannotError, build, carry, require

CANNOT = 3
LIMIT_S = 25 * 60.0
KERNEL, RESULTS, END = "kernel ", "=== results", "=== end"
"""What the machine's first process says of itself."""
TESTS = (
    "tests/vision/sandbox",
    "tests/system/test_lock_in.py",
    "tests/canary/test_privacy_test.py",
)


def say(text: str) -> None:
    """Tell whoever waits how far it is."""
    print(f"aarch64: {text}", file=sys.stderr, flush=True)


def initrd(folder: Path, root: Path, words: list[str]) -> Path:
    """Return one file of everything that the machine has in its memory.

    A kernel unpacks archives that follow each other, the later over the earlier.
    """
    data = Path(os.environ.get("TALLYPOST_DATA", CHECKOUT / ".." / "shared" / "data"))
    carry(folder / "checkout.cpio", data, words)
    together = folder / "initrd"
    with together.open("wb") as file:
        for part in (root, folder / "checkout.cpio"):
            with part.open("rb") as opened:
                shutil.copyfileobj(opened, file)
    return together


def run(suite: str, words: list[str]) -> tuple[str, dict[str, results.Module]]:
    """Run pytest in a suite's machine; return its kernel and what was found.

    Raises:
        CannotError: There is no footage.
        machine.EndedError: It ended without results, or was not done in time.
    """
    say(f"{suite}: unpacking Debian's packages, if they are not there (a minute)")
    root = build(suite)
    said: list[str] = []
    begin_s = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        image = initrd(Path(folder), root.archive, words)
        for line in machine.lines(root, image, LIMIT_S):
            if RESULTS not in said:
                print(f"{time.monotonic() - begin_s:7.1f} {line}", flush=True)
            said.append(line)
    if END not in said:
        raise machine.EndedError("the machine ended without results; see above")
    kernel = next(line for line in said if line.startswith(KERNEL))
    report = said[said.index(RESULTS) + 1 : said.index(END)]
    return kernel.removeprefix(KERNEL), results.read("\n".join(report))


def main() -> int:
    """Do what the arguments ask for; return the exit status."""
    parser = argparse.ArgumentParser(prog="scripts/aarch64", description=__doc__)
    parser.add_argument(
        "--suite", choices=PYTHONS, default="trixie", help="of Debian's (trixie)"
    )
    parser.add_argument("tests", nargs="*", help="words for pytest")
    asked = parser.parse_args()
    # Otherwise the machine would outlive us.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    try:
        require()
        kernel, modules = run(asked.suite, asked.tests or [*TESTS])
    except CannotError as reason:
        say(f"cannot run here: {reason}")
        return CANNOT
    except (machine.EndedError, subprocess.CalledProcessError) as error:
        say(str(error))
        return 1
    print(*results.table(kernel, modules), sep="\n")
    passed = modules and not any(each.outcomes["failed"] for each in modules.values())
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
