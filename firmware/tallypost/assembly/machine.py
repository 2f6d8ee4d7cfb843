"""The machine underneath, as a report and a light tell of it."""

import pwd
from importlib.metadata import version

from tallypost.board.led_code import show_count
from tallypost.board.serial_number import serial_number
from tallypost.commissioning.base import Machine, Owner
from tallypost.domain.bundle_fields import is_serial
from tallypost.errors import SettingsError


def machine(panel_user: str | None) -> Machine:
    """Return what runs here.

    Args:
        panel_user: Who serves the panel; None where nobody else does.

    Raises:
        SettingsError: There is no such user.
    """
    serial = serial_number()
    return Machine(
        serial=serial if serial is not None and is_serial(serial) else None,
        firmware=version("tallypost"),
        panel_owner=None if panel_user is None else _owner(panel_user),
    )


def blink(light: str, count: int) -> None:
    """Have a light of this machine tell a number from now on.

    Raises:
        ActuatorError: There is none, or it cannot be had.
    """
    show_count(light, count)


def _owner(user: str) -> Owner:
    try:
        found = pwd.getpwnam(user)
    except KeyError:
        told = "is no user of this machine; systemd-sysusers makes it"
        raise SettingsError(user, [told]) from None
    return Owner(found.pw_uid, found.pw_gid)
