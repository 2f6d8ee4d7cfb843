"""Who has started us, and what it does for us."""

import os
from collections.abc import Mapping
from pathlib import Path

from tallypost.board.actuator import Actuator
from tallypost.board.linux_actuator import LinuxActuator
from tallypost.board.service_manager import (
    NoServiceManager,
    ServiceManager,
    Systemd,
)


def service_manager(
    environment: Mapping[str, str] = os.environ,
) -> ServiceManager:
    """Return who has started this process and wants to hear of it, or nobody."""
    address = environment.get("NOTIFY_SOCKET")
    return Systemd(address) if address else NoServiceManager()


def proof_file(ram_folder: Path, environment: Mapping[str, str] = os.environ) -> Path:
    """Return where the half that speaks leaves word of what is proven.

    Args:
        ram_folder: Where it does if nobody says.
        environment: Names another place that others can read, too.
    """
    named = environment.get("TALLYPOST_PROOF_FILE")
    return Path(named) if named else ram_folder / "proof.json"


def actuator(
    light: str | None, environment: Mapping[str, str] = os.environ
) -> Actuator:
    """Return the board's hands.

    Args:
        light: The name of the light that blinks; None where none does.
        environment: Names the file that has the service manager reboot, where this
            process may not ask for that itself.
    """
    file = environment.get("TALLYPOST_REBOOT_FILE")
    return LinuxActuator(light, reboot_file=Path(file) if file else None)
