"""From settings to what answers a technician."""

import base64
import json
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from tallypost.assembly.acceptance import (
    PRIVACY_REPORT,
    Office,
    Place,
    accuracies,
    privacy_report,
)
from tallypost.assembly.signing import signing_folder
from tallypost.board.simulated import SimulatedBoard
from tallypost.cli.acceptance import printed
from tallypost.domain.acceptance import Accuracies
from tallypost.domain.aiming import Passed, Sight
from tallypost.domain.records import Provenance
from tallypost.errors import AcceptanceError, SettingsError
from tallypost.settings.device import DeviceSettings
from tallypost.settings.reading import read_device_settings, read_site
from tallypost.settings.site import site_hash
from tallypost.telemetry.codec.statement import Kind, statement_line
from tallypost.telemetry.notary.key import own_key
from tests.acceptance.world import HEALTH, KEY, MODEL

CLASSES = ("person", "bicycle", "car")
SITE = """
[calibration]
corners = [[0.3, 0.4], [0.7, 0.4], [0.9, 0.9], [0.1, 0.9]]
width_m = 8
length_m = 12

[[lines]]
name = "gate"
start = [0.5, 0.9]
end = [0.5, 0.4]
classes = ["person", "bicycle"]
"""


@dataclass
class Told:
    device: str
    provenance: Provenance


@dataclass
class World:
    """A device's folder, and an office in it."""

    folder: Path
    board: SimulatedBoard = field(default_factory=SimulatedBoard)
    published: list[Accuracies] = field(default_factory=list)

    def __post_init__(self) -> None:
        (self.folder / "site.toml").write_text(SITE)
        file = self.folder / "tallypost.toml"
        file.write_text(
            'site = "site.toml"\n[camera]\nkind = "synthetic"\n'
            '[uplink]\nkind = "none"\n[outbox]\npath = "outbox.db"\n'
        )
        self.settings: DeviceSettings = read_device_settings(file)
        self.site = site_hash(read_site(self.folder / "site.toml"))
        self.provenance = Provenance(model=MODEL, site=self.site, firmware="0.1.0")
        self.office = Office(
            self.settings,
            Told("tp-0001", self.provenance),
            CLASSES,
            Place(
                health=lambda: replace(HEALTH, site=self.site),
                hearing=lambda: True,
                publish=self.published.append,
                printer=printed,
                board=self.board,
            ),
        )

    def see(self, for_s: int) -> None:
        for _ in range(for_s):
            self.board.advance(1.0)
            at_s = self.board.monotonic_s()
            self.office.heard(Sight(at_s, rate_hz=6.0, sharpness=0.9, light=0.5))

    def ask(self, word: str, **arguments: object) -> Any:
        return self.office.deeds[word](**arguments)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def test_what_was_tested_is_known_at_the_next_start_of_the_half_that_speaks(
    world: World,
) -> None:
    world.ask("test_begin", line="gate", class_name="person")
    for _ in range(130):
        world.see(4)
        now_s = world.board.monotonic_s()
        world.office.heard(Passed("lines", "gate", "person", "forward", now_s))
        world.ask("test_tap", direction="forward", ago_s=0.0)
    world.ask("test_tap", direction="forward", ago_s=0.0)
    world.ask("test_undo")
    result = world.ask("test_end")["result"]

    assert result["equivalent"] is True
    assert accuracies(world.settings, world.provenance) == world.published[-1]
    assert accuracies(world.settings, replace(world.provenance, model=None)) == {}


def test_what_cannot_be_read_is_not_told(world: World) -> None:
    folder = world.office.keeping.folder
    (folder / f"{world.site.removeprefix('sha256:')}.json").write_text("{}")

    assert accuracies(world.settings, world.provenance) == {}


def test_the_papers_of_a_device_are_handed_out(world: World) -> None:
    with pytest.raises(AcceptanceError, match="accept the device at"):
        world.ask("paper", name="certificate.pdf")
    world.ask("accept", technician="R. Example")
    line = world.ask("paper", name="certificate.jsonl")
    page = world.ask("paper", name="certificate.pdf", language="nl")

    told = json.loads(base64.b64decode(line["content"]))
    assert told["schema"] == "tallypost.acceptance/1"
    assert base64.b64decode(page["content"]).startswith(b"%PDF-")
    assert page["media_type"] == "application/pdf"
    assert world.office.proved()["certificate"]


def test_a_drawing_that_is_not_in_force_yet_is_foretold_too(world: World) -> None:
    world.see(1)
    own = world.ask("predict")["lines"]
    drawn = {
        "lines": [
            {"name": "kerb", "start": [0, 0.5], "end": [1, 0.5], "classes": ["car"]}
        ]
    }
    other = world.ask("predict", site=drawn)["lines"]

    assert [(each["name"], each["class"]) for each in own] == [
        ("gate", "person"),
        ("gate", "bicycle"),
    ]
    assert [(each["name"], each["class"]) for each in other] == [("kerb", "car")]
    with pytest.raises(SettingsError, match=r"lines\[0\]"):
        world.ask("predict", site={"lines": [{"name": "kerb"}]})


def report(**changes: object) -> bytes:
    told = {"signed": "2026-11-28T20:00:00Z", "passed": True, "firmware": "0.1.0"}
    told |= {"model": MODEL, "site": "sha256:1"}
    return statement_line("tp-0001", told | changes, KEY)


def test_the_report_of_a_privacy_test_is_believed_with_its_own_key_alone(
    world: World,
) -> None:
    folder = signing_folder(world.settings)
    file = world.folder / PRIVACY_REPORT
    assert privacy_report(file, folder) is None
    own = own_key(folder)
    file.write_bytes(report())
    assert privacy_report(file, folder) is None  # another's
    told = {"signed": "2026-11-28T20:00:00Z", "passed": True, "firmware": "0.1.0"}
    file.write_bytes(statement_line("tp-0001", told, own))

    found = privacy_report(file, folder)

    assert found is not None
    assert (found.passed, found.firmware, found.model) == (True, "0.1.0", None)
    for strange in (
        statement_line("tp-0001", told, own, Kind.ACCEPTANCE),
        statement_line("tp-0001", told | {"signed": "yesterday"}, own),
        b"",
        b"{",
    ):
        file.write_bytes(strange)
        assert privacy_report(file, folder) is None
