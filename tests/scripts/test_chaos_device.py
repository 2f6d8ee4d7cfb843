"""The device under test ends as a board without power does: whole, and at once."""

import time
from pathlib import Path

from scripts.chaos_run.device import Device
from scripts.chaos_run.places import Places

PATIENCE_S = 60.0


def test_a_half_that_has_not_told_its_number_yet_ends_with_all_the_others(
    tmp_path: Path,
) -> None:
    told = tmp_path / "half"
    begun = f"sleep 60 & echo $! >{told}.new; mv {told}.new {told}; wait"
    device = Device(Places(tmp_path), ("sh", "-c", begun))
    device.start()
    until_s = time.monotonic() + PATIENCE_S
    while not told.exists():
        assert time.monotonic() < until_s
        time.sleep(0.01)

    device.kill()

    half = Path(f"/proc/{int(told.read_text('ascii'))}/cmdline")
    assert not half.exists() or half.read_bytes() == b""  # a zombie has no words
