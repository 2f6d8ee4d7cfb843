"""What passes the wall, and what does not."""

import os
import struct
import zlib
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tallypost.domain.alerts import Alert, AlertKind, AlertState
from tallypost.domain.figures.lines import LineFigures
from tallypost.domain.figures.parking import CarParkFigures, SpaceFigures, SpaceState
from tallypost.domain.figures.traffic import MovementFigures
from tallypost.domain.figures.zones import ZoneFigures
from tallypost.domain.records import ClockTrust, Interval, Quality, collections
from tallypost.errors import WallError
from tallypost.wall.frame import (
    ALERTS_PER_MINUTE,
    FRAME_BYTES,
    Alphabet,
    Frame,
    Hello,
    Kind,
    State,
    unpack,
)
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


def interval(frames: int = 597, **changes: object) -> Interval:
    watched = frames > 0
    given_values: dict[str, object] = {
        "start_utc_s": 1_700_000_040.0,
        "duration_s": 60.0,
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


class Pipe:
    """A pipe with our writer at one end."""

    def __init__(self) -> None:
        self.read_end, self.write_end = os.pipe()
        os.set_blocking(self.read_end, False)
        self.writer = WallWriter(self.write_end, ALPHABET)

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


def reader(intervals_per_minute: float = 60.0) -> WallReader:
    return WallReader(ALPHABET, intervals_per_minute)


def test_what_was_sent_arrives_the_same(pipe: Pipe) -> None:
    pipe.writer.send(interval())
    pipe.writer.tell(State.STOPPED)

    assert reader().feed(pipe.drain(), 0.0) == [HELLO, interval(), State.STOPPED]


HELLO = Hello(os.getpid())
ALERTS = {
    "of an element": Alert(
        kind=AlertKind.OVERSTAY,
        state=AlertState.BEGUN,
        time_utc_s=1_700_000_041.125,
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


def test_every_frame_has_the_one_length(pipe: Pipe) -> None:
    pipe.writer.send(interval())
    data = pipe.drain()

    assert len(data) % FRAME_BYTES == 0
    assert all(data[at : at + 4] == b"TPW2" for at in range(0, len(data), FRAME_BYTES))


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
        b"TPW2",
        kind,
        place.get("class_id", 0),
        place.get("element", 0),
        place.get("sequence", 0),
    )
    frame = head + body.ljust(48, b"\0")
    return frame + struct.pack("<I", zlib.crc32(frame))


NAN, NONE = float("nan"), 0xFFFF
HEAD = struct.Struct("<ddI")


def figures(*numbers: tuple[int, int], part: int = NONE, collection: int = 0) -> bytes:
    body = struct.pack("<BBHHH", collection, len(numbers), part, NONE, 0)
    return body + b"".join(struct.pack("<HQ", *number) for number in numbers)


BEGUN = forged(Kind.INTERVAL, HEAD.pack(0.0, 60.0, 1), class_id=255)
LIES = {
    "an unknown kind": [forged(9, b"")],
    "an unknown state": [forged(Kind.STATE, struct.pack("<H", 999))],
    "a start that is no number": [
        forged(Kind.INTERVAL, HEAD.pack(NAN, 60.0, 1)),
        forged(Kind.FIGURES, figures((0, 1000), (1, 1), (2, 0), (4, 0)), sequence=1),
    ],
    "a duration below zero": [forged(Kind.INTERVAL, HEAD.pack(0.0, -60.0, 1))],
    "a duration that is no number": [forged(Kind.INTERVAL, HEAD.pack(0.0, NAN, 1))],
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
        forged(Kind.INTERVAL, HEAD.pack(0.0, 60.0, 100_000))
    ],
    "no followers": [forged(Kind.INTERVAL, HEAD.pack(0.0, 60.0, 0))],
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
    "an alert about an element that nobody drew": [
        forged(Kind.ALERT, struct.pack("<BBBBIQQ", 0, 0, 0, 0, 0, 0, 0), element=9)
    ],
    "a frame that was lost": [
        forged(Kind.STATE, struct.pack("<H", 1)),
        forged(Kind.STATE, struct.pack("<H", 1), sequence=2),
    ],
    "a second beginning": [
        BEGUN,
        forged(Kind.INTERVAL, HEAD.pack(0.0, 60.0, 1), sequence=1),
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


def test_a_sender_that_says_too_much_is_caught(pipe: Pipe) -> None:
    target = reader(intervals_per_minute=1.0)

    pipe.writer.send(interval())
    said = pipe.drain()
    for _ in range(5000):
        pipe.writer.send(interval())
        said += pipe.drain()

    with pytest.raises(WallError, match="more than it may"):
        target.feed(said, 0.0)


def test_a_sender_that_keeps_to_its_minutes_may_go_on_for_ever(pipe: Pipe) -> None:
    target = reader(intervals_per_minute=1.0)

    target.feed(pipe.drain(), 0.0)
    for minute in range(500):
        pipe.writer.send(interval())
        assert len(target.feed(pipe.drain(), minute * 60.0)) == 1


def test_a_reader_that_sleeps_never_holds_up_the_writer(pipe: Pipe) -> None:
    for _ in range(10_000):
        pipe.writer.send(interval())
    target = reader(intervals_per_minute=1.0)
    told = []
    while data := pipe.drain():
        told += target.feed(data, 0.0)
        pipe.writer.flush()

    assert told[0] == HELLO
    assert len(told) >= 300, "what was kept came at once, and within the budget"
    assert all(each == interval() for each in told[1:])


def test_intervals_that_wait_for_a_sleeping_reader_leave_room_for_alerts(
    pipe: Pipe,
) -> None:
    for _ in range(10_000):
        pipe.writer.send(interval())
    for _ in range(ALERTS_PER_MINUTE):
        pipe.writer.send(ALERTS["of the camera"])
    target = reader(intervals_per_minute=1.0)
    told = []
    while data := pipe.drain():
        told += target.feed(data, 0.0)
        pipe.writer.flush()

    assert told[-ALERTS_PER_MINUTE:] == [ALERTS["of the camera"]] * ALERTS_PER_MINUTE


def test_a_reader_that_is_gone_ends_the_writer(pipe: Pipe) -> None:
    os.close(pipe.read_end)

    with pytest.raises(WallError, match="telemetry half is gone"):
        pipe.writer.send(interval())


def test_a_frame_of_another_length_is_none() -> None:
    frame = Frame(Kind.STATE, 0, 0, 0, b"\1\0").pack()

    assert unpack(frame).kind is Kind.STATE
    with pytest.raises(WallError, match="63 bytes"):
        unpack(frame[:-1])
