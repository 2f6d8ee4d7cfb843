"""What a first start asks of the house around it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientFiles:
    """Where settings want what a device shows a broker, PEM.

    Attributes:
        certificate: Its certificate.
        key: Its private key.
        authority: Who may sign it; None where settings and bundle name nobody.
    """

    certificate: Path
    key: Path
    authority: Path | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What settings want of a device that only the device can make.

    Attributes:
        signing_folder: Where its key for signing is kept.
        client: Its certificate for a broker; None where no link asks for one.
    """

    signing_folder: Path
    client: ClientFiles | None


class House(Protocol):
    """Reads settings, which stop at assembly."""

    def faults(self, settings_file: Path, device: str) -> Sequence[str]:
        """Return everything that speaks against settings, all at once; no secret.

        Args:
            settings_file: A `tallypost.toml`, and all that it names, beside it.
            device: Whose they must be.
        """
        ...

    def wanted(self, settings_file: Path) -> Wanted:
        """Return what settings want of the device.

        Raises:
            SettingsError: They are not good any more.
        """
        ...


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose the panel's files are.

    Attributes:
        user: A number.
        group: A number.
    """

    user: int
    group: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """What a report tells of the machine.

    Attributes:
        serial: Its own number, in small letters; None where it tells none.
        firmware: The version that runs.
        panel_owner: Who serves the panel; None: whoever takes the bundle.
    """

    serial: str | None
    firmware: str
    panel_owner: Owner | None = None
