"""What a process of ours tells the service manager that has started it."""

import socket
from typing import Protocol

READY, ALIVE, ENDING = b"READY=1", b"WATCHDOG=1", b"STOPPING=1"


class ServiceManager(Protocol):
    """Starts us, and starts us afresh when we end or fall silent."""

    def ready(self) -> None:
        """Say that the beginning is over."""
        ...

    def alive(self) -> None:
        """Say that what this process is for has been done just now."""
        ...

    def ending(self) -> None:
        """Say that the end has begun."""
        ...


class NoServiceManager:
    """Nobody to tell: somebody has started us by hand, or the daemon has."""

    def ready(self) -> None:
        """Say nothing."""

    def alive(self) -> None:
        """Say nothing."""

    def ending(self) -> None:
        """Say nothing."""


class Systemd:
    """systemd, by datagrams; one that cannot be told does not hold us up.

    Args:
        address: As it stands in NOTIFY_SOCKET: a path, or `@` and an abstract name.

    Source: sd_notify(3).
    """

    def __init__(self, address: str) -> None:
        self._address = f"\0{address[1:]}" if address.startswith("@") else address

    def ready(self) -> None:
        """Say that the unit has started, for `Type=notify`."""
        self._tell(READY)

    def alive(self) -> None:
        """Put off what `WatchdogSec=` does."""
        self._tell(ALIVE)

    def ending(self) -> None:
        """Say that the unit is stopping."""
        self._tell(ENDING)

    def _tell(self, word: bytes) -> None:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as wire:
            try:
                wire.sendto(word, socket.MSG_DONTWAIT, self._address)
            except OSError:
                # Silence has its own consequence: it starts us afresh.
                return
