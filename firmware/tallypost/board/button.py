"""What somebody means who presses the button."""

from enum import Enum

from tallypost.board.pins import Edge

LONG_S, VERY_LONG_S, STUCK_S = 5.0, 15.0, 60.0


class Press(Enum):
    """What a press means; which of them, its length tells when it ends."""

    SHORT = 1
    """Open the panel."""
    LONG = 2
    """Be quiet, and leave off blinking."""
    VERY_LONG = 3
    """Let the panel forget wrong codes."""


class Button:
    """Tells presses by their length.

    One that is held for longer than anybody means is stuck, and means nothing: water
    and ice press, too. So does one that is down when we begin.
    """

    def __init__(self) -> None:
        self._down_s: float | None = None
        self._told = 0

    def hear(self, edge: Edge, *, first: bool = False) -> Press | None:
        """Return what a press means that ends with this edge.

        Args:
            edge: Of the button.
            first: Whether it was down before anybody listened.
        """
        if edge.active:
            self._down_s, self._told = (None if first else edge.at_s), 0
            return None
        down_s, self._down_s = self._down_s, None
        return None if down_s is None else meaning(edge.at_s - down_s)

    def step(self, now_s: float) -> int:
        """Return how many times to beep now: its length has got another meaning."""
        if self._down_s is None:
            return 0
        meant = meaning(now_s - self._down_s)
        reached = 0 if meant is None else meant.value
        if reached == self._told:
            return 0
        self._told = reached
        return reached


def meaning(held_s: float) -> Press | None:
    """Return what a press of so many seconds means; None for one that is stuck."""
    if held_s >= STUCK_S:
        return None
    if held_s >= VERY_LONG_S:
        return Press.VERY_LONG
    return Press.LONG if held_s >= LONG_S else Press.SHORT
