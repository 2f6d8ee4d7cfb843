"""The parsers that are fed with what nobody should write."""

import random
from pathlib import Path

import pytest

from scripts.fuzzing.__main__ import feed
from scripts.fuzzing.mutation import spoilt
from scripts.fuzzing.parser import Parser
from scripts.fuzzing.parsers import parsers


def test_every_parser_takes_what_is_good_and_stands_what_is_not(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with parsers() as known:
        faults = {name: feed(name, each, 40, 1) for name, each in known.items()}

    assert not any(faults.values()), capsys.readouterr().err
    assert {"wall", "time", "rebirth", "certificate", "spool", "journal"} <= set(faults)


def test_a_parser_that_breaks_is_told_with_what_broke_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def read(data: bytes) -> object:
        return data.decode("ascii") if data == b"good" else 1 / 0

    assert feed("broken", Parser((b"good",), read, ValueError), 9, 1) > 0
    assert "ZeroDivisionError" in capsys.readouterr().err


def test_a_parser_that_does_not_take_what_is_good_is_told() -> None:
    with pytest.raises(SystemExit, match="deaf: does not take b'good'"):
        feed("deaf", Parser((b"good",), lambda _: None), 9, 1)


def test_the_same_seed_spoils_alike() -> None:
    good = (Path("docs/examples/kpi-1.json").read_bytes(),)
    first, second, third = (
        [spoilt(good[0], good, random.Random(seed)) for _ in range(9)]
        for seed in (1, 1, 2)
    )
    assert first == second != third
