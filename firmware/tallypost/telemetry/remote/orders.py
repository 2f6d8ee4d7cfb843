"""Decides whether a command is to be believed, and sees to it that it is done once."""

import logging

from tallypost.board.base import Board
from tallypost.domain.commands import (
    EVERYBODY,
    FOR_EVERYBODY,
    LIFETIME_S_MAX,
    Order,
    Outcome,
    Reply,
    name_of,
)
from tallypost.domain.records import ClockTrust
from tallypost.errors import RecordError, RemoteStateError
from tallypost.telemetry.codec.command_v1 import (
    ENVELOPE_BYTES_MAX,
    decode_order,
    decode_reply,
    encode_reply,
)
from tallypost.telemetry.codec.signed import Purpose, Sealed, read_envelope
from tallypost.telemetry.remote.hands import Done, Hands
from tallypost.telemetry.remote.keys import KeyRing
from tallypost.telemetry.remote.ledger import Entry, Ledger

AHEAD_S_MAX = 300.0
"""By how much an operator's clock may be ahead of ours."""
INTERRUPTED = "it was begun, and cut short; nobody knows how far it came"
REASON_CHARACTERS_MAX = 1024

_logger = logging.getLogger(__name__)


class Orders:
    """Heeds commands.

    A command is believed that a key which is heeded has signed, for this device, with a
    counter above all that this key has used; while the clock is trusted, also only
    between issue and expiry. Without a trusted clock the expiry is held against the
    latest moment that any believed command was issued at: whoever holds a command back
    may then have it done late, but never twice, changed, or after a later one.

    Args:
        device: Who we are.
        ring: Whose keys are heeded.
        ledger: What was done before.
        hands: What does it.
        board: Whose calendar is asked.
    """

    def __init__(
        self,
        *,
        device: str,
        ring: KeyRing,
        ledger: Ledger,
        hands: Hands,
        board: Board,
    ) -> None:
        self._device = device
        self._ring = ring
        self._ledger = ledger
        self._hands = hands
        self._board = board

    def heed(self, envelope: bytes) -> tuple[Reply, bool]:
        """Return what to answer, and whether an operator's key has signed the question.

        Args:
            envelope: As it came, whoever sent it.
        """
        try:
            sealed = read_envelope(
                envelope, Purpose.COMMAND, bytes_max=ENVELOPE_BYTES_MAX
            )
        except RecordError as error:
            return self._reply(_refused(str(error))), False
        reason = distrust(sealed, self._ring)
        if reason:
            return self._reply(_refused(reason), sealed), False
        return self._heed_signed(sealed), True

    def interrupted(self) -> list[Reply]:
        """Return answers to commands that a power cut came in between."""
        answers = []
        for key, entry in self._ledger.interrupted():
            reply = Reply(
                device=self._device,
                outcome=Outcome.FAILED,
                key=key,
                counter=entry.counter,
                reason=INTERRUPTED,
            )
            self._finish(entry, reply)
            answers.append(reply)
        return answers

    def _heed_signed(self, sealed: Sealed) -> Reply:
        try:
            order = decode_order(sealed.body)
        except RecordError as error:
            return self._reply(_refused(str(error)), sealed)
        known = self._ledger.find(sealed.key_id, sealed.digest)
        if known is not None:
            return self._again(known, sealed, order)
        verdict = self._judge(sealed, order)
        if verdict is None or verdict.outcome is Outcome.EXPIRED:
            # What has expired is written down too: a clock may be set back.
            return self._once(sealed, order, verdict)
        return self._reply(verdict, sealed, order)

    def _judge(self, sealed: Sealed, order: Order) -> Done | None:
        """Return what to answer; None where a command is to be done."""
        if order.device == EVERYBODY:
            if not isinstance(order.command, FOR_EVERYBODY):
                return _refused("device: this must be asked of one by its name")
        elif order.device != self._device:
            return _refused("device: is another")
        last = self._ledger.last_counter(sealed.key_id)
        if order.counter <= last:
            told = f"counter: {order.counter} is not above {last}"
            return Done(outcome=Outcome.REPLAYED, reason=told)
        if order.expires_utc_s - order.issued_utc_s > LIFETIME_S_MAX:
            return _refused("expires: is more than 7 days after issued")
        return self._judge_time(order)

    def _judge_time(self, order: Order) -> Done | None:
        now_s = self._ledger.time_utc_s_min
        if self._board.clock().trust is not ClockTrust.UNSYNCED:
            now_s = self._board.utc_s()
            if order.issued_utc_s > now_s + AHEAD_S_MAX:
                return _refused("issued: is in the future; are clocks right?")
        if now_s >= order.expires_utc_s:
            return Done(outcome=Outcome.EXPIRED, reason="expires: is over")
        return None

    def _once(self, sealed: Sealed, order: Order, done: Done | None) -> Reply:
        """Write a command down, do it unless it is done with, write the answer down."""
        try:
            entry = self._ledger.begin(
                sealed.key_id, order.counter, sealed.digest, order.issued_utc_s
            )
        except RemoteStateError as error:
            return self._reply(_failed(str(error)), sealed, order)
        if done is None:
            done = self._hands.carry_out(order.command)
        reply = self._reply(done, sealed, order)
        _logger.warning(
            "command key=%s command=%s outcome=%s",
            *(sealed.key_id, reply.command, reply.outcome.value),
        )
        self._finish(entry, reply)
        return reply

    def _finish(self, entry: Entry, reply: Reply) -> None:
        try:
            self._ledger.finish(entry, encode_reply(reply).decode())
        except RemoteStateError as error:
            _logger.error("answer not kept reason=%s", error)  # noqa: TRY400

    def _again(self, known: Entry, sealed: Sealed, order: Order) -> Reply:
        if known.reply is None:
            return self._reply(_failed(INTERRUPTED), sealed, order)
        return decode_reply(known.reply.encode())

    def _reply(
        self, done: Done, sealed: Sealed | None = None, order: Order | None = None
    ) -> Reply:
        reason = done.reason and done.reason[:REASON_CHARACTERS_MAX]
        return Reply(
            device=self._device,
            outcome=done.outcome,
            key=sealed.key_id if sealed else None,
            counter=order.counter if order else None,
            command=name_of(order.command) if order else None,
            reason=reason,
            records=done.records,
            request=done.request,
        )


def _refused(reason: str) -> Done:
    return Done(outcome=Outcome.REFUSED, reason=reason)


def _failed(reason: str) -> Done:
    return Done(outcome=Outcome.FAILED, reason=reason)


def distrust(sealed: Sealed, ring: KeyRing) -> str:
    """Return why an envelope is not to be believed, or ""."""
    key = ring.heeded.get(sealed.key_id)
    if key is None:
        return "protected.kid: is no key that is heeded here"
    if not sealed.signed_by(key):
        return "signature: does not fit"
    return ""
