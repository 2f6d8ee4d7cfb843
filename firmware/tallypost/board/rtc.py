"""Reads the clock that runs on a battery, where a board has one."""

from pathlib import Path

CLOCKS = Path("/sys/class/rtc")


def rtc_s(clocks: Path = CLOCKS) -> float | None:
    """Return what the battery-backed clock says, whole seconds since 1970.

    Of several the one is asked that the kernel set its own calendar by at the start
    (`hctosys`), or else the first. A saved calendar (fake-hwclock, systemd's own file)
    is no device and never stands here. Whether what it says is to be believed is for
    the caller to find out: one without a battery begins somewhere.

    Args:
        clocks: Where the kernel lists them.

    Returns:
        None where there is none, or where its driver says that it has lost the time.

    Source: Documentation/ABI/testing/sysfs-class-rtc.
    """
    found = sorted(clocks.glob("rtc[0-9]*"))
    chosen = [each for each in found if _told(each / "hctosys") == "1"] or found
    if not chosen:
        return None
    told = _told(chosen[0] / "since_epoch")
    return float(told) if told.isdecimal() else None


def _told(path: Path) -> str:
    """Return what an attribute says; nothing where it cannot be read."""
    try:
        return path.read_text("ascii").strip()
    except (OSError, UnicodeDecodeError):
        return ""
