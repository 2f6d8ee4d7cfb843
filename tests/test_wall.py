"""What passes the wall, and what does not."""

import os
import re
import struct
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tallypost.domain.alerts import (
    OF_THE_BOX,
    TELLERS,
    Alert,
    AlertKind,
    AlertRecord,
    AlertState,
)
from tallypost.domain.figures.lines import (
    HeadwayFigures,
    LineFigures,
    LineHeadways,
    LineTotals,
)
from tallypost.domain.figures.parking import CarParkFigures, SpaceFigures, SpaceState
from tallypost.domain.figures.traffic import MovementFigures
from tallypost.domain.figures.zones import ZoneFigures
from tallypost.domain.records import (
    ClockTrust,
    Dated,
    Interval,
    Quality,
    collections,
)
from tallypost.errors import WallError
from tallypost.telemetry.codec import json_v1
from tallypost.wall.budget import HELLOS_MAX, HELLOS_PER_MINUTE, STATES_PER_MINUTE
from tallypost.wall.frame import (
    ALERT_KINDS,
    ALERTS_PER_MINUTE,
    BACKLOG_INTERVALS,
    FRAME_BYTES,
    PIPE_FRAMES,
    Alphabet,
    Frame,
    Hello,
    Kind,
    State,
    unpack,
)
from tallypost.wall.numbers import number_max, scale, slots
from tallypost.wall.reader import WallReader
from tallypost.wall.writer import WallWriter
from tests.domain.strategies import Words

ALPHABET = Alphabet(
    classes=("person", "car"),
    elements={
        "lines": {"gate": (), "ramp": ()},
        "zones": {"platform": ()},
        "car_parks": {"north": ("1", "2")},
        "movements": {"junction": ("west", "east")},
    },
)

SMALL = Alphabet(classes=("car",), elements={"lines": {"gate": ()}})
"""Its pipe and its backlog are full after few intervals."""


def interval(frames: int = 597, **changes: object) -> Interval:
    watched = frames > 0
    given_values: dict[str, object] = {
        "start_utc_s": 1_700_000_040.0,
        "duration_s": 60.0,
        "start_monotonic_s": 12_345.678,
        "lines": {
            "gate": LineFigures(forward={"car": 2}, backward={"person": 1}),
            "ramp": LineFigures(),
        }
        if watched
        else {},
        "zones": {
            "platform": ZoneFigures(
                occupancy_mean={"person": 3.5},
                occupancy_max={"person": 9},
                entries={"person": 12},
                exits={"person": 10},
                dwell_mean_s={"person": 8.25},
                dwell_max_s={"person": 31.5},
            )
        }
        if watched
        else {},
        "car_parks": {
            "north": CarParkFigures(
                spaces=2,
                free=1,
                occupied=1,
                occupancy_mean=0.625,
                by_space={
                    "1": SpaceFigures(
                        state=SpaceState.OCCUPIED, occupied_s=12.5, overstay=True
                    ),
                    "2": SpaceFigures(state=SpaceState.FREE, departures=1),
                },
            )
        }
        if watched
        else {},
        "movements": {
            "junction": MovementFigures(
                trips={"west": {"east": {"car": 3}, "west": {"person": 1}}}, k=3
            )
        }
        if watched
        else {},
        "quality": Quality(
            observed_s=59.5 if watched else 0.0,
            frames=frames,
            frames_dropped=3,
            frame_lifetime_ms_p99=41.0 if watched else None,
            clock=ClockTrust.HOLDOVER,
            clock_uncertainty_s=0.25,
        ),
    }
    return Interval(**(given_values | changes))  # type: ignore[arg-type]


PASSED = Interval(
    start_utc_s=1_700_000_040.0,
    duration_s=60.0,
    lines={"gate": LineFigures(forward={"car": 2})},
    zones={},
    quality=Quality(observed_s=59.5, frames=597, frames_dropped=3),
)
"""An interval of the small site."""


class Pipe:
    """A pipe with our writer at one end."""

    def __init__(self, alphabet: Alphabet = ALPHABET) -> None:
        self.read_end, self.write_end = os.pipe()
        os.set_blocking(self.read_end, False)
        self.writer = WallWriter(self.write_end, alphabet)

    def drain(self) -> bytes:
        data = b""
        while True:
            try:
                piece = os.read(self.read_end, 65536)
            except BlockingIOError:
                return data
            if not piece:
                return data
            data += piece

    def close(self) -> None:
        for end in (self.read_end, self.write_end):
            try:
                os.close(end)
            except OSError:
                continue


@pytest.fixture
def pipe() -> Iterator[Pipe]:
    opened = Pipe()
    yield opened
    opened.close()


@pytest.fixture
def small_pipe() -> Iterator[Pipe]:
    opened = Pipe(SMALL)
    yield opened
    opened.close()


def reader(intervals_per_minute: float = 60.0) -> WallReader:
    return WallReader(ALPHABET, intervals_per_minute)


def test_what_was_sent_arrives_the_same(pipe: Pipe) -> None:
    pipe.writer.send(interval())
    pipe.writer.tell(State.STOPPED)

    assert reader().feed(pipe.drain(), 0.0) == [HELLO, interval(), State.STOPPED]


@given(duration_s=st.floats(0.001, 3600.0))
def test_an_interval_that_was_watched_throughout_passes_whatever_its_length(
    duration_s: float,
) -> None:
    quality = Quality(observed_s=duration_s, frames=1, frames_dropped=0)
    pipe = Pipe(SMALL)
    try:
        pipe.writer.send(replace(PASSED, duration_s=duration_s, quality=quality))
        _, arrived = WallReader(SMALL, 60.0).feed(pipe.drain(), 0.0)
    finally:
        pipe.close()

    assert isinstance(arrived, Interval)
    assert arrived.quality.observed_s == pytest.approx(duration_s, abs=0.00051)


HELLO = Hello()
ALERTS = {
    "of an element": Alert(
        kind=AlertKind.OVERSTAY,
        state=AlertState.BEGUN,
        time_utc_s=1_700_000_041.1,
        collection="car_parks",
        element="north",
        label="car",
        value=7200.5,
        clock=ClockTrust.SYNCED,
    ),
    "of the camera": Alert(
        kind=AlertKind.CAMERA_MOVED,
        state=AlertState.ENDED,
        time_utc_s=1_700_000_041.0,
    ),
}


@pytest.mark.parametrize("alert", ALERTS.values(), ids=ALERTS.keys())
def test_an_alert_arrives_as_it_was_sent(pipe: Pipe, alert: Alert) -> None:
    pipe.writer.send(alert)

    assert reader().feed(pipe.drain(), 0.0) == [HELLO, alert]


@pytest.mark.parametrize("collection", collections())
@settings(max_examples=40)
@given(data=st.data())
def test_every_word_of_the_schema_passes_as_it_was(
    collection: str, data: st.DataObject
) -> None:
    parts = {"a": ("west", "east", "north"), "b": ("1", "2")}
    alphabet = Alphabet(classes=("person", "car"), elements={collection: parts})
    told = data.draw(any_interval(collection, alphabet))
    read_end, write_end = os.pipe()
    try:
        WallWriter(write_end, alphabet).send(told)
        sent = os.read(read_end, 65_536)
    finally:
        os.close(read_end)
        os.close(write_end)

    assert len(sent) <= (1 + alphabet.interval_frames_max) * FRAME_BYTES
    _, *heard = WallReader(alphabet, 60.0).feed(sent, 0.0)
    assert heard == [told]


def any_interval(collection: str, alphabet: Alphabet) -> st.SearchStrategy[Interval]:
    """Any interval in which each element of a kind may have figures or none."""
    words = {
        name: Words(
            classes=st.sampled_from(alphabet.classes),
            parts=st.sampled_from(parts),
            texts=st.none(),
            most=lambda hint: number_max(hint, 60.0) / scale(hint),
            beside=False,
        )
        for name, parts in alphabet.elements[collection].items()
    }
    word = collections()[collection]
    named = st.fixed_dictionaries(
        {}, optional={name: each.of(word) for name, each in words.items()}
    )
    return words["a"].interval(collection, named)


def test_an_interval_that_nobody_watched_has_no_lines(pipe: Pipe) -> None:
    pipe.writer.send(interval(frames=0))

    assert reader().feed(pipe.drain(), 0.0) == [HELLO, interval(frames=0)]


def test_an_interval_that_no_clock_of_the_board_knows_passes_too(pipe: Pipe) -> None:
    pipe.writer.send(interval(start_monotonic_s=None))

    assert reader().feed(pipe.drain(), 0.0) == [HELLO, interval(start_monotonic_s=None)]


def test_every_frame_has_the_one_length(pipe: Pipe) -> None:
    pipe.writer.send(interval())
    data = pipe.drain()

    assert len(data) % FRAME_BYTES == 0
    assert all(data[at : at + 4] == b"TPW4" for at in range(0, len(data), FRAME_BYTES))


def test_no_name_passes_the_wall(pipe: Pipe) -> None:
    pipe.writer.send(interval())
    data = pipe.drain()

    for name in ("gate", "ramp", "platform", "person", "car"):
        assert name.encode() not in data


@given(cuts=st.lists(st.integers(min_value=1, max_value=200), max_size=30))
def test_bytes_may_come_in_pieces_of_any_length(cuts: list[int]) -> None:
    pipe = Pipe()
    try:
        pipe.writer.send(interval())
        data = pipe.drain()
    finally:
        pipe.close()
    target = reader()
    told = []
    for cut in [*cuts, len(data)]:
        told += target.feed(data[:cut], 0.0)
        data = data[cut:]

    assert told == [HELLO, interval()]


@given(at=st.integers(min_value=0), flip=st.integers(min_value=1, max_value=255))
def test_one_wrong_byte_is_noticed(at: int, flip: int) -> None:
    pipe = Pipe()
    try:
        pipe.writer.send(interval())
        data = bytearray(pipe.drain())
    finally:
        pipe.close()
    data[at % len(data)] ^= flip

    with pytest.raises(WallError):
        reader().feed(bytes(data), 0.0)


@given(data=st.binary(min_size=FRAME_BYTES, max_size=4 * FRAME_BYTES))
def test_arbitrary_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(WallError):
        reader().feed(data, 0.0)


def forged(kind: int, body: bytes, **place: int) -> bytes:
    """A frame whose checksum is right and whose content need not be."""
    head = struct.pack(
        "<4sBBHI",
        b"TPW4",
        kind,
        place.get("class_id", 0 if kind == Kind.FIGURES else 255),
        place.get("element", 0),
        place.get("sequence", 0),
    )
    frame = head + body.ljust(48, b"\0")
    return frame + struct.pack("<I", zlib.crc32(frame))


NAN, NONE = float("nan"), 0xFFFF
HEAD = struct.Struct("<QQqI")
CLOCK = next(
    slot for slot, leaf in enumerate(slots(Quality)) if leaf.path == ("clock",)
)


def figures(*numbers: tuple[int, int], part: int = NONE, collection: int = 0) -> bytes:
    body = struct.pack("<BBHHH", collection, len(numbers), part, NONE, 0)
    return body + b"".join(struct.pack("<HQ", *number) for number in numbers)


OVERSTAY = list(AlertKind).index(AlertKind.OVERSTAY)
MOVED = list(AlertKind).index(AlertKind.CAMERA_MOVED)


def alert_of(
    *, class_id: int = 255, element: int = 0, sequence: int = 0, **changes: int
) -> bytes:
    """The frame of an alert, true but for what is changed."""
    told = {"kind": MOVED, "state": 0, "collection": 255, "clock": 0, "known": 0}
    told |= {"time": 17_000_000_410, "value": 0} | changes
    body = struct.pack("<BBBBIQQ", *told.values())
    place = {"class_id": class_id, "element": element, "sequence": sequence}
    return forged(Kind.ALERT, body, **place)


BEGUN = forged(Kind.INTERVAL, HEAD.pack(0, 60_000, 0, 1), class_id=255)
LIES = {
    "an unknown kind": [forged(99, b"")],
    "an unknown state": [forged(Kind.STATE, struct.pack("<H", 999))],
    "a duration of nothing": [forged(Kind.INTERVAL, HEAD.pack(0, 0, 0, 1))],
    "a start before the board was made": [
        forged(Kind.INTERVAL, HEAD.pack(0, 60_000, -(10**14), 1))
    ],
    "a start that never comes": [
        forged(Kind.INTERVAL, HEAD.pack(0, 60_000, 2**63 - 1, 1))
    ],
    "a duration without end": [forged(Kind.INTERVAL, HEAD.pack(0, 2**64 - 1, 0, 1))],
    "more observed than there was": [
        BEGUN,
        forged(
            Kind.FIGURES,
            figures((0, 61_000), (1, 1), (2, 0), (4, 0), collection=254),
            sequence=1,
            class_id=255,
        ),
    ],
    "an unknown clock": [
        BEGUN,
        forged(
            Kind.FIGURES,
            figures((0, 1000), (1, 1), (2, 0), (4, 77), collection=254),
            sequence=1,
            class_id=255,
        ),
    ],
    "no quality at all": [
        BEGUN,
        forged(Kind.FIGURES, figures((0, 1)), sequence=1),
    ],
    "a hundred thousand followers": [
        forged(Kind.INTERVAL, HEAD.pack(0, 60_000, 0, 100_000))
    ],
    "no followers": [forged(Kind.INTERVAL, HEAD.pack(0, 60_000, 0, 0))],
    "a line that nobody drew": [
        BEGUN,
        forged(Kind.FIGURES, figures((0, 1)), sequence=1, element=7),
    ],
    "a kind of element that there is none of": [
        BEGUN,
        forged(Kind.FIGURES, figures((0, 1), collection=99), sequence=1),
    ],
    "a class that nobody knows": [
        BEGUN,
        forged(Kind.FIGURES, figures((0, 1)), sequence=1, class_id=200),
    ],
    "a class where one is needed": [
        BEGUN,
        forged(Kind.FIGURES, figures((0, 1)), sequence=1, class_id=255),
    ],
    "a field that there is none of": [
        BEGUN,
        forged(Kind.FIGURES, figures((999, 1)), sequence=1),
    ],
    "more numbers than there is room for": [
        BEGUN,
        forged(Kind.FIGURES, struct.pack("<BBHHH", 0, 200, 0, 0, 0), sequence=1),
    ],
    "a parking space that nobody drew": [
        BEGUN,
        forged(
            Kind.FIGURES,
            figures((20, 0), part=2, collection=2),
            sequence=1,
            class_id=255,
        ),
    ],
    "an alert of a kind that nobody knows": [
        forged(Kind.ALERT, struct.pack("<BBBBIQQ", 99, 0, 255, 0, 0, 0, 0))
    ],
    "an alert in a state that nobody knows": [alert_of(state=2)],
    "an alert by a clock that nobody knows": [alert_of(clock=9)],
    "an alert of a class that nobody knows": [alert_of(class_id=2)],
    "an intrusion that the camera tells": [alert_of(kind=0)],
    "a line that tells of an intrusion": [alert_of(kind=0, collection=0)],
    "a line that tells that the camera is moved": [alert_of(collection=0)],
    "an alert of more than can be measured": [
        forged(
            Kind.ALERT,
            struct.pack("<BBBBIQQ", OVERSTAY, 0, 2, 0, 1, 0, 366 * 864_000 + 1),
        )
    ],
    "how much the camera was moved": [alert_of(known=1, value=1)],
    "whom the camera was moved by": [alert_of(class_id=1)],
    "an alert after the year 9999": [alert_of(time=2_534_023_007_991)],
    "an alert at the end of time": [alert_of(time=2**64 - 1)],
    "an interval after the year 9999": [
        forged(Kind.INTERVAL, HEAD.pack(253_402_300_860_000, 60_000, 0, 1))
    ],
    "an alert about an element that nobody drew": [
        forged(Kind.ALERT, struct.pack("<BBBBIQQ", 0, 0, 0, 0, 0, 0, 0), element=9)
    ],
    "a frame that was lost": [
        forged(Kind.STATE, struct.pack("<H", 1)),
        forged(Kind.STATE, struct.pack("<H", 1), sequence=2),
    ],
    "a second beginning": [
        BEGUN,
        forged(Kind.INTERVAL, HEAD.pack(0, 60_000, 0, 1), sequence=1),
    ],
    "followers of nothing": [
        forged(Kind.HELLO, b""),
        forged(Kind.FIGURES, figures((0, 1)), sequence=1),
    ],
}


@pytest.mark.parametrize("frames", LIES.values(), ids=LIES.keys())
def test_a_lie_with_a_right_checksum_is_refused(frames: list[bytes]) -> None:
    with pytest.raises(WallError):
        reader().feed(b"".join(frames), 0.0)


def said(*told: Interval | Alert | State) -> list[bytes]:
    """Return the frames of a half that begins and says something."""
    pipe = Pipe()
    try:
        for each in told:
            if isinstance(each, State):
                pipe.writer.tell(each)
            else:
                pipe.writer.send(each)
        data = pipe.drain()
    finally:
        pipe.close()
    return [data[at : at + FRAME_BYTES] for at in range(0, len(data), FRAME_BYTES)]


def rewritten(frame: bytes, at: int, byte: int) -> bytes:
    """Return a frame with another byte, and a checksum that says so."""
    changed = frame[:at] + bytes([byte]) + frame[at + 1 : -4]
    return changed + struct.pack("<I", zlib.crc32(changed))


def resequenced(frames: list[bytes]) -> bytes:
    """Return frames in the order in which they stand."""
    whole = b""
    for sequence, frame in enumerate(frames):
        numbered = frame[:8] + struct.pack("<I", sequence) + frame[12:-4]
        whole += numbered + struct.pack("<I", zlib.crc32(numbered))
    return whole


CLASS_AT, ELEMENT_AT, BODY_AT, LAST_AT = 5, 6, 12, 59
SAME_IN_OTHER_BYTES: dict[str, Callable[[list[bytes]], list[bytes]]] = {
    "followers in another order": lambda frames: [
        *frames[:2],
        *reversed(frames[2:-2]),
        *frames[-2:],
    ],
    "something behind the last number": lambda frames: [
        *frames[:2],
        frames[2],
        rewritten(frames[3], LAST_AT, 1),
        *frames[4:],
    ],
    "something where a row has nothing": lambda frames: [
        *frames[:3],
        rewritten(frames[3], BODY_AT + 6, 1),
        *frames[4:],
    ],
    "a class of the whole interval": lambda frames: [
        frames[0],
        rewritten(frames[1], CLASS_AT, 0),
        *frames[2:],
    ],
    "something behind an interval's head": lambda frames: [
        frames[0],
        rewritten(frames[1], LAST_AT, 1),
        *frames[2:],
    ],
    "an element of the quality": lambda frames: [
        *frames[:2],
        rewritten(frames[2], ELEMENT_AT, 1),
        *frames[3:],
    ],
    "something behind an alert": lambda frames: [
        *frames[:-2],
        rewritten(frames[-2], LAST_AT, 1),
        frames[-1],
    ],
    "a known value that is 2": lambda frames: [
        *frames[:-2],
        rewritten(frames[-2], BODY_AT + 4, 2),
        frames[-1],
    ],
    "an element of a state": lambda frames: [
        *frames[:-1],
        rewritten(frames[-1], ELEMENT_AT, 1),
    ],
    "something behind a state": lambda frames: [
        *frames[:-1],
        rewritten(frames[-1], LAST_AT, 1),
    ],
    "something behind a beginning": lambda frames: [
        rewritten(frames[0], LAST_AT, 1),
        *frames[1:],
    ],
}


@pytest.mark.parametrize(
    "change", SAME_IN_OTHER_BYTES.values(), ids=SAME_IN_OTHER_BYTES.keys()
)
def test_what_is_said_in_other_bytes_than_ours_is_refused(
    change: Callable[[list[bytes]], list[bytes]],
) -> None:
    frames = said(interval(), ALERTS["of an element"], State.WATCHING)
    assert len(reader().feed(resequenced(frames), 0.0)) == 4

    with pytest.raises(WallError, match="in other frames than ours"):
        reader().feed(resequenced(change(frames)), 0.0)


def test_one_row_in_two_frames_is_refused() -> None:
    numbers = ((0, 1000), (1, 1), (2, 0), (CLOCK, 0))

    def sent(bodies: list[bytes]) -> bytes:
        head = forged(Kind.INTERVAL, HEAD.pack(0, 60_000, 0, len(bodies)))
        told = (forged(Kind.FIGURES, body, class_id=255) for body in bodies)
        return resequenced([forged(Kind.HELLO, b""), head, *told])

    def row(told: tuple[tuple[int, int], ...]) -> bytes:
        return figures(*told, collection=254)

    assert len(reader().feed(sent([row(numbers)]), 0.0)) == 2
    with pytest.raises(WallError, match="in other frames than ours"):
        reader().feed(sent([row(numbers[:2]), row(numbers[2:])]), 0.0)


def test_a_beginning_in_the_middle_is_refused() -> None:
    with pytest.raises(WallError, match="only 0 may"):
        reader().feed(forged(Kind.HELLO, b"", sequence=7), 0.0)


def test_what_only_the_other_half_knows_is_not_told() -> None:
    """Totals, dates found later and the lock-in are added where records are kept."""
    total = LineTotals(forward={"car": 7}, backward={})
    lines = {"gate": LineFigures(forward={"car": 2}, total=total)}
    quality = replace(interval().quality, no_lock_in=True, dated=Dated.LATER)
    sent = interval(lines=lines, quality=quality)

    _, told = reader().feed(b"".join(said(sent)), 0.0)

    assert isinstance(told, Interval)
    assert told.lines["gate"] == LineFigures(forward={"car": 2})
    assert told.quality == interval().quality


def test_what_the_site_does_not_ask_for_may_not_be_told() -> None:
    """Whoever speaks of it all the same is no writer of ours."""
    headways = LineHeadways(forward=HeadwayFigures(count=3, mean_s=1.5))
    sent = interval(lines={"gate": LineFigures(headways=headways)})
    frugal = WallReader(replace(ALPHABET, unasked=("headways",)), 60.0)

    assert reader().feed(b"".join(said(sent)), 0.0)[1:] == [sent]
    with pytest.raises(WallError, match="in other frames than ours"):
        frugal.feed(b"".join(said(sent)), 0.0)


def test_no_more_digits_pass_than_somebody_reads() -> None:
    zone = ZoneFigures(
        occupancy_mean={"person": 3.14159}, dwell_mean_s={"person": 2.71828}
    )
    sent = interval(zones={"platform": zone})

    _, told = reader().feed(b"".join(said(sent)), 0.0)

    assert isinstance(told, Interval)
    assert told.zones["platform"].occupancy_mean == {"person": 3.14}
    assert told.zones["platform"].dwell_mean_s == {"person": 2.72}


def test_a_reader_that_starts_anew_waits_for_the_next_interval(pipe: Pipe) -> None:
    pipe.writer.send(interval())
    begun = pipe.drain()
    pipe.writer.send(interval(start_utc_s=1_700_000_100.0))
    rest = begun[2 * FRAME_BYTES :] + pipe.drain()

    assert reader().feed(rest, 0.0) == [interval(start_utc_s=1_700_000_100.0)]


def test_a_vision_half_that_starts_anew_is_understood(pipe: Pipe) -> None:
    target = reader()
    pipe.writer.send(interval())
    target.feed(pipe.drain()[: 2 * FRAME_BYTES], 0.0)
    reborn = WallWriter(pipe.write_end, ALPHABET)
    reborn.send(interval())

    assert target.feed(pipe.drain(), 0.0) == [HELLO, interval()]


def test_a_true_alert_passes() -> None:
    """Or else the lies above would be refused for another reason."""
    [told] = reader().feed(alert_of(), 0.0)

    assert told == Alert(
        kind=AlertKind.CAMERA_MOVED,
        state=AlertState.BEGUN,
        time_utc_s=1_700_000_041.0,
        clock=ClockTrust.SYNCED,
    )


def test_what_the_box_tells_of_itself_does_not_pass() -> None:
    """Nor does it as a number of a kind that is not there yet."""
    assert not OF_THE_BOX & set(ALERT_KINDS)
    for number in range(len(ALERT_KINDS), 256):
        with pytest.raises(WallError, match="an alert that nobody knows"):
            reader().feed(alert_of(kind=number), 0.0)


def test_every_kind_of_alert_is_told_by_the_camera_by_elements_or_by_the_box() -> None:
    assert set(TELLERS) | OF_THE_BOX == set(AlertKind)
    assert not set(TELLERS) & OF_THE_BOX
    assert {teller for teller in TELLERS.values() if teller} <= set(collections())
    assert {kind for kind, teller in TELLERS.items() if teller is None} == {
        kind for kind in AlertKind if kind.startswith("camera_")
    }


bytes_of_a_frame = st.builds(
    forged,
    st.integers(0, 6),
    st.binary(max_size=48),
    class_id=st.sampled_from((0, 1, 2, 255)),
    element=st.integers(0, 2),
    sequence=st.just(0),
)
some_interval = st.builds(
    lambda *told: forged(Kind.INTERVAL, HEAD.pack(*told)),
    st.integers(0, 2**64 - 1) | st.just(0),
    st.integers(0, 2**64 - 1) | st.just(60_000),
    st.integers(-(2**63), 2**63 - 1) | st.just(0),
    st.integers(0, 9),
)
some_figures = st.builds(
    lambda collection, part, numbers, **place: forged(
        Kind.FIGURES, figures(*numbers, part=part, collection=collection), **place
    ),
    st.sampled_from((*range(len(collections())), 254)),
    st.sampled_from((0, 1, 2, NONE)),
    st.lists(
        st.tuples(st.integers(0, 30), st.integers(0, 3) | st.integers(0, 2**64 - 1)),
        max_size=4,
    ),
    class_id=st.sampled_from((0, 1, 2, 255)),
    element=st.integers(0, 2),
)
some_alert = st.builds(
    alert_of,
    class_id=st.sampled_from((0, 1, 2, 255)),
    element=st.integers(0, 2),
    sequence=st.just(0),
    kind=st.integers(0, len(AlertKind)),
    state=st.integers(0, 2),
    collection=st.integers(0, len(collections())) | st.just(255),
    clock=st.integers(0, 3),
    known=st.integers(0, 2),
    time=st.integers(0, 2**64 - 1) | st.integers(0, 2**41),
    value=st.integers(0, 2**64 - 1) | st.integers(0, 2**48),
)


@settings(max_examples=300)
@given(frame=some_alert)
def test_whatever_an_alert_holds_it_is_refused_or_can_leave_the_device(
    frame: bytes,
) -> None:
    try:
        heard = reader().feed(frame, 0.0)
    except WallError:
        return
    for told in heard:
        if isinstance(told, Alert):
            begun_seq = 1 if told.state is AlertState.ENDED else None
            record = AlertRecord(device="tp-1", seq=2, alert=told, begun_seq=begun_seq)
            assert json_v1.decode_alert(json_v1.encode_alert(record)) == record


def whole_interval(followers: list[bytes]) -> list[bytes]:
    return [
        forged(Kind.INTERVAL, HEAD.pack(0, 60_000, 0, len(followers))),
        *followers,
    ]


@settings(max_examples=300)
@given(
    frames=st.lists(some_alert | bytes_of_a_frame | some_interval, max_size=6)
    | st.lists(some_figures, max_size=6).map(whole_interval)
)
def test_no_sequence_of_frames_breaks_the_reader(frames: list[bytes]) -> None:
    target = reader()
    sent = bytearray()
    for sequence, frame in enumerate(frames):
        numbered = frame[:8] + struct.pack("<I", sequence) + frame[12:60]
        sent += numbered + struct.pack("<I", zlib.crc32(numbered))
    try:
        heard = target.feed(bytes(sent), 0.0)
    except WallError:
        return
    assert len(heard) <= len(frames)


HUGE = 1e300


@pytest.mark.parametrize("number", [-0.01, NAN, float("inf"), HUGE])
@pytest.mark.parametrize("field", ["value", "time_utc_s"])
def test_an_alert_that_breaks_the_schema_is_not_sent(
    pipe: Pipe, field: str, number: float
) -> None:
    pipe.drain()

    alert = replace(ALERTS["of an element"], **{field: number})  # type: ignore[arg-type]
    with pytest.raises(WallError, match=rf"Alert\.{field}: {re.escape(str(number))}"):
        pipe.writer.send(alert)
    assert pipe.drain() == b""


@pytest.mark.parametrize(
    "changes",
    [
        {"label": "cow"},
        {"element": "south"},
        {"collection": "queues"},
        {"collection": "towers"},
    ],
)
def test_an_alert_of_a_name_that_nobody_agreed_on_is_not_sent(
    pipe: Pipe, changes: dict[str, str]
) -> None:
    pipe.drain()

    alert = replace(ALERTS["of an element"], **changes)  # type: ignore[arg-type]
    with pytest.raises(WallError, match="none that was agreed on"):
        pipe.writer.send(alert)
    assert pipe.drain() == b""


@pytest.mark.parametrize("number", [-0.01, NAN, float("inf"), HUGE])
def test_an_interval_whose_figures_break_the_schema_is_not_sent(
    pipe: Pipe, number: float
) -> None:
    zones = {"platform": ZoneFigures(occupancy_mean={"person": number})}
    pipe.drain()

    with pytest.raises(WallError, match=r"ZoneFigures\.occupancy_mean\.class: "):
        pipe.writer.send(interval(zones=zones))
    assert pipe.drain() == b""


def test_noise_that_is_more_than_a_street_has_passes(pipe: Pipe) -> None:
    trips = {"west": {"east": {"car": 3_000_000}}}
    noisy = MovementFigures(trips=trips, k=2_000_000)
    pipe.writer.send(interval(movements={"junction": noisy}))

    _, told = reader().feed(pipe.drain(), 0.0)

    assert isinstance(told, Interval)
    assert told.movements["junction"] == noisy


def test_what_came_while_nobody_could_look_is_told_at_once(pipe: Pipe) -> None:
    """A camera of 60 pictures a second, and a detector that stood still for an hour."""
    quality = replace(interval().quality, frames_dropped=216_000)
    pipe.writer.send(interval(quality=quality))

    _, told = reader().feed(pipe.drain(), 0.0)

    assert isinstance(told, Interval)
    assert told.quality == quality


def test_an_interval_of_more_than_can_be_counted_is_not_sent(pipe: Pipe) -> None:
    lines = {"gate": LineFigures(forward={"car": 24_001})}

    with pytest.raises(
        WallError,
        match=r"LineFigures\.forward\.class: 24001 is not between 0 and 24000",
    ):
        pipe.writer.send(interval(lines=lines))


def test_a_sender_that_says_too_much_is_caught(small_pipe: Pipe) -> None:
    target = WallReader(SMALL, 1.0)

    said = small_pipe.drain()
    while len(said) < 2 * (SMALL.backlog_frames_max + PIPE_FRAMES) * FRAME_BYTES:
        small_pipe.writer.send(PASSED)
        said += small_pipe.drain()

    with pytest.raises(WallError, match="more than it may"):
        target.feed(said, 0.0)


def test_many_small_intervals_do_not_pass_for_few_large_ones() -> None:
    """A head by itself tells as much as a frame of figures does."""
    quality = figures((0, 1000), (1, 1), (2, 0), (CLOCK, 0), collection=254)
    small = [
        forged(Kind.INTERVAL, HEAD.pack(0, 60_000, 0, 1)),
        forged(Kind.FIGURES, quality, class_id=255),
    ]
    intervals_max = BACKLOG_INTERVALS + PIPE_FRAMES

    def said(count: int) -> bytes:
        return resequenced([forged(Kind.HELLO, b""), *(small * count)])

    assert len(reader(1.0).feed(said(intervals_max), 0.0)) == 1 + intervals_max
    with pytest.raises(WallError, match="more than 1 intervals a minute"):
        reader(1.0).feed(said(intervals_max + 1), 0.0)


def accepted(
    target: WallReader, frame: Callable[[int], bytes], *, minutes: int
) -> list[int]:
    """How many frames of a kind pass in each minute, until one is too many.

    Every second as many come as the ration lets pass; what was refused comes again.
    """
    passed = []
    sequence = 0
    for minute in range(minutes):
        before = sequence
        for second in range(60):
            with suppress(WallError):
                while True:
                    target.feed(frame(sequence), 60.0 * minute + second)
                    sequence += 1
        passed.append(sequence - before)
    return passed


RATIONS = {
    "alerts": (
        lambda sequence: alert_of(sequence=sequence),
        PIPE_FRAMES + ALERTS_PER_MINUTE,
        ALERTS_PER_MINUTE,
    ),
    "states": (
        lambda sequence: forged(Kind.STATE, struct.pack("<H", 1), sequence=sequence),
        PIPE_FRAMES,
        STATES_PER_MINUTE,
    ),
    "beginnings": (
        lambda _: forged(Kind.HELLO, b""),
        HELLOS_MAX,
        HELLOS_PER_MINUTE,
    ),
}


@pytest.mark.parametrize(("frame", "at_once", "rate"), RATIONS.values(), ids=RATIONS)
def test_no_more_of_a_kind_passes_than_it_is_granted(
    frame: Callable[[int], bytes], at_once: int, rate: int
) -> None:
    # The budget of intervals is huge, and none of it may be spent on anything else.
    first, *later = accepted(reader(intervals_per_minute=1e6), frame, minutes=5)

    assert at_once <= first <= at_once + rate
    assert all(abs(each - rate) <= 1 for each in later)


def test_alerts_of_footage_that_is_played_fast_come_as_fast() -> None:
    target = WallReader(ALPHABET, 60_000.0, paced=False)
    count = 2 * (PIPE_FRAMES + ALERTS_PER_MINUTE)
    said = b"".join(alert_of(sequence=sequence) for sequence in range(count))

    assert len(target.feed(said, 0.0)) == count


def test_a_vision_half_that_failed_all_of_an_hour_is_no_liar(pipe: Pipe) -> None:
    """The supervisor starts it after 1, 2, 4, 8 and 16 seconds, then every 30."""
    starts = len([0, 1, 3, 7, 15, *range(31, 3600, 30)])
    for _ in range(starts):
        WallWriter(pipe.write_end, ALPHABET).tell(State.MODEL_FAILED)

    assert len(reader().feed(pipe.drain(), 0.0)) == 1 + 2 * starts


def heard_late(pipe: Pipe) -> list[object]:
    """What a reader hears of a writer whose pipe has long been full."""
    target = WallReader(SMALL, 1.0)
    told: list[object] = []
    while data := pipe.drain():
        told += target.feed(data, 0.0)
        pipe.writer.flush()
    return told


FILLING = PIPE_FRAMES + SMALL.backlog_frames_max
"""So many intervals are more than a pipe and a backlog of the small site hold."""


def test_a_reader_that_sleeps_never_holds_up_the_writer(small_pipe: Pipe) -> None:
    for _ in range(FILLING):
        small_pipe.writer.send(PASSED)
    told = heard_late(small_pipe)

    assert told[0] == HELLO
    assert len(told) >= 300, "what was kept came at once, and within the budget"
    assert all(each == PASSED for each in told[1:])


def test_intervals_that_wait_for_a_sleeping_reader_leave_room_for_alerts(
    small_pipe: Pipe,
) -> None:
    for _ in range(FILLING):
        small_pipe.writer.send(PASSED)
    for _ in range(ALERTS_PER_MINUTE):
        small_pipe.writer.send(ALERTS["of the camera"])
    told = heard_late(small_pipe)

    assert told[-ALERTS_PER_MINUTE:] == [ALERTS["of the camera"]] * ALERTS_PER_MINUTE


def test_alerts_that_wait_for_a_sleeping_reader_are_no_flood(small_pipe: Pipe) -> None:
    for _ in range(PIPE_FRAMES + ALERTS_PER_MINUTE - 1):
        small_pipe.writer.send(ALERTS["of the camera"])
    told = heard_late(small_pipe)

    assert len(told) == PIPE_FRAMES + ALERTS_PER_MINUTE


def test_a_reader_that_is_gone_ends_the_writer(pipe: Pipe) -> None:
    os.close(pipe.read_end)

    with pytest.raises(WallError, match="telemetry half is gone"):
        pipe.writer.send(interval())


def test_a_frame_of_another_length_is_none() -> None:
    frame = Frame(Kind.STATE, 0, 0, 0, b"\1\0").pack()

    assert unpack(frame).kind is Kind.STATE
    with pytest.raises(WallError, match="63 bytes"):
        unpack(frame[:-1])
