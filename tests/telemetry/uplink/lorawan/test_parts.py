"""Proof, pace, joins and memory, each by itself; and modems that fail."""

import itertools
import json
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tallypost.board.simulated import SimulatedBoard
from tallypost.errors import (
    DutyCycleError,
    ModemBusyError,
    ModemError,
    ModemLostError,
    ModemRefusedError,
    NotJoinedError,
    PayloadTooLongError,
    UplinkUnavailableError,
)
from tallypost.telemetry.codec.compact.frame import Frame
from tallypost.telemetry.codec.compact.layout import Layout
from tallypost.telemetry.uplink.lorawan import memory as memory_module
from tallypost.telemetry.uplink.lorawan.beside import named
from tallypost.telemetry.uplink.lorawan.duty import DAY_S, Budget
from tallypost.telemetry.uplink.lorawan.joining import Joining, period
from tallypost.telemetry.uplink.lorawan.memory import COUNTERS_AHEAD, Kept, Memory
from tallypost.telemetry.uplink.lorawan.pace import Pace
from tallypost.telemetry.uplink.lorawan.proof import Proof, ranges_of
from tallypost.telemetry.uplink.lorawan.regions import RULES
from tallypost.telemetry.uplink.lorawan.remedy import remedy
from tallypost.telemetry.uplink.lorawan.session import going_on, session_hash
from tallypost.telemetry.uplink.lorawan.station import Station
from tallypost.telemetry.uplink.modem.base import (
    Counters,
    Identity,
    Radio,
    Region,
    Session,
)
from tests.telemetry.uplink.lorawan.direct import IDENTITY, DirectModem, Far

RADIO = Radio(region=Region.EU868, adr=False, data_rate=5)
FRAME = Frame(1, b"\x01")


@given(st.sets(st.integers(1, 60)))
def test_ranges_hold_each_number_and_no_other(seqs: set[int]) -> None:
    ranges = ranges_of(seqs)
    told = [seq for first, last in ranges for seq in range(first, last + 1)]
    assert told == sorted(seqs)
    assert all(before[1] + 1 < after[0] for before, after in itertools.pairwise(ranges))


@pytest.mark.parametrize("restarts", [False, True])
def test_only_what_went_since_the_last_answer_is_in_doubt(
    tmp_path: Path, *, restarts: bool
) -> None:
    def after_a_restart() -> Proof:
        return Proof(Memory(tmp_path / "radio")) if restarts else proof

    proof = Proof(Memory(tmp_path / "radio"))
    assert proof.wanted(16)
    assert proof.answered() == []
    for seq in (5, 6, 8):
        proof.went(seq)
    assert not proof.wanted(16)
    assert proof.wanted(4)
    proof = after_a_restart()
    proof.unanswered()
    proof = after_a_restart()
    assert proof.doubtful
    assert proof.wanted(16)
    proof.unanswered()
    proof = after_a_restart()
    assert proof.answered() == [(5, 6), (8, 8)]
    proof = after_a_restart()
    assert not proof.doubtful
    proof.unanswered()
    proof.unanswered()
    assert proof.answered() == []


def test_a_days_airtime_is_spread_over_the_day(board: SimulatedBoard) -> None:
    pace, sent = Pace(30.0, 900.0, board), 0
    for _ in range(int(DAY_S)):
        for new in (True, False):
            if pace.wait_s(new=new) == 0.0:
                pace.went(0.1, new=new)
                sent += 1
        board.advance(1.0)
    assert 240 <= sent <= 285, "27 s of 30, at 0.1 s each, and a little early"


def test_slow_records_come_as_often_as_the_day_grants(board: SimulatedBoard) -> None:
    pace = Pace(30.0, 900.0, board)
    pace.went(1.5, new=True)
    assert pace.wait_s(new=True) == pytest.approx(0.9 * 1.5 * DAY_S / 27.0)
    pace.went(1.5, new=False)
    assert pace.wait_s(new=False) >= DAY_S - 1.0


def test_joins_keep_to_the_periods_of_the_specification(board: SimulatedBoard) -> None:
    joining = Joining(RULES[Region.EU868], board)
    tried: list[float] = []
    while board.monotonic_s() < 4 * DAY_S:
        board.advance(joining.wait_s())
        tried.append(board.monotonic_s())
        joining.tried()
    for (ends_s, air_s_max), times in itertools.groupby(tried, key=period):
        assert len(list(times)) * joining.air_s <= air_s_max, ends_s
    joining.succeeded()
    joining.tried()
    assert joining.wait_s() <= 15.0


def test_a_dwell_time_leaves_slow_joins_out(board: SimulatedBoard) -> None:
    assert Joining(RULES[Region.US915], board).air_s < 0.4


@pytest.mark.parametrize(
    "garbage",
    [b"", b"{", b"[]", b"\xff\xfe", b'{"session": 1}', b"[" * 16_000],
    ids=["empty", "half", "a list", "no text", "no keys", "deep"],
)
def test_a_memory_of_garbage_is_an_empty_one(tmp_path: Path, garbage: bytes) -> None:
    path = tmp_path / "radio"
    path.write_bytes(garbage)
    assert Memory(path).kept == Kept()


@pytest.mark.parametrize("unproven", [[[2, 1]], [[0, 1]], [[1, 2**31]], [[1]], 7])
def test_a_memory_of_ranges_that_are_none_is_an_empty_one(
    tmp_path: Path, unproven: object
) -> None:
    path = tmp_path / "radio"
    Memory(path).keep(session="abc")
    told = json.loads(path.read_bytes()) | {"unproven": unproven}
    path.write_text(json.dumps(told), "utf-8")
    assert Memory(path).kept == Kept()


def test_what_is_kept_is_there_after_a_restart(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "radio")
    memory.keep(session="abc", tags=(1, 2))
    memory.tell("confirm_every", 4)
    assert Memory(tmp_path / "radio").kept == memory.kept
    assert memory.kept.told == (("confirm_every", 4),)


def test_what_two_threads_keep_at_once_is_all_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory, writing = Memory(tmp_path / "radio"), threading.Lock()

    def slow_disk(path: Path, data: bytes) -> None:
        assert writing.acquire(blocking=False), "two write to one file"
        time.sleep(0.005)
        path.write_bytes(data)
        writing.release()

    monkeypatch.setattr(memory_module, "write_durably", slow_disk)

    def keep(letter: str) -> None:
        for number in range(10):
            memory.tell(f"{letter}{number}", number)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(keep, "ab"))
    assert len(memory.kept.told) == 20
    assert Memory(tmp_path / "radio").kept == memory.kept


def test_a_frame_counter_is_kept_ahead_and_seldom(tmp_path: Path) -> None:
    path = tmp_path / "radio"
    memory, writes, before = Memory(path), 0, b""
    for counter in range(2000):
        memory.counted(Counters(counter, 0))
        if (now := path.read_bytes()) != before:
            writes, before = writes + 1, now
        assert json.loads(now)["uplink_counter"] > counter
    assert writes <= 2 * 2000 / COUNTERS_AHEAD + 1


def test_an_abp_session_goes_on_above_the_counter_that_was_kept() -> None:
    session = Session(dev_addr=bytes(4), nwk_skey=bytes(16), app_skey=bytes(16))
    going = going_on(session, Kept(uplink_counter=512, downlink_counter=9))
    assert isinstance(going, Session)
    assert going.counters == Counters(512, 9)


def test_a_session_is_another_with_other_keys_region_or_modem() -> None:
    other = Identity(join_eui=bytes(8), app_key=bytes(16))
    hashes = {
        session_hash(IDENTITY, RADIO, None),
        session_hash(other, RADIO, None),
        session_hash(IDENTITY, Radio(region=Region.US915), None),
        session_hash(IDENTITY, RADIO, b"12345678"),
    }
    assert len(hashes) == 4
    assert all(IDENTITY.app_key.hex() not in each for each in hashes)


def test_a_layout_keeps_its_tag_and_another_gets_another(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "radio")
    one = Layout.of({"lines": {"gate": ["car"]}})
    two = Layout.of({"lines": {"road": ["car"]}})
    first = named(one, memory)
    assert named(one, memory) == first
    tags = {first.tag, named(two, memory).tag, named(one, memory).tag}
    assert len(tags) == 3, "the far side may still have totals of before"


class Failing(DirectModem):
    """A modem that fails when it is told to send."""

    error: ModemError | None = None

    def send(self, port: int, payload: bytes, *, confirmed: bool):  # type: ignore[no-untyped-def]  # noqa: ANN201
        if self.error is not None:
            raise self.error
        return super().send(port, payload, confirmed=confirmed)


Rig = Callable[[], tuple[Station, Failing, Far, Budget]]


@pytest.fixture
def rig(board: SimulatedBoard, tmp_path: Path) -> Rig:
    def make() -> tuple[Station, Failing, Far, Budget]:
        far = Far(board)
        far.modem = modem = Failing(far.device, board)
        budget = Budget(RULES[Region.EU868], 30.0, board)
        station = Station(
            far.open,
            identity=IDENTITY,
            radio=RADIO,
            budget=budget,
            memory=Memory(tmp_path / "radio"),
            board=board,
        )
        station.keep()
        assert station.joined
        return station, modem, far, budget

    return make


@pytest.mark.parametrize(
    ("error", "joined", "opened"),
    [
        pytest.param(ModemLostError("x: is gone; plug it in"), False, 2, id="lost"),
        pytest.param(ModemRefusedError("x: will not"), False, 2, id="refused"),
        pytest.param(ModemBusyError("x: is busy"), True, 1, id="busy"),
        pytest.param(DutyCycleError("x: no airtime", 30.0), True, 1, id="duty"),
    ],
)
def test_each_failure_has_its_remedy(
    rig: Rig, board: SimulatedBoard, error: ModemError, *, joined: bool, opened: int
) -> None:
    station, modem, far, _ = rig()
    modem.error = error
    with pytest.raises(UplinkUnavailableError):
        station.transmit(FRAME, confirmed=True)
    assert station.joined is joined
    with pytest.raises(UplinkUnavailableError):
        station.transmit(FRAME, confirmed=True)
    modem.error = None
    board.advance(60.0)
    station.keep()
    assert station.transmit(FRAME, confirmed=True)
    assert far.opened == opened


@pytest.mark.parametrize(
    ("error", "used"),
    [
        pytest.param(DutyCycleError("x: no airtime", 1.0), False, id="refused"),
        pytest.param(NotJoinedError("x: in no network"), False, id="not joined"),
        pytest.param(PayloadTooLongError("x: too long", 3), True, id="empty frame"),
        pytest.param(ModemLostError("x: is gone"), True, id="gone"),
    ],
)
def test_what_may_have_been_on_air_takes_airtime(
    rig: Rig, error: ModemError, *, used: bool
) -> None:
    station, modem, _, budget = rig()
    used_s = budget.used_day_s
    modem.error = error
    with pytest.raises((PayloadTooLongError, UplinkUnavailableError)):
        station.transmit(FRAME, confirmed=False)
    assert (budget.used_day_s > used_s) is used


def test_tries_that_a_modem_makes_by_itself_are_counted_where_nobody_answers(
    rig: Rig,
) -> None:
    station, _, far, budget = rig()
    assert station.info is not None
    station.info = replace(station.info, transmissions_max=8)
    far.network.mute = True
    used_s = budget.used_day_s
    assert station.transmit(FRAME, confirmed=True) is False
    assert budget.used_day_s - used_s == pytest.approx(8 * station.air_s(1))


def test_no_digit_too_many_silences_the_link_for_days() -> None:
    assert remedy(DutyCycleError("x: no airtime", 12.5)).pause_s == 12.5
    assert remedy(DutyCycleError("x: no airtime", 999_999.0)).pause_s == 3600.0


def test_no_more_goes_out_than_there_is_airtime_for(
    rig: Rig, board: SimulatedBoard
) -> None:
    station, _, _, budget = rig()
    while budget.wait_s(station.air_s(1)) == 0.0:
        station.transmit(FRAME, confirmed=False)
        board.advance(60.0)
    while budget.wait_s(station.air_s(1), urgent=True) == 0.0:
        station.transmit(FRAME, confirmed=False, urgent=True)
        board.advance(60.0)
    with pytest.raises(UplinkUnavailableError, match="airtime: is spent"):
        station.transmit(FRAME, confirmed=False, urgent=True)
    assert budget.used_day_s > 29.0
    assert budget.used_day_s <= 30.0


def test_a_closed_station_says_so_and_opens_nothing(
    rig: Rig, board: SimulatedBoard
) -> None:
    station, _, far, _ = rig()
    station.close()
    board.advance(3600.0)
    station.keep()
    with pytest.raises(UplinkUnavailableError, match="is closed"):
        station.room_bytes()
    assert far.opened == 1


def test_who_looks_after_a_modem_does_not_queue_behind_who_sends(
    board: SimulatedBoard, tmp_path: Path
) -> None:
    far = Far(board)
    station = Station(
        far.open,
        identity=IDENTITY,
        radio=RADIO,
        budget=Budget(RULES[Region.EU868], None, board),
        memory=Memory(tmp_path / "radio"),
        board=board,
    )
    station.keep()
    kept: list[bool] = []

    def look_after(_: object) -> None:
        thread = threading.Thread(target=station.keep, daemon=True)
        thread.start()
        thread.join(60)
        kept.append(not thread.is_alive())

    far.air.on_frame = look_after
    station.transmit(FRAME, confirmed=False)
    assert kept == [True]
