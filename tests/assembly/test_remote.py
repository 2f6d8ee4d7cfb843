"""Who hears operators, and what is said where nobody can."""

import json
import logging
from pathlib import Path

import pytest

from tallypost.assembly.remote import Surroundings, open_remote
from tallypost.board.simulated import SimulatedBoard
from tallypost.board.simulated_actuator import SimulatedActuator
from tallypost.settings.reading import read_device_settings
from tallypost.telemetry.uplink.base import Downlink, DownlinkKind
from tallypost_backend.keys import new_key
from tests.telemetry.remote.world import Memory


def test_a_folder_that_cannot_be_made_is_told_at_the_start_and_in_the_answer(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    new_key(tmp_path / "me", "")
    (tmp_path / "file").write_text("in the way")
    file = tmp_path / "tallypost.toml"
    file.write_text('[remote]\noperator_keys = ["me.pub"]\nfolder = "file/remote"\n')
    said: list[bytes] = []
    around = Surroundings(
        actuator=SimulatedActuator(),
        settings_file=file,
        device="tp-1",
        site="sha256:0",
        classes=(),
        histories=Memory(),
        say=lambda _, payload: said.append(payload),
        renew=lambda: None,
        board=SimulatedBoard(),
    )

    with caplog.at_level(logging.ERROR):
        remote = open_remote(read_device_settings(file), around)
    remote.hear(Downlink(DownlinkKind.COMMAND, b"x"))
    remote.step(delivered=True, watching=True)

    [reply] = map(json.loads, said)
    wish = "cannot be made (Not a directory); name a folder in `remote.folder`"
    assert f"{tmp_path / 'file/remote'}: {wish}" in reply["reason"]
    assert wish in caplog.text
