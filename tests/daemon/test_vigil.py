"""The machine starts itself anew where nothing else has helped, and not for ever."""

from pathlib import Path

import pytest

from tallypost.board.simulated import SimulatedBoard
from tallypost.board.stalls import read_stalls
from tallypost.daemon.vigil import PATIENCE_S, PATIENCE_S_MAX, WELL_S, Vigil
from tallypost.daemon.witness import Proof, read_proof
from tallypost.domain.health import Stall, Stalls
from tallypost.errors import ActuatorError
from tallypost.telemetry.delivery import Delivery
from tallypost.telemetry.outbox.outbox import Outbox
from tallypost.telemetry.uplink.loopback import LoopbackUplink

STEP_S = 10.0
DAY_S = 86_400.0


class Machine:
    """A simulated machine under a vigil, through its starts."""

    def __init__(self, folder: Path, board: SimulatedBoard) -> None:
        self.board = board
        self.word: Proof | None = None
        self.memory = folder / "stalls.json"
        self.framed = self.proven = True
        self.said = True
        self.camera = True
        self.interval_s = 60.0
        self.reboots_s: list[float] = []
        self._passed_s = 0.0
        self._framed_s: float | None = None
        self._proven_s: float | None = None
        self.start()

    def start(self) -> None:
        self.vigil = Vigil(
            proof=lambda: self.word,
            memory=self.memory,
            reboot=self.reboot,
            board=self.board,
            interval_s=self.interval_s,
            camera=self.camera,
        )

    def reboot(self) -> None:
        self.reboots_s.append(self._passed_s)

    def run(self, seconds: float) -> None:
        end_s = self._passed_s + seconds
        while self._passed_s < end_s:
            self.board.advance(STEP_S)
            self._passed_s += STEP_S
            now_s = self.board.monotonic_s()
            self._framed_s = now_s if self.framed else self._framed_s
            self._proven_s = now_s if self.proven else self._proven_s
            if self.said:
                self._leave(now_s)
            before = len(self.reboots_s)
            self.vigil.look()
            if len(self.reboots_s) > before:
                self.board.reboot(self.board.utc_s() + 20.0)
                self.word = None
                self.forget()
                self.start()

    def forget(self, proven_s: float | None = None) -> None:
        """Start the half that speaks afresh: of pictures it has proven nothing."""
        self._framed_s, self._proven_s = None, proven_s

    def _leave(self, now_s: float) -> None:
        self.word = Proof(
            framed_s=self._framed_s, proven_s=self._proven_s, told_s=now_s
        )

    @property
    def remembered(self) -> Stalls | None:
        return read_stalls(self.memory)


@pytest.fixture
def machine(tmp_path: Path, board: SimulatedBoard) -> Machine:
    return Machine(tmp_path, board)


def test_what_works_is_left_alone(machine: Machine) -> None:
    machine.run(7 * DAY_S)

    assert machine.reboots_s == []
    assert machine.remembered is None


@pytest.mark.parametrize(
    ("part", "stall"),
    [("framed", Stall.CAMERA), ("proven", Stall.DELIVERY)],
    ids=["no pictures", "nothing delivered"],
)
def test_what_stalls_has_the_machine_start_anew_and_is_remembered(
    machine: Machine, part: str, stall: Stall
) -> None:
    machine.run(3600.0)
    setattr(machine, part, False)
    machine.run(PATIENCE_S + STEP_S)

    assert len(machine.reboots_s) == 1
    assert machine.remembered == Stalls(in_a_row=1, total=1, last=stall)


def test_a_half_that_leaves_no_word_proves_nothing(machine: Machine) -> None:
    machine.said = False
    machine.run(PATIENCE_S + STEP_S)

    assert len(machine.reboots_s) == 1


def test_a_camera_that_is_dead_is_started_anew_ever_more_seldom(
    machine: Machine,
) -> None:
    """One that would start in a loop wears out its card, and counts no more for it."""
    machine.framed = False
    machine.run(12 * DAY_S)

    waits = [
        later - earlier
        for earlier, later in zip(
            [0.0, *machine.reboots_s], machine.reboots_s, strict=False
        )
    ]
    assert waits[:4] == pytest.approx([1800.0, 3600.0, 7200.0, 14_400.0], abs=130)
    assert waits[6:] == pytest.approx([PATIENCE_S_MAX] * len(waits[6:]), abs=130)
    assert len(machine.reboots_s) == 16
    assert machine.remembered is not None
    assert machine.remembered.in_a_row == len(machine.reboots_s)


def test_a_link_that_is_known_to_be_down_is_no_stall(machine: Machine) -> None:
    """It is known why nothing goes out: `proven_s` says so all the while."""
    machine.run(DAY_S)

    assert machine.reboots_s == []


def test_who_has_worked_for_an_hour_has_recovered(machine: Machine) -> None:
    machine.framed = False
    machine.run(PATIENCE_S + STEP_S)
    machine.framed = True
    machine.run(WELL_S / 2)
    assert machine.remembered is not None
    assert machine.remembered.in_a_row == 1
    machine.run(WELL_S)

    assert machine.remembered == Stalls(in_a_row=0, total=1, last=Stall.CAMERA)


def test_who_works_for_a_while_after_each_start_has_not_recovered(
    machine: Machine,
) -> None:
    for _ in range(4):
        machine.framed = True
        machine.run(600.0)
        machine.framed = False
        machine.run(machine.vigil.patience_s + STEP_S)

    assert machine.remembered is not None
    assert machine.remembered.in_a_row == 4


def test_a_camera_on_the_network_is_not_ours_to_start(
    tmp_path: Path, board: SimulatedBoard
) -> None:
    machine = Machine(tmp_path, board)
    machine.camera = False
    machine.start()
    machine.framed = False
    machine.run(DAY_S)

    assert machine.reboots_s == []


def test_long_intervals_are_waited_for(tmp_path: Path, board: SimulatedBoard) -> None:
    machine = Machine(tmp_path, board)
    machine.interval_s = 3600.0
    machine.start()
    machine.framed = False
    machine.run(3 * 3600.0 - STEP_S)
    assert machine.reboots_s == []
    machine.run(2 * STEP_S)

    assert len(machine.reboots_s) == 1


def test_a_disk_that_forgets_what_was_done_has_nothing_done(
    machine: Machine,
) -> None:
    """Without a memory there would be no end of it."""
    machine.memory.with_name(machine.memory.name + ".new").mkdir()
    machine.framed = False
    machine.run(DAY_S)

    assert machine.reboots_s == []


def test_who_may_not_reboot_is_asked_once(
    tmp_path: Path, board: SimulatedBoard
) -> None:
    asked = []

    def refuse() -> None:
        asked.append(1)
        raise ActuatorError("reboot: refused")

    vigil = Vigil(
        proof=lambda: None,
        memory=tmp_path / "stalls.json",
        reboot=refuse,
        board=board,
        interval_s=60.0,
    )
    for _ in range(2000):
        board.advance(STEP_S)
        vigil.look()

    assert len(asked) == 1


@pytest.mark.parametrize(
    "text",
    [b"", b"{", b"[]", b'{"framed_s":"x"}', b"\xff" * 10_000, b'{"framed_s":-1}'],
)
def test_word_that_is_none_counts_as_none(tmp_path: Path, text: bytes) -> None:
    (tmp_path / "proof.json").write_bytes(text)

    assert read_proof(tmp_path / "proof.json") is None
    (tmp_path / "stalls.json").write_bytes(text)
    assert read_stalls(tmp_path / "stalls.json") is None


def test_a_half_that_starts_afresh_takes_back_nothing_that_was_proven(
    machine: Machine,
) -> None:
    machine.run(DAY_S)
    machine.forget()
    machine.framed = machine.proven = False
    machine.run(PATIENCE_S - 2 * STEP_S)

    assert machine.reboots_s == []


def test_a_half_that_starts_afresh_again_and_again_proves_nothing_by_it(
    machine: Machine, tmp_path: Path, board: SimulatedBoard
) -> None:
    """Its unit's watchdog starts it anew each ten minutes; the vigil is the next."""
    outbox = Outbox(tmp_path / "outbox.db", board=board)
    machine.run(DAY_S)
    machine.proven = False
    for _ in range(4):
        machine.forget(Delivery(outbox, LoopbackUplink(), board).proven_s)
        machine.run(600.0)
    outbox.close()

    assert len(machine.reboots_s) == 1
    assert machine.remembered == Stalls(in_a_row=1, total=1, last=Stall.DELIVERY)
