"""Two links and one sequence: the fallback carries, the first takes over again."""

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from tallypost.board.linux import LinuxBoard
from tallypost.board.simulated import SimulatedBoard
from tallypost.domain.records import Interval
from tallypost.errors import UplinkUnavailableError
from tallypost.telemetry.codec import json_v1
from tallypost.telemetry.delivery import Delivery
from tallypost.telemetry.outbox.outbox import Outbox
from tallypost.telemetry.uplink.base import Outcome
from tallypost.telemetry.uplink.loopback import LoopbackUplink
from tallypost.telemetry.uplink.mqtt import MqttUplink
from tallypost.telemetry.uplink.preferred import PreferredUplink
from tests.servers.mosquitto import Mosquitto
from tests.telemetry.listening import Listener, is_up, records, until


@pytest.fixture
def first() -> LoopbackUplink:
    return LoopbackUplink(messages_max=20)


@pytest.fixture
def second() -> LoopbackUplink:
    return LoopbackUplink(messages_max=2)


@pytest.fixture
def uplink(
    first: LoopbackUplink, second: LoopbackUplink, board: SimulatedBoard
) -> PreferredUplink:
    return PreferredUplink([first, second], patience_s=60.0, board=board)


def test_the_first_carries_while_it_is_there(
    uplink: PreferredUplink, first: LoopbackUplink, second: LoopbackUplink
) -> None:
    uplink.send(records(b"x"))
    assert (first.sent, second.sent) == ([b"x"], [])
    assert uplink.appetite.messages_max == 20


def test_a_first_that_is_down_for_a_moment_is_waited_for(
    uplink: PreferredUplink, first: LoopbackUplink, board: SimulatedBoard
) -> None:
    first.down = True
    board.advance(59.9)
    with pytest.raises(UplinkUnavailableError):
        uplink.send(records(b"x"))
    first.down = False
    uplink.send(records(b"x"))
    first.down = True
    board.advance(59.9)
    with pytest.raises(UplinkUnavailableError):
        uplink.send(records(b"y"))


def test_the_next_carries_after_that_and_the_first_takes_over_again(
    uplink: PreferredUplink,
    first: LoopbackUplink,
    second: LoopbackUplink,
    board: SimulatedBoard,
) -> None:
    first.down = True
    board.advance(60.0)
    uplink.send(records(b"one"))
    assert second.sent == [b"one"]
    assert (uplink.carrier, uplink.appetite.messages_max) == (1, 2)
    first.down = False
    uplink.send(records(b"two"))
    assert first.sent == [b"two"]
    assert uplink.carrier == 0


def test_with_all_links_down_there_is_none(
    uplink: PreferredUplink,
    first: LoopbackUplink,
    second: LoopbackUplink,
    board: SimulatedBoard,
) -> None:
    first.down = second.down = True
    board.advance(3600.0)
    with pytest.raises(UplinkUnavailableError):
        uplink.send(records(b"x"))


def test_what_the_fallback_will_never_take_is_kept_for_the_first(
    uplink: PreferredUplink,
    first: LoopbackUplink,
    second: LoopbackUplink,
    board: SimulatedBoard,
) -> None:
    first.down = True
    board.advance(60.0)
    second.reject = lambda payload: len(payload) > 3
    receipts = uplink.send(records(b"x", b"too large"))
    assert [each.outcome for each in receipts] == [Outcome.DELIVERED, Outcome.REFUSED]
    first.down = False
    first.reject = second.reject
    assert uplink.send(records(b"too large"))[0].outcome is Outcome.REJECTED


def test_closing_closes_all(
    uplink: PreferredUplink, first: LoopbackUplink, second: LoopbackUplink
) -> None:
    uplink.close()
    uplink.close()
    assert first.down
    assert second.down


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Outbox]:
    opened = Outbox(tmp_path / "outbox.db", board=LinuxBoard())
    yield opened
    opened.close()


def by_seq(payloads: Sequence[bytes]) -> dict[int, bytes]:
    """Return records by their number, each once: a broker may tell them again."""
    return {json.loads(payload)["seq"]: payload for payload in payloads}


def test_what_came_by_two_links_proves_by_itself_that_it_is_complete(
    outbox: Outbox,
    mosquitto: Mosquitto,
    listener: Listener,
    connect: Callable[..., MqttUplink],
    interval: Callable[..., Interval],
) -> None:
    board = LinuxBoard()
    mqtt, other = connect(mosquitto.port), LoopbackUplink()
    both = PreferredUplink([mqtt, other], patience_s=0.2, board=board)
    delivery = Delivery(outbox, both, board)
    for number in range(1, 61):
        assert outbox.put(interval(number, cars=number), "tp-1") is not None
        if number == 20:
            assert delivery.drain(10) == 0
            # What mosquitto has acknowledged and not yet saved it would lose.
            until(lambda: len(by_seq(listener.payloads())) == 20)
            mosquitto.kill()
            until(lambda: not is_up(mqtt))
        elif number == 40:
            assert delivery.drain(10) == 0
            mosquitto.start()
            until(lambda: is_up(mqtt))
    assert delivery.drain(10) == 0
    until(lambda: len(by_seq(listener.payloads())) == 40)
    by_mqtt = by_seq(listener.payloads())
    by_other = by_seq(other.sent)
    assert sorted(by_mqtt) == [*range(1, 21), *range(41, 61)]
    assert sorted(by_other) == list(range(21, 41))
    # What a far side does: one record a number, and each total grows by its own count.
    total = 0
    for _, payload in sorted((by_other | by_mqtt).items()):
        gate = json_v1.decode(payload).interval.lines["gate"]
        assert gate.total is not None
        total += gate.forward["car"]
        assert gate.total.forward["car"] == total
    assert total == sum(range(1, 61))
