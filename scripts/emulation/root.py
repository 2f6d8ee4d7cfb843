"""Builds what the machine boots: a kernel, and a root that is unpacked into memory."""

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent.parent
INIT = Path(__file__).with_name("init")
LOCKS = (CHECKOUT / "requirements.lock", CHECKOUT / "requirements-dev.lock")
PYTHONS = {"bookworm": "3.11", "trixie": "3.13"}
"""Of each suite of Debian's."""
PACKAGES = (
    *("base-files", "busybox-static", "libstdc++6"),
    *("linux-image-arm64", "python3"),
)
"""The first holds the links to /usr; LiteRT's wheel brings no C++ library."""
TOOLS = ("hypothesis", "iniconfig", "pytest", "sortedcontainers")
"""What the tests need of the second lock, beside what the product has."""
GLIBC_MINORS = (17, 27, 28, 31, 34)
"""Of which C library a wheel may be made for; bookworm's is 2.36."""
KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
NEEDLESS = ("boot", "lib/modules", "usr/lib/modules", "usr/share/doc", "usr/share/man")
NEEDLESS_TOO = ("usr/share/locale", "var/lib/apt", "var/cache")
CARRIED = ("backend", "firmware", "models", "pyproject.toml", "scripts", "tests")
FOOTAGE = ("models/efficientdet-lite0.tflite", "footage/one-by-one-person.mp4")


class CannotError(Exception):
    """The machine cannot be had here."""


@dataclass(frozen=True, slots=True)
class Root:
    """What is kept of a suite.

    Attributes:
        kernel: Debian's own.
        archive: Everything else, as a cpio archive.
    """

    kernel: Path
    archive: Path


def require() -> None:
    """Say what is missing.

    Raises:
        CannotError: Something is.
    """
    if os.geteuid() != 0:
        raise CannotError("only root may unpack a root; run it as root")
    commands = {
        "mmdebstrap": "mmdebstrap",
        "qemu-system-aarch64": "qemu-system-arm",
        "cpio": "cpio",
    }
    for command, package in commands.items():
        if shutil.which(command) is None:
            raise CannotError(f"needs {command} (apt install {package})")
    if not KEYRING.is_file():
        raise CannotError(f"needs {KEYRING} (apt install debian-archive-keyring)")


def build(suite: str) -> Root:
    """Return what a suite's machine boots; make it first where there is none.

    Raises:
        subprocess.CalledProcessError: A package or a wheel cannot be had.
    """
    recipe = hashlib.sha256(suite.encode())
    for file in (Path(__file__), *LOCKS):
        recipe.update(file.read_bytes())
    cache = Path(os.environ.get("TALLYPOST_CACHE", CHECKOUT / ".cache"))
    home = cache.resolve() / "aarch64"
    home.mkdir(parents=True, exist_ok=True)
    kept = home / f"{suite}-{recipe.hexdigest()[:16]}"
    root = Root(kept / "kernel", kept / "root.cpio")
    with (home / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.is_dir():
            for old in home.glob(f"{suite}-*"):
                shutil.rmtree(old)
            with tempfile.TemporaryDirectory(dir=home, prefix="new-") as new:
                _make(suite, Path(new))
                (Path(new) / "kept").rename(kept)
    return root


def _make(suite: str, folder: Path) -> None:
    root, kept = folder / "root", folder / "kept"
    kept.mkdir()
    _unpack(suite, root)
    _install(PYTHONS[suite], root / "site", folder / "tools.lock")
    [kernel] = (root / "boot").glob("vmlinuz-*")
    kernel.rename(kept / "kernel")
    for name in (*NEEDLESS, *NEEDLESS_TOO):
        shutil.rmtree(root / name, ignore_errors=True)
    for name in ("checkout", "data", "proc", "sys", "tmp"):
        (root / name).mkdir(exist_ok=True)
    pack(root, kept / "root.cpio")


def _unpack(suite: str, root: Path) -> None:
    """Unpack Debian's packages; no script of theirs is run, so nothing is emulated."""
    command = ["mmdebstrap", "--quiet", "--variant=extract", "--architectures=arm64"]
    command += [f"--keyring={KEYRING}", f"--include={','.join(PACKAGES)}"]
    command += ['--aptopt=APT::Install-Recommends "false"', suite, str(root)]
    if mirror := os.environ.get("TALLYPOST_DEBIAN_MIRROR"):
        command.append(mirror)
    subprocess.run(command, check=True)


def _install(python: str, site: Path, tools: Path) -> None:
    """Put the lock's own aarch64 wheels there, by their hashes."""
    tools.write_text(pinned(LOCKS[1].read_text("utf-8"), TOOLS), "utf-8")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps"]
    command += ["--disable-pip-version-check", "--root-user-action=ignore"]
    command += ["--only-binary=:all:", "--require-hashes", "--no-compile"]
    command += ["--python-version", python, "--implementation", "cp"]
    for minor in GLIBC_MINORS:
        command += ["--platform", f"manylinux_2_{minor}_aarch64"]
    command += ["--platform", "manylinux2014_aarch64", "--target", str(site)]
    subprocess.run([*command, "-r", str(LOCKS[0]), "-r", str(tools)], check=True)


def pinned(lock: str, names: tuple[str, ...]) -> str:
    """Return what a lock file says of some packages alone, hashes and all."""
    entries = re.split(r"^(?=\S)", lock, flags=re.MULTILINE)
    return "".join(each for each in entries if each.partition("==")[0] in names)


def carry(archive: Path, data: Path, words: list[str]) -> None:
    """Write this checkout, as it is, some footage and the words into an archive.

    Args:
        archive: Made anew.
        data: The folder of footage and public models.
        words: What the first process shall tell pytest.

    Raises:
        CannotError: There is no footage.
    """
    if missing := [name for name in FOOTAGE if not (data / name).is_file()]:
        raise CannotError(
            f"needs {', '.join(missing)} in {data}; name it in TALLYPOST_DATA"
        )
    listing = ["git", "ls-files", "-z", "--cached", "--", *CARRIED]
    names = subprocess.run(listing, cwd=CHECKOUT, check=True, stdout=-1).stdout
    with tempfile.TemporaryDirectory(dir=archive.parent) as folder:
        for name in filter(None, names.decode().split("\0")):
            _copy(CHECKOUT / name, Path(folder, "checkout", name))
        for name in FOOTAGE:
            _copy(data / name, Path(folder, "data", name))
        _name_ourselves(Path(folder, "site"))
        _copy(INIT, Path(folder, "init"))
        Path(folder, "init").chmod(0o755)
        Path(folder, "words").write_bytes("\0".join(words).encode())
        pack(Path(folder), archive)


def _name_ourselves(site: Path) -> None:
    """Say which version this is, where Python looks for it."""
    told = site / f"tallypost-{version('tallypost')}.dist-info" / "METADATA"
    told.parent.mkdir(parents=True)
    told.write_text(f"Name: tallypost\nVersion: {version('tallypost')}\n", "utf-8")


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def pack(folder: Path, archive: Path) -> None:
    """Write a folder into an archive that a kernel unpacks.

    Source: Documentation/driver-api/early-userspace/buffer-format.rst.
    """
    names = [str(each.relative_to(folder)) for each in sorted(folder.rglob("*"))]
    with archive.open("wb") as file:
        subprocess.run(
            ["cpio", "--quiet", "--create", "--format=newc", "--null", "--owner=0:0"],
            input="\0".join(names).encode(),
            stdout=file,
            cwd=folder,
            check=True,
        )
