"""Lets a model work in a thread of its own while its owner does something else."""

import threading
from collections.abc import Callable


class Alongside:
    """One thread for one piece of work at a time; it starts with the first.

    The work must leave Python soon (an interpreter's `invoke` does): what is done
    meanwhile gets the interpreter lock then.
    """

    def __init__(self) -> None:
        self._asked = threading.Semaphore(0)
        self._begun = threading.Semaphore(0)
        self._done = threading.Semaphore(0)
        self._work: Callable[[], None] | None = None
        self._error: BaseException | None = None
        self._thread: threading.Thread | None = None

    def run(self, work: Callable[[], None], meanwhile: Callable[[], None]) -> None:
        """Return when both are done; what either raises is raised here."""
        if self._thread is None:
            self._thread = threading.Thread(
                target=self._serve, name="model", daemon=True
            )
            self._thread.start()
        self._work = work
        self._asked.release()
        self._begun.acquire()
        try:
            meanwhile()
        finally:
            self._done.acquire()
        error, self._error = self._error, None
        if error is not None:
            raise error

    def close(self) -> None:
        """Let the thread go; closing twice is harmless."""
        if self._thread is not None:
            self._work = None
            self._asked.release()
            self._thread.join()
            self._thread = None

    def _serve(self) -> None:
        while True:
            self._asked.acquire()
            if self._work is None:
                return
            self._begun.release()
            try:
                self._work()
            except Exception as error:  # noqa: BLE001  # raised where it was asked for
                self._error = error
            self._done.release()
