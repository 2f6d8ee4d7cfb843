"""Lights that nobody sees but who asks, and a button that tests and files press."""

from collections import deque
from collections.abc import Iterable, Sequence
from pathlib import Path

from tallypost.board.base import Board
from tallypost.board.pins import Edge, Input, Output
from tallypost.errors import PinsError

LOOK_S = 0.05
LIGHTS = "lights"


class SimulatedLines:
    """For tests, and for `tallypost run` on a machine without pins.

    Args:
        board: Whose clock edges are told by, and which waits.
        outputs: What is wired.
        inputs: What is wired.
        folder: Where a file called `button` presses, and one called `tamper` opens, as
            long as it is there; what is lit is written into `lights`. None without.

    Attributes:
        lit: What is on.
        broken: Why it fails from now on; None where it does not.

    Raises:
        PinsError: The folder cannot be made.
    """

    def __init__(
        self,
        board: Board,
        *,
        outputs: Iterable[Output] = Output,
        inputs: Iterable[Input] = Input,
        folder: Path | None = None,
    ) -> None:
        self.outputs, self.inputs = frozenset(outputs), frozenset(inputs)
        self.lit: set[Output] = set()
        self.broken: str | None = None
        self._board = board
        self._folder = folder
        self._changes: deque[Edge] = deque()
        self._active: dict[Input, bool] = dict.fromkeys(self.inputs, False)
        if folder is not None:
            try:
                folder.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise PinsError(
                    f"board: {folder} cannot be made ({error.strerror}); name another"
                ) from error
        self._look()

    def press(self, which: Input = Input.BUTTON, *, down: bool = True) -> None:
        """Press or open something, or let go of it."""
        if self._active[which] != down:
            self._active[which] = down
            self._changes.append(Edge(which, down, self._board.monotonic_s()))

    def show(self, output: Output, *, on: bool) -> None:
        """Note what is lit."""
        self._fail()
        (self.lit.add if on else self.lit.discard)(output)
        if self._folder is not None:
            told = "".join(f"{each}\n" for each in sorted(self.lit))
            try:
                (self._folder / LIGHTS).write_text(told, "ascii")
            except OSError as error:
                raise PinsError(
                    f"board: {LIGHTS} is gone ({error.strerror})"
                ) from error

    def active(self, which: Input) -> bool:
        """Return whether it is pressed or open."""
        self._fail()
        return self._active[which]

    def changes(self, wait_s: float) -> Sequence[Edge]:
        """Return what was pressed meanwhile."""
        self._fail()
        left_s = wait_s
        while not self._changes and left_s > 0:
            step_s = min(left_s, LOOK_S)
            self._board.wait(step_s)
            left_s -= step_s
            self._look()
        found = list(self._changes)
        self._changes.clear()
        return found

    def close(self) -> None:
        """Put everything out."""
        self.lit.clear()

    def _look(self) -> None:
        if self._folder is not None:
            for each in self.inputs:
                self.press(each, down=(self._folder / each).exists())

    def _fail(self) -> None:
        if self.broken is not None:
            raise PinsError(self.broken)
