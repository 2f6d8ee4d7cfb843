"""What a device hears of all that anybody may send it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tallypost.board.simulated import SimulatedBoard
from tallypost.telemetry.uplink.base import Downlink, DownlinkKind
from tallypost.telemetry.uplink.ear import BURST_MAX, PAYLOAD_BYTES_MAX, Ear, Ignored
from tallypost.telemetry.uplink.topics import Topics

TOPICS = Topics("tallypost", "tp-1").downlinks()
COMMAND, DESIRED, TIME = TOPICS


class Heard:
    """An ear, and what came through it."""

    def __init__(self, board: SimulatedBoard) -> None:
        self.downlinks: list[Downlink] = []
        self.ear = Ear(TOPICS, self.downlinks.append, board)

    def tell(self, topic: str, payload: bytes, *, retained: bool = False) -> None:
        self.ear.hear(topic, payload, retained=retained)
        self.ear.pass_on()

    @property
    def payloads(self) -> list[bytes]:
        return [downlink.payload for downlink in self.downlinks]


@pytest.fixture
def heard(board: SimulatedBoard) -> Heard:
    return Heard(board)


def test_each_kind_comes_on_its_own_topic(heard: Heard) -> None:
    for topic in TOPICS:
        heard.tell(topic, b"hello")
    assert [downlink.kind for downlink in heard.downlinks] == [
        DownlinkKind.COMMAND,
        DownlinkKind.DESIRED,
        DownlinkKind.TIME,
    ]
    assert COMMAND == "tallypost/tp-1/command"


def test_nobody_is_told_before_it_is_passed_on(heard: Heard) -> None:
    heard.ear.hear(COMMAND, b"x", retained=False)
    assert heard.downlinks == []
    heard.ear.pass_on()
    assert heard.payloads == [b"x"]


@pytest.mark.parametrize(
    ("topic", "payload", "retained", "reason"),
    [
        ("tallypost/tp-2/command", b"x", False, Ignored.FOREIGN_TOPIC),
        ("tallypost/tp-1/#", b"x", False, Ignored.FOREIGN_TOPIC),
        ("tallypost/+/command", b"x", False, Ignored.FOREIGN_TOPIC),
        ("", b"x", False, Ignored.FOREIGN_TOPIC),
        (DESIRED, b"", True, Ignored.EMPTY),
        (COMMAND, b"x", True, Ignored.RETAINED),
        (TIME, b"x", True, Ignored.RETAINED),
        (COMMAND, bytes(PAYLOAD_BYTES_MAX + 1), False, Ignored.TOO_LARGE),
    ],
    ids=[
        "another-device", "all-topics", "one-wildcard", "no-utf-8", "cleared",
        "kept-command", "kept-time", "too-large",
    ],
)  # fmt: skip
def test_what_is_none_of_ours_is_ignored_and_counted(
    topic: str, payload: bytes, retained: bool, reason: Ignored, heard: Heard
) -> None:
    heard.tell(topic, payload, retained=retained)
    assert heard.downlinks == []
    assert heard.ear.ignored == {reason: 1}


def test_settings_that_the_broker_kept_are_heard(heard: Heard) -> None:
    heard.tell(DESIRED, bytes(PAYLOAD_BYTES_MAX), retained=True)
    assert len(heard.downlinks) == 1


def test_the_same_again_is_heard_once(heard: Heard) -> None:
    for payload in (b"one", b"two", b"one", b"two", b"two"):
        heard.tell(TIME, payload)
    assert heard.payloads == [b"one", b"two"]
    assert heard.ear.ignored == {Ignored.REPEATED: 3}


def test_a_command_is_heard_as_often_as_it_is_sent(heard: Heard) -> None:
    """Whoever missed the answer asks again; the device has it done once."""
    for _ in range(3):
        heard.tell(COMMAND, b"one")
    assert heard.payloads == [b"one"] * 3


def test_settings_may_go_back_to_what_they_were(heard: Heard) -> None:
    for payload in (b"old", b"new", b"new", b"old"):
        heard.tell(DESIRED, payload, retained=True)
    assert heard.payloads == [b"old", b"new", b"old"]


def test_what_a_hearer_fails_over_is_not_told_again(board: SimulatedBoard) -> None:
    def fails(_: Downlink) -> None:
        raise RuntimeError("poison")

    ear = Ear(TOPICS, fails, board)
    ear.hear(DESIRED, b"poison", retained=True)
    with pytest.raises(RuntimeError):
        ear.pass_on()
    ear.hear(DESIRED, b"poison", retained=True)
    ear.pass_on()
    assert ear.ignored == {Ignored.REPEATED: 1}


def test_a_flood_is_cut_and_what_comes_later_is_heard(
    heard: Heard, board: SimulatedBoard
) -> None:
    for number in range(1000):
        heard.tell(COMMAND, b"%d" % number)
    assert len(heard.downlinks) == BURST_MAX
    assert heard.ear.ignored == {Ignored.FLOOD: 1000 - BURST_MAX}
    heard.tell(TIME, b"another kind is not drowned by it")
    board.advance(2.0)
    for number in range(3):
        heard.tell(COMMAND, b"later %d" % number)
    assert heard.payloads[BURST_MAX:] == [
        b"another kind is not drowned by it",
        b"later 0",
        b"later 1",
    ]


def test_a_flood_is_told_to_the_log_once_a_minute(
    heard: Heard, board: SimulatedBoard, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(3):
        for _ in range(50):
            heard.tell("somewhere", b"x")
        board.advance(60.0)
    assert caplog.text.count("downlinks ignored reason=foreign_topic") == 3


@given(
    st.lists(
        st.tuples(
            st.one_of(st.sampled_from(list(TOPICS)), st.text()),
            st.binary(max_size=3),
            st.booleans(),
        ),
        max_size=60,
    )
)
def test_whatever_comes_is_heard_or_counted(
    messages: list[tuple[str, bytes, bool]],
) -> None:
    heard = Heard(SimulatedBoard())
    for topic, payload, retained in messages:
        heard.tell(topic, payload, retained=retained)
    assert len(heard.downlinks) + heard.ear.ignored.total() == len(messages)
    assert all(heard.payloads)
