"""Remembers which commands were done, so that none is done twice.

A command is written down before it is done, and its answer afterwards: whoever sends it
again gets that answer. A power cut in between leaves a command without one; it is then
not done again, because nobody knows how far it came.
"""

from dataclasses import dataclass
from pathlib import Path

from tallypost.domain import fields
from tallypost.domain.commands import COUNTER_MAX
from tallypost.errors import RecordError, RemoteStateError
from tallypost.telemetry.codec.command_v1 import REPLY_BYTES_MAX
from tallypost.telemetry.remote import state

ANSWERS_MAX = 16
"""How many answers are kept for each key."""


@dataclass(slots=True)
class Entry:
    """One command that was begun.

    Attributes:
        counter: Its own.
        digest: What tells it from every other.
        reply: What was answered; None until it is done.
    """

    counter: int
    digest: str
    reply: str | None


class Ledger:
    """What each key has had done.

    Args:
        path: Where it is kept.

    Attributes:
        time_utc_s_min: It is no earlier than this, whatever a clock says.

    Raises:
        RemoteStateError: What was kept cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        kept = state.load(path)
        try:
            self.time_utc_s_min = fields.quantity(kept.get("time", 0), "time")
            self._entries = fields.named(kept.get("keys", {}), "keys", _entries)
        except RecordError as error:
            raise RemoteStateError(
                f"{path}: {error}; remove it on the device"
            ) from error

    def find(self, key: str, digest: str) -> Entry | None:
        """Return what is known of a command that came before."""
        entries = self._entries.get(key, [])
        return next((each for each in entries if each.digest == digest), None)

    def last_counter(self, key: str) -> int:
        """Return the highest counter that a key has used; 0 where it never did."""
        return max((each.counter for each in self._entries.get(key, [])), default=0)

    def begin(self, key: str, counter: int, digest: str, issued_utc_s: float) -> Entry:
        """Write down that a command is about to be done; return its entry.

        Raises:
            RemoteStateError: The disk refuses: it must not be done.
        """
        entry = Entry(counter, digest, None)
        entries = self._entries.setdefault(key, [])
        entries.append(entry)
        was_s = self.time_utc_s_min
        self.time_utc_s_min = max(was_s, issued_utc_s)
        try:
            self._store()
        except RemoteStateError:
            entries.remove(entry)
            self.time_utc_s_min = was_s
            raise
        del entries[:-ANSWERS_MAX]
        return entry

    def finish(self, entry: Entry, reply: str) -> None:
        """Write down what was answered.

        Raises:
            RemoteStateError: The disk refuses; it is answered so from memory, and as
                interrupted after a power cut.
        """
        entry.reply = reply
        self._store()

    def interrupted(self) -> list[tuple[str, Entry]]:
        """Return commands without an answer, with the keys that signed them."""
        return [
            (key, each)
            for key, entries in self._entries.items()
            for each in entries
            if each.reply is None
        ]

    def _store(self) -> None:
        keys = {
            key: [[each.counter, each.digest, each.reply] for each in entries]
            for key, entries in self._entries.items()
        }
        state.store(self._path, {"time": self.time_utc_s_min, "keys": keys})


def _entries(stored: object, path: str) -> list[Entry]:
    return [_entry(each, path) for each in fields.listed(stored, path)]


def _entry(stored: object, path: str) -> Entry:
    match fields.listed(stored, path):
        case [counter, digest, reply]:
            return Entry(
                counter=fields.whole(counter, path, low=1, high=COUNTER_MAX),
                digest=fields.text(digest, path),
                reply=None
                if reply is None
                else fields.text(reply, path, characters_max=REPLY_BYTES_MAX),
            )
        case _:
            raise RecordError(f"{path}: holds no counter, digest and reply")
