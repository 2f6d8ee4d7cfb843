"""Holds messages that are worth sending and not worth a disk."""

import threading
from collections.abc import Iterable

from tallypost.telemetry.codec.message import Message, Subject

MESSAGES_MAX = 64
MESSAGE_BYTES_MAX = 64 * 1024
"""So that a full tray stays below 4 MB."""

SUBJECTS = frozenset(
    {Subject.HEALTH, Subject.REPLY, Subject.REPORTED, Subject.TIME_REQUEST}
)
_NEWEST_ONLY = SUBJECTS - {Subject.REPLY}
"""What a newer message of the same subject makes worthless."""
_RETAINED = frozenset({Subject.HEALTH, Subject.REPORTED})
"""What a broker keeps for whoever comes later."""


class Tray:
    """A bounded shelf in memory; what is on it is lost with the process.

    Any thread may call it.

    Args:
        arrived: Set whenever something was put on it.
        messages_max: When so many wait, the oldest makes room.

    Attributes:
        subjects: What may be put on it.
        lost: How many messages were never sent because others needed their room, or
            because the far side would not have them.
    """

    subjects = SUBJECTS

    def __init__(
        self, arrived: threading.Event, messages_max: int = MESSAGES_MAX
    ) -> None:
        self.lost = 0
        self._arrived = arrived
        self._messages_max = messages_max
        self._mutex = threading.Lock()
        self._last_seq = 0
        self._waiting: dict[int, Message] = {}
        self._newest: dict[Subject, bytes] = {}

    def post(self, subject: Subject, payload: bytes) -> None:
        """Put a message on it, to be sent as soon as there is a link.

        Raises:
            ValueError: The subject has a place on a disk, or the payload is larger than
                what a tray is for.
        """
        if subject not in self.subjects:
            raise ValueError(f"{subject}: waits in the outbox, not on a tray")
        if len(payload) > MESSAGE_BYTES_MAX:
            raise ValueError(
                f"{subject}: {len(payload)} bytes are above the {MESSAGE_BYTES_MAX} "
                "of a tray"
            )
        with self._mutex:
            self._put(subject, payload)
        self._arrived.set()

    def tell_again(self) -> None:
        """Put back the newest of each state that a broker was to keep, if it is gone.

        What waits still is not put on it twice.
        """
        with self._mutex:
            waiting = {message.subject for message in self._waiting.values()}
            for subject, payload in self._newest.items():
                if subject not in waiting:
                    self._put(subject, payload)
        self._arrived.set()

    @property
    def pending(self) -> int:
        """How many messages wait."""
        return len(self._waiting)

    def head(self, limit: int) -> list[Message]:
        """Return messages that wait, the oldest first, so many at most."""
        with self._mutex:
            return list(self._waiting.values())[:limit]

    def delivered(self, seqs: Iterable[int]) -> None:
        """Let go of messages that the far side has."""
        with self._mutex:
            for seq in seqs:
                self._waiting.pop(seq, None)

    def rejected(self, seq: int, _reason: str) -> None:
        """Let go of a message that the far side does not take."""
        with self._mutex:
            self.lost += self._waiting.pop(seq, None) is not None

    def _put(self, subject: Subject, payload: bytes) -> None:
        self._make_room(subject)
        self._last_seq += 1
        self._waiting[self._last_seq] = Message(subject, self._last_seq, payload)
        if subject in _RETAINED:
            self._newest[subject] = payload

    def _make_room(self, subject: Subject) -> None:
        """Take off what the newcomer replaces, or the oldest where all is full."""
        if subject in _NEWEST_ONLY:
            for seq, message in list(self._waiting.items()):
                if message.subject is subject:
                    del self._waiting[seq]
        if len(self._waiting) >= self._messages_max:
            del self._waiting[next(iter(self._waiting))]
            self.lost += 1
