"""Signs, every hour, which records were made: a chain of batches."""

import logging
import os
from collections.abc import Callable, Iterable
from pathlib import Path

from tallypost.board.base import Board
from tallypost.domain.records import ClockTrust, Provenance
from tallypost.errors import OutboxUnavailableError, SigningError
from tallypost.telemetry.codec.batch import (
    CHAIN_BYTES,
    RECORDS_MAX,
    UNDATED_MAX,
    Batch,
    Signed,
    digest,
    line_of,
    read_line,
)
from tallypost.telemetry.codec.signed import key_id
from tallypost.telemetry.notary.book import Book
from tallypost.telemetry.notary.key import own_key
from tallypost.telemetry.outbox.numbers import Numbers
from tallypost.telemetry.outbox.signable import Signable

EVERY_S = 3600.0
SOON_S = 60.0
"""After a start, and after the disk has refused."""
NEXT_S = 1.0
"""While there is more than one batch holds: nothing else is held up."""

_logger = logging.getLogger(__name__)


class Notary:
    """Says under the device's own signature what it has counted.

    Args:
        find: Returns what can be signed, given the number up to which all was looked
            at, those that had no date, and how many records to look at at most.
        folder: Where key and batches are kept.
        device: Who measures.
        provenance: What it counts with.
        board: Whose clocks to ask.

    Attributes:
        book: The batches, and those of them that must still go out.

    Raises:
        SigningError: The key cannot be had, or the disk refuses.
    """

    def __init__(
        self,
        find: Callable[[int, Numbers, int], Signable],
        folder: Path,
        *,
        device: str,
        provenance: Provenance,
        board: Board,
    ) -> None:
        self._key = own_key(folder)
        self.book = Book(folder)
        self._find = find
        self._device = device
        self._provenance = provenance
        self._board = board
        self._due_s = board.monotonic_s() + SOON_S
        self._told = ""
        self._unkept = b""  # signed, and perhaps on the disk: no other may follow it
        self._last = self._taken_up(self.book.newest)

    def tick(self) -> None:
        """Sign what is new, if it is time to; what cannot be signed now waits."""
        now_s = self._board.monotonic_s()
        if now_s < self._due_s:
            return
        told = ""
        try:
            again_s = NEXT_S if self._sign() else EVERY_S
        except (OutboxUnavailableError, SigningError) as error:
            told, again_s = str(error), SOON_S
        if told and told != self._told:
            _logger.error("batch not signed reason=%s", told)
        self._told = told
        self._due_s = now_s + again_s

    def _sign(self) -> bool:
        """Sign one batch, if there is anything new; return whether there may be more.

        Raises:
            OutboxUnavailableError: The disk refuses.
            SigningError: Likewise.
        """
        if not self._unkept:
            self._unkept = self._signed()
        if not self._unkept:
            return False
        self.book.append(self._unkept)
        self._last, self._unkept = read_line(self._unkept), b""
        batch = self._last.batch
        _logger.info(
            "batch signed number=%d records=%d", batch.number, len(batch.records)
        )
        return len(batch.records) == RECORDS_MAX

    def _signed(self) -> bytes:
        """Return the next batch, signed; nothing where there is nothing new.

        Raises:
            OutboxUnavailableError: The disk refuses.
        """
        last = self._last.batch if self._last else None
        undated = Numbers(last.undated if last else ())
        found = self._find(last.until if last else 0, undated, RECORDS_MAX)
        if not found.payloads:
            return b""
        batch = Batch(
            device=self._device,
            chain=last.chain if last else os.urandom(CHAIN_BYTES),
            number=last.number + 1 if last else 1,
            before=self._last.digest if self._last else None,
            signed_utc_s=self._utc_s(),
            provenance=self._provenance,
            until=found.until,
            undated=tuple(found.undated.simplified(UNDATED_MAX)),
            records=_digests(found.payloads),
        )
        return line_of(batch, self._key)

    def _taken_up(self, newest: Signed | None) -> Signed | None:
        """Return the batch to go on from: ours, by this key and of this name."""
        public_key = self._key.public_key().public_bytes_raw()
        if (
            newest is None
            or newest.public_key != public_key
            or newest.batch.device != self._device
        ):
            _logger.warning(
                "a chain of batches begins device=%s key=%s",
                *(self._device, key_id(public_key)),
            )
            return None
        return newest

    def _utc_s(self) -> int | None:
        if self._board.clock().trust is ClockTrust.UNSYNCED:
            return None
        return int(self._board.utc_s())


def _digests(payloads: Iterable[tuple[int, bytes]]) -> tuple[tuple[int, bytes], ...]:
    return tuple((seq, digest(payload)) for seq, payload in payloads)
