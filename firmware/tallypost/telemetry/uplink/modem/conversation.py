"""Asks a modem, and notes whatever it says meanwhile."""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from tallypost.board.base import Board
from tallypost.errors import ModemLostError, ModemRefusedError, ModemRestartedError
from tallypost.telemetry.uplink.modem.line import Line
from tallypost.telemetry.uplink.modem.notes import Notes
from tallypost.telemetry.uplink.modem.refusals import refusal
from tallypost.telemetry.uplink.modem.words import Said, Started, Told, Verdict, Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long a driver waits.

    Attributes:
        answer_s: For the answer to a command.
        uplink_s: Until an uplink is over: three seconds on air, and a second receive
            window up to sixteen seconds later, with room.
        windows_s: For the receive windows, where the modem does not say that they are
            over: one second on air in most places, windows up to six seconds later.
        boot_s: For a modem to start.
        wake_s: For a modem to wake, or to throw away half a line.
    """

    answer_s: float = 3.0
    uplink_s: float = 40.0
    windows_s: float = 8.0
    boot_s: float = 10.0
    wake_s: float = 0.3


Ends = Callable[[str], bool]
"""Whether words are all that a command says."""


class Grammar(NamedTuple):
    """How a modem speaks.

    Attributes:
        model: What the modem is called.
        read: Turns one line into what it means; takes any line.
        rouse: Wakes the modem, and ends half a line that it may hold.
    """

    model: str
    read: Callable[[str], Said]
    rouse: Callable[[Line], None]


class Conversation:
    """One party asks at a time; the modem may say anything at any time.

    Args:
        line: Is this conversation's alone.
        board: Whose clock to ask.
        grammar: The modem's.
        patience: How long to wait.

    Attributes:
        notes: What it said unasked.
        watching: Whether a start is news: from the time when the modem was configured.
        told: The verdict that was heard last.
        patience: How long this waits.
    """

    def __init__(
        self, line: Line, board: Board, grammar: Grammar, patience: Patience
    ) -> None:
        self.notes = Notes()
        self.watching = False
        self.told: Told | None = None
        self.patience = patience
        self._line = line
        self._board = board
        self._grammar = grammar
        self._started = self._banner_asked = False
        self.wake()

    @property
    def place(self) -> str:
        """Which modem, where: how each error begins."""
        return f"{self._grammar.model} on {self._line.name}"

    def ask(
        self,
        command: str,
        *,
        ends: Ends | None = None,
        tries: int = 2,
        banner: bool = False,
    ) -> list[str]:
        """Return the words that a modem says to a command until the command ends.

        Args:
            command: May hold a key: what of it is ever told, `shown` says.
            ends: Whether words end the command; without it a verdict does.
            tries: How often to ask a modem that says nothing; once for what must not
                happen twice.
            banner: Whether the answer is what the modem says when it starts.
        """
        for attempt in range(tries):
            self.drain()
            self.notes.restricted_s = None
            self._banner_asked = banner
            self._line.write(command)
            answer = self._answer(command, ends)
            self._banner_asked = False
            if answer is not None:
                if attempt:
                    self.listen(self.patience.wake_s)  # it may say it once more
                return answer
            self.wake()
        raise ModemLostError(
            f"{self.place}: says nothing to {shown(command)}; plug it in again, and "
            "see that its model and speed are right"
        )

    def value(
        self, command: str, pattern: re.Pattern[str], *, banner: bool = False
    ) -> re.Match[str]:
        """Return the first words of that form that a modem says to a command.

        Raises:
            ModemRefusedError: The command ended without any.
        """
        words = self.ask(
            command, ends=lambda text: bool(pattern.fullmatch(text)), banner=banner
        )
        found = pattern.fullmatch(words[-1]) if words else None
        if found is None:
            raise self.unreadable(command)
        return found

    def attempt(self, command: str, ends: Ends | None = None) -> None:
        """Ask for what a modem may not know, and do without it where it does not."""
        try:
            self.ask(command, ends=ends)
        except ModemRefusedError:
            return

    def unreadable(self, command: str) -> ModemRefusedError:
        """Return the error for an answer that is none."""
        return ModemRefusedError(
            f"{self.place}: answers {shown(command)} with nothing that can be read; "
            "see that its model and speed are right"
        )

    def wait(self, done: Callable[[], bool], timeout_s: float) -> bool:
        """Return whether something was noted in time."""
        until_s = self._board.monotonic_s() + timeout_s
        while not done():
            if self._hear(until_s) is None:
                return done()
        return True

    def listen(self, seconds: float) -> None:
        """Note what is said in the next few seconds."""
        self.wait(lambda: False, seconds)

    def drain(self) -> None:
        """Note what has been said already.

        Raises:
            ModemRestartedError: That it started is among it.
        """
        while self._hear(-math.inf) is not None:
            pass

    def wake(self) -> None:
        """End half a line and any sleep; what comes of it is noted, or noise."""
        self._grammar.rouse(self._line)
        self.listen(self.patience.wake_s)

    def doze(self, command: str) -> None:
        """Have the modem sleep; return when it does, for what wakes it is half lost."""
        self.drain()
        self._line.write(command)
        self.listen(self.patience.wake_s)

    def restart(self, command: str) -> None:
        """Have the modem start afresh, and wait until it has."""
        self.watching = self._started = self.notes.joined = False
        self._line.write(command)
        self.wait(lambda: self._started, self.patience.boot_s)
        self.wake()

    def close(self) -> None:
        """Let go of the port; closing twice is harmless."""
        self._line.close()

    def _answer(self, command: str, ends: Ends | None) -> list[str] | None:
        words: list[str] = []
        until_s = self._board.monotonic_s() + self.patience.answer_s
        while (said := self._hear(until_s)) is not None:
            match said:
                case Told(Verdict.DONE):
                    return words
                case Told():
                    raise self._refused(said, command)
                case Words(text) | Started(text) if text != command:  # nor its echo
                    words.append(text)
                    if ends is not None and ends(text):
                        return words
        return None

    def _refused(self, told: Told, command: str) -> Exception:
        self._banner_asked = False
        if told.verdict is Verdict.NOT_JOINED:
            self.notes.joined = False
        return refusal(
            self.place, told, shown(command), restricted_s=self.notes.restricted_s
        )

    def _hear(self, until_s: float) -> Said | None:
        """Return what the modem says next, once it is noted; None where it is late."""
        text = self._line.next(until_s)
        if text is None:
            return None
        said = self._grammar.read(text)
        match said:
            case Started() if not self._banner_asked:
                self._note_start()
            case Told():
                self.told = said
            case Started() | Words():
                pass
            case _:
                self.notes.note(said)
        return said

    def _note_start(self) -> None:
        self._started = True
        self.notes.joined = False
        if self.watching:
            self.watching = False
            raise ModemRestartedError(
                f"{self.place}: has started afresh; see that its supply holds while it "
                "sends"
            )


def shown(command: str) -> str:
    """Return a command without its value, which may be a key.

    A value stands behind `=`, or behind the third word ("mac set appkey 2b7e...").
    """
    return " ".join(command.partition("=")[0].split()[:3])
