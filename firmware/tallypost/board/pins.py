"""What somebody at the foot of the pole sees and hears, presses and opens."""

import math
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple, Protocol

from tallypost.board.base import Board


class Output(StrEnum):
    """What the board shows."""

    STATUS = "status"
    LINK = "link"
    BUZZER = "buzzer"


class Input(StrEnum):
    """What the board feels: active is pressed, and opened."""

    BUTTON = "button"
    TAMPER = "tamper"


SETTLE_S: Mapping[Input, float] = {Input.BUTTON: 0.03, Input.TAMPER: 0.5}
"""For how long a level must hold to be one: contacts bounce, and a lid rattles."""
STEP_S = 0.001
"""A shorter wait may be too short to move a clock."""


class Wire(NamedTuple):
    """Where one of them is.

    Attributes:
        line: The line's name, as the back-end knows lines.
        active_low: Whether it is active while its voltage is low.
    """

    line: str
    active_low: bool = False


class Edge(NamedTuple):
    """A change of something that the board feels.

    Attributes:
        input: Of what.
        active: Whether it is active from then on.
        at_s: When, by the board's monotonic clock.
    """

    input: Input
    active: bool
    at_s: float


class Lines(Protocol):
    """The lines of a board, as raw as they come; opens when it is made.

    Whoever makes one may meet a `PinsError`: a line is not there, or somebody else's.

    Attributes:
        outputs: What can be shown; the rest is not wired.
        inputs: What can be felt.
    """

    outputs: frozenset[Output]
    inputs: frozenset[Input]

    def show(self, output: Output, *, on: bool) -> None:
        """Switch what is wired on or off.

        Raises:
            PinsError: It is gone.
        """
        ...

    def active(self, which: Input) -> bool:
        """Return the level of what is wired just now.

        Raises:
            PinsError: It is gone.
        """
        ...

    def changes(self, wait_s: float) -> Sequence[Edge]:
        """Return what has changed, in order; waits so long for the first.

        Raises:
            PinsError: They are gone.
        """
        ...

    def close(self) -> None:
        """Switch everything off, and give the lines back; twice is harmless."""
        ...


class Pins:
    """Lines without their bouncing.

    An edge that the lines have lost is found by the level all the same, later.

    Args:
        lines: Which; closed with this.
        board: Whose monotonic clock is asked.
    """

    def __init__(self, lines: Lines, board: Board) -> None:
        self._lines = lines
        self._board = board
        now_s = board.monotonic_s()
        self._settled = {
            each: Edge(each, active=False, at_s=-math.inf) for each in lines.inputs
        }
        self._heard = {
            each: Edge(each, lines.active(each), now_s) for each in lines.inputs
        }

    @property
    def outputs(self) -> frozenset[Output]:
        """What can be shown."""
        return self._lines.outputs

    @property
    def inputs(self) -> frozenset[Input]:
        """What can be felt."""
        return self._lines.inputs

    def show(self, output: Output, *, on: bool) -> None:
        """Switch something on or off; what is not wired stays as it is not.

        Raises:
            PinsError: It is gone.
        """
        if output in self.outputs:
            self._lines.show(output, on=on)

    def edges(self, wait_s: float) -> list[Edge]:
        """Return what has changed and held, in order; waits so long for the first.

        At the beginning all is taken to be inactive: what is active tells so at once.

        Raises:
            PinsError: The lines are gone.
        """
        deadline_s = self._board.monotonic_s() + wait_s
        least_s = min(wait_s, STEP_S)
        while True:
            until_s = min([deadline_s, *self._due_s()])
            left_s = until_s - self._board.monotonic_s()
            found = self._hear(self._lines.changes(max(left_s, least_s)))
            found += self._hear(self._levels())
            now_s = self._board.monotonic_s()
            for each in self.inputs:
                found += self._settle(each, now_s)
            if found or now_s >= deadline_s:
                return sorted(found, key=lambda edge: edge.at_s)

    def close(self) -> None:
        """Switch everything off, and give the lines back; twice is harmless."""
        self._lines.close()

    def _levels(self) -> list[Edge]:
        now_s = self._board.monotonic_s()
        return [Edge(each, self._lines.active(each), now_s) for each in self.inputs]

    def _hear(self, edges: Sequence[Edge]) -> list[Edge]:
        found: list[Edge] = []
        for edge in edges:
            if edge.active != self._heard[edge.input].active:
                found += self._settle(edge.input, edge.at_s)
                self._heard[edge.input] = edge
        return found

    def _settle(self, which: Input, now_s: float) -> list[Edge]:
        """Return the change that has held until now, if one has."""
        heard = self._heard[which]
        if heard.active == self._settled[which].active:
            return []
        if now_s - heard.at_s < SETTLE_S[which]:
            return []
        self._settled[which] = heard
        return [heard]

    def _due_s(self) -> Iterator[float]:
        for each, heard in self._heard.items():
            if heard.active != self._settled[each].active:
                yield heard.at_s + SETTLE_S[each]
