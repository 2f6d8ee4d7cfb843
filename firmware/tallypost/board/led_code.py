"""Has a light tell a number, which the kernel goes on doing when we are gone."""

from pathlib import Path

from tallypost.errors import ActuatorError, ActuatorUnsupportedError

LIGHTS = Path("/sys/class/leds")
LONG_MS, SHORT_MS, DARK_MS, PAUSE_MS = 1000, 250, 350, 2500
HURRIED_MS = 200
"""Below three flashes a second. Source: WCAG 2.2, success criterion 2.3.1."""


def show_count(light: str, count: int, lights: Path = LIGHTS) -> None:
    """Have a light shine long once and short so many times, pause, and begin again.

    No other light of ours begins with a long one. Where the kernel cannot do that
    (CONFIG_LEDS_TRIGGER_PATTERN), it blinks fast without a pause: something was
    refused, and RESULT.txt says what.

    Args:
        light: Its name in /sys/class/leds.
        count: How often.
        lights: The folder of lights.

    Source: Documentation/ABI/testing/sysfs-class-led-trigger-pattern: pairs of a
    brightness and the milliseconds that it takes to the next one; 0 ms is at once.

    Raises:
        ActuatorUnsupportedError: There is no such light.
        ActuatorError: It cannot be had.
    """
    place = lights / light
    if not place.is_dir():
        raise ActuatorUnsupportedError(f"light: there is none at {place}")
    try:
        triggers = (place / "trigger").read_text("ascii").split()
        if "pattern" in triggers or "[pattern]" in triggers:
            full = (place / "max_brightness").read_text("ascii").strip()
            (place / "trigger").write_text("pattern", "ascii")
            (place / "pattern").write_text(_pattern(full, count), "ascii")
        else:
            (place / "trigger").write_text("timer", "ascii")
            for half in ("delay_on", "delay_off"):
                (place / half).write_text(str(HURRIED_MS), "ascii")
    except OSError as error:
        raise ActuatorError(
            f"light: {place} cannot be written to ({error.strerror})"
        ) from error


def _pattern(full: str, count: int) -> str:
    """Return hard flashes and a pause: `full 1000 full 0 0 350 0 0 full 250 ...`."""
    flashes = [LONG_MS] + [SHORT_MS] * count
    darks = [DARK_MS] * count + [PAUSE_MS]
    return " ".join(
        f"{full} {flash_ms} {full} 0 0 {dark_ms} 0 0"
        for flash_ms, dark_ms in zip(flashes, darks, strict=True)
    )
