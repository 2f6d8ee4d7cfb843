"""The operator's page, tried as it stands."""

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tallypost.domain.commands import COMMANDS, FOR_EVERYBODY
from tallypost.settings.remote import SETTABLE
from tests.servers.mosquitto import free_port, program
from tests.system.house import wait_until

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "remote.md").read_text("utf-8")
WALK_S = 240.0
BLOCK = re.compile(r"```sh\n(.*?)```", re.DOTALL)


def walk(port: int) -> str:
    """Return what the page has an operator type, the first time."""
    _, _, first_time = PAGE.partition("## The first time")
    first_time, _, _ = first_time.partition("\n## ")
    typed = "".join(BLOCK.findall(first_time))
    return typed.replace("1884", str(port))


@pytest.mark.slow
def test_an_operator_who_types_what_the_page_says_gets_what_it_says(
    tmp_path: Path, data: Path
) -> None:
    bin_folder = tmp_path / "bin"
    bin_folder.mkdir()
    for name, module in (
        ("tallypost", "tallypost"),
        ("tallypost-backend", "tallypost_backend.cli"),
    ):
        command = bin_folder / name
        command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m {module} "$@"\n')
        command.chmod(0o755)
    found = ":".join(
        str(Path(program(name)).parent) for name in ("mosquitto", "mosquitto_sub")
    )
    folder = tmp_path / "empty"
    folder.mkdir()
    (folder / "street.mp4").symlink_to(data / "footage" / "vtest.avi")

    said, log = tmp_path / "said", tmp_path / "log"
    with said.open("wb") as out, log.open("wb") as complaints:
        walking = subprocess.Popen(
            ["sh", "-euc", walk(free_port())],
            cwd=folder,
            env=os.environ | {"PATH": f"{bin_folder}:{found}:{os.environ['PATH']}"},
            stdout=out,
            stderr=complaints,
            start_new_session=True,
        )
        try:
            code = walking.wait(WALK_S)
        finally:
            os.killpg(walking.pid, signal.SIGTERM)
            assert wait_until(lambda: not group_lives(walking.pid))

    assert code == 0, log.read_text("utf-8")
    lines = said.read_text("utf-8").splitlines()
    answers = [json.loads(line) for line in lines if line.startswith("{")]
    states = [told.get("state") or told.get("outcome") for told in answers]
    assert states == ["online", "done", "settled"], lines


def group_lives(group: int) -> bool:
    """Return whether any process of a group still runs."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def test_the_page_tells_every_command_and_every_key_that_may_be_set() -> None:
    for name, kind in COMMANDS.items():
        [row] = [line for line in PAGE.splitlines() if line.startswith(f"| `{name}` |")]
        assert row.endswith("| yes |") is (kind in FOR_EVERYBODY), row
    for key in SETTABLE:
        table, _, last = key.rpartition(".")
        start = f"| `[{table}]` |" if table else "| at the top |"
        [row] = [line for line in PAGE.splitlines() if line.startswith(start)]
        assert f"`{last}`" in row, key
