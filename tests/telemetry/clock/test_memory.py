"""The last moment that was known outlives power cuts, or is not believed."""

import json
import logging
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tallypost.telemetry.clock.anchor import Anchor
from tallypost.telemetry.clock.memory import SLOT_BYTES, SLOTS, Memory, Trusted

BOOT = "2c85f6b5-3792-4501-bfab-11347407d098"


def moment(number: int = 1, *, rtc_agrees: bool = True) -> Trusted:
    return Trusted(BOOT, Anchor(12.5, 1_795_342_500.25 + number, 0.5), rtc_agrees)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "clock"


def test_what_was_written_last_is_read(path: Path) -> None:
    memory = Memory(path)
    assert memory.read() is None
    for number in range(5):
        memory.write(moment(number))

        assert Memory(path).read() == moment(number)


def test_a_later_memory_goes_on_where_the_first_has_ended(path: Path) -> None:
    for number in range(5):
        memory = Memory(path)
        memory.read()
        memory.write(moment(number))

    assert Memory(path).read() == moment(4)


def test_its_file_does_not_grow(path: Path) -> None:
    memory = Memory(path)
    for number in range(100):
        memory.write(moment(number))

    assert path.stat().st_size == SLOTS * SLOT_BYTES


@pytest.mark.parametrize("cut", range(0, SLOT_BYTES, 37))
def test_a_write_that_is_cut_short_leaves_the_one_before(path: Path, cut: int) -> None:
    memory = Memory(path)
    memory.write(moment(1))
    memory.write(moment(2))
    before = path.read_bytes()
    memory.write(moment(3))
    after = path.read_bytes()
    [at] = [at for at in (0, SLOT_BYTES) if before[at:][:SLOT_BYTES] not in after]
    slot = after[at : at + cut] + before[at + cut : at + SLOT_BYTES]
    path.write_bytes(before[:at] + slot + before[at + SLOT_BYTES :])

    assert Memory(path).read() in (moment(2), moment(3))


@given(data=st.binary(max_size=3 * SLOT_BYTES))
def test_any_other_bytes_are_no_memory(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    path = tmp_path_factory.mktemp("memory") / "clock"
    path.write_bytes(data)

    assert Memory(path).read() is None


@pytest.mark.parametrize(
    "change",
    [
        {"utc_s": float("nan")},
        {"utc_s": 1e400},
        {"utc_s": "soon"},
        {"uncertainty_s": -1.0},
        {"boot": "x" * 65},
        {"number": None},
    ],
    ids=str,
)
def test_a_sound_sum_of_nonsense_is_no_memory(
    path: Path, change: dict[str, object]
) -> None:
    Memory(path).write(moment())
    told = json.loads(path.read_bytes()[SLOT_BYTES:].split(b"\n")[0]) | change
    line = json.dumps(told).encode()
    path.write_bytes(line + b"\n%08x\n" % zlib.crc32(line))

    assert Memory(path).read() is None


def test_a_card_that_refuses_is_told_once_and_costs_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    memory = Memory(tmp_path / "missing" / "clock")
    with caplog.at_level(logging.ERROR):
        memory.write(moment())
        memory.write(moment())

    assert [record.message[:20] for record in caplog.records] == [
        "clock memory refused"
    ]
