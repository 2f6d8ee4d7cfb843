"""Records over LoRaWAN: joined seldom, proven now and then, lost never for long."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tallypost.board.simulated import SimulatedBoard
from tallypost.domain.alerts import Alert, AlertKind, AlertState
from tallypost.domain.health import Health, HealthRecord, OutboxHealth, Vitals
from tallypost.domain.records import Interval
from tallypost.errors import SettingsError, UplinkUnavailableError
from tallypost.simulated.lorawan.air import Carried
from tallypost.simulated.lorawan.commands import Command, Said
from tallypost.telemetry.codec import json_v1
from tallypost.telemetry.codec.compact.decoding import decode
from tallypost.telemetry.codec.compact.downlink import (
    AskLayout,
    Reboot,
    Rejoin,
    Resend,
    SetDataRate,
    SetInterval,
    SetSetting,
    TimeIs,
)
from tallypost.telemetry.codec.compact.far_end import FarEnd
from tallypost.telemetry.codec.compact.frame import Frame, Port
from tallypost.telemetry.codec.message import Message, Subject
from tallypost.telemetry.uplink.base import Outcome
from tallypost.telemetry.uplink.modem.base import Heard, Region
from tests.telemetry.uplink.lorawan.direct import APP_KEY, DEV_EUI, Far
from tests.telemetry.uplink.lorawan.post import Post, told

Make = Callable[..., Interval]
QUARTER_S = 900.0
ALERT = Alert(
    kind=AlertKind.INTRUSION,
    state=AlertState.BEGUN,
    time_utc_s=1_795_342_500.0,
    collection="intrusions",
    element="tracks",
)


@pytest.fixture
def far(board: SimulatedBoard) -> Far:
    return Far(board)


@pytest.fixture
def post(far: Far, tmp_path: Path, board: SimulatedBoard) -> Iterator[Post]:
    post = Post(far, tmp_path, board)
    yield post
    post.close()


def count(post: Post, interval: Make, records: int, first: int = 0) -> None:
    """Make a record each quarter of an hour, and let it go out."""
    for number in range(first, first + records):
        post.outbox.put(replace(interval(15 * number), duration_s=QUARTER_S), "tp-1")
        post.run(QUARTER_S)


def seqs(far: Far) -> list[object]:
    return [each.get("seq", each.get("seq_low")) for each in told(far, Port.RECORD)]


def test_records_arrive_with_their_totals(post: Post, far: Far, interval: Make) -> None:
    count(post, interval, 3)
    assert seqs(far) == [1, 2, 3]
    last = told(far, Port.RECORD)[-1]
    assert last["slots"] == {
        "lines/gate/total/forward/car": 3,
        "lines/gate/total/forward/bicycle": 0,
        "lines/gate/total/backward/car": 0,
        "lines/gate/total/backward/bicycle": 3,
    }
    assert post.outbox.pending == 0


def test_the_first_of_a_session_is_confirmed_and_then_one_in_so_many(
    post: Post, far: Far, interval: Make
) -> None:
    count(post, interval, 18)
    records = [each for each in far.network.received if each.port == Port.RECORD]
    confirmed = [place for place, each in enumerate(records) if each.confirmed]
    assert confirmed == [0, 16]


def test_the_layout_is_told_once_and_again_when_it_is_asked_for(
    post: Post, far: Far, interval: Make
) -> None:
    count(post, interval, 2)
    assert [each["elements"] for each in told(far, Port.LAYOUT)] == [["lines/gate"]]
    post.tell(AskLayout())
    count(post, interval, 2, first=2)
    assert len(told(far, Port.LAYOUT)) == 2
    assert [each["outcome"] for each in told(far, Port.REPLY)] == ["done"]


def test_an_alert_goes_ahead_and_is_confirmed(
    post: Post, far: Far, interval: Make
) -> None:
    count(post, interval, 1)
    post.outbox.alerts.put(ALERT, "tp-1")
    post.run(10.0, step_s=1.0)
    alert = far.network.received[-1]
    assert (alert.port, alert.confirmed) == (Port.ALERT, True)
    assert post.outbox.alerts.pending == 0


def test_an_alert_that_nobody_answers_is_tried_again_as_seldom_as_all_else(
    post: Post, far: Far, interval: Make
) -> None:
    count(post, interval, 2)
    far.air.away = True
    carried: list[Carried] = []
    far.air.on_frame = carried.append
    post.outbox.alerts.put(ALERT, "tp-1")
    post.run(20.0, step_s=1.0)
    assert len(carried) == 1
    post.run(QUARTER_S, step_s=1.0)
    assert 2 <= len(carried) <= 6
    assert post.outbox.alerts.pending == 1


def test_a_network_that_has_forgotten_us_is_joined_anew_after_four_days(
    post: Post, far: Far, interval: Make
) -> None:
    count(post, interval, 2)
    far.network.enrol(DEV_EUI, bytes(8), APP_KEY)  # its database was lost
    count(post, interval, 4 * 96 - 8, first=2)
    assert post.station.joins == 1
    count(post, interval, 32, first=2 + 4 * 96 - 8)
    assert post.station.joins == 2
    assert far.network.received[-1].port == Port.RECORD
    assert post.uplink.health.up


def test_nothing_is_let_go_while_the_network_is_silent(
    post: Post, far: Far, interval: Make
) -> None:
    count(post, interval, 1)
    far.air.away = True
    count(post, interval, 40, first=1)
    assert post.uplink.health.up is False
    assert post.uplink.radio_health.doubtful
    # Up to the question without an answer, some went out that nobody has heard.
    assert post.outbox.pending == 41 - 16
    far.air.away = False
    count(post, interval, 150, first=41)
    assert post.outbox.pending == 0
    assert set(seqs(far)) == set(range(1, 192))
    assert post.deeds.asked == [(2, 16)]
    assert post.uplink.health.up


def test_what_an_outage_cost_is_sent_again_though_the_power_fails_in_it(
    post: Post, far: Far, interval: Make, tmp_path: Path, board: SimulatedBoard
) -> None:
    count(post, interval, 4)
    far.air.away = True
    count(post, interval, 6, first=4)
    post.close()
    far.device.power_cycle(board.monotonic_s())
    again = Post(far, tmp_path, board)
    count(again, interval, 2, first=10)
    far.air.away = False
    count(again, interval, 40, first=12)
    assert set(seqs(far)) == set(range(1, 53))
    assert again.deeds.asked == [(2, 10)]
    again.close()


def test_a_single_question_without_an_answer_has_nothing_sent_again(
    post: Post, far: Far, interval: Make
) -> None:
    count(post, interval, 1)
    far.network.mute = True
    count(post, interval, 16, first=1)
    assert post.uplink.radio_health.unanswered >= 1
    unanswered = post.uplink.radio_health.unanswered
    far.network.mute = False
    count(post, interval, 8, first=17)
    assert post.deeds.asked == ([(2, 16)] if unanswered > 1 else [])


def test_a_range_that_is_asked_for_is_sent_again(
    post: Post, far: Far, interval: Make
) -> None:
    count(post, interval, 6)
    post.tell(Resend(first_seq_low=2, last_seq_low=4))
    count(post, interval, 4, first=6)
    assert post.deeds.asked == [(2, 4)]
    assert sorted(str(seq) for seq in seqs(far)) == sorted(
        str(seq) for seq in [*range(1, 11), 2, 3, 4]
    )
    assert told(far, Port.REPLY)[0]["records"] == 3


def test_a_command_that_comes_twice_is_answered_twice_and_done_once(
    post: Post, far: Far, interval: Make
) -> None:
    post.tell(Resend(first_seq_low=1, last_seq_low=1))
    post.tell(Resend(first_seq_low=1, last_seq_low=1))
    count(post, interval, 3)
    assert len(post.deeds.asked) == 1
    assert len(told(far, Port.REPLY)) == 2


def test_a_flood_of_commands_is_answered_by_four_frames_a_record(
    board: SimulatedBoard, tmp_path: Path, interval: Make
) -> None:
    far = Far(board, "us915")  # whose law keeps nobody silent
    post = Post(far, tmp_path, board, region=Region.US915, data_rate=3)
    count(post, interval, 2)
    for counter in range(10):
        post.tell(SetSetting(setting="confirm_every", value=16), counter=counter)
    answered = []
    for number in range(2, 6):
        count(post, interval, 1, first=number)
        answered.append(len(told(far, Port.REPLY)))
    assert answered == [4, 8, 10, 10]
    post.close()


def test_what_is_no_command_is_counted_and_ignored(
    post: Post, far: Far, interval: Make
) -> None:
    far.tell(Port.COMMAND, b"\xff\xff")
    far.tell(99, b"hello")
    count(post, interval, 3)
    assert post.uplink.health.downlinks_ignored == 2
    assert told(far, Port.REPLY) == []
    assert seqs(far) == [1, 2, 3]


def test_what_the_device_will_not_do_is_refused(
    post: Post, far: Far, interval: Make
) -> None:
    post.deeds.failing = SettingsError("interval", ["is shorter than before"])
    post.tell(SetInterval(interval_min=1))
    count(post, interval, 2)
    assert [each["outcome"] for each in told(far, Port.REPLY)] == ["refused"]
    post.deeds.failing = None
    post.tell(SetInterval(interval_min=30), counter=2)
    count(post, interval, 2, first=2)
    assert (post.deeds.intervals_s, post.deeds.renewals) == ([1800], 1)


def test_a_few_settings_may_be_set_and_outlive_a_restart(
    post: Post, far: Far, interval: Make, tmp_path: Path, board: SimulatedBoard
) -> None:
    post.tell(SetSetting(setting="confirm_every", value=4))
    count(post, interval, 2)
    post.tell(SetSetting(setting="confirm_every", value=2000), counter=2)
    count(post, interval, 2, first=2)
    outcomes = [each["outcome"] for each in told(far, Port.REPLY)]
    assert outcomes == ["done", "refused"]
    post.close()
    again = Post(far, tmp_path, board)
    assert again.habits.confirm_every == 4
    again.close()


def test_a_reboot_waits_until_its_answer_is_out(
    post: Post, far: Far, interval: Make
) -> None:
    post.tell(Reboot())
    count(post, interval, 2)
    assert post.deeds.reboots == 1
    assert [each["command"] for each in told(far, Port.REPLY)] == ["reboot"]


@pytest.mark.parametrize(
    ("command", "data_rate"),
    [(Rejoin(), 5), (SetDataRate(adr=False, data_rate=3), 3)],
    ids=["rejoin", "data rate"],
)
def test_the_modem_joins_anew_where_that_is_asked_for(
    post: Post, far: Far, interval: Make, command: Rejoin, data_rate: int
) -> None:
    post.tell(command)
    count(post, interval, 3)
    assert post.station.joins == 2
    assert far.device.data_rate == data_rate
    assert len(told(far, Port.REPLY)) == 1


def test_a_data_rate_that_carries_no_record_is_refused(
    post: Post, far: Far, interval: Make
) -> None:
    post.tell(SetDataRate(adr=False, data_rate=15))
    count(post, interval, 3)
    assert [each["outcome"] for each in told(far, Port.REPLY)] == ["refused"]
    assert post.station.joins == 1
    assert seqs(far) == [1, 2, 3]


def test_the_time_is_told_by_the_network_and_by_a_command(
    post: Post, interval: Make, board: SimulatedBoard
) -> None:
    count(post, interval, 1)
    [(utc_s, _)] = post.deeds.times
    assert abs(utc_s - board.utc_s()) < QUARTER_S + 1
    post.tell(TimeIs(utc_s=1_800_000_000.0))
    count(post, interval, 1, first=1)
    utc_s, uncertainty_s = post.deeds.times[-1]
    assert utc_s == 1_800_000_000.0
    assert 0.9 * QUARTER_S < uncertainty_s < 1.1 * QUARTER_S, "it waited for an uplink"


def test_a_time_that_waited_for_nobody_knows_how_long_is_worth_nothing(
    post: Post, interval: Make
) -> None:
    post.tell(TimeIs(utc_s=1_800_000_000.0))
    count(post, interval, 1)
    assert (1_800_000_000.0, float("inf")) in post.deeds.times


def test_a_restart_goes_on_in_the_same_session(
    post: Post, far: Far, interval: Make, tmp_path: Path, board: SimulatedBoard
) -> None:
    count(post, interval, 2)
    post.close()
    again = Post(far, tmp_path, board)
    count(again, interval, 2, first=2)
    assert seqs(far) == [1, 2, 3, 4]
    assert (again.station.joins, far.modem.configured) == (0, 1)
    assert len(told(far, Port.LAYOUT)) == 1, "the far side knows it"
    again.close()


def test_other_keys_want_another_session(
    post: Post, far: Far, interval: Make, tmp_path: Path, board: SimulatedBoard
) -> None:
    count(post, interval, 1)
    post.close()
    again = Post(far, tmp_path, board, data_rate=4)
    count(again, interval, 1, first=1)
    assert again.station.joins == 1
    again.close()


def test_a_modem_that_started_afresh_is_configured_and_joins_again(
    post: Post, far: Far, interval: Make
) -> None:
    count(post, interval, 2)
    far.modem.power_cycle()
    count(post, interval, 2, first=2)
    assert far.modem.configured == 2
    assert sorted(map(int, map(str, seqs(far)))) == [1, 2, 2, 3, 4], "2 was in doubt"


def test_a_network_that_lets_nobody_in_is_asked_ever_more_seldom(
    post: Post, far: Far
) -> None:
    far.network.refuses_joins = True
    post.run(86_400.0)
    first_day = len(far.network.refused)
    assert 15 <= first_day <= 40
    post.run(86_400.0)
    assert len(far.network.refused) - first_day <= 6
    assert post.budget.used_day_s < 36.0 + 36.0 + 8.7


def test_the_newest_record_never_waits_for_old_ones(
    post: Post, far: Far, interval: Make
) -> None:
    for number in range(200):
        post.outbox.put(replace(interval(15 * number), duration_s=QUARTER_S), "tp-1")
    count(post, interval, 20, first=200)
    new = [seq for seq in seqs(far) if isinstance(seq, int) and seq > 200]
    assert new == list(range(201, 221))
    assert len(seqs(far)) > 60, "and old ones go out between"


def test_how_we_are_is_said_a_few_times_a_day(post: Post, far: Far) -> None:
    health = Health(
        time_utc_s=1_795_342_500.0,
        running_s=1.0,
        outbox=OutboxHealth(records=0, alerts=0, refused=0),
        board=Vitals(),
        firmware="1",
        site="sha256:1",
    )
    payload = json_v1.encode_health(HealthRecord(device="tp-1", health=health))
    for _ in range(24):
        post.tray.post(Subject.HEALTH, payload)
        post.run(3600.0)
    assert len(told(far, Port.HEALTH)) == 4


def test_a_restart_begins_with_the_airtime_that_is_left(
    post: Post, far: Far, interval: Make, tmp_path: Path, board: SimulatedBoard
) -> None:
    count(post, interval, 60)
    used_s = post.uplink.radio_health.airtime_day_s
    post.close()
    again = Post(far, tmp_path, board)
    assert again.uplink.radio_health.airtime_day_s == pytest.approx(used_s, abs=0.4)
    assert used_s > 3.0
    again.close()
    board.advance(2 * 86_400.0)
    later = Post(far, tmp_path, board)
    assert later.uplink.radio_health.airtime_day_s == 0.0
    later.close()


def test_sending_nothing_and_closing_twice_is_harmless(post: Post) -> None:
    post.station.keep()
    assert post.uplink.send([]) == []
    post.uplink.close()
    post.uplink.close()
    with pytest.raises(UplinkUnavailableError):
        post.uplink.send([Message(Subject.KPI, 1, b"{}")])


def test_once_told_to_stop_it_sends_nothing(
    post: Post, far: Far, interval: Make
) -> None:
    post.station.keep()
    post.outbox.put(interval(), "tp-1")
    [receipt] = post.uplink.send(post.outbox.head(1), lambda: True)
    assert receipt.outcome is Outcome.UNKNOWN
    assert far.network.received == []


def test_what_is_no_record_is_set_aside(post: Post, far: Far) -> None:
    post.station.keep()
    [receipt] = post.uplink.send([Message(Subject.KPI, 1, b"{}")])
    assert receipt.outcome is Outcome.REJECTED
    assert far.network.received == []


def test_a_new_alert_is_tried_at_once_though_the_link_is_doubtful(
    post: Post, far: Far, interval: Make
) -> None:
    count(post, interval, 1)
    far.air.away = True
    count(post, interval, 20, first=1)
    assert post.uplink.radio_health.doubtful
    far.air.away = False
    post.outbox.alerts.put(ALERT, "tp-1")
    post.run(10.0, step_s=1.0)
    assert post.outbox.alerts.pending == 0
    assert not post.uplink.radio_health.doubtful


def test_eleven_bytes_at_the_slowest_rate_tell_all_totals_in_turn(
    board: SimulatedBoard, tmp_path: Path, interval: Make
) -> None:
    far = Far(board, region="us915")
    post = Post(far, tmp_path, board, region=Region.US915, fair_use_s=None, data_rate=0)
    count(post, interval, 24)
    far_end = FarEnd()
    for each in far.network.received:
        assert len(each.payload) <= 11
        far_end.hear(Frame(each.port, each.payload), board.utc_s())
    assert far_end.heard == set(range(1, 25))
    totals = far_end.totals
    assert totals["lines/gate/total/forward/car"] >= 20
    assert totals["lines/gate/total/backward/bicycle"] >= 20
    post.close()


@given(
    st.lists(st.tuples(st.integers(1, 223), st.binary(max_size=20)), max_size=8),
)
def test_whatever_comes_down_is_heeded_or_counted(
    downlinks: list[tuple[int, bytes]],
) -> None:
    with TemporaryDirectory() as name:
        board = SimulatedBoard(utc_s=1_795_342_500.0)
        post = Post(Far(board), Path(name), board)
        heeding = post.uplink._heeding
        answers = [heeding.hear(Heard(*each)) for each in downlinks]
        heeding.afterwards()
        assert answers.count(None) == heeding.ignored
        post.close()


def answers_wait(far: Far, count: int) -> None:
    """Have the modem owe the network so many answers of three bytes each."""
    member = far.network.members[far.device.dev_eui]
    member.commands += [Said(Command.DEV_STATUS)] * count


@pytest.mark.parametrize("tells_room", [True, False])
@pytest.mark.parametrize("answers", [1, 2, 3])
def test_answers_to_the_network_do_not_shut_a_record_out_for_ever(
    board: SimulatedBoard,
    tmp_path: Path,
    interval: Make,
    answers: int,
    *,
    tells_room: bool,
) -> None:
    far = Far(board, "us915")
    far.modem.tells_room = tells_room
    post = Post(far, tmp_path, board, region=Region.US915, data_rate=0)
    count(post, interval, 1)
    answers_wait(far, answers)
    count(post, interval, 4, first=1)
    assert seqs(far) == [1, 2, 3, 4, 5]
    assert len(far.network.members[far.device.dev_eui].answers) == answers
    post.close()


@pytest.mark.parametrize("urgent", [False, True])
def test_want_of_room_costs_a_frame_a_minute_at_most(
    board: SimulatedBoard, tmp_path: Path, interval: Make, *, urgent: bool
) -> None:
    far = Far(board, "us915")
    post = Post(far, tmp_path, board, region=Region.US915, data_rate=0)
    count(post, interval, 1)
    far.modem.room_bytes = 5
    before = len(far.network.received)
    post.outbox.put(replace(interval(15), duration_s=QUARTER_S), "tp-1")
    if urgent:
        post.outbox.alerts.put(ALERT, "tp-1")
    post.run(QUARTER_S, step_s=1.0)
    signs = far.network.received[before:]
    assert {(each.port, each.payload) for each in signs} == {(Port.HEALTH, b"\x40")}
    assert len(signs) <= QUARTER_S / 60.0 + 1
    assert decode(Frame(*signs[0][1:3]), None) == {
        "version": 1,
        "clock": "synced",
        "supply": "unknown",
        "throttled": "unknown",
    }
    post.close()
