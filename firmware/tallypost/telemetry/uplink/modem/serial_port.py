"""A serial port of this board, by pyserial."""

import errno
import os
import termios

import serial

from tallypost.errors import ModemLostError

SILENCE_S = 0.1
"""How long a read waits for anything."""
WRITE_S = 5.0
"""The longest command takes half a second at 9600 baud."""
UNPLUGGED = "unplugged, or another program reads from it"
BREAK_S = 0.01
"""Ten bits at 1000 baud: a break at any speed that a modem knows."""


class SerialPort:
    """Opens on construction, for itself alone.

    A modem on USB may be reset by the line that says that somebody is there (DTR): it
    is held low, as far as the kernel lets us.

    Args:
        path: The device; best one of `/dev/serial/by-id`, which is the same after a
            restart.
        speed_baud: The speed; eight bits, no parity, one stop bit.

    Attributes:
        name: The path.

    Raises:
        ModemLostError: It cannot be opened, or somebody else has it.
    """

    def __init__(self, path: str, speed_baud: int) -> None:
        self.name = path
        self._serial = serial.Serial()
        self._serial.port = path
        self._serial.timeout = SILENCE_S
        self._serial.write_timeout = WRITE_S
        self._serial.exclusive = True
        self._serial.dtr = False
        try:
            self._serial.baudrate = speed_baud
            self._serial.open()
        except (OSError, ValueError, termios.error) as error:
            raise ModemLostError(
                f"{path}: cannot be opened ({_reason(error)}); plug the modem in, and "
                "see that no other program has it and that tallypost may use it"
            ) from error

    def read(self) -> bytes:
        """Return what has come; after `SILENCE_S` without anything, nothing."""
        try:
            return bytes(self._serial.read(max(self._serial.in_waiting, 1)))
        except (TypeError, termios.error) as error:  # closed, or gone, meanwhile
            raise OSError(f"{self.name}: is closed") from error
        except OSError as error:
            if not self._serial.is_open:
                raise OSError(f"{self.name}: is closed") from error
            raise OSError(errno.ENODEV, UNPLUGGED) from error

    def write(self, data: bytes) -> None:
        """Send all of it."""
        try:
            self._serial.write(data)
        except (TypeError, termios.error) as error:
            raise OSError(f"{self.name}: is closed") from error

    def send_break(self) -> None:
        """Hold the line low for a moment."""
        try:
            self._serial.send_break(BREAK_S)
        except termios.error as error:
            raise OSError(f"{self.name}: is gone") from error

    def close(self) -> None:
        """Let go of it; closing twice is harmless."""
        if self._serial.is_open:
            self._serial.cancel_read()
        self._serial.close()


def _reason(error: Exception) -> str:
    """Return what the system said, without the library's own sentence around it."""
    for each in (error, error.__context__):
        if each is not None and each.args and isinstance(each.args[0], int):
            return os.strerror(each.args[0])
    return str(error) or "no reason"
