"""A technician's questions, and what becomes of the answers."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from tallypost.acceptance.checks import PrivacyTest
from tallypost.acceptance.desk import SIGHT_S_MAX, Desk
from tallypost.acceptance.keeping import CERTIFICATE, Keeping
from tallypost.acceptance.prediction import DrawnLine
from tallypost.acceptance.surroundings import Surroundings
from tallypost.board.simulated import SimulatedBoard
from tallypost.domain.acceptance import Accuracies
from tallypost.domain.aiming import Box, Boxes, Passed, Sight
from tallypost.domain.health import Health
from tallypost.errors import AcceptanceError
from tests.acceptance.world import FACTS, HEALTH, KEY, MODEL, NOW_UTC_S, SITE

LINE = DrawnLine("gate", (0.5, 1.0), (0.5, 0.0), ("person", "bicycle"))


@dataclass
class World:
    """A desk, a clock, and who passes."""

    folder: Path
    board: SimulatedBoard = field(default_factory=SimulatedBoard)
    aiming: bool = True
    health: Health = HEALTH
    privacy_test: PrivacyTest | None = FACTS.privacy_test
    published: list[Accuracies] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.desk = Desk(
            Surroundings(
                device="tp-0001",
                site=SITE,
                model=MODEL,
                no_lock_in=False,
                classes=("person", "bicycle", "car"),
                lines=[LINE],
                ground=None,
                health=lambda: self.health,
                hearing=lambda: self.aiming,
                now_s=self.board.monotonic_s,
                now_utc_s=lambda: NOW_UTC_S,
                privacy_test=lambda: self.privacy_test,
                key=lambda: KEY,
                publish=self.published.append,
            ),
            Keeping(self.folder),
        )

    def wait(self, for_s: float) -> None:
        """Have the half that sees tell about once a second how well."""
        until_s = self.board.monotonic_s() + for_s
        while (left_s := until_s - self.board.monotonic_s()) > 0:
            self.board.advance(min(left_s, 1.2))
            self.see()

    def see(self) -> None:
        at_s = self.board.monotonic_s()
        self.desk.heard(Sight(at_s, rate_hz=8.0, sharpness=0.9, light=0.5))

    def pass_by(self, count: int, *, told: bool = True, each_s: float = 3.7) -> None:
        for number in range(count):
            self.wait(each_s)
            direction = ("forward", "backward")[number % 2]
            if told:
                at_s = self.board.monotonic_s()
                self.desk.heard(Passed("lines", "gate", "person", direction, at_s))
            self.desk.test_tap(direction, 0.0)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path / "acceptance")


def test_a_test_is_held_kept_and_told_with_every_record_from_then_on(
    world: World,
) -> None:
    begun = world.desk.test_begin("gate", "person")
    world.wait(5)
    world.pass_by(150)
    world.wait(5)
    result: Any = world.desk.test_end()["result"]

    assert begun["test"] == {
        "line": "gate",
        "class": "person",
        "lasted_s": 0.0,
        "hand": {"forward": 0, "backward": 0},
        "void": None,
    }
    assert result["equivalent"] is True
    assert (result["taps"], result["device"], result["missed"]) == (150, 150, 0)
    [published] = world.published
    assert published["gate"]["person"].taps == 150
    assert published["gate"]["person"].day == "2026-11-28"
    assert Keeping(world.folder).of(SITE, MODEL).accuracy == published
    proved: Any = world.desk.proved()
    assert [each["line"] for each in proved["accuracy"]] == ["gate"]


def test_a_device_that_misses_a_third_is_told_as_that(world: World) -> None:
    world.desk.test_begin("gate", "person")
    world.wait(5)
    for _ in range(40):
        world.pass_by(2)
        world.pass_by(1, told=False)
    result: Any = world.desk.test_end()["result"]

    assert result["equivalent"] is False
    assert result["error"] == pytest.approx(-1 / 3, abs=0.03)
    assert result["recall"]["high"] < 0.8
    assert result["taps_more"] is None


def test_without_aiming_there_is_no_test_and_one_that_goes_on_is_void(
    world: World,
) -> None:
    world.aiming = False
    with pytest.raises(AcceptanceError, match="begin to aim"):
        world.desk.test_begin("gate", "person")
    world.aiming = True
    world.desk.test_begin("gate", "person")
    world.aiming = False
    with pytest.raises(AcceptanceError, match="begin to aim"):
        world.desk.test_tap("forward", 0.0)
    world.aiming = True
    with pytest.raises(AcceptanceError, match="none is going on"):
        world.desk.test_end()


ASKED: dict[str, Callable[[Desk], object]] = {
    "no such line": lambda desk: desk.test_begin("<b>", "person"),
    "no such class": lambda desk: desk.test_begin("gate", "car"),
    "a tap without a test": lambda desk: desk.test_tap("forward", 0.0),
    "nothing to undo": lambda desk: desk.test_undo(),
    "nothing to end": lambda desk: desk.test_end(),
    "no certificate yet": lambda desk: desk.certificate(),
    "a name that cannot be printed": lambda desk: desk.accept("\x07"),
}


@pytest.mark.parametrize("ask", ASKED.values(), ids=ASKED)
def test_what_cannot_be_done_is_refused_in_words(
    world: World, ask: Callable[[Desk], object]
) -> None:
    with pytest.raises(AcceptanceError, match=r"\w+: .*;|want"):
        ask(world.desk)


def test_a_test_in_which_nobody_passed_proves_nothing(world: World) -> None:
    world.desk.test_begin("gate", "person")
    with pytest.raises(AcceptanceError, match="nobody was tapped"):
        world.desk.test_end()
    assert not world.published


def test_an_acceptance_signs_what_was_seen_and_proved(world: World) -> None:
    assert world.desk.proved()["certificate"] is None
    world.desk.test_begin("gate", "person")
    world.wait(5)
    world.pass_by(150)
    world.desk.test_end()
    world.board.advance(SIGHT_S_MAX)
    without: Any = world.desk.accept("R. Example")["certificate"]
    world.see()
    told: Any = world.desk.accept("R. Example", "Hedge cut.")["certificate"]

    assert not without["passed"]
    assert told["passed"]
    assert told["when_utc_s"] == NOW_UTC_S
    assert {each["passed"] for each in told["checks"]} == {True}
    assert world.desk.certificate().remarks == "Hedge cut."
    assert (world.folder / CERTIFICATE).stat().st_mode & 0o777 == 0o600
    assert world.desk.proved()["certificate"] == {
        "when_utc_s": NOW_UTC_S,
        "name": "R. Example",
        "passed": True,
    }


def test_a_damaged_result_is_not_certified(world: World) -> None:
    world.folder.mkdir()
    (world.folder / f"{'5' * 64}.json").write_text("{")

    assert world.desk.proved()["accuracy"] == []
    with pytest.raises(AcceptanceError, match="hold the tests again"):
        world.desk.accept("R. Example")


def test_it_foretells_by_what_it_has_heard(world: World) -> None:
    unknown: Any = world.desk.predict()["lines"]
    world.see()
    world.desk.heard(Boxes(1.0, (Box("person", 0.4, 0.2, 0.6, 0.9),) * 3))
    known: Any = world.desk.predict()["lines"]
    other: Any = world.desk.predict([DrawnLine("kerb", (0, 0), (1, 1), ("car",))])

    assert {each["sentence_key"] for each in unknown} == {"rate_unwatched"}
    assert [each["class"] for each in known] == ["person", "bicycle"]
    assert all(each["speed_kmh_max"] > 0 for each in known)
    assert [each["name"] for each in other["lines"]] == ["kerb"]


def test_how_the_camera_saw_is_forgotten_soon_and_when_nobody_aims(
    world: World,
) -> None:
    def rate() -> object:
        told: Any = world.desk.accept("R. Example")["certificate"]
        [found] = [each for each in told["checks"] if each["name"] == "rate"]
        return found["passed"]

    world.see()
    assert rate() is True
    world.aiming = False
    assert rate() is None
    world.aiming = True
    world.board.advance(SIGHT_S_MAX)
    assert rate() is None
    foretold: Any = world.desk.predict()["lines"]
    assert {each["sentence_key"] for each in foretold} == {"rate_unwatched"}


def test_where_more_pass_than_can_be_told_a_test_proves_nothing(world: World) -> None:
    """Of whom the half that sees did not tell, the device may have counted all."""
    world.desk.test_begin("gate", "person")
    world.wait(5)
    for _ in range(400):
        world.wait(0.3)
        at_s = world.board.monotonic_s()
        world.desk.heard(Passed("zones", "square", "car", "in", at_s))
    tapped: Any = world.desk.test_tap("forward", 0.0)["test"]
    ended: Any = world.desk.test_end()

    assert tapped["void"]["sentence_key"] == "test_crowded"
    assert ended["void"]["sentence"].startswith("more pass here than can be told")
    assert not world.published
    with pytest.raises(AcceptanceError, match="none is going on"):
        world.desk.test_end()


def test_a_street_of_one_in_a_second_is_not_too_much(world: World) -> None:
    world.desk.test_begin("gate", "person")
    world.wait(5)
    world.pass_by(150, each_s=1.0)
    world.wait(5)

    assert "result" in world.desk.test_end()


@pytest.mark.parametrize("state", ["camera_silent", "camera_lost", "starting"])
def test_a_test_in_which_the_device_did_not_see_proves_nothing(
    world: World, state: str
) -> None:
    world.desk.test_begin("gate", "person")
    world.desk.befell("watching")
    world.pass_by(20)
    world.desk.befell(state)
    world.desk.befell("watching")
    world.pass_by(20)
    ended: Any = world.desk.test_end()

    assert ended["void"]["sentence_key"] == "test_blind"
    assert not world.published


@pytest.mark.parametrize("returns", [True, False])
def test_a_test_in_which_nothing_was_told_for_seconds_proves_nothing(
    world: World, *, returns: bool
) -> None:
    world.desk.test_begin("gate", "person")
    world.pass_by(20)
    world.board.advance(3.5)
    if returns:
        world.pass_by(20)
    ended: Any = world.desk.test_end()

    assert ended["void"]["sentence_key"] == "test_blind"


@pytest.mark.parametrize("other", ["firmware", "model", "site"])
def test_what_was_proved_of_another_is_not_told_of_this_one(
    world: World, other: str
) -> None:
    world.desk.accept("R. Example")
    before = world.desk.proved()
    changed: Any = {other: "sha256:" + "0" * 64}
    world.health = replace(HEALTH, **changed)
    after = world.desk.proved()

    assert before["certificate"]
    assert before["privacy_test"]
    assert after["certificate"] is None
    assert after["privacy_test"] is None
    with pytest.raises(AcceptanceError, match="of another firmware, model or site"):
        world.desk.certificate()
