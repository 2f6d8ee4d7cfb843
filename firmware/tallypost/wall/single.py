"""What a single frame says, by what both halves know."""

from tallypost.domain.alerts import TELLERS, Alert
from tallypost.domain.document import Document, from_document
from tallypost.domain.shape import hints
from tallypost.errors import RecordError, WallError
from tallypost.wall import frame as layout
from tallypost.wall.figures import NOBODY, Place, Row
from tallypost.wall.frame import Alphabet, Frame, State
from tallypost.wall.numbers import value


def element_of(frame: Frame, collection: int, alphabet: Alphabet) -> str:
    """Return the name of the element that a frame is about.

    Raises:
        WallError: Nobody drew it.
    """
    if collection < len(layout.COLLECTIONS):
        key = layout.COLLECTIONS[collection]
        names = alphabet.names(key)
        if frame.element < len(names):
            return names[frame.element]
    raise WallError(
        f"wall: frame {frame.sequence} names element {frame.element} of kind "
        f"{collection}, which nobody drew"
    )


def alert_of(frame: Frame, alphabet: Alphabet) -> Alert:
    """Return the alert of a frame.

    Raises:
        WallError: The schema does not allow it.
    """
    kind, state, collection, clock, known, time, number = layout.ALERT.unpack_from(
        frame.body
    )
    told: Document = {"time_utc_s": _alert_value("time_utc_s", time)}
    if collection != layout.NO_COLLECTION:
        told["element"] = element_of(frame, collection, alphabet)
        told["collection"] = layout.COLLECTIONS[collection]
    if known:
        told["value"] = _alert_value("value", number)
    try:
        if frame.class_id != layout.NO_CLASS:
            told["label"] = alphabet.classes[frame.class_id]
        told["kind"] = layout.ALERT_KINDS[kind]
        told["state"] = layout.ALERT_STATES[state]
        told["clock"] = layout.CLOCKS[clock]
        alert = from_document(Alert, told, "alert")
    except (IndexError, RecordError) as error:
        raise WallError(
            f"wall: frame {frame.sequence} tells an alert that nobody knows; {error}"
        ) from error
    teller = TELLERS[alert.kind]
    if teller is None and (alert.label, alert.value) != (None, None):
        raise WallError(
            f"wall: frame {frame.sequence}: the camera tells neither who it was "
            f"nor how much of it"
        )
    if alert.collection != teller:
        raise WallError(
            f"wall: frame {frame.sequence}: {alert.collection or 'the camera'} "
            f"tells of no {alert.kind.value}"
        )
    if alert.kind not in alphabet.alerts:
        raise WallError(
            f"wall: frame {frame.sequence} tells of {alert.kind.value}, which this "
            "site does not ask for"
        )
    return alert


def _alert_value(field: str, number: int) -> object:
    return value(hints(Alert)[field], number)


def row_of(frame: Frame) -> tuple[int, Row]:
    """Return the collection that a frame is about, and its numbers.

    Raises:
        WallError: It says that there are more than fit.
    """
    collection, count, part, second, _ = layout.FIGURES.unpack_from(frame.body)
    room = (len(frame.body) - layout.FIGURES.size) // layout.FIGURE.size
    if count > room:
        raise WallError(f"wall: frame {frame.sequence} has no room for {count} numbers")
    figures = tuple(
        layout.FIGURE.unpack_from(
            frame.body, layout.FIGURES.size + at * layout.FIGURE.size
        )
        for at in range(count)
    )
    class_id = NOBODY if frame.class_id == layout.NO_CLASS else frame.class_id
    return collection, Row(Place(class_id, part, second), figures)


def state_of(frame: Frame) -> State:
    """Return the state of a frame.

    Raises:
        WallError: There is none of that number.
    """
    (code,) = layout.STATE.unpack_from(frame.body)
    try:
        return State(code)
    except ValueError:
        raise WallError(f"wall: frame {frame.sequence} tells state {code}") from None
