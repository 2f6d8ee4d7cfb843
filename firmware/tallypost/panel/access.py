"""Lets in whoever has the code of the label, or was invited by one who had it."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tallypost.panel.code import Code, read_code
from tallypost.panel.lockout import LOCKOUT_FILE, Lockout
from tallypost.panel.sessions import Session, Sessions

CODE_CHARACTERS_MAX = 64


@dataclass(frozen=True, slots=True)
class Opened:
    """Somebody is let in.

    Attributes:
        token: What the phone shows from now on.
        session: The session.
    """

    token: str
    session: Session


@dataclass(frozen=True, slots=True)
class Wrong:
    """It was not the code.

    Attributes:
        left: How many guesses there still are.
    """

    left: int


@dataclass(frozen=True, slots=True)
class Locked:
    """Nobody may guess just now.

    Attributes:
        for_s: For how long.
    """

    for_s: float


@dataclass(frozen=True, slots=True)
class Taken:
    """It is the code, and somebody is in with it: who must invite others."""


Answer = Opened | Wrong | Locked | Taken


class Access:
    """The door.

    Args:
        code: Of the label.
        lockout: Counts guesses.
        sessions: Who is in.
    """

    def __init__(self, code: Code, lockout: Lockout, sessions: Sessions) -> None:
        self.sessions = sessions
        self._code = code
        self._lockout = lockout
        self._one_at_a_time = asyncio.Lock()

    async def open(self, code: str) -> Answer:
        """Return what becomes of somebody who shows a code.

        Guesses are tried one after another: each takes 16 MB for a moment.
        """
        async with self._one_at_a_time:
            if self._lockout.left_s:
                return Locked(self._lockout.left_s)
            self._lockout.guess()
            tried = code[:CODE_CHARACTERS_MAX]
            if self.sessions.redeem(tried):
                return self._let_in()
            if await asyncio.to_thread(self._code.fits, tried):
                return self._let_in_first()
            locked_s = self._lockout.left_s
            return Locked(locked_s) if locked_s else Wrong(self._lockout.left)

    def _let_in_first(self) -> Opened | Taken:
        if not self.sessions.alive:
            return self._let_in()
        self._lockout.right()
        return Taken()

    def _let_in(self) -> Opened:
        self._lockout.right()
        return Opened(*self.sessions.begin())


def open_access(folder: Path, now_s: Callable[[], float], boot: str) -> Access:
    """Return the door of a panel's folder.

    Args:
        folder: Holds `code.json`; `lockout.json` is kept there.
        now_s: The board's monotonic clock.
        boot: The board's name for this start.

    Raises:
        PanelError: The folder holds no code.
    """
    lockout = Lockout(folder / LOCKOUT_FILE, now_s, boot)
    return Access(read_code(folder), lockout, Sessions(now_s))
