"""What the house does when a radio network's keeper asks."""

from pathlib import Path

from tallypost.assembly.deeds import HouseDeeds
from tallypost.board.linux_actuator import LinuxActuator
from tallypost.board.simulated import SimulatedBoard
from tallypost.domain.records import ClockTrust, Interval, Quality
from tallypost.settings.device import DeviceSettings
from tallypost.telemetry.clock.memory import Memory
from tallypost.telemetry.clock.reckoner import Reckoner
from tallypost.telemetry.outbox.outbox import Outbox


def test_it_knows_which_records_there_are_and_which_must_go_out(tmp_path: Path) -> None:
    board = SimulatedBoard(utc_s=1_795_342_500.0)
    outbox = Outbox(tmp_path / "outbox.db", board=board)
    deeds = HouseDeeds(
        outbox=outbox,
        reckoner=Reckoner(board, Memory(tmp_path / "clock")),
        own=DeviceSettings(),
        actuator=LinuxActuator("ACT", lights=tmp_path),
        renew=lambda: None,
        board=board,
    )
    assert deeds.newest_seq() == 0

    for minute in range(3):
        told = Quality(
            observed_s=60.0, frames=600, frames_dropped=0, clock=ClockTrust.SYNCED
        )
        start_utc_s = 1_795_342_500.0 + 60.0 * minute
        outbox.put(
            Interval(
                start_utc_s=start_utc_s,
                duration_s=60.0,
                lines={},
                zones={},
                quality=told,
            ),
            "tp-1",
        )
    outbox.delivered([1, 2, 3])
    assert deeds.newest_seq() == 3
    assert deeds.ask_again(1, 2) == 2
    count, newest = deeds.due(1, 3)
    assert count == 2
    assert newest is not None
    assert newest.seq == 2
    outbox.close()
