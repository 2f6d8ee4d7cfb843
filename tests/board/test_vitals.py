"""How the board is, read from files as a Raspberry Pi's kernel has them."""

from pathlib import Path

import pytest

from tallypost.board.vitals import LinuxVitals
from tallypost.domain.health import Vitals

STATE = "sys/devices/platform/soc/soc:firmware/get_throttled"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The kernel's files, as a Raspberry Pi has them."""
    write(tmp_path, "sys/class/thermal/thermal_zone0/temp", "58900\n")
    write(tmp_path, "sys/class/thermal/thermal_zone1/temp", "41000\n")
    write(tmp_path, STATE, "0\n")
    write(tmp_path, "proc/uptime", "864017.30 3211.11\n")
    write(
        tmp_path,
        "proc/meminfo",
        "MemTotal:        3884328 kB\nMemAvailable:     597000 kB\n",
    )
    return tmp_path


def write(root: Path, name: str, text: str) -> None:
    file = root / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def read(root: Path) -> Vitals:
    return LinuxVitals(root, root).read()


def test_heat_memory_and_room_are_told(root: Path) -> None:
    vitals = read(root)
    assert vitals.temperature_c == 58.9
    assert vitals.memory_free_mb == 611
    assert vitals.disk_free_mb is not None
    assert vitals.disk_free_mb > 0


@pytest.mark.parametrize(
    ("state", "told"),
    [
        ("0", (False, False, False, False)),
        ("50005", (True, True, True, True)),
        ("50000", (False, True, False, True)),
        ("1", (True, False, False, False)),
        ("80008", (False, False, True, True)),
        ("20002", (False, False, True, True)),
        ("10000", (False, True, False, False)),
    ],
)
def test_a_weak_supply_and_a_slow_processor_are_told_apart(
    state: str, told: tuple[bool, ...], root: Path
) -> None:
    write(root, STATE, f"{state}\n")
    vitals = read(root)
    assert (
        vitals.under_voltage,
        vitals.under_voltage_since_boot,
        vitals.throttled,
        vitals.throttled_since_boot,
    ) == told


def test_a_board_that_tells_nothing_is_asked_in_vain(tmp_path: Path) -> None:
    vitals = LinuxVitals(tmp_path / "nowhere", tmp_path)
    assert vitals.read() == Vitals()
    assert vitals.uptime_s is None


@pytest.mark.parametrize("text", ["", "hot", "-274000", "999999999", "\xb0C"])
def test_a_sensor_that_talks_nonsense_is_not_believed(text: str, root: Path) -> None:
    write(root, "sys/class/thermal/thermal_zone0/temp", text)
    assert read(root).temperature_c == 41.0


def test_a_start_has_a_length(root: Path) -> None:
    assert LinuxVitals(root, root).uptime_s == 864017.3


def test_this_machine_tells_something(tmp_path: Path) -> None:
    vitals = LinuxVitals(tmp_path)
    assert vitals.read().disk_free_mb is not None
    assert vitals.uptime_s
