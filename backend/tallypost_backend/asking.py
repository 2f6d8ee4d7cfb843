"""Asks one question of a device through a broker."""

from collections.abc import Callable

from tallypost.errors import RecordError
from tallypost_backend.broker import Connection, Heard
from tallypost_backend.options import Way


def ask(  # one question
    way: Way,
    sent: str,
    envelope: bytes,
    heard: str,
    is_wanted: Callable[[Heard], bool],
    *,
    retain: bool,
) -> bytes | None:
    """Publish, and return the first answer that is wanted; None where none comes.

    Args:
        way: Where to, and for how long to wait.
        sent: The topic to publish to.
        envelope: What to publish.
        heard: The topic of answers.
        is_wanted: Says whether one is; what it cannot read is none.
        retain: Whether the broker shall keep what is published.

    Raises:
        UplinkError: The broker cannot be reached, or refuses.
    """

    def wanted(message: Heard) -> bool:
        try:
            return is_wanted(message)
        except RecordError:
            return False

    assert way.address is not None
    connection = Connection(way.address, heard)
    try:
        connection.publish(sent, envelope, retain=retain)
        return connection.answer(way.wait_s, wanted)
    finally:
        connection.close()
