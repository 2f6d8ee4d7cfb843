"""The way out at work: delivery in a thread of its own."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from tallypost.board.base import Board
from tallypost.telemetry.delivery import Delivery
from tallypost.telemetry.outbox.outbox import Outbox
from tallypost.telemetry.remote.base import Remote

DRAIN_S = 3.0
"""How long the last records may take at the end; what is left then waits on disk."""
STOP_S = 5.0
"""How long a send that is under way may take when all is to end."""


class Way(NamedTuple):
    """The way out, at work.

    Attributes:
        delivering: Whether records are on their way out; without, start afresh.
        attend: Does what operators ask; is told whether the camera gives pictures.
        proven_s: When it was last known that records go out, or why they do not, by the
            board's monotonic clock; None before it was at all.
    """

    delivering: Callable[[], bool]
    attend: Callable[[bool], None]
    proven_s: Callable[[], float | None]


def no_way(board: Board) -> Way:
    """Return what is well all the while, since there is nothing to deliver."""
    return Way(_nothing_to_deliver, _nobody_asks, board.monotonic_s)


@contextmanager
def delivering(delivery: Delivery, outbox: Outbox, remote: Remote) -> Iterator[Way]:
    """Deliver in a thread of its own: a slow link never holds up the wall."""
    stop = threading.Event()
    thread = threading.Thread(
        target=delivery.run, args=(stop,), name="delivery", daemon=True
    )
    thread.start()
    try:
        attend = _attending(remote, delivery)
        yield Way(thread.is_alive, attend, lambda: delivery.proven_s)
    finally:
        stop.set()
        outbox.arrived.set()
        thread.join(STOP_S)
        if not thread.is_alive():
            delivery.drain(DRAIN_S)


def in_turn(*duties: Callable[[], None]) -> Callable[[], None]:
    """Return what does each of them."""

    def do() -> None:
        for each in duties:
            each()

    return do


def _nothing_to_deliver() -> bool:
    """Say that delivery is well, since there is none."""
    return True


def _nobody_asks(watching: bool) -> None:  # noqa: FBT001  # one fact
    """Do nothing: without a link, nobody asks for anything."""


def _attending(remote: Remote, delivery: Delivery) -> Callable[[bool], None]:
    """Return what does what operators ask, now that answers can leave."""
    remote.begin()

    def attend(watching: bool) -> None:  # noqa: FBT001  # one fact
        remote.step(delivered=delivery.delivered > 0, watching=watching)

    return attend
