"""Tells a broker again what it was to keep, once it has forgotten us."""

from collections.abc import Callable


class Retelling:
    """Notices a broker without our session: what it retained may be gone with it.

    Args:
        strangers: How many connections there were to a broker that did not know us.
        tell_again: Has what is to be retained told once more.
    """

    def __init__(
        self, strangers: Callable[[], int], tell_again: Callable[[], None]
    ) -> None:
        self._strangers = strangers
        self._tell_again = tell_again
        self._known = 0

    def tick(self) -> None:
        """Have it told, if there was such a connection since the last time."""
        strangers = self._strangers()
        if strangers != self._known:
            self._known = strangers
            self._tell_again()
