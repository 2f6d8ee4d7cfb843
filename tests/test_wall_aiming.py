"""What passes the wall while somebody aims, and that nothing of it does otherwise."""

import struct
from dataclasses import replace
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tallypost.domain.aiming import (
    BOX_STEPS,
    BOXES_EVERY_S,
    BOXES_MAX,
    EVENTS_PER_MINUTE,
    SIGHT_EVERY_S,
    SKETCH_CELLS_MAX,
    SKETCH_EVERY_S,
    SKETCH_SIDE_MAX,
    Aimed,
    Aiming,
    Box,
    Boxes,
    Passed,
    Sight,
    Sketch,
)
from tallypost.domain.alerts import Alert
from tallypost.domain.records import Interval
from tallypost.errors import WallError
from tallypost.wall.aimed import LATE_S, WAYS_OF
from tallypost.wall.frame import (
    FRAME_BYTES,
    PIPE_FRAMES,
    Alphabet,
    Hello,
    Kind,
    State,
)
from tallypost.wall.reader import WallReader
from tallypost.wall.spelling import Told, spelled
from tests.test_wall import SMALL, Pipe, forged, interval

ALPHABET = Alphabet(
    classes=("person", "car"),
    elements={"lines": {"gate": (), "ramp": ()}, "zones": {"platform": ()}},
)
BEGIN_S, FOR_S = 1000.0, 600.0
AIMING = Aiming(FOR_S, BEGIN_S + FOR_S)
NOW_S = BEGIN_S + 300.0

moments = st.integers(int(BEGIN_S * 1000), int(NOW_S * 1000)).map(lambda ms: ms / 1000)
sides = st.integers(0, BOX_STEPS)


@st.composite
def a_box(draw: st.DrawFn) -> Box:
    x1, x2 = sorted((draw(sides), draw(sides)))
    y1, y2 = sorted((draw(sides), draw(sides)))
    name = draw(st.sampled_from(ALPHABET.classes))
    return Box(name, *(side / BOX_STEPS for side in (x1, y1, x2, y2)))


@st.composite
def a_sketch(draw: st.DrawFn) -> Sketch:
    width = draw(st.integers(1, SKETCH_SIDE_MAX))
    height = draw(st.integers(1, min(SKETCH_SIDE_MAX, SKETCH_CELLS_MAX // width)))
    count = width * height
    bits = draw(st.integers(0, 2**count - 1))
    size = ceil(count / 8)
    return Sketch(
        draw(moments), width, height, (bits << (8 * size - count)).to_bytes(size)
    )


@st.composite
def a_passage(draw: st.DrawFn) -> Passed:
    collection = draw(st.sampled_from([*WAYS_OF]))
    return Passed(
        collection,
        draw(st.sampled_from(ALPHABET.names(collection))),
        draw(st.sampled_from(ALPHABET.classes)),
        draw(st.sampled_from([each.value for each in WAYS_OF[collection]])),
        draw(moments),
    )


a_sight = st.builds(
    Sight,
    moments,
    st.integers(0, 10_000).map(lambda n: n / 10),
    st.integers(0, 100).map(lambda n: n / 100),
    st.integers(0, 100).map(lambda n: n / 100),
)


def in_order(box: Box) -> tuple[int, float, float, float, float]:
    return ALPHABET.classes.index(box.class_name), box.x1, box.y1, box.x2, box.y2


some_boxes = st.builds(
    Boxes,
    moments,
    st.lists(a_box(), max_size=BOXES_MAX).map(lambda x: tuple(sorted(x, key=in_order))),
)
anything = st.one_of(a_sketch(), some_boxes, a_passage(), a_sight)


def said(*told: Told) -> bytes:
    """What our writer sends of it."""
    pipe = Pipe(ALPHABET)
    try:
        for each in told:
            assert not isinstance(each, Hello | State)
            pipe.writer.send(each)
        return pipe.drain()
    finally:
        pipe.close()


def reader(aiming: Aiming | None = AIMING) -> WallReader:
    return WallReader(ALPHABET, 60.0, aiming=aiming)


@given(told=anything)
def test_what_is_told_to_who_aims_arrives_the_same(told: Aimed) -> None:
    assert reader().feed(said(told), NOW_S) == [Hello(), told]


@given(told=anything)
def test_nothing_of_it_passes_where_nobody_aims(told: Aimed) -> None:
    for aiming, now_s in [
        (None, NOW_S),
        (AIMING, AIMING.until_monotonic_s + LATE_S),
    ]:
        with pytest.raises(WallError, match="only while somebody aims"):
            reader(aiming).feed(said(told), now_s)


SKETCH = Sketch(NOW_S, 64, 48, bytes(range(256)) + bytes(128))
BOXES = Boxes(NOW_S, tuple(Box("car", n / 128, 0.0, 1.0, 1.0) for n in range(9)))
PASSED = Passed("lines", "ramp", "car", "backward", NOW_S - 0.25)
SIGHT = Sight(NOW_S, 9.5, 0.75, 0.5)
EACH: dict[str, Aimed] = {
    "sketch": SKETCH,
    "boxes": BOXES,
    "passage": PASSED,
    "sight": SIGHT,
}


def test_intervals_and_alerts_pass_beside_it() -> None:
    whole = interval(lines={}, zones={}, car_parks={}, movements={})
    data = said(SKETCH, whole, BOXES, PASSED, whole, SIGHT)

    assert reader().feed(data, NOW_S)[1:] == [
        SKETCH,
        whole,
        BOXES,
        PASSED,
        whole,
        SIGHT,
    ]


@pytest.mark.parametrize("told", EACH.values(), ids=EACH.keys())
def test_it_is_of_a_time_at_which_somebody_aimed(told: Aimed) -> None:
    for at_s in (BEGIN_S - 1.0, NOW_S + 2.0, AIMING.until_monotonic_s + 1.0, -1e15):
        with pytest.raises(WallError, match="at which nobody aimed"):
            reader().feed(said(replace(told, at_monotonic_s=at_s)), NOW_S)


EVERY_S = {"sketch": SKETCH_EVERY_S, "boxes": BOXES_EVERY_S, "sight": SIGHT_EVERY_S}


@pytest.mark.parametrize("name", EVERY_S)
def test_it_is_told_no_more_often_than_it_may_be(name: str) -> None:
    told, every_s = EACH[name], EVERY_S[name]
    soon, later, before = (
        replace(told, at_monotonic_s=NOW_S - 100 + after_s)
        for after_s in (every_s - 0.002, every_s, -1.0)
    )
    first = replace(told, at_monotonic_s=NOW_S - 100)

    assert len(reader().feed(said(first, later), NOW_S)) == 3
    for other in (soon, before):
        with pytest.raises(WallError, match="too soon"):
            reader().feed(said(first, other), NOW_S)


def test_who_begins_afresh_may_not_tell_more_for_it() -> None:
    target = reader()
    target.feed(said(SKETCH), NOW_S)

    with pytest.raises(WallError, match="too soon"):
        target.feed(said(replace(SKETCH, at_monotonic_s=NOW_S + 0.5)), NOW_S)


def test_a_reader_that_was_away_believes_what_waited_for_it() -> None:
    """A hundred sketches at once, each two seconds after the one before."""
    told = [replace(SKETCH, at_monotonic_s=BEGIN_S + 2.0 * n) for n in range(70)]

    assert reader().feed(said(*told), NOW_S)[1:] == told


def test_a_reader_that_begins_believes_no_more_than_a_pipe_can_hold() -> None:
    """It knows of no moment before: whoever ends it could tell all of them again."""
    told = [replace(SKETCH, at_monotonic_s=BEGIN_S + 2.0 * n) for n in range(150)]
    with pytest.raises(WallError, match="frames while aiming a minute"):
        reader().feed(said_at_once(*told), NOW_S)


def said_at_once(*told: Aimed) -> bytes:
    """More than a pipe holds."""
    frames = [frame for each in told for frame in spelled(each, ALPHABET)]
    return b"".join(
        replace(frame, sequence=at).pack() for at, frame in enumerate(frames)
    )


def test_who_tells_all_there_is_as_often_as_it_may_be_is_believed() -> None:
    """For as long as somebody aims, after a pipe full of it has waited."""
    whole = replace(BOXES, boxes=tuple(sorted(BOXES.boxes * 2 + BOXES.boxes[:6])))
    told = sorted(
        (
            replace(each, at_monotonic_s=BEGIN_S + every_s * n)
            for each, every_s in ((SKETCH, 2.0), (whole, 0.5), (SIGHT, 1.0))
            for n in range(round(FOR_S / every_s))
        ),
        key=lambda each: each.at_monotonic_s,
    )
    target, at = reader(), 0
    for each in told:
        frames = [
            replace(frame, sequence=at + n).pack()
            for n, frame in enumerate(spelled(each, ALPHABET))
        ]
        at += len(frames)
        late_s = max(each.at_monotonic_s, BEGIN_S + 60.0)
        assert target.feed(b"".join(frames), late_s) == [each]


def test_who_tells_of_more_passages_than_a_street_has_is_refused() -> None:
    [frame] = spelled(PASSED, ALPHABET)
    target = reader()
    most = 2 * EVENTS_PER_MINUTE + PIPE_FRAMES
    flood = b"".join(replace(frame, sequence=n).pack() for n in range(most))
    with pytest.raises(WallError, match="more than 120 events a minute"):
        target.feed(flood, NOW_S)


def frames_of(told: Aimed) -> list[bytes]:
    data = said(told)[FRAME_BYTES:]
    return [data[at : at + FRAME_BYTES] for at in range(0, len(data), FRAME_BYTES)]


def renumbered(frames: list[bytes]) -> bytes:
    """Frames in another order, their numbers and checksums right."""
    return b"".join(
        forged(
            frame[4],
            frame[12:60],
            element=int.from_bytes(frame[6:8], "little"),
            class_id=frame[5],
            sequence=number,
        )
        for number, frame in enumerate(frames)
    )


@pytest.mark.parametrize("name", ["sketch", "boxes"])
def test_parts_come_whole_and_in_their_order(name: str) -> None:
    parts = frames_of(EACH[name])
    first, second, *others = parts
    state = forged(Kind.STATE, struct.pack("<H", 1), class_id=255)
    assert len(reader().feed(renumbered(parts), NOW_S)) == 1
    for wrong in (
        [second, first, *others],
        [first, first, *others],
        [first, state, second, *others],
        [first, *frames_of(SIGHT), second],
        [first, *others] if others else [first, first],
    ):
        target = reader()
        target.feed(said(), NOW_S)
        with pytest.raises(WallError):
            target.feed(renumbered([first, *wrong])[FRAME_BYTES:], NOW_S)


@pytest.mark.parametrize("name", ["sketch", "boxes"])
def test_a_reader_that_starts_in_the_middle_waits_for_the_next_whole(name: str) -> None:
    told = EACH[name]
    _, *rest = frames_of(replace(told, at_monotonic_s=NOW_S - 50))
    whole = frames_of(told)

    assert reader().feed(renumbered([*rest, *whole]), NOW_S) == [told]


AT = round(NOW_S * 1000)
HUGE = struct.pack("<qBBH", AT, 96, 96, 0)
LIES = {
    "a fine sketch": forged(Kind.SKETCH, HUGE, class_id=255),
    "a sketch of too many cells": forged(
        Kind.SKETCH, struct.pack("<qBBH", AT, 64, 64, 0), class_id=255
    ),
    "a sketch of nothing": forged(
        Kind.SKETCH, struct.pack("<qBBH", AT, 0, 9, 0), class_id=255
    ),
    "bits after the last cell": forged(
        Kind.SKETCH, struct.pack("<qBBH", AT, 3, 3, 0) + b"\xff\xff", class_id=255
    ),
    "bytes after the last cell": forged(
        Kind.SKETCH, struct.pack("<qBBH", AT, 8, 1, 0) + b"\x00\x01", class_id=255
    ),
    "a crowd without end": forged(
        Kind.BOX, struct.pack("<qBBH", AT, 255, 0, 0), class_id=255
    ),
    "a box beyond the picture": forged(
        Kind.BOX, struct.pack("<qBBH5B", AT, 1, 0, 0, 0, 1, 1, 200, 1), class_id=255
    ),
    "a box inside out": forged(
        Kind.BOX, struct.pack("<qBBH5B", AT, 1, 0, 0, 0, 9, 1, 2, 1), class_id=255
    ),
    "boxes in another order": forged(
        Kind.BOX,
        struct.pack("<qBBH10B", AT, 2, 0, 0, 0, 9, 1, 9, 1, 0, 1, 1, 9, 1),
        class_id=255,
    ),
    "a box of nobody": forged(
        Kind.BOX, struct.pack("<qBBH5B", AT, 1, 0, 0, 7, 1, 1, 2, 2), class_id=255
    ),
    "a class beside boxes": forged(
        Kind.BOX, struct.pack("<qBBH", AT, 0, 0, 0), class_id=1
    ),
    "a zone that is crossed forward": forged(
        Kind.EVENT, struct.pack("<qBBH", AT, 1, 0, 0), class_id=0
    ),
    "a way that there is not": forged(
        Kind.EVENT, struct.pack("<qBBH", AT, 0, 9, 0), class_id=0
    ),
    "a line that nobody drew": forged(
        Kind.EVENT, struct.pack("<qBBH", AT, 0, 0, 0), class_id=0, element=7
    ),
    "a passage of nobody": forged(
        Kind.EVENT, struct.pack("<qBBH", AT, 0, 0, 0), class_id=255
    ),
    "a passage with something beside": forged(
        Kind.EVENT, struct.pack("<qBBHB", AT, 0, 0, 0, 1), class_id=0
    ),
    "sharper than sharp": forged(
        Kind.SIGHT, struct.pack("<qHBB", AT, 50, 101, 50), class_id=255
    ),
    "ten thousand frames a second": forged(
        Kind.SIGHT, struct.pack("<qHBB", AT, 65_535, 50, 50), class_id=255
    ),
}


@pytest.mark.parametrize("frame", LIES.values(), ids=LIES.keys())
def test_what_nobody_may_say_is_refused(frame: bytes) -> None:
    with pytest.raises(WallError):
        reader().feed(frame, NOW_S)


HONEST = {
    Kind.SKETCH: struct.pack("<qBBH", AT, 8, 1, 0) + b"\x01",
    Kind.BOX: struct.pack("<qBBH5B", AT, 1, 0, 0, 0, 1, 1, 2, 2),
    Kind.EVENT: struct.pack("<qBBH", AT, 0, 0, 0),
    Kind.SIGHT: struct.pack("<qHBB", AT, 50, 50, 50),
}


@pytest.mark.parametrize("kind", HONEST)
def test_the_same_said_rightly_passes(kind: Kind) -> None:
    """The lies above fail by what they say, and not by how they are forged."""
    class_id = 0 if kind is Kind.EVENT else 255

    assert reader().feed(forged(kind, HONEST[kind], class_id=class_id), NOW_S)


WRONG: dict[str, tuple[Aimed, str]] = {
    "a fine sketch": (replace(SKETCH, width=96), "96 x 48"),
    "too few cells": (replace(SKETCH, cells=b"\x00"), "Sketch.cells"),
    "too many boxes": (replace(BOXES, boxes=BOXES.boxes * 3), "Boxes.boxes"),
    "a box beyond the picture": (
        Boxes(NOW_S, (Box("car", 0.0, 0.0, 1.5, 1.0),)),
        "Boxes.boxes",
    ),
    "a class that nobody knows": (replace(PASSED, class_name="dog"), "class_name"),
    "a line that nobody drew": (replace(PASSED, element="door"), "element"),
    "a way that there is not": (replace(PASSED, direction="up"), "direction"),
    "no number": (replace(SIGHT, light=float("nan")), "Sight.light"),
}


@pytest.mark.parametrize(("told", "field"), WRONG.values(), ids=WRONG.keys())
def test_a_writer_that_is_wrong_hears_which_field(told: Aimed, field: str) -> None:
    with pytest.raises(WallError, match=field):
        said(told)


def test_no_name_passes_with_it() -> None:
    data = said(PASSED, BOXES)

    for name in ("gate", "ramp", "platform", "person", "car"):
        assert name.encode() not in data


def test_what_nobody_hears_just_now_is_let_go_and_keeps_no_interval_back() -> None:
    pipe = Pipe(SMALL)
    try:
        told: list[Interval | Alert | Aimed] = [
            replace(SKETCH, at_monotonic_s=BEGIN_S + 2.0 * n) for n in range(200)
        ]
        for each in told:
            pipe.writer.send(each)
        small = interval(zones={}, car_parks={}, movements={}, lines={})
        pipe.writer.send(small)
        heard: list[Told] = []
        target = WallReader(SMALL, 60.0, aiming=AIMING)
        while not heard or not isinstance(heard[-1], Interval):
            heard += target.feed(pipe.drain(), NOW_S + 200)
            pipe.writer.flush()
    finally:
        pipe.close()

    sketches = [each for each in heard if isinstance(each, Sketch)]
    assert 0 < len(sketches) < len(told)
    assert heard[-1] == small
