"""Asks the far side what time it is, while nobody else knows.

Request, on `<prefix>/<device>/time/request`: `{"nonce": "<32 hexadecimal digits>"}`.
Answer, on `<prefix>/<device>/time`: `{"nonce": "...", "utc": "2026-11-22T10:15:00Z"}`,
with the nonce of the request, and the time at which the answer was written. It was
written at some moment between asking and hearing: in the middle, half of it either way.

Source of the bound: D. L. Mills, RFC 5905, section 8 (half the round-trip delay).
"""

import logging
import secrets
from collections.abc import Callable

from tallypost.board.base import Board
from tallypost.domain import fields
from tallypost.domain.json_text import parse, spell
from tallypost.domain.records import ClockTrust
from tallypost.errors import RecordError
from tallypost.telemetry.clock.reckoner import Reckoner

AGAIN_S = 60.0
"""How long to wait for an answer before asking again."""
TRIP_S_MAX = 20.0
"""An answer that took longer says too little."""
DOUBT_S_MAX = 5.0
"""Whoever knows the time as well as that need not ask."""
FAR_SIDE_S = 0.5
"""How far the far side's own clock may be off: it keeps it, as servers do."""
ANSWER_BYTES_MAX = 256
NONCE_BYTES = 16

_logger = logging.getLogger(__name__)


class Asking:
    """Asks while the clock is not kept, once a minute, and passes on what it is told.

    Args:
        reckoner: Is told the time.
        board: Whose clock measures the round trip.
        post: Sends a request, as soon as there is a link; a newer one replaces it.
    """

    def __init__(
        self, reckoner: Reckoner, board: Board, post: Callable[[bytes], None]
    ) -> None:
        self._reckoner = reckoner
        self._board = board
        self._post = post
        self._asked: tuple[str, float] | None = None

    def tick(self) -> None:
        """Ask, if it is time to; call it about once a second."""
        now_s, known = self._board.monotonic_s(), self._reckoner.reading()
        doubt_s = known.uncertainty_s
        if known.trust is ClockTrust.SYNCED or (
            doubt_s is not None and doubt_s <= DOUBT_S_MAX
        ):
            self._asked = None
            return
        asked = self._asked
        if asked is not None and now_s < asked[1] + AGAIN_S:
            return
        nonce = secrets.token_hex(NONCE_BYTES)
        self._asked = nonce, now_s
        self._post(spell({"nonce": nonce}))

    def hear(self, answer: bytes) -> None:
        """Take an answer; any thread may call it.

        One that is malformed, late, unasked for or heard before is passed over.

        Args:
            answer: What came, from whomever.
        """
        now_s, asked = self._board.monotonic_s(), self._asked
        try:
            found = parse(answer, bytes_max=ANSWER_BYTES_MAX)
            nonce = fields.text(fields.member(found, "", "nonce"), "nonce")
            utc_s = fields.instant(fields.member(found, "", "utc"), "utc")
        except RecordError as error:
            _logger.warning("answer about the time is none reason=%s", error)
            return
        if asked is None or not secrets.compare_digest(
            nonce.encode(), asked[0].encode()
        ):
            _logger.warning("answer about the time to no question of ours")
            return
        trip_s = now_s - asked[1]
        if trip_s > TRIP_S_MAX:
            return
        self._asked = "", asked[1]  # answered: no other answer is heard
        half_s = trip_s / 2
        self._reckoner.told(utc_s, asked[1] + half_s, half_s + FAR_SIDE_S)
