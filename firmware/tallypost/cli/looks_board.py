"""What `tallypost doctor` finds out about the board by itself."""

from collections.abc import Iterator
from pathlib import Path

from tallypost.board.stalls import FILE, load_stalls
from tallypost.board.vitals import LinuxVitals
from tallypost.cli.findings import Finding, ill, look, unknown, well
from tallypost.domain.health import Vitals
from tallypost.errors import RecordError
from tallypost.settings.device import DeviceSettings

WARM_C, HOT_C = 70.0, 80.0
"""A Raspberry Pi begins to slow down at 80 °C, a Jetson's own limits are above."""
DISK_MB_LOW, DISK_MB_MIN = 1000, 200
MEMORY_MB_LOW = 100
WATCHDOGS = Path("/sys/class/watchdog")
SHADE = "give it shade and air; see detector.rate_hz_max in the settings"
SUPPLY = "use a supply and a cable for the board's full current"


def look_at_board(
    settings: DeviceSettings, root: Path = Path("/")
) -> Iterator[Finding]:
    """Give heat, supply, room and watchdogs.

    Args:
        settings: What is in force.
        root: Where the kernel's files begin.
    """
    outbox = Path(settings.outbox.path)
    now = LinuxVitals(outbox.parent, root).read()
    yield temperature(now.temperature_c)
    yield _twice(
        "throttling",
        (now.throttled, now.throttled_since_boot),
        ("the processor is slowed down", "it was slowed down since the start"),
        SHADE,
    )
    yield _twice(
        "supply",
        (now.under_voltage, now.under_voltage_since_boot),
        ("the voltage is too low", "the voltage was too low since the start"),
        SUPPLY,
    )
    yield from _room(now, outbox)
    yield watchdog(root / WATCHDOGS.relative_to("/"))
    yield _stalls(outbox.with_name(FILE))


def temperature(celsius: float | None) -> Finding:
    """Return what is to be said of a temperature."""
    name = "temperature"
    if celsius is None:
        return unknown(name, "the board does not tell")
    told = f"{celsius:.0f} °C"
    if celsius >= HOT_C:
        return ill(name, told, SHADE)
    return look(name, told, SHADE) if celsius >= WARM_C else well(name, told)


def watchdog(folder: Path) -> Finding:
    """Return whether somebody feeds the hardware's watchdog.

    Source: the kernel's ABI, sysfs-class-watchdog: `state` is active while it counts.
    """
    name = "watchdog"
    states = [_text(each / "state") for each in sorted(folder.glob("watchdog*"))]
    if not states:
        return unknown(name, "this board has none, or its driver is not loaded")
    if "active" in states:
        return well(name, "the hardware's counts, and systemd feeds it")
    return look(
        name,
        "the hardware's is asleep: a kernel that hangs stays hung",
        "install packaging/system.conf.d/tallypost.conf, then reboot",
    )


def _twice(
    name: str,
    states: tuple[bool | None, bool | None],
    words: tuple[str, str],
    wish: str,
) -> Finding:
    now, before = states
    if now is None:
        return unknown(name, "the board does not tell")
    if now:
        return ill(name, words[0], wish)
    return look(name, words[1], wish) if before else well(name, "never since the start")


def _room(now: Vitals, outbox: Path) -> Iterator[Finding]:
    name, free = "disk", now.disk_free_mb
    if free is None:
        yield ill(
            name, f"{outbox.parent} is not there", "make it, or see StateDirectory="
        )
    else:
        told = f"{free} MB free for the outbox"
        wish = "free some room: journal, old models"
        if free < DISK_MB_MIN:
            yield ill(name, told, wish)
        else:
            yield look(name, told, wish) if free < DISK_MB_LOW else well(name, told)
    if now.memory_free_mb is not None:
        told = f"{now.memory_free_mb} MB free"
        scarce = now.memory_free_mb < MEMORY_MB_LOW
        wish = "see what else runs here"
        yield look("memory", told, wish) if scarce else well("memory", told)


def _stalls(file: Path) -> Finding:
    name = "own reboots"
    try:
        stalls = load_stalls(file)
    except (OSError, RecordError):
        return unknown(name, f"{file} cannot be read", "ask as root; else delete it")
    if stalls is None:
        return well(name, "it never had to start itself anew")
    last = stalls.last.value if stalls.last else "unknown"
    told = f"{stalls.total} in all, the last for want of: {last}"
    if not stalls.in_a_row:
        return well(name, f"{told}; it has recovered")
    wish = {"camera": "see to the camera and its cable", "delivery": "see to the modem"}
    return ill(name, f"{told}; {stalls.in_a_row} in a row", wish.get(last, ""))


def _text(file: Path) -> str:
    try:
        return file.read_text("ascii").strip()
    except (OSError, UnicodeDecodeError):
        return ""
