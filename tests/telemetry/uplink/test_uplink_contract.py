"""What delivery may rely on, asked of every uplink."""

from collections.abc import Callable
from typing import NamedTuple

import pytest

from tallypost.errors import UplinkUnavailableError
from tallypost.telemetry.codec.message import Message, Subject
from tallypost.telemetry.uplink.base import Outcome, Uplink
from tallypost.telemetry.uplink.loopback import LoopbackUplink
from tests.servers.mosquitto import Mosquitto
from tests.telemetry.listening import is_up, records, until


class Case(NamedTuple):
    """An uplink, and ways to look at its far side and to take it away."""

    uplink: Uplink
    arrived: Callable[[], list[bytes]]
    alerts: Callable[[], list[bytes]]
    take_away: Callable[[], None]


@pytest.fixture(params=["loopback", "mqtt"])
def case(request: pytest.FixtureRequest) -> Case:
    if request.param == "loopback":
        loopback = LoopbackUplink()
        return Case(
            loopback,
            lambda: of(loopback, Subject.KPI),
            lambda: of(loopback, Subject.ALERT),
            lambda: setattr(loopback, "down", True),
        )
    mosquitto: Mosquitto = request.getfixturevalue("mosquitto")
    listener = request.getfixturevalue("listener")
    uplink = request.getfixturevalue("connect")(mosquitto.port)
    return Case(
        uplink,
        listener.payloads,
        lambda: listener.payloads("tallypost/tp-1/alert"),
        mosquitto.kill,
    )


def of(loopback: LoopbackUplink, subject: Subject) -> list[bytes]:
    return [each.payload for each in loopback.messages if each.subject is subject]


def wait_for(case: Case, count: int) -> list[bytes]:
    until(lambda: len(case.arrived()) >= count)
    return case.arrived()


def test_each_payload_has_a_receipt_in_its_place(case: Case) -> None:
    payloads = [b"record %d" % number for number in range(45)]
    receipts = case.uplink.send(records(*payloads))
    assert [receipt.outcome for receipt in receipts] == [Outcome.DELIVERED] * 45
    assert wait_for(case, 45) == payloads


def test_sending_nothing_is_harmless(case: Case) -> None:
    assert case.uplink.send([]) == []


def test_payloads_arrive_byte_for_byte(case: Case) -> None:
    payload = bytes(range(256)) * 40
    case.uplink.send(records(payload))
    assert wait_for(case, 1) == [payload]


def test_the_far_side_can_tell_alerts_from_records(case: Case) -> None:
    alert = Message(Subject.ALERT, 1, b"alert")
    receipts = case.uplink.send([alert, *records(b"record")])
    assert [receipt.outcome for receipt in receipts] == [Outcome.DELIVERED] * 2
    assert wait_for(case, 1) == [b"record"]
    assert case.alerts() == [b"alert"]


def test_it_says_how_much_to_send_at_once(case: Case) -> None:
    assert case.uplink.appetite.messages_max >= 1


def test_without_a_link_nothing_is_taken(case: Case) -> None:
    case.take_away()
    until(lambda: not is_up(case.uplink))
    with pytest.raises(UplinkUnavailableError):
        case.uplink.send(records(b"lost"))


def test_once_told_to_stop_it_sends_nothing(case: Case) -> None:
    receipts = case.uplink.send(records(b"one", b"two"), lambda: True)
    assert [receipt.outcome for receipt in receipts] == [Outcome.UNKNOWN] * 2
    case.uplink.send(records(b"three"))
    assert wait_for(case, 1) == [b"three"]


def test_closing_twice_is_harmless_and_ends_the_link(case: Case) -> None:
    case.uplink.close()
    case.uplink.close()
    with pytest.raises(UplinkUnavailableError):
        case.uplink.send(records(b"late"))
