"""When the panel has been there for long enough."""

import math
from collections.abc import Callable
from pathlib import Path

from tallypost.panel.sessions import Sessions

WISH_FILE = "wanted"
"""Who wants the panel makes it; whoever starts the panel removes it, and so does it."""
WAIT_S = 900.0
OPEN_MAX_S = 7200.0
LINGER_S = 30.0
"""After the last session is over: its last answer is read, and a slip can be mended."""


class Ending:
    """Tells when to end.

    Args:
        folder: Where a wish for the panel is made.
        sessions: Who is in.
        now_s: The board's monotonic clock.
        wait_s: Without anybody for so long, it ends.
        open_max_s: It ends after so long in any case.
    """

    def __init__(
        self,
        folder: Path,
        sessions: Sessions,
        now_s: Callable[[], float],
        *,
        wait_s: float = WAIT_S,
        open_max_s: float = OPEN_MAX_S,
    ) -> None:
        self._wish = folder / WISH_FILE
        self._sessions = sessions
        self._now_s = now_s
        self._wait_s = wait_s
        self._latest_s = now_s() + open_max_s
        self._wanted_s = now_s()
        self._seen_s = -math.inf

    def reason(self) -> str | None:
        """Return why it ends now; None where it goes on."""
        now_s = self._now_s()
        if self._wish.exists():
            # Pressed again: whoever did it has as long as at the beginning.
            self._wish.unlink(missing_ok=True)
            self._wanted_s = now_s
        if now_s >= self._latest_s:
            return "it was open for as long as it may be"
        if self._sessions.alive:
            self._seen_s = now_s
            return None
        if self._seen_s > self._wanted_s:
            over = now_s >= self._seen_s + LINGER_S
            return "nobody is in any more" if over else None
        return "nobody came" if now_s >= self._wanted_s + self._wait_s else None
