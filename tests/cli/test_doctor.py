"""`tallypost doctor`: one table, with what to do, in words."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tallypost.assembly.reception import CODE_FILE, SOCKET
from tallypost.board.base import Board
from tallypost.board.linux import LinuxBoard
from tallypost.board.stalls import FILE, keep_stalls
from tallypost.cli import doctor
from tallypost.cli.findings import Finding, Verdict
from tallypost.cli.looks_board import look_at_board, temperature, watchdog
from tallypost.cli.looks_house import look_at_house
from tallypost.daemon.witness import Proof, encode_proof
from tallypost.domain.health import (
    Health,
    LinkHealth,
    OutboxHealth,
    RadioHealth,
    Stall,
    Stalls,
    Trouble,
    Vitals,
)
from tallypost.settings.device import DeviceSettings
from tallypost.settings.reading import read_device_settings

SETTINGS = """
device = "tp-test"
[camera]
kind = "synthetic"
[uplink]
kind = "mqtt"
host = "broker.example.org"
[outbox]
path = "outbox.db"
ram_folder = "ram"
[board]
kind = "gpiod"
status = "PQ.05"
tamper = "PH.00"
[panel]
folder = "panel"
"""
SITE = '[[lines]]\nname = "gate"\nstart = [0.1, 0.5]\nend = [0.9, 0.5]\n'
LINK = LinkHealth(
    up=True, broker=1, connects=3, failures=2, failovers=0, downlinks_ignored=0
)
HEALTH = Health(
    time_utc_s=1.8e9,
    running_s=60.0,
    outbox=OutboxHealth(records=2, alerts=0, refused=0),
    link=LINK,
    board=Vitals(),
    firmware="0.1.0",
    site="sha256:1",
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "site.toml").write_text(SITE, "utf-8")
    for folder in ("ram", "panel"):
        (tmp_path / folder).mkdir()
    made = tmp_path / "tallypost.toml"
    made.write_text(SETTINGS, "utf-8")
    return made


@pytest.fixture
def settings(file: Path) -> DeviceSettings:
    return read_device_settings(file)


def word(**changes: Any) -> Proof:
    now_s = LinuxBoard().monotonic_s()
    told = Proof(
        framed_s=now_s,
        proven_s=now_s,
        told_s=now_s,
        watching=True,
        linked=True,
        lid_open=False,
        health=HEALTH,
    )
    return replace(told, **changes)


def house(
    settings: DeviceSettings, proof: Proof | None, board: Board | None = None
) -> dict[str, Finding]:
    if proof is not None:
        file = Path(settings.outbox.ram_folder) / "proof.json"
        file.write_bytes(encode_proof(proof))
    found = look_at_house(settings, board or LinuxBoard(), {})
    return {each.name: each for each in found}


def run(*words: str, columns: int = 80) -> Result:
    environment = {"COLUMNS": str(columns), "TERM": "dumb"}
    return CliRunner().invoke(
        doctor.command, [*words], standalone_mode=False, env=environment
    )


def test_a_house_that_is_well_is_told_to_be(settings: DeviceSettings) -> None:
    (settings.panel.folder / CODE_FILE).touch()
    (settings.panel.folder / SOCKET).touch()
    found = house(settings, word())

    assert {each.verdict for each in found.values()} == {Verdict.WELL}
    assert set(found) == {
        *("tallypost", "camera", "link", "outbox", "lights, button", "lid", "panel")
    }
    assert found["lights, button"].value == "gpiod: status PQ.05, tamper PH.00"


TROUBLE = {
    "silent camera": (word(watching=False), "camera", Verdict.ILL),
    "no frames for long": (word(framed_s=0.0), "camera", Verdict.ILL),
    "not locked in": (word(locked_in=False), "camera", Verdict.ILL),
    "beginning": (word(watching=None), "camera", Verdict.LOOK),
    "open lid": (word(lid_open=True), "lid", Verdict.LOOK),
    "lines gone": (word(board_fault="board: gone"), "lights, button", Verdict.ILL),
    "no link": (
        word(
            health=replace(
                HEALTH, link=replace(LINK, up=False, last_trouble=Trouble.TLS)
            )
        ),
        "link",
        Verdict.ILL,
    ),
    "old certificate": (
        word(health=replace(HEALTH, link=replace(LINK, certificate_left_days=-2.0))),
        "certificate",
        Verdict.ILL,
    ),
    "certificate ends soon": (
        word(health=replace(HEALTH, link=replace(LINK, certificate_left_days=9.0))),
        "certificate",
        Verdict.LOOK,
    ),
    "refused": (
        word(
            health=replace(HEALTH, outbox=OutboxHealth(records=0, alerts=0, refused=3))
        ),
        "outbox",
        Verdict.ILL,
    ),
    "no date": (
        word(
            health=replace(
                HEALTH, outbox=OutboxHealth(records=9, alerts=0, refused=0, undated=9)
            )
        ),
        "outbox",
        Verdict.LOOK,
    ),
    "no network": (
        word(
            health=replace(
                HEALTH,
                link=replace(
                    LINK,
                    radio=RadioHealth(
                        modem="RAK3172",
                        joined=False,
                        doubtful=False,
                        uplinks=0,
                        unanswered=0,
                        airtime_day_s=0.0,
                    ),
                ),
            )
        ),
        "modem",
        Verdict.ILL,
    ),
}


@pytest.mark.parametrize("case", TROUBLE, ids=str)
def test_what_is_ill_is_named_with_what_to_do(
    settings: DeviceSettings, case: str
) -> None:
    proof, name, verdict = TROUBLE[case]
    now_s = LinuxBoard().monotonic_s()
    finding = house(settings, replace(proof, told_s=now_s))[name]

    assert finding.verdict is verdict
    assert finding.wish


@pytest.mark.parametrize(
    "proof", [None, word(told_s=0.0)], ids=["no word", "an old word"]
)
def test_a_house_that_does_not_run_is_guessed_at_by_nobody(
    settings: DeviceSettings, proof: Proof | None
) -> None:
    found = house(settings, proof)

    assert found.pop("tallypost").verdict is Verdict.ILL
    assert {each.verdict for each in found.values()} == {Verdict.UNKNOWN}


@pytest.mark.parametrize(
    ("celsius", "verdict"),
    [
        (None, Verdict.UNKNOWN),
        (45.0, Verdict.WELL),
        (70.0, Verdict.LOOK),
        (80.0, Verdict.ILL),
    ],
)
def test_heat_is_judged(celsius: float | None, verdict: Verdict) -> None:
    assert temperature(celsius).verdict is verdict


def test_the_board_tells_of_throttling_and_of_its_supply(
    settings: DeviceSettings, tmp_path: Path
) -> None:
    place = tmp_path / "sys/devices/platform/soc/soc:firmware"
    place.mkdir(parents=True)
    told = {}
    for bits in ("0", "1", "10000", "4", "40000"):
        (place / "get_throttled").write_text(bits, "ascii")
        found = {each.name: each for each in look_at_board(settings, tmp_path)}
        told[bits] = (found["throttling"].verdict, found["supply"].verdict)

    assert told == {
        "0": (Verdict.WELL, Verdict.WELL),
        "1": (Verdict.WELL, Verdict.ILL),
        "10000": (Verdict.WELL, Verdict.LOOK),
        "4": (Verdict.ILL, Verdict.WELL),
        "40000": (Verdict.LOOK, Verdict.WELL),
    }


@pytest.mark.parametrize(
    ("state", "verdict"),
    [("active", Verdict.WELL), ("inactive", Verdict.LOOK), (None, Verdict.UNKNOWN)],
)
def test_a_watchdog_that_sleeps_is_told(
    tmp_path: Path, state: str | None, verdict: Verdict
) -> None:
    if state is not None:
        (tmp_path / "watchdog0").mkdir()
        (tmp_path / "watchdog0" / "state").write_text(state, "ascii")

    assert watchdog(tmp_path).verdict is verdict


def test_its_own_reboots_are_told(settings: DeviceSettings, tmp_path: Path) -> None:
    memory = Path(settings.outbox.path).with_name(FILE)
    verdicts = []
    for in_a_row in (2, 0):
        stalls = Stalls(in_a_row=in_a_row, total=5, last=Stall.CAMERA)
        keep_stalls(memory, stalls)
        found = {each.name: each for each in look_at_board(settings, tmp_path)}
        assert "5 in all, the last for want of: camera" in found["own reboots"].value
        verdicts.append(found["own reboots"].verdict)

    assert verdicts == [Verdict.ILL, Verdict.WELL]


def test_reboots_of_which_nobody_can_read_are_not_called_none(
    settings: DeviceSettings, tmp_path: Path
) -> None:
    memory = Path(settings.outbox.path).with_name(FILE)
    memory.write_bytes(b"{")
    found = {each.name: each for each in look_at_board(settings, tmp_path)}

    assert found["own reboots"].verdict is Verdict.UNKNOWN


def test_the_table_fits_eighty_columns_and_says_what_to_do(file: Path) -> None:
    result = run("--settings", str(file))
    lines = result.stdout.splitlines()

    assert max(map(len, lines)) <= 80
    assert any(re.match(r" *ILL +tallypost", line) for line in lines)
    assert "to mend" in lines[-1]
    assert result.return_value == 1
    assert "\x1b" not in result.stdout


def test_programs_get_every_row_by_name(file: Path) -> None:
    result = run("--json", "--settings", str(file))
    rows = json.loads(result.stdout)["findings"]

    assert {"name", "well", "verdict", "told", "wish"} == {*rows[0]}
    assert {row["name"] for row in rows} >= {
        *("device settings", "site", "clock", "temperature", "throttling", "supply"),
        *("disk", "watchdog", "own reboots", "tallypost", "camera", "link", "outbox"),
        *("lights, button", "lid", "panel"),
    }
    assert {row["verdict"] for row in rows} <= {"well", "look", "ill", "unknown"}
