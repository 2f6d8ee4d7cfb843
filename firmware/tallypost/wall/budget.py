"""How much a vision half may say: so many frames of each kind a minute, and no more."""

from collections.abc import Mapping

from tallypost.errors import WallError
from tallypost.wall.frame import (
    ALERTS_PER_MINUTE,
    BACKLOG_INTERVALS,
    PIPE_FRAMES,
    Alphabet,
    Kind,
)

STATES_PER_MINUTE = 30
HELLOS_PER_MINUTE = 6
"""The supervisor starts a half that ends at once 6 times in the first minute, and
twice in each later one; under the units it is 6 times in each (`RestartSec=`)."""
HELLOS_MAX = 130
"""An hour of them, which a reader that slept may find in the pipe."""


class Budget:
    """So many frames a minute and no more: a bucket that fills with time.

    Args:
        what: What is told, for messages.
        frames_per_minute: How fast it fills.
        frames_max: How much it holds; it is full in the beginning.
    """

    def __init__(self, what: str, frames_per_minute: float, frames_max: float) -> None:
        self._what = what
        self._rate_hz = frames_per_minute / 60.0
        self._frames_max = self._left = frames_max
        self._filled_s: float | None = None

    def spend(self, now_s: float) -> None:
        """Pay for one frame.

        Raises:
            WallError: The sender says more than it may.
        """
        if self._filled_s is not None:
            gained = max(now_s - self._filled_s, 0.0) * self._rate_hz
            self._left = min(self._left + gained, self._frames_max)
        self._filled_s = now_s
        if self._left < 1.0:
            raise WallError(
                f"wall: more than {self._rate_hz * 60:.0f} {self._what} a minute; "
                "the sender says more than it may"
            )
        self._left -= 1.0


def budgets(
    alphabet: Alphabet, intervals_per_minute: float, *, paced: bool
) -> Mapping[Kind, Budget]:
    """Return the budget that a frame of each kind is paid from.

    None pays for another: who counts little may not warn the more. Each holds what an
    honest writer can have waiting for a reader that was away, in the pipe and in its
    own memory; that comes at once, and is paid back before as much may come again.

    Args:
        alphabet: What both halves know.
        intervals_per_minute: How many intervals may come, in the mean.
        paced: Whether time passes by the calendar; where footage is played as fast as
            it goes, hours of alerts come in a minute, as hours of intervals do.
    """
    # Apart, or else many small intervals would pass for few large ones.
    heads = Budget("intervals", intervals_per_minute, BACKLOG_INTERVALS + PIPE_FRAMES)
    figures = Budget(
        "frames of intervals",
        alphabet.interval_frames_max * intervals_per_minute,
        alphabet.backlog_frames_max + PIPE_FRAMES,
    )
    alerts = Budget("alerts", ALERTS_PER_MINUTE, PIPE_FRAMES + ALERTS_PER_MINUTE)
    return {
        Kind.HELLO: Budget("beginnings", HELLOS_PER_MINUTE, HELLOS_MAX),
        Kind.INTERVAL: heads,
        Kind.FIGURES: figures,
        Kind.ALERT: alerts if paced else figures,
        Kind.STATE: Budget("states", STATES_PER_MINUTE, PIPE_FRAMES),
    }
