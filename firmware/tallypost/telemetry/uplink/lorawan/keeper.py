"""Has a station look after its modem once a second, so that nobody waits for a join."""

import logging
import threading

from tallypost.telemetry.uplink.lorawan.station import Station

EVERY_S = 1.0
STOP_S = 2.0

_logger = logging.getLogger(__name__)


class Keeper:
    """A thread that begins on construction; `close` lets go of the modem, too.

    Args:
        station: What is looked after.
    """

    def __init__(self, station: Station) -> None:
        self._station = station
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="radio", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop, within about two seconds; twice is harmless."""
        self._closing.set()
        self._station.close()
        self._thread.join(STOP_S)

    def _run(self) -> None:
        while not self._closing.wait(EVERY_S):
            try:
                self._station.keep()
            # Whatever a driver makes of a strange modem must not end the thread that
            # would open it afresh.
            except Exception:  # the head of a thread
                _logger.exception("modem not looked after")
