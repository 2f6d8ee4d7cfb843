"""Many payloads under way at once, and an end that is kept."""

import threading
import time
from collections.abc import Callable
from itertools import count
from queue import SimpleQueue

from tallypost.telemetry.uplink.base import Outcome, Receipt, never
from tallypost.telemetry.uplink.window import Acknowledgement, Gone, Window
from tests.telemetry.listening import records

Answers = SimpleQueue[Acknowledgement | Gone]


def window(answers: Answers, stopping: Callable[[], bool]) -> Window:
    numbers = count()
    return Window(
        publish=lambda _: next(numbers),
        answers=answers,
        size=20,
        timeout_s=5.0,
        stopping=stopping,
        monotonic_s=time.monotonic,
    )


def test_answers_that_trickle_in_do_not_put_off_the_end() -> None:
    answers: Answers = SimpleQueue()
    over = threading.Event()

    def trickle() -> None:
        for number in range(20):
            if over.wait(0.15):
                return
            answers.put(Acknowledgement(number, Receipt(Outcome.DELIVERED)))

    trickling = threading.Thread(target=trickle)
    trickling.start()
    begun = time.monotonic()
    told = iter([False] * 20)
    receipts, silent = window(answers, lambda: next(told, True)).send(
        records(*[b"x"] * 40)
    )
    took_s = time.monotonic() - begun
    over.set()
    trickling.join()
    assert 0.9 < took_s < 1.5
    assert silent
    outcomes = [receipt.outcome for receipt in receipts]
    assert 3 <= outcomes.count(Outcome.DELIVERED) <= 8


def test_a_far_side_that_says_nothing_is_silent() -> None:
    begun = time.monotonic()
    quiet = window(SimpleQueue(), never)
    quiet.timeout_s = 0.3
    receipts, silent = quiet.send(records(b"x"))
    assert 0.25 < time.monotonic() - begun < 0.6
    assert silent
    assert receipts[0].outcome is Outcome.UNKNOWN
