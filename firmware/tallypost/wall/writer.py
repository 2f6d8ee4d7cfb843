"""The seeing side of the wall: never waits, and says nothing but frames."""

import math
import os
from collections import deque
from collections.abc import Iterator, Sequence

from tallypost.domain.alerts import Alert
from tallypost.domain.document import to_document
from tallypost.domain.records import Interval, Quality, collections
from tallypost.domain.shape import hints
from tallypost.errors import WallError
from tallypost.wall import frame as layout
from tallypost.wall.figures import NOBODY, Names, Row, number, rows
from tallypost.wall.frame import Alphabet, Frame, Kind, State


class WallWriter:
    """Writes intervals, and keeps in memory what does not pass at once.

    A reader that is slow or gone never holds up the camera: the descriptor is set not
    to block, and past the alphabet's `backlog_frames_max` whole intervals are let go.
    They leave room for alerts.

    Args:
        descriptor: Where frames are written.
        alphabet: What both halves know.
    """

    def __init__(self, descriptor: int, alphabet: Alphabet) -> None:
        self._descriptor = descriptor
        self._alphabet = alphabet
        self._sequence = 0
        self._backlog: deque[bytes] = deque()
        self._backlog_max = alphabet.backlog_frames_max
        os.set_blocking(descriptor, False)
        self._send([Frame(Kind.HELLO, 0, 0, 0, layout.HELLO.pack(os.getpid()))])

    def send(self, told: Interval | Alert) -> None:
        """Send one interval or one alert.

        Raises:
            WallError: The other half is gone, or the schema does not allow a number or
                a name; names its field.
        """
        if isinstance(told, Alert):
            self._send([self._alert(told)])
            return
        followers = [*self._figures(told)]
        monotonic_s = told.start_monotonic_s
        body = layout.INTERVAL.pack(
            told.start_utc_s,
            told.duration_s,
            math.nan if monotonic_s is None else monotonic_s,
            len(followers),
        )
        self._send([Frame(Kind.INTERVAL, 0, 0, layout.NO_CLASS, body), *followers])

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
        room = self._backlog_max - len(self._backlog)
        if frames[0].kind is Kind.INTERVAL:
            room -= layout.ALERTS_PER_MINUTE
        if len(frames) <= room:
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

    def _figures(self, interval: Interval) -> Iterator[Frame]:
        for row in rows(Quality, to_document(interval.quality), Names((), ())):
            yield _frame(row, layout.QUALITY, 0)
        for place, collection in enumerate(layout.COLLECTIONS):
            word = collections()[collection]
            by_name = self._alphabet.elements.get(collection, {})
            for element, (name, parts) in enumerate(by_name.items()):
                figures = getattr(interval, collection).get(name)
                if figures is not None:
                    names = Names(self._alphabet.classes, parts)
                    for row in rows(word, to_document(figures), names):
                        yield _frame(row, place, element)

    def _alert(self, alert: Alert) -> Frame:
        collection, element = layout.NO_COLLECTION, 0
        if alert.collection is not None and alert.element is not None:
            collection = _place("collection", layout.COLLECTIONS, alert.collection)
            names = self._alphabet.names(alert.collection)
            element = _place("element", names, alert.element)
        class_id = layout.NO_CLASS
        if alert.label is not None:
            class_id = _place("label", self._alphabet.classes, alert.label)
        body = layout.ALERT.pack(
            layout.ALERT_KINDS.index(alert.kind),
            layout.ALERT_STATES.index(alert.state),
            collection,
            layout.CLOCKS.index(alert.clock),
            alert.value is not None,
            _number("time_utc_s", alert.time_utc_s),
            _number("value", alert.value or 0.0),
        )
        return Frame(Kind.ALERT, 0, element, class_id, body)


def _place(field: str, names: Sequence[str], name: str) -> int:
    """Return the place of an alert's name among those that were agreed on."""
    if name not in names:
        raise WallError(f"wall: Alert.{field}: {name!a} is none that was agreed on")
    return names.index(name)


def _number(field: str, value: float) -> int:
    return number(hints(Alert)[field], value, ("Alert", field))


def _frame(row: Row, collection: int, element: int) -> Frame:
    class_id, part, second = row.place
    body = layout.FIGURES.pack(
        collection, len(row.figures), part % 2**16, second % 2**16, 0
    ) + b"".join(layout.FIGURE.pack(slot, number) for slot, number in row.figures)
    return Frame(
        Kind.FIGURES,
        0,
        element,
        layout.NO_CLASS if class_id == NOBODY else class_id,
        body,
    )
