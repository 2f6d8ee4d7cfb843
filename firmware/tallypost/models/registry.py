"""Fetches a package's archive by its registry's own client, with its settings."""

import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tallypost.errors import DownloadError
from tallypost.models.manifest import NpmSource, PypiSource

CLIENT_TIMEOUT_S = 900.0
TIMEOUT_S = 20
"""For one answer; without a network a client gives up after two of them."""
PIP = ["-m", "pip", "download", "--no-deps", "--quiet", "--disable-pip-version-check"]
PIP_PATIENCE = ["--retries", "1", "--timeout", str(TIMEOUT_S)]
NPM = ["pack", "--ignore-scripts", "--silent"]
NPM_PATIENCE = [
    "--fetch-retries=1",
    "--fetch-retry-mintimeout=1000",
    "--fetch-retry-maxtimeout=1000",
    f"--fetch-timeout={TIMEOUT_S * 1000}",
]


def fetch_archive(place: str, source: PypiSource | NpmSource, folder: Path) -> Path:
    """Return a package's archive; its hash is not checked here.

    Args:
        place: What the source is called, for messages.
        source: Which package.
        folder: An empty folder for it.

    Raises:
        DownloadError: There is no client, or it cannot fetch it.
    """
    wanted = f"{source.package}=={source.version}"
    if isinstance(source, PypiSource):
        # With its hash pinned, pip refuses another archive before it runs any of it.
        pinned = folder / "wanted.txt"
        pinned.write_text(f"{wanted} --hash=sha256:{source.archive_sha256}\n")
        form = "--only-binary" if source.form == "wheel" else "--no-binary"
        pip = [sys.executable, *PIP, *PIP_PATIENCE]
        command = [*pip, form, ":all:", "--require-hashes", "-r", str(pinned)]
        pattern = "*.whl" if source.form == "wheel" else "*.tar.gz"
    else:
        npm = shutil.which("npm")
        if npm is None:
            raise DownloadError(f"{place}: needs npm, which is not installed")
        wanted = f"{source.package}@{source.version}"
        command = [npm, *NPM, *NPM_PATIENCE, wanted]
        pattern = "*.tgz"
    _client(place, command, folder)
    found = sorted(folder.glob(pattern))
    if len(found) != 1:
        raise DownloadError(f"{place}: its client gave no archive")
    return found[0]


def _client(place: str, command: Sequence[str], folder: Path) -> None:
    try:
        done = subprocess.run(  # noqa: S603 - no shell, and every word was checked
            command,
            cwd=folder,
            capture_output=True,
            timeout=CLIENT_TIMEOUT_S,
            check=False,
            stdin=subprocess.DEVNULL,
            text=True,
            errors="replace",
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise DownloadError(f"{place}: its client failed ({error})") from error
    if done.returncode:
        lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
        # What a client says may name an index with its password: tell the kind alone.
        known = next((line for line in reversed(lines) if _harmless(line)), "")
        reason = known or f"it ended with {done.returncode}"
        raise DownloadError(f"{place}: its client could not fetch it ({reason[:200]})")


def _harmless(line: str) -> bool:
    return line.lower().startswith(("error:", "npm err", "no module")) and (
        "//" not in line and "@" not in line
    )
