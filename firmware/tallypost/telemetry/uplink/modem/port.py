"""What a modem's driver asks of a serial port."""

from typing import Protocol


class Port(Protocol):
    """A serial port that is open, and nobody else's.

    Attributes:
        name: What a person knows it by.
    """

    name: str

    def read(self) -> bytes:
        """Return what has come; after a short while of silence nothing.

        Raises:
            OSError: The port is gone.
        """
        ...

    def write(self, data: bytes) -> None:
        """Send all of it.

        Raises:
            OSError: The port is gone, or takes nothing any more.
        """
        ...

    def send_break(self) -> None:
        """Hold the line low for longer than any byte does.

        Raises:
            OSError: The port is gone.
        """
        ...

    def close(self) -> None:
        """Let go of it; a `read` under way ends soon. Closing twice is harmless."""
        ...
