"""Ends what may never answer, such as a camera whose cable has come off."""

import threading
from collections.abc import Callable
from contextlib import suppress

CLOSE_S = 2.0


def end(work: Callable[[], object]) -> None:
    """Do the work, or leave it to itself after 2 s: its thread keeps nobody alive."""

    def run() -> None:
        # The head of a thread: nobody is left to hear what a dying camera has to say.
        with suppress(Exception):
            work()

    thread = threading.Thread(target=run, name="camera-end", daemon=True)
    thread.start()
    thread.join(CLOSE_S)
