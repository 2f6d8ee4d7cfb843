"""A whole house while somebody aims, and when that is over."""

import time
from pathlib import Path

import pytest

from tallypost.assembly.aiming import want
from tallypost.board.linux import LinuxBoard
from tests.system.house import MODEL, PATIENCE, House, wait_until

AIMING_S = 15.0 * PATIENCE

pytestmark = pytest.mark.slow


def test_aiming_ends_by_itself_and_records_say_when_it_was(
    tmp_path: Path, data: Path
) -> None:
    here = LinuxBoard()
    house = House(tmp_path, 'kind = "synthetic"', data / "models" / MODEL)
    want(tmp_path, here.monotonic_s() + AIMING_S, here)
    house.start()
    try:
        assert wait_until(lambda: "state=watching" in house.log)
        first, telemetry = house.half("vision"), house.half("telemetry")
        assert wait_until(lambda: house.half("vision") not in (first, None))
        assert wait_until(lambda: house.log.count("state=watching") == 2)
        assert house.half("telemetry") == telemetry, "who speaks heard nothing wrong"
        time.sleep(4.0)
        house.interrupt()
        house.wait()
    finally:
        house.close()

    aimed = [each["quality"].get("aiming", False) for each in house.records()]
    assert aimed[0] is True, house.log
    assert aimed[-1] is False, house.log
    assert aimed == sorted(aimed, reverse=True), house.log
