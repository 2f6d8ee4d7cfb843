"""The seeing side of the wall: never waits, and says nothing but frames."""

import math
import os
from collections import deque
from collections.abc import Iterator

from tallypost.domain.records import Interval, LineFigures, ZoneFigures
from tallypost.errors import WallError
from tallypost.wall import frame as layout
from tallypost.wall.frame import Alphabet, Frame, Kind, State


class WallWriter:
    """Writes intervals, and keeps in memory what does not pass at once.

    A reader that is slow or gone never holds up the camera: the descriptor is set not
    to block, and past the alphabet's `backlog_frames_max` whole intervals are let go.

    Args:
        descriptor: Where frames are written.
        alphabet: What both halves know.
    """

    def __init__(self, descriptor: int, alphabet: Alphabet) -> None:
        self._descriptor = descriptor
        self._alphabet = alphabet
        self._sequence = 0
        self._backlog: deque[bytes] = deque()
        os.set_blocking(descriptor, False)
        self._send([Frame(Kind.HELLO, 0, 0, 0, layout.HELLO.pack(os.getpid()))])

    def send(self, interval: Interval) -> None:
        """Send one interval.

        Raises:
            WallError: The other half is gone.
        """
        followers = [*self._lines(interval), *self._zones(interval)]
        quality = interval.quality
        body = layout.INTERVAL.pack(
            interval.start_utc_s,
            interval.duration_s,
            quality.observed_s,
            quality.frames,
            quality.frames_dropped,
            _told(quality.frame_lifetime_ms_p99),
            layout.CLOCKS.index(quality.clock),
            _told(quality.clock_uncertainty_s),
            len(followers),
        )
        self._send([Frame(Kind.INTERVAL, 0, 0, 0, body), *followers])

    def tell(self, state: State) -> None:
        """Say what befell this half.

        Raises:
            WallError: The other half is gone.
        """
        self._send([Frame(Kind.STATE, 0, 0, 0, layout.STATE.pack(state))])

    def flush(self) -> bool:
        """Write what will pass just now; return whether nothing is left.

        Raises:
            WallError: The other half is gone.
        """
        while self._backlog:
            try:
                os.write(self._descriptor, self._backlog[0])
            except BlockingIOError:
                return False
            except OSError as error:
                raise WallError(
                    f"wall: it cannot be written ({error.strerror}); "
                    "the telemetry half is gone"
                ) from error
            self._backlog.popleft()
        return True

    def _send(self, frames: list[Frame]) -> None:
        if len(self._backlog) + len(frames) <= self._alphabet.backlog_frames_max:
            for frame in frames:
                numbered = Frame(
                    frame.kind,
                    self._sequence,
                    frame.element,
                    frame.class_id,
                    frame.body,
                )
                self._backlog.append(numbered.pack())
                self._sequence = (self._sequence + 1) % 2**32
        self.flush()

    def _lines(self, interval: Interval) -> Iterator[Frame]:
        for element, name in enumerate(self._alphabet.lines):
            line = interval.lines.get(name, LineFigures())
            for class_id, label in enumerate(self._alphabet.classes):
                counts = (line.forward.get(label, 0), line.backward.get(label, 0))
                if any(counts):
                    yield Frame(
                        Kind.LINE, 0, element, class_id, layout.LINE.pack(*counts)
                    )

    def _zones(self, interval: Interval) -> Iterator[Frame]:
        for element, name in enumerate(self._alphabet.zones):
            zone = interval.zones.get(name, ZoneFigures())
            for class_id, label in enumerate(self._alphabet.classes):
                counts = (
                    zone.occupancy_mean.get(label, 0.0),
                    zone.occupancy_max.get(label, 0),
                    zone.entries.get(label, 0),
                    zone.exits.get(label, 0),
                )
                if any(counts):
                    body = layout.ZONE.pack(
                        *counts,
                        _told(zone.dwell_mean_s.get(label)),
                        _told(zone.dwell_max_s.get(label)),
                    )
                    yield Frame(Kind.ZONE, 0, element, class_id, body)


def _told(value: float | None) -> float:
    return math.nan if value is None else value
