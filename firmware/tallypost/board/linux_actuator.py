"""The hands of a Linux board: its service manager, and one of its lights."""

import subprocess
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from tallypost.errors import ActuatorError, ActuatorUnsupportedError

LIGHTS = Path("/sys/class/leds")
REBOOT = ("systemctl", "reboot")
REBOOT_S = 20.0
BLINK = "timer"
"""The kernel's own blinking, that goes on while we are busy.
Source: Documentation/leds/leds-class.rst, "LED Device Triggers"."""


class LinuxActuator:
    """Reboots through systemd, blinks through the kernel's LED class.

    Args:
        light: The light's name in /sys/class/leds; None where none is to be used.
        lights: The folder of lights.
        reboot: What reboots, as words.
        reboot_file: Made in place of that: its appearance has the service manager
            reboot, which this process may not ask for itself.
    """

    def __init__(
        self,
        light: str | None,
        *,
        lights: Path = LIGHTS,
        reboot: Sequence[str] = REBOOT,
        reboot_file: Path | None = None,
    ) -> None:
        self._light = None if light is None else lights / light
        self._reboot = tuple(reboot)
        self._reboot_file = reboot_file
        self._before: tuple[str, str] | None = None

    def reboot(self) -> None:
        """Have systemd start the machine anew."""
        if self._reboot_file is not None:
            _appear(self._reboot_file)
            return
        try:
            subprocess.run(  # noqa: S603  # our own words
                self._reboot, check=True, capture_output=True, timeout=REBOOT_S
            )
        except FileNotFoundError:
            raise ActuatorUnsupportedError(
                f"reboot: there is no {self._reboot[0]} on this machine"
            ) from None
        except (OSError, subprocess.SubprocessError) as error:
            raise ActuatorError(
                f"reboot: refused ({error}); may tallypost's user reboot?"
            ) from error

    def blink(self, *, on: bool) -> None:
        """Begin to blink, or give the light back to what it showed before."""
        if self._light is None or not self._light.is_dir():
            told = "is named" if self._light is None else f"is at {self._light}"
            raise ActuatorUnsupportedError(
                f"identify: no light {told}; name one in `remote.light`"
            )
        try:
            if on and self._before is None:
                self._before = self._showing(self._light)
                (self._light / "trigger").write_text(BLINK, "ascii")
            elif not on and self._before is not None:
                trigger, brightness = self._before
                (self._light / "trigger").write_text(trigger, "ascii")
                if trigger == "none":
                    (self._light / "brightness").write_text(brightness, "ascii")
                self._before = None
        except OSError as error:
            self._before = None
            raise ActuatorError(
                f"identify: {self._light} cannot be written to ({error.strerror})"
            ) from error

    def update(self, version: str) -> None:
        """Refuse: nothing on this machine takes updates from afar."""
        raise ActuatorUnsupportedError(
            f"update to {version}: this machine takes no updates from afar"
        )

    @staticmethod
    def _showing(light: Path) -> tuple[str, str]:
        """Return a light's trigger and its brightness.

        The trigger in use stands in brackets: `none [mmc0] timer`. One that blinks was
        left so by a run that ended meanwhile: it is given back dark.
        """
        words = (light / "trigger").read_text("ascii").split()
        trigger = "none"
        for word in words:
            if word.startswith("[") and word.endswith("]"):
                trigger = word[1:-1]
        if trigger == BLINK:
            return "none", "0"
        brightness = "0"
        with suppress(OSError):
            brightness = (light / "brightness").read_text("ascii").strip()
        return trigger, brightness


def _appear(file: Path) -> None:
    """Make a file that says no more than that it is there.

    Raises:
        ActuatorError: It cannot be made.
    """
    try:
        file.touch()
    except OSError as error:
        raise ActuatorError(
            f"reboot: {file} cannot be made ({error.strerror}); see RuntimeDirectory="
        ) from error
