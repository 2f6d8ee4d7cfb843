"""What delivery may rely on, asked of every uplink."""

from collections.abc import Callable
from typing import NamedTuple

import pytest

from tallypost.errors import UplinkUnavailableError
from tallypost.telemetry.uplink.base import Outcome, Uplink
from tallypost.telemetry.uplink.loopback import LoopbackUplink
from tests.servers.mosquitto import Mosquitto
from tests.telemetry.listening import is_up, until


class Case(NamedTuple):
    """An uplink, and ways to look at its far side and to take it away."""

    uplink: Uplink
    arrived: Callable[[], list[bytes]]
    take_away: Callable[[], None]


@pytest.fixture(params=["loopback", "mqtt"])
def case(request: pytest.FixtureRequest) -> Case:
    if request.param == "loopback":
        loopback = LoopbackUplink()
        return Case(
            loopback,
            lambda: list(loopback.sent),
            lambda: setattr(loopback, "down", True),
        )
    mosquitto: Mosquitto = request.getfixturevalue("mosquitto")
    listener = request.getfixturevalue("listener")
    uplink = request.getfixturevalue("connect")(mosquitto.port)
    return Case(uplink, listener.payloads, mosquitto.kill)


def wait_for(case: Case, count: int) -> list[bytes]:
    until(lambda: len(case.arrived()) >= count)
    return case.arrived()


def test_each_payload_has_a_receipt_in_its_place(case: Case) -> None:
    payloads = [b"record %d" % number for number in range(45)]
    receipts = case.uplink.send(payloads)
    assert [receipt.outcome for receipt in receipts] == [Outcome.DELIVERED] * 45
    assert wait_for(case, 45) == payloads


def test_sending_nothing_is_harmless(case: Case) -> None:
    assert case.uplink.send([]) == []


def test_payloads_arrive_byte_for_byte(case: Case) -> None:
    payload = bytes(range(256)) * 40
    case.uplink.send([payload])
    assert wait_for(case, 1) == [payload]


def test_it_says_how_much_to_send_at_once(case: Case) -> None:
    assert case.uplink.payloads_max >= 1


def test_without_a_link_nothing_is_taken(case: Case) -> None:
    case.take_away()
    until(lambda: not is_up(case.uplink))
    with pytest.raises(UplinkUnavailableError):
        case.uplink.send([b"lost"])


def test_once_told_to_stop_it_sends_nothing(case: Case) -> None:
    receipts = case.uplink.send([b"one", b"two"], lambda: True)
    assert [receipt.outcome for receipt in receipts] == [Outcome.UNKNOWN] * 2
    case.uplink.send([b"three"])
    assert wait_for(case, 1) == [b"three"]


def test_closing_twice_is_harmless_and_ends_the_link(case: Case) -> None:
    case.uplink.close()
    case.uplink.close()
    with pytest.raises(UplinkUnavailableError):
        case.uplink.send([b"late"])
