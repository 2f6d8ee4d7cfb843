"""The one way in which each thing that a vision half can say is spelled in frames.

The writer sends it, and the reader spells what it has understood once more: whoever
says the same in other frames, in another order, with more digits, or with something in
the bytes that nothing is in, is no writer of ours.
"""

from collections.abc import Iterator, Sequence

from tallypost.domain.aiming import Aimed, Boxes, Passed, Sight, Sketch
from tallypost.domain.alerts import Alert
from tallypost.domain.document import to_document
from tallypost.domain.records import Interval, Quality, collections
from tallypost.domain.shape import hints
from tallypost.errors import WallError
from tallypost.wall import frame as layout
from tallypost.wall.aimed_spelling import spelled_aimed
from tallypost.wall.figures import NOBODY, Names, Row, rows
from tallypost.wall.frame import Alphabet, Frame, Hello, Kind, State
from tallypost.wall.numbers import figure

Told = Interval | Alert | State | Hello | Aimed
"""What a vision half can say."""
_MILLI = 1000


def spelled(told: Told, alphabet: Alphabet) -> list[Frame]:
    """Return the frames that say something; their sequence is 0.

    Args:
        told: What is said.
        alphabet: What both halves know.

    Raises:
        WallError: The schema does not allow a number or a name; names its field.
    """
    match told:
        case Hello():
            return [_frame(Kind.HELLO, b"")]
        case State():
            return [_frame(Kind.STATE, layout.STATE.pack(told))]
        case Alert():
            return [_alert(told, alphabet)]
        case Passed() | Boxes() | Sketch() | Sight():
            return spelled_aimed(told, alphabet)
        case _:
            return _interval(told, alphabet)


def _frame(
    kind: Kind, body: bytes, element: int = 0, class_id: int = layout.NO_CLASS
) -> Frame:
    return Frame(kind, 0, element, class_id, body.ljust(layout.BODY_BYTES, b"\0"))


def _interval(interval: Interval, alphabet: Alphabet) -> list[Frame]:
    duration_ms = max(round(interval.duration_s * _MILLI), 1)
    followers = [*_followers(interval, duration_ms / _MILLI, alphabet)]
    monotonic_s = interval.start_monotonic_s
    body = layout.INTERVAL.pack(
        round(interval.start_utc_s * _MILLI),
        duration_ms,
        layout.NO_TIME if monotonic_s is None else round(monotonic_s * _MILLI),
        len(followers),
    )
    return [_frame(Kind.INTERVAL, body), *followers]


def _followers(
    interval: Interval, duration_s: float, alphabet: Alphabet
) -> Iterator[Frame]:
    quality = to_document(interval.quality)
    for row in rows(Quality, quality, Names((), ()), duration_s):
        yield _figures(row, layout.QUALITY, 0)
    for place, collection in enumerate(layout.COLLECTIONS):
        word, told = collections()[collection], getattr(interval, collection)
        by_name = alphabet.elements.get(collection, {})
        for element, (name, parts) in enumerate(by_name.items()):
            if name in told:
                names = Names(alphabet.classes, parts, alphabet.unasked)
                for row in rows(word, to_document(told[name]), names, duration_s):
                    yield _figures(row, place, element)


def _figures(row: Row, collection: int, element: int) -> Frame:
    class_id, part, second = row.place
    body = layout.FIGURES.pack(
        collection, len(row.figures), part % 2**16, second % 2**16, 0
    ) + b"".join(layout.FIGURE.pack(slot, number) for slot, number in row.figures)
    return _frame(
        Kind.FIGURES, body, element, layout.NO_CLASS if class_id == NOBODY else class_id
    )


def _alert(alert: Alert, alphabet: Alphabet) -> Frame:
    collection, element = layout.NO_COLLECTION, 0
    if alert.collection is not None and alert.element is not None:
        collection = _place("collection", layout.COLLECTIONS, alert.collection)
        element = _place("element", alphabet.names(alert.collection), alert.element)
    class_id = layout.NO_CLASS
    if alert.label is not None:
        class_id = _place("label", alphabet.classes, alert.label)
    body = layout.ALERT.pack(
        layout.ALERT_KINDS.index(alert.kind),
        layout.ALERT_STATES.index(alert.state),
        collection,
        layout.CLOCKS.index(alert.clock),
        alert.value is not None,
        _number("time_utc_s", alert.time_utc_s),
        _number("value", alert.value or 0.0),
    )
    return _frame(Kind.ALERT, body, element, class_id)


def _place(field: str, names: Sequence[str], name: str) -> int:
    """Return the place of an alert's name among those that were agreed on."""
    if name not in names:
        raise WallError(f"wall: Alert.{field}: {name!a} is none that was agreed on")
    return names.index(name)


def _number(field: str, value: float) -> int:
    return figure(hints(Alert)[field], value, ("Alert", field), 0.0)
