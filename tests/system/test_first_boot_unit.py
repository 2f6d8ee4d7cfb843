"""The first start as its unit has it: its user, its rights, real disks that refuse."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tallypost.domain.bundle import BUNDLE, CERTIFICATE, FOLDER
from tests.commissioning.card import Box
from tests.system.house import TALLYPOST
from tests.system.units import FOLDER as UNITS
from tests.system.units import KEEPER, program, said

UNIT = "tallypost-first-boot"
EXPOSURE_MAX = 1.5
BOOT = Path("/boot/firmware")
OTHER_USER = 12345
LINKS = UNITS.parent / "tmpfiles.d" / "tallypost-bundle.conf"


@pytest.fixture
def box(tmp_path: Path) -> Box:
    """A device that was never started, with a bundle on its card."""
    found = Box(tmp_path)
    found.own.mkdir()
    found.put()
    return found


@pytest.fixture
def open_to_all() -> Iterator[Path]:
    """A folder that every user can come to."""
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def root_only() -> None:
    if os.geteuid() != 0:
        pytest.skip("needs root, to be another user or to mount; run the tests as root")


def run(before: str, box: Box, *options: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a shell of its own, after other commands."""
    words = [*TALLYPOST, "first-boot", "--boot", str(box.boot)]
    words += ["--folder", str(box.own), *options]
    return subprocess.run(
        ["sh", "-ec", f'{before} "$@"', "sh", *words],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_it_is_exposed_no_more_than_was_promised() -> None:
    done = subprocess.run(
        [
            *(program("systemd-analyze"), "security", "--offline=yes", "--no-pager"),
            *(f"--threshold={EXPOSURE_MAX * 10:.0f}", UNITS / f"{UNIT}.service"),
        ],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert done.returncode == 0, done.stdout + done.stderr


def test_it_starts_before_the_house_where_there_is_something_to_take() -> None:
    told = said(UNIT)

    assert told["Before"] == [f"{KEEPER}.service"]
    assert told["User"] == said(KEEPER)["User"]
    assert told["ConditionPathExists"] == [
        f"|{BOOT / FOLDER / BUNDLE}",
        f"|{BOOT / FOLDER / CERTIFICATE}",
        "|/var/lib/tallypost/commissioning/pending.json",
        "|!/var/lib/tallypost/commissioning/state.json",
    ]
    assert said(KEEPER).get("Requires") == ["tallypost-wall.socket"], (
        "what is refused on a card stops nothing"
    )


def test_with_its_two_rights_it_takes_a_card_that_is_roots(
    open_to_all: Path,
) -> None:
    root_only()
    box = Box(open_to_all)
    box.own.mkdir()
    os.chown(box.own, OTHER_USER, OTHER_USER)
    box.put()
    rights = "+chown,+dac_override"
    caps = f"--inh-caps={rights} --ambient-caps={rights} --bounding-set=-all,{rights}"
    become = f"--reuid={OTHER_USER} --regid={OTHER_USER} --clear-groups"

    assert said(UNIT)["AmbientCapabilities"] == ["CAP_CHOWN CAP_DAC_OVERRIDE"]
    done = run(f"exec setpriv {become} {caps}", box, "--panel-user", "nobody")

    assert done.returncode == 0, done.stderr
    key = box.own / "settings" / "secrets" / "device.key"
    assert key.stat().st_uid == OTHER_USER
    assert {each.stat().st_uid for each in (box.own / "panel").iterdir()} == {65534}
    assert not (box.card / BUNDLE).exists()


def mounted(what: str) -> str:
    """Return the words that mount something for one command alone; skip where not."""
    root_only()
    unshare = shutil.which("unshare")
    tried = unshare and subprocess.run(
        [unshare, "-m", "mount", "-t", "tmpfs", "tmpfs", "/mnt"],
        check=False,
        capture_output=True,
    )
    if not tried or tried.returncode:
        pytest.skip("nothing can be mounted here; run the tests where root may mount")
    return f"exec unshare -m sh -ec '{what}; exec \"$@\"' sh"


def test_a_locked_card_is_told_and_gives_nothing_to_the_device(box: Box) -> None:
    lock = f"mount --bind {box.boot} {box.boot}; mount -o remount,bind,ro {box.boot}"
    done = run(mounted(lock), box)

    assert done.returncode == 2, done.stderr
    assert "Read-only file system" in done.stderr
    assert "Traceback" not in done.stderr
    assert list(box.own.iterdir()) == []


@pytest.mark.parametrize("kb", [4, 40])
def test_a_full_disk_is_told_and_the_card_keeps_its_bundle(box: Box, kb: int) -> None:
    done = run(mounted(f"mount -t tmpfs -o size={kb}k tmpfs {box.own}"), box)

    assert done.returncode == 2, done.stderr
    assert "No space left on device" in box.result
    assert "Traceback" not in done.stderr
    assert (box.card / BUNDLE).exists()
    assert run("", box).returncode == 0, "and on another disk it is taken"


def test_a_full_card_is_told_before_anything_is_taken(box: Box) -> None:
    full = (
        f"cp -r {box.card} {box.folder}/copy; "
        f"mount -t tmpfs -o size=16k tmpfs {box.boot}; "
        f"mv {box.folder}/copy {box.card}; "
        f"dd if=/dev/zero of={box.boot}/kernel.img 2>{os.devnull} || true"
    )
    done = run(mounted(full), box)

    assert done.returncode == 2, done.stderr
    assert "No space left on device" in done.stderr
    assert list(box.own.iterdir()) == []


def test_what_was_taken_is_shown_where_the_house_looks_for_settings(
    tmp_path: Path,
) -> None:
    own = tmp_path / "etc" / "tallypost" / "site.toml"
    own.parent.mkdir(parents=True)
    own.write_text("# by hand")
    subprocess.run(
        [program("systemd-tmpfiles"), "--create", f"--root={tmp_path}", str(LINKS)],
        check=True,
        capture_output=True,
        timeout=60,
    )

    shown = own.with_name("tallypost.toml").readlink()
    assert shown == Path("/var/lib/tallypost/settings/tallypost.toml")
    assert own.read_text() == "# by hand", "what was there is left as it is"
    assert {each.name for each in own.parent.iterdir()} == {
        *("tallypost.toml", "site.toml", "files", "secrets")
    }
