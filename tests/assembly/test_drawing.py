"""A site that is drawn at the device: judged, tried, confirmed or taken back."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tallypost.assembly.aimer import Aimer
from tallypost.assembly.aiming import wanted
from tallypost.assembly.drawing import Drawing
from tallypost.board.simulated import SimulatedBoard
from tallypost.errors import SettingsError
from tallypost.settings.journal import Journal
from tallypost.settings.overlay import read_settings_in_force
from tallypost.settings.reading import read_site, read_table

SITE = '[[lines]]\nname = "a"\nstart = [0.5, 0.0]\nend = [0.5, 1.0]\n'
STRICT = '[privacy]\nprofile = "strict"\n'
OWN = '[remote]\nfolder = "remote"\n'
KEY = 'operator_keys = ["op.pub"]\n'


class House:
    """A device's files, and one start of the half that speaks after another."""

    def __init__(self, folder: Path, own: str = OWN, site: str = SITE) -> None:
        self.file = folder / "tallypost.toml"
        self.file.write_text(own, "utf-8")
        (folder / "site.toml").write_text(site, "utf-8")
        self.journal = Journal(folder / "remote")
        self.renewed = 0
        self.drawing = self.start()

    def start(self) -> Drawing:
        """Begin as after a start of both halves."""
        settings = read_settings_in_force(self.file)
        self.site: dict[str, Any] = read_table(Path(settings.site))
        self.drawing = Drawing(
            self.file,
            settings,
            site=self.site,
            classes=("car", "person"),
            renew=self._renew,
        )
        return self.drawing

    def draw(self, site: dict[str, Any]) -> dict[str, Any]:
        """Draw, in a thread of its own, while the half goes on."""
        found: list[Any] = []

        def work() -> None:
            try:
                found.append(self.drawing.draw(site))
            except SettingsError as error:
                found.append(error)

        thread = threading.Thread(target=work)
        thread.start()
        while thread.is_alive():
            self.drawing.step(watching=False)
            thread.join(0.01)
        if isinstance(found[0], SettingsError):
            raise found[0]
        return dict(found[0])

    def in_force(self) -> list[str]:
        """Return the names of the lines that are drawn now."""
        path = Path(read_settings_in_force(self.file).site)
        return [line.name for line in read_site(path).lines]

    def state(self) -> str | None:
        told = self.drawing.trial()
        return None if told is None else str(told["state"])

    def _renew(self) -> None:
        self.renewed += 1


def with_line(name: str) -> dict[str, Any]:
    return {"lines": [{"name": name, "start": [0, 0.5], "end": [1, 0.5]}]}


@pytest.mark.parametrize("own", [OWN, OWN + KEY], ids=["nobody heeded", "operators"])
def test_what_is_drawn_is_in_force_on_trial_and_good_once_the_camera_watches(
    tmp_path: Path, own: str
) -> None:
    house = House(tmp_path, own)
    assert house.state() is None
    told = house.draw(with_line("b"))
    assert (house.renewed, house.state(), house.in_force()) == (1, "trial", ["b"])
    house.start().step(watching=False)
    assert house.state() == "trial"
    house.drawing.step(watching=True)

    assert house.state() == "settled"
    assert house.in_force() == ["b"]
    assert (house.drawing.trial() or {})["site_hash"] == told["site_hash"]


def test_a_half_that_began_before_does_not_confirm_what_came_after(
    tmp_path: Path,
) -> None:
    house = House(tmp_path)
    house.draw(with_line("b"))
    house.drawing.step(watching=True)

    assert house.state() == "trial"


def test_what_does_not_prove_good_is_taken_back_to_what_was_drawn_before(
    tmp_path: Path,
) -> None:
    house = House(tmp_path)
    house.draw(with_line("b"))
    house.start().step(watching=True)
    house.start()
    house.draw(with_line("c"))
    house.journal.roll_back(["did not watch"])

    assert house.in_force() == ["b"]
    told = house.drawing.trial() or {}
    assert (told["state"], told["faults"]) == ("rolled_back", ["did not watch"])


def test_drawn_once_more_before_the_trial_ends_the_newest_is_tried(
    tmp_path: Path,
) -> None:
    house = House(tmp_path)
    house.draw(with_line("b"))
    house.start()
    house.draw(with_line("c"))
    house.journal.roll_back(["did not watch"])

    assert house.in_force() == ["a"]


def test_what_came_last_is_in_force_be_it_sent_or_drawn(tmp_path: Path) -> None:
    house = House(tmp_path, OWN + KEY)
    house.journal.adopt(5, "d5", {"site.toml": SITE.replace('"a"', '"sent"').encode()})
    house.journal.confirm()
    house.start()
    assert house.in_force() == ["sent"]
    house.draw(with_line("drawn"))
    house.start().step(watching=True)
    assert house.in_force() == ["drawn"]
    house.journal.adopt(6, "d6", {"tallypost.toml": b"interval_s = 120\n"})
    house.journal.confirm()
    assert house.in_force() == ["drawn"], "settings without a site leave it"
    assert read_settings_in_force(house.file).interval_s == 120
    house.journal.adopt(7, "d7", {"site.toml": SITE.replace('"a"', '"new"').encode()})
    house.journal.confirm()

    assert house.in_force() == ["new"]


def test_while_settings_from_afar_are_on_trial_nothing_is_drawn(
    tmp_path: Path,
) -> None:
    house = House(tmp_path, OWN + KEY)
    house.journal.adopt(5, "d5", {})
    house.start()
    with pytest.raises(SettingsError, match="are on trial; try again"):
        house.draw(with_line("b"))
    house.file.write_text(OWN, "utf-8")
    house.start()

    house.draw(with_line("b"))
    assert house.in_force() == ["b"], "nobody is heeded any more"


def test_faults_come_all_at_once_with_the_paths_that_the_phone_knows(
    tmp_path: Path,
) -> None:
    house = House(tmp_path)
    site = with_line("b")
    site["lines"][0] |= {"end": [0, 0.5], "classes": ["zebra"]}
    site["zones"] = [{"name": "z", "polygon": [[0, 0], [1, 1]]}]
    with pytest.raises(SettingsError) as caught:
        house.drawing.draw(site, dry=True)

    places = [fault.partition(":")[0] for fault in caught.value.faults]
    assert places == ["lines[0].end", "zones[0].polygon"]
    assert house.drawing.draw(with_line("b"), dry=True)["site_hash"]
    assert house.renewed == 0


def test_a_site_that_is_drawn_may_not_tell_more_than_the_device_s_own(
    tmp_path: Path,
) -> None:
    house = House(tmp_path, site=SITE + STRICT)

    with pytest.raises(SettingsError, match=r"privacy\.profile: "):
        house.drawing.draw(with_line("b") | {"privacy": {"profile": "open"}}, dry=True)


def test_the_same_once_more_changes_nothing(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.draw(dict(house.site))

    assert (house.renewed, house.state()) == (0, None)


def test_a_panel_that_is_off_leaves_the_device_s_own_site(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.draw(with_line("b"))
    house.file.write_text(OWN + "[panel]\nenabled = false\n", "utf-8")

    assert house.in_force() == ["a"]


def test_who_aims_has_both_halves_start_anew_and_so_has_who_leaves_off(
    tmp_path: Path, board: SimulatedBoard
) -> None:
    renewed: list[None] = []
    renew: Callable[[], None] = lambda: renewed.append(None)  # noqa: E731
    aimer = Aimer(tmp_path, None, board, renew)
    assert aimer.aim(on=False) == {"aiming": None}
    assert aimer.aim(on=True, for_s=600.0) == {"aiming": {"left_s": 600.0}}
    assert len(renewed) == 1
    again = Aimer(tmp_path, wanted(tmp_path, board), board, renew)
    board.advance(10.0)
    assert again.left_s() == pytest.approx(590.0)
    again.aim(on=True, for_s=600.0)
    assert len(renewed) == 1, "it aims already"
    assert again.left_s() == pytest.approx(590.0), "and ends when it was to end"
    again.aim(on=False)

    assert (len(renewed), again.left_s()) == (2, None)
    again.aim(on=True, for_s=590.0)
    assert (len(renewed), again.left_s()) == (3, 590.0), "who has left off begins anew"
