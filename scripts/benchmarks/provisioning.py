"""How long it takes to make a fleet, of a thousand or as many as are asked for."""

import os
import sys
import tempfile
import time
from pathlib import Path

from click.testing import CliRunner

from tallypost_provisioning.cli import group

COUNT = 1000


def timed(words: str, *arguments: object) -> None:
    """Run a command, and print how long it took."""
    begun_s, cpu = time.monotonic(), os.times()
    done = CliRunner().invoke(group, list(map(str, arguments)))
    assert done.exit_code == 0, done.output or done.exception
    spent = os.times()
    cpu_s = spent.user + spent.system - cpu.user - cpu.system
    print(f"| {words} | {time.monotonic() - begun_s:.1f} | {cpu_s:.1f} |")


def main() -> None:
    """Make a city, import its fleet, write all bundles."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else COUNT
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        secret, sheet = folder / "passphrase", folder / "fleet.csv"
        secret.write_text("correct horse battery\n")
        secret.chmod(0o600)
        lines = (f"tp-{number:05},Street {number}\n" for number in range(count))
        sheet.write_text("device,place\n" + "".join(lines))
        city = ("--city", folder / "city", "--passphrase-file", secret)
        print("| what | seconds | of a core |\n|---|---|---|")
        timed("`init`", "init", folder / "city", "--passphrase-file", secret)
        timed(f"`import`, {count} devices", "import", sheet, *city)
        out = folder / "out"
        timed(f"`write --all`, {count}", "write", "--all", "--out", out, *city)
        timed("again, nothing to do", "write", "--all", "--out", out, *city)
        size = (folder / "city" / "inventory.db").stat().st_size
        print(f"\ninventory.db: {size / 1024:.0f} KiB")


if __name__ == "__main__":
    main()
