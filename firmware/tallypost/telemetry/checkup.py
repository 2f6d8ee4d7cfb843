"""Tells every hour how the device is."""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from tallypost.board.base import Board
from tallypost.domain.health import (
    Health,
    HealthRecord,
    LinkHealth,
    OutboxHealth,
    Stalls,
    Vitals,
)
from tallypost.domain.records import Provenance
from tallypost.errors import RecordError
from tallypost.telemetry.codec import json_v1
from tallypost.telemetry.codec.message import Subject

EVERY_S = 3600.0
SOON_S = 60.0
"""After the one at the start comes a second, which knows how the link is."""
CERTIFICATE_DAYS_MIN = 30.0
"""A certificate that is good for less is told to the log, too."""

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Organs:
    """Whom to ask; each answers at once.

    Attributes:
        outbox: How the outbox is.
        link: How the link is; None where there is none.
        board: How the board is.
        stalls: How often the machine has started itself anew; None for never.
        boot: A number that the system gives itself at each start.
        uptime_s: For how long the system has been up.
    """

    outbox: Callable[[], OutboxHealth]
    link: Callable[[], LinkHealth | None]
    board: Callable[[], Vitals]
    stalls: Callable[[], Stalls | None]
    boot: str
    uptime_s: Callable[[], float | None]


class Checkup:
    """Looks at all that can be ill, at the start and then every hour.

    Args:
        organs: Whom to ask.
        post: Takes what is to be told.
        device: Who it is.
        provenance: What it counts with.
        board: Whose clocks to ask.
    """

    def __init__(
        self,
        organs: Organs,
        post: Callable[[Subject, bytes], None],
        *,
        device: str,
        provenance: Provenance,
        board: Board,
    ) -> None:
        self._organs = organs
        self._post = post
        self._device = device
        self._provenance = provenance
        self._board = board
        self._begun_s = board.monotonic_s()
        self._due_s = self._begun_s
        self._next_s = SOON_S

    def tick(self) -> None:
        """Tell how the device is, if it is time to."""
        now_s = self._board.monotonic_s()
        if now_s < self._due_s:
            return
        self._due_s = now_s + self._next_s
        self._next_s = EVERY_S
        health = self.health()
        self._warn(health)
        record = HealthRecord(device=self._device, health=health)
        try:
            payload = json_v1.encode_health(record)
        except RecordError as error:
            # A sensor that talks nonsense must not hold up records.
            _logger.warning("health cannot be told reason=%s", error)
            return
        self._post(Subject.HEALTH, payload)

    def health(self) -> Health:
        """Return how the device is now."""
        clock = self._board.clock()
        return Health(
            time_utc_s=self._board.utc_s(),
            clock=clock.trust,
            clock_uncertainty_s=clock.uncertainty_s,
            boot=self._organs.boot,
            uptime_s=self._organs.uptime_s(),
            running_s=self._board.monotonic_s() - self._begun_s,
            outbox=self._organs.outbox(),
            link=self._organs.link(),
            board=self._organs.board(),
            stalls=self._organs.stalls(),
            firmware=self._provenance.firmware,
            model=self._provenance.model,
            site=self._provenance.site,
        )

    def _warn(self, health: Health) -> None:
        left_days = health.link.certificate_left_days if health.link else None
        if left_days is not None and left_days < CERTIFICATE_DAYS_MIN:
            _logger.warning("certificate expires soon, renew it days=%.1f", left_days)
