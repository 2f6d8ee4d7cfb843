"""The units: what systemd says of them, and both halves started as they would be."""

import json
import os
import re
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tallypost.cli.looks_house import UNITS_PROOF
from tallypost.exits import WALL
from tallypost.telemetry.outbox.history import open_history
from tallypost.wall.budget import HELLOS_PER_MINUTE
from tests.servers.mosquitto import Mosquitto
from tests.servers.mosquitto import program as of_mosquitto
from tests.servers.rtsp import WISH, RtspServer, is_at_hand
from tests.system.house import MODEL, House, mqtt, video, wait_until
from tests.system.units import (
    FETCHER,
    FOLDER,
    KEEPER,
    PANEL,
    TELEMETRY,
    VISION,
    Manager,
    program,
    said,
    units_in,
)

EXPOSURE_MAX = 1.5
RASPBERRY_PI_S_MAX = 15
"""What its watchdog counts to. Source: the kernel's driver bcm2835_wdt."""
WRITE, READ = 1, 0
LOCKS_IN = {
    *("seccomp", "capset"),
    *("landlock_create_ruleset", "landlock_add_rule", "landlock_restrict_self"),
}
"""What systemd's `@system-service` lacks once `@privileged` is taken from it."""


def test_systemd_has_nothing_to_say_against_the_units(tmp_path: Path) -> None:
    with units_in(tmp_path) as units:
        files = [*units.glob("*.service"), *units.glob("*.socket"), *units.glob("*.p*")]
        done = subprocess.run(
            [program("systemd-analyze"), "verify", "--man=no", *files],
            check=False,
            capture_output=True,
            text=True,
            timeout=60,
        )

    complaints = [line for line in done.stderr.splitlines() if "tallypost" in line]
    assert (done.returncode, complaints) == (0, [])


@pytest.mark.parametrize("unit", [KEEPER, VISION, TELEMETRY, FETCHER, PANEL])
def test_no_unit_is_exposed_more_than_was_promised(unit: str) -> None:
    done = subprocess.run(
        [
            *(program("systemd-analyze"), "security", "--offline=yes", "--no-pager"),
            *(f"--threshold={EXPOSURE_MAX * 10:.0f}", FOLDER / f"{unit}.service"),
        ],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "Overall exposure level" in done.stdout


def test_the_half_that_sees_has_no_way_out_and_the_other_no_camera() -> None:
    sees, speaks = said(VISION), said(TELEMETRY)

    assert sees["PrivateNetwork"] == ["yes"]
    assert sees["RestrictAddressFamilies"] == ["none"]
    assert sees["LimitFSIZE"] == sees["LimitCORE"] == ["0"]
    assert "ReadWritePaths" not in sees
    assert "StateDirectory" not in sees
    assert sees["User"] != speaks["User"]
    devices = {line.split()[0].rstrip("AMUSBC") for line in speaks["DeviceAllow"]}
    assert devices == {"char-tty", "char-gpiochip"}
    assert speaks["PrivateDevices"] == ["yes"]


@pytest.mark.parametrize("unit", [KEEPER, VISION, FETCHER])
def test_whoever_locks_in_may_ask_the_kernel_to(unit: str) -> None:
    allowed = {
        call
        for line in said(unit)["SystemCallFilter"]
        if not line.startswith("~")
        for call in line.split()
    }

    assert allowed >= LOCKS_IN


def test_a_half_that_ends_at_once_does_not_begin_too_often_for_the_wall() -> None:
    [pause_s] = map(float, said(VISION)["RestartSec"])

    assert 60 / pause_s <= HELLOS_PER_MINUTE


def test_the_wall_may_be_written_by_one_and_read_by_the_other() -> None:
    text = (FOLDER / "tallypost-wall.socket").read_text("ascii")

    assert f"SocketUser={said(TELEMETRY)['User'][0]}" in text
    assert f"SocketGroup={said(VISION)['Group'][0]}" in text
    assert "SocketMode=0420" in text


def test_the_hatch_may_be_written_by_who_fetches_and_read_by_who_sees() -> None:
    text = (FOLDER / "tallypost-hatch.socket").read_text("ascii")

    assert f"SocketUser={said(VISION)['User'][0]}" in text
    assert f"SocketGroup={said(FETCHER)['Group'][0]}" in text
    assert "SocketMode=0420" in text
    assert "hatch" not in "".join(said(KEEPER)["Sockets"] + said(TELEMETRY)["Sockets"])


def test_who_fetches_has_the_network_and_nothing_else() -> None:
    told = said(FETCHER)

    assert told["Sockets"] == ["tallypost-hatch.socket"], "it has no hold of the wall"
    assert told["RestrictAddressFamilies"] == ["AF_INET AF_INET6"]
    assert told["PrivateDevices"] == ["yes"]
    assert told["LimitFSIZE"] == told["LimitCORE"] == ["0"]
    assert not {"ReadWritePaths", "StateDirectory", "SupplementaryGroups"} & {*told}
    assert told["User"] not in (said(VISION)["User"], said(TELEMETRY)["User"])


def test_who_fetches_begins_and_ends_with_who_sees_where_there_is_a_camera() -> None:
    told, sees = said(FETCHER), said(VISION)
    settings = told["ExecStart"][0].split()[-1]

    assert told["BindsTo"] == [f"{VISION}.service"]
    assert sees["Wants"] == [f"{FETCHER}.service"]
    assert told["ConditionPathExists"] == [settings]
    assert f"-{Path(settings).parent}" in sees["InaccessiblePaths"]


def test_what_is_proven_is_read_where_it_is_left() -> None:
    def names(unit: str, variable: str) -> list[str]:
        return [
            value
            for line in said(unit)["Environment"]
            for key, _, value in (each.partition("=") for each in line.split())
            if key == variable
        ]

    [left] = names(TELEMETRY, "TALLYPOST_PROOF_FILE")
    assert names(KEEPER, "TALLYPOST_PROOF_FILE") == [left]
    assert Path(left) == UNITS_PROOF
    assert said(TELEMETRY)["RuntimeDirectory"][0].split()[0] == Path(left).parent.name


def test_whoever_asks_for_a_reboot_is_heard() -> None:
    path = (FOLDER / "tallypost-reboot.path").read_text("ascii").splitlines()
    heard = {line.partition("=")[2] for line in path if line.startswith("PathExists")}
    asked = {
        word.partition("=")[2]
        for unit in (KEEPER, TELEMETRY)
        for line in said(unit)["Environment"]
        for word in line.split()
        if word.startswith("TALLYPOST_REBOOT_FILE")
    }

    assert asked == heard
    assert len(asked) == 2


def test_systemd_has_the_hardwares_watchdog() -> None:
    conf = FOLDER.parent / "system.conf.d" / "tallypost.conf"
    text = conf.read_text("ascii")

    assert "[Manager]" in text
    [seconds] = re.findall(r"^RuntimeWatchdogSec=(\d+)s$", text, re.MULTILINE)
    assert int(seconds) < RASPBERRY_PI_S_MAX


def test_the_panel_has_its_folder_its_port_and_nothing_of_the_others() -> None:
    told = said(PANEL)
    wish = (FOLDER / f"{PANEL}.path").read_text("ascii")
    words = told["ExecStart"][0].split()
    folder = words[words.index("--folder") + 1]

    assert f"PathExists={folder}/wanted" in wish
    assert told["ExecStartPre"] == [f"+/bin/rm -f {folder}/wanted"]
    assert told["ConditionPathExists"] == [f"{folder}/code.json"]
    assert told["BindPaths"] == [folder]
    assert told["TemporaryFileSystem"] == ["/var:ro"]
    assert told["SocketBindAllow"] == ["tcp:443"]
    assert told["CapabilityBoundingSet"] == ["CAP_NET_BIND_SERVICE"]
    assert told["User"] not in [said(unit)["User"] for unit in (VISION, TELEMETRY)]
    assert "WantedBy" not in told, "it is not there when nobody wants it"


def test_the_users_are_made(tmp_path: Path) -> None:
    conf = FOLDER.parent / "sysusers.d" / "tallypost.conf"
    (tmp_path / "etc").mkdir()
    subprocess.run(
        [program("systemd-sysusers"), f"--root={tmp_path}", conf],
        check=True,
        capture_output=True,
        timeout=60,
    )

    made = (tmp_path / "etc" / "passwd").read_text("ascii")
    for unit in (VISION, TELEMETRY, KEEPER, FETCHER, PANEL):
        assert f"{said(unit)['User'][0]}:" in made


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    mosquitto = Mosquitto(tmp_path / "broker").start()
    yield mosquitto
    mosquitto.stop()


@pytest.fixture
def manager(tmp_path: Path, data: Path, broker: Mosquitto) -> Iterator[Manager]:
    footage = video(data / "footage" / "vtest.avi", "real", loop=True)
    House(tmp_path, footage, data / "models" / MODEL, mqtt(broker.port))
    systemd = Manager(tmp_path)
    yield systemd
    systemd.close()


def begin(manager: Manager) -> None:
    """Start the keeper and both halves; return when the camera is watched."""
    manager.start(KEEPER)
    assert manager.hears(KEEPER, b"READY=1"), manager.log
    for half in (TELEMETRY, VISION):
        manager.start(half)
    assert manager.hears(TELEMETRY, b"READY=1"), manager.log
    assert wait_until(lambda: "state=watching" in manager.log), manager.log


def ways(process_id: int, target: str) -> set[int]:
    """Return for what a process has a file open: reading, writing or both."""
    links = [
        link
        for link in Path(f"/proc/{process_id}/fd").iterdir()
        if str(link.readlink()).endswith(target)
    ]
    assert links
    found = set()
    for link in links:
        text = Path(f"/proc/{process_id}/fdinfo/{link.name}").read_text("ascii")
        flags = next(line for line in text.splitlines() if line.startswith("flags"))
        found.add(int(flags.split()[1], 8) & os.O_ACCMODE)
    return found


@pytest.mark.slow
def test_both_halves_count_and_send_when_a_service_manager_starts_them(
    manager: Manager, broker: Mosquitto
) -> None:
    listening = subprocess.Popen(
        [
            *(of_mosquitto("mosquitto_sub"), "-p", str(broker.port), "-q", "1"),
            *("-t", "tallypost/tp-test/kpi", "-C", "4", "-W", "60"),
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    begin(manager)
    arrived = listening.communicate()[0].splitlines()
    records: list[dict[str, Any]] = [json.loads(line) for line in arrived]

    assert [record["seq"] for record in records] == [1, 2, 3, 4], manager.log
    assert records[-1]["quality"]["frames"] > 0
    assert "no_lock_in" not in records[-1]["quality"]
    assert manager.hears(TELEMETRY, b"WATCHDOG=1"), "records were delivered"
    assert ways(manager.processes[VISION].pid, "/wall") == {os.O_WRONLY}
    assert ways(manager.processes[TELEMETRY].pid, "/wall") == {os.O_RDONLY}
    assert manager.stop(VISION) == 0
    assert manager.stop(TELEMETRY) == 0
    assert "state=stopped" in manager.log, "its last words were heard"
    manager.processes[KEEPER].send_signal(signal.SIGUSR1)
    assert manager.processes[KEEPER].wait(10) == 0, "both start anew with it"


@pytest.mark.slow
def test_a_half_that_says_what_it_must_not_has_both_start_anew(
    manager: Manager,
) -> None:
    begin(manager)
    os.write(manager.wall, b"no frame at all".ljust(64))

    assert manager.processes[TELEMETRY].wait(30) == WALL, manager.log
    assert manager.processes[KEEPER].wait(10) == 0, manager.log
    manager.stop(VISION)
    os.write(manager.wall, b"more of it".ljust(64))
    manager.start(KEEPER)
    assert manager.hears(KEEPER, b"READY=1"), manager.log
    assert "wall was not empty" in manager.log


def frames(folder: Path) -> int:
    """Return how many frames were looked at, as the records in a folder tell."""
    with open_history(folder / "outbox.db") as history:
        kept = [json.loads(payload) for _, payload in history.payloads()]
    return sum(record["quality"]["frames"] for record in kept)


@pytest.mark.slow
def test_a_camera_on_the_network_is_seen_again_by_a_half_that_began_anew(
    tmp_path: Path, data: Path
) -> None:
    if not is_at_hand():
        pytest.skip(WISH)
    server, camera = RtspServer(), 'kind = "video"\nsource = "{}"'
    House(tmp_path, camera.format(server.address), data / "models" / MODEL)
    manager = Manager(tmp_path)
    try:
        begin(manager)
        assert_fetched(manager, tmp_path)
        manager.stop(FETCHER)
        manager.stop(VISION)
        os.write(manager.hatch, b"half a picture of before")
        seen = watching(manager)
        manager.start(VISION)
        assert wait_until(lambda: watching(manager) > seen), manager.log
        assert_fetched(manager, tmp_path)
    finally:
        manager.close()
        server.kill()


def assert_fetched(manager: Manager, folder: Path) -> None:
    """Frames come as soon as somebody fetches, through a hatch that goes one way."""
    before = frames(folder)
    fetches, sees = manager.start(FETCHER), manager.processes[VISION]
    assert wait_until(lambda: frames(folder) > before + 5), manager.log
    assert ways(sees.pid, "/hatch") == {os.O_RDONLY}
    assert ways(fetches.pid, "/hatch") == {os.O_WRONLY}


def watching(manager: Manager) -> int:
    """Return how often a half that sees began to watch."""
    return manager.log.count("state=watching")
