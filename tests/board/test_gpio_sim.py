"""Real lines of a real kernel, where one has the module that simulates a chip."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tallypost.board.gpio_lines import GpioLines
from tallypost.board.linux import LinuxBoard
from tallypost.board.pins import Input, Output, Pins, Wire

CONFIGFS = Path("/sys/kernel/config/gpio-sim")
WIRES: dict[Output | Input, Wire] = {
    Output.STATUS: Wire("TP_STATUS"),
    Input.BUTTON: Wire("TP_BUTTON", active_low=True),
}


@pytest.fixture
def chip() -> Iterator[Path]:
    """The folder in /sys of a chip with our two lines.

    Source: Documentation/admin-guide/gpio/gpio-sim.rst.
    """
    if not CONFIGFS.is_dir() or os.geteuid() != 0:
        pytest.skip(f"needs {CONFIGFS} (modprobe gpio-sim) and root")
    device = CONFIGFS / "tallypost"
    bank = device / "bank0"
    lines = [bank / f"line{offset}" for offset in range(len(WIRES))]
    for folder in (device, bank, *lines):
        folder.mkdir()
    (bank / "num_lines").write_text(str(len(WIRES)), "ascii")
    for folder, wire in zip(lines, WIRES.values(), strict=True):
        (folder / "name").write_text(wire.line, "ascii")
    (device / "live").write_text("1", "ascii")
    platform = (device / "dev_name").read_text("ascii").strip()
    name = (bank / "chip_name").read_text("ascii").strip()
    yield Path("/sys/devices/platform") / platform / name
    (device / "live").write_text("0", "ascii")
    for folder in (*lines, bank, device):
        folder.rmdir()


@pytest.mark.slow
def test_a_real_kernel_shows_our_light_and_stamps_our_presses(chip: Path) -> None:
    board = LinuxBoard()
    pins = Pins(GpioLines(WIRES, board), board)
    pull = chip / "sim_gpio1" / "pull"
    try:
        pins.show(Output.STATUS, on=True)
        assert (chip / "sim_gpio0" / "value").read_text("ascii").strip() == "1"
        begun_s = board.monotonic_s()
        pull.write_text("pull-down", "ascii")
        [pressed] = pins.edges(5.0)
        pull.write_text("pull-up", "ascii")
        [released] = pins.edges(5.0)
    finally:
        pins.close()

    assert (pressed.active, released.active) == (True, False)
    assert begun_s <= pressed.at_s < released.at_s <= board.monotonic_s()
