"""What a mailbox promises to both sides."""

import threading

import numpy as np
import pytest

from tallypost.domain.vision import Frame, Size
from tallypost.errors import CameraUnavailableError
from tallypost.vision.camera.mailbox import Mailbox


def frame(time_s: float = 0.0) -> Frame:
    return Frame(np.full((2, 2, 3), 9, np.uint8), Size(2, 2), time_s, 0.0)


def test_the_latest_frame_wins_and_the_one_that_lost_is_erased_and_counted() -> None:
    mailbox = Mailbox(1, latest_wins=True)
    first, second = frame(1), frame(2)

    mailbox.put(first)
    mailbox.put(second)

    assert mailbox.take(0) is second
    assert not first.pixels.any()
    assert mailbox.dropped == 1


def test_footage_waits_until_there_is_room() -> None:
    mailbox = Mailbox(1, latest_wins=False)
    frames = [frame(time_s) for time_s in range(5)]
    bringer = threading.Thread(target=lambda: [mailbox.put(one) for one in frames])
    bringer.start()

    taken = [mailbox.take(5) for _ in frames]
    bringer.join(60)

    assert taken == frames
    assert mailbox.dropped == 0


def test_nothing_in_time_is_none() -> None:
    assert Mailbox(1, latest_wins=True).take(0.01) is None


def test_the_error_comes_after_the_last_frame_and_stays() -> None:
    mailbox = Mailbox(2, latest_wins=False)
    mailbox.put(frame())
    mailbox.finish(CameraUnavailableError("camera: is gone"))

    def stage() -> tuple[bool, bool]:
        return mailbox.barren, mailbox.ended

    assert stage() == (False, False)
    assert mailbox.take(0) is not None
    assert stage() == (True, False), "who asks before reading would never hear of it"
    for _ in range(2):
        with pytest.raises(CameraUnavailableError):
            mailbox.take(0)
        assert stage() == (True, True)


def test_the_first_reason_stands() -> None:
    mailbox = Mailbox(1, latest_wins=False)
    mailbox.finish(CameraUnavailableError("camera: is gone"))
    mailbox.finish(CameraUnavailableError("internal data stream error"))
    mailbox.finish()

    with pytest.raises(CameraUnavailableError, match="camera: is gone"):
        mailbox.take(0)


def test_close_frees_a_bringer_who_waits_and_erases_all() -> None:
    mailbox = Mailbox(1, latest_wins=False)
    lying, waiting = frame(), frame()
    mailbox.put(lying)
    answers: list[bool] = []
    bringer = threading.Thread(target=lambda: answers.append(mailbox.put(waiting)))
    bringer.start()

    mailbox.close()
    bringer.join(60)

    assert answers == [False]
    assert not lying.pixels.any()
    assert not waiting.pixels.any()
    assert mailbox.take(0) is None


def test_a_reader_who_waits_hears_that_no_more_will_come() -> None:
    mailbox = Mailbox(1, latest_wins=False)
    threading.Timer(0.05, mailbox.finish).start()

    assert mailbox.take(30) is None
    assert mailbox.ended


def test_frames_lost_before_they_came_count_as_dropped() -> None:
    mailbox = Mailbox(1, latest_wins=False)

    mailbox.drop()

    assert mailbox.dropped == 1


def test_frames_of_footage_are_numbered_as_they_are_brought() -> None:
    mailbox = Mailbox(3, latest_wins=False)
    numbers = []
    for _ in range(2):
        numbers.append(mailbox.next_number)
        mailbox.put(frame())
    mailbox.take(0)
    numbers.append(mailbox.next_number)

    assert numbers == [0, 1, 2]


def test_a_live_frame_that_nobody_took_passes_its_number_on() -> None:
    mailbox = Mailbox(1, latest_wins=True)
    numbers = []
    for taken in (False, False, True, False):
        numbers.append(mailbox.next_number)
        mailbox.put(frame())
        if taken:
            mailbox.take(0)

    assert numbers == [0, 0, 0, 1]
    assert mailbox.dropped == 2
