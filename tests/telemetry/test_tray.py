"""What waits in memory only: bounded, the newest first where only that counts."""

import threading

import pytest

from tallypost.telemetry.codec.message import Subject
from tallypost.telemetry.tray import MESSAGE_BYTES_MAX, Tray


@pytest.fixture
def tray() -> Tray:
    return Tray(threading.Event(), messages_max=4)


def payloads(tray: Tray) -> list[bytes]:
    return [message.payload for message in tray.head(99)]


def test_replies_wait_in_their_order(tray: Tray) -> None:
    for text in (b"one", b"two", b"three"):
        tray.post(Subject.REPLY, text)
    assert payloads(tray) == [b"one", b"two", b"three"]
    assert [message.seq for message in tray.head(2)] == [1, 2]
    assert tray.pending == 3


@pytest.mark.parametrize(
    "subject", [Subject.HEALTH, Subject.REPORTED, Subject.TIME_REQUEST]
)
def test_of_what_is_a_state_only_the_newest_waits(tray: Tray, subject: Subject) -> None:
    tray.post(Subject.REPLY, b"reply")
    tray.post(subject, b"old")
    tray.post(subject, b"new")
    assert payloads(tray) == [b"reply", b"new"]
    assert tray.lost == 0


def test_a_full_tray_lets_the_oldest_go_and_counts_it(tray: Tray) -> None:
    for number in range(6):
        tray.post(Subject.REPLY, b"%d" % number)
    assert payloads(tray) == [b"2", b"3", b"4", b"5"]
    assert tray.lost == 2


def test_what_arrived_or_is_refused_is_gone(tray: Tray) -> None:
    for text in (b"one", b"two", b"three"):
        tray.post(Subject.REPLY, text)
    tray.delivered([1, 99])
    tray.rejected(2, "no")
    tray.rejected(2, "no")
    assert payloads(tray) == [b"three"]
    assert tray.lost == 1


def test_whoever_waits_is_woken() -> None:
    arrived = threading.Event()
    Tray(arrived).post(Subject.HEALTH, b"well")
    assert arrived.is_set()


@pytest.mark.parametrize("subject", [Subject.KPI, Subject.ALERT])
def test_what_must_not_be_lost_is_no_thing_for_a_tray(
    tray: Tray, subject: Subject
) -> None:
    with pytest.raises(ValueError, match="outbox"):
        tray.post(subject, b"record")


def test_a_payload_that_is_too_large_is_refused(tray: Tray) -> None:
    tray.post(Subject.REPLY, bytes(MESSAGE_BYTES_MAX))
    with pytest.raises(ValueError, match="65537 bytes"):
        tray.post(Subject.REPLY, bytes(MESSAGE_BYTES_MAX + 1))


def test_states_that_went_out_are_told_again_and_nothing_else_is(tray: Tray) -> None:
    tray.post(Subject.REPLY, b"reply")
    tray.post(Subject.HEALTH, b"well")
    tray.post(Subject.REPORTED, b"old")
    tray.post(Subject.REPORTED, b"settings")
    tray.post(Subject.TIME_REQUEST, b"when")
    tray.delivered([message.seq for message in tray.head(99)])
    tray.tell_again()
    assert payloads(tray) == [b"well", b"settings"]


def test_a_state_that_waits_still_is_told_once(tray: Tray) -> None:
    tray.tell_again()
    assert tray.pending == 0
    tray.post(Subject.HEALTH, b"well")
    tray.tell_again()
    assert payloads(tray) == [b"well"]
