"""Two things at once: the model's work, and what is done meanwhile."""

import threading

import pytest

from tallypost.vision.detection.alongside import Alongside


def test_both_are_done_when_it_returns_and_at_the_same_time() -> None:
    alongside = Alongside()
    met = threading.Barrier(2, timeout=60.0)
    names: list[str] = []

    def arrive() -> None:
        met.wait()
        names.append(threading.current_thread().name)

    alongside.run(arrive, arrive)
    alongside.close()

    assert sorted(names) == ["MainThread", "model"]


def test_an_error_of_the_work_is_raised_where_it_was_asked_for() -> None:
    alongside = Alongside()
    done: list[str] = []

    def work() -> None:
        raise ValueError("the model fails")

    with pytest.raises(ValueError, match="the model fails"):
        alongside.run(work, lambda: done.append("meanwhile"))
    alongside.run(lambda: done.append("again"), lambda: None)
    alongside.close()

    assert done == ["meanwhile", "again"]


def test_an_error_meanwhile_waits_for_the_work() -> None:
    alongside = Alongside()
    go = threading.Event()
    done: list[str] = []

    def work() -> None:
        go.wait(60)
        done.append("work")

    def meanwhile() -> None:
        go.set()
        raise KeyError("counting fails")

    with pytest.raises(KeyError):
        alongside.run(work, meanwhile)
    alongside.close()

    assert done == ["work"]


def test_no_thread_is_left_after_closing_twice() -> None:
    alongside = Alongside()
    alongside.run(lambda: None, lambda: None)
    alongside.close()
    alongside.close()

    assert "model" not in [thread.name for thread in threading.enumerate()]
