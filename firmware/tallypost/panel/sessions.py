"""Who is let in just now: one table, in memory alone."""

import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from tallypost.panel.code import ALPHABET, plain

IDLE_S = 900.0
"""Without a request for so long, a session is over."""
SESSIONS_MAX = 8
INVITATION_S = 120.0
INVITATION_LETTERS = 8
TOKEN_BYTES = 32


@dataclass(slots=True)
class Session:
    """One phone that was let in.

    Attributes:
        csrf: What its page must say with all that changes something.
        seen_s: When it asked last, by the board's monotonic clock.
    """

    csrf: str
    seen_s: float


class Sessions:
    """All phones that were let in.

    Args:
        now_s: The board's monotonic clock.

    Attributes:
        begun: How many there have been.
    """

    def __init__(self, now_s: Callable[[], float]) -> None:
        self.begun = 0
        self._now_s = now_s
        self._table: dict[bytes, Session] = {}
        self._invitation: tuple[bytes, float] | None = None

    @property
    def alive(self) -> int:
        """How many are not over."""
        oldest_s = self._now_s() - IDLE_S
        over = [key for key, each in self._table.items() if each.seen_s < oldest_s]
        for key in over:
            del self._table[key]
        return len(self._table)

    @property
    def full(self) -> bool:
        """Whether nobody more is let in."""
        return self.alive >= SESSIONS_MAX

    def begin(self) -> tuple[str, Session]:
        """Let somebody in; return the token that the phone shows from now on."""
        token = secrets.token_urlsafe(TOKEN_BYTES)
        session = Session(secrets.token_urlsafe(TOKEN_BYTES), self._now_s())
        self._table[_digest(token)] = session
        self.begun += 1
        return token, session

    def find(self, token: str, *, asks: bool = True) -> Session | None:
        """Return the session that a token belongs to, if it is not over.

        Args:
            token: As it came.
            asks: Whether that is a request, which keeps it from being over.
        """
        session = self._table.get(_digest(token)) if self.alive else None
        if session is not None and asks:
            session.seen_s = self._now_s()
        return session

    def end(self, token: str) -> None:
        """Have a session be over."""
        self._table.pop(_digest(token), None)

    def invite(self) -> str:
        """Return a code that lets one more phone in, once and soon; the last one's."""
        code = "".join(secrets.choice(ALPHABET) for _ in range(INVITATION_LETTERS))
        self._invitation = _digest(code), self._now_s() + INVITATION_S
        half = INVITATION_LETTERS // 2
        return f"{code[:half]}-{code[half:]}"

    def redeem(self, code: str) -> bool:
        """Return whether a code is the one that was shown; it is good for once."""
        if self._invitation is None:
            return False
        digest, until_s = self._invitation
        if self._now_s() >= until_s or not self.alive:
            self._invitation = None
            return False
        if not hmac.compare_digest(digest, _digest(plain(code))):
            return False
        self._invitation = None
        return True


def _digest(token: str) -> bytes:
    """Return what a token is found by: how long that takes tells nothing of others."""
    return hashlib.sha256(token.encode(errors="replace")).digest()
