"""What ends the house, and what is started afresh."""

import os
import sys
import time
from pathlib import Path

import pytest

from tallypost.board.simulated import SimulatedBoard
from tallypost.daemon.handover import Handover
from tallypost.daemon.supervisor import STEADY_S, Supervisor
from tallypost.domain.records import Provenance
from tallypost.exits import FOOTAGE, LOCK_IN, MEND_IT, OK
from tallypost.wall.frame import Alphabet

HALF = """\
import os, sys, time
from pathlib import Path
name, folder = sys.argv[1], Path(sys.argv[-1]).parent
with (folder / "begun").open("a") as begun:
    begun.write(name + "\\n")
if name == "telemetry-half":
    sys.exit(len(os.read(int(sys.argv[3]), 1)))  # until the wall is closed
while name != "fetcher" or not (folder / "ill").exists():
    time.sleep(0.01)
(folder / "ill").unlink()
os._exit(int((folder / "code").read_text()))
"""
"""Stands in for each process; who fetches ends when its camera is ill."""
TURN_S = 0.01


class Turning(SimulatedBoard):
    """Time passes as fast as processes begin and end, and faster when it is told to."""

    def wait(self, seconds: float) -> None:
        del seconds
        time.sleep(TURN_S)
        self.advance(TURN_S)


class Street:
    """A house whose processes do nothing, and how far it has come."""

    def __init__(self, folder: Path, code: int) -> None:
        self._folder, self._board = folder, Turning()
        (folder / "code").write_text(str(code), "ascii")
        handover = Handover(
            device="tp-test",
            daemon=os.getpid(),
            paced=True,
            interval_s=60.0,
            intervals_per_minute=2.0,
            alphabet=Alphabet(classes=("person",), elements={}),
            provenance=Provenance(model=None, site="sha256:bb", firmware="1"),
            fetched=True,
        )
        self._supervisor = Supervisor(
            folder / "tallypost.toml",
            handover,
            self._board,
            live=False,
            program=(sys.executable, "-c", HALF),
        )

    def fetchers(self) -> int:
        """Return how often who fetches has begun."""
        begun = self._folder / "begun"
        return begun.read_text("ascii").count("fetcher") if begun.exists() else 0

    def run(self, well_s: float) -> int:
        """Have the camera be well for so long, then ill once; return the exit code.

        Where it goes on, it is stopped once who fetches has begun twice.
        """
        fell_ill = False

        def stop() -> bool:
            nonlocal fell_ill
            if self.fetchers() == 1 and not fell_ill:
                self._board.advance(well_s)
                (self._folder / "ill").touch()
                fell_ill = True
            return self.fetchers() == 2

        return self._supervisor.run(stop)


@pytest.mark.parametrize("code", [FOOTAGE, LOCK_IN])
def test_a_camera_that_never_was_well_ends_the_house_with_its_reason(
    tmp_path: Path, code: int
) -> None:
    assert Street(tmp_path, code).run(well_s=0.0) == code


@pytest.mark.parametrize("code", [FOOTAGE, LOCK_IN])
def test_a_camera_that_was_well_is_asked_again_whatever_it_sends(
    tmp_path: Path, code: int
) -> None:
    assert Street(tmp_path, code).run(well_s=STEADY_S + 1) == OK


def test_settings_that_have_changed_end_the_house_also_where_the_camera_was_well(
    tmp_path: Path,
) -> None:
    assert Street(tmp_path, MEND_IT).run(well_s=STEADY_S + 1) == MEND_IT
