"""MQTT first, LoRaWAN while that is down: one sequence, and nothing told half."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tallypost.board.simulated import SimulatedBoard
from tallypost.domain.alerts import Alert, AlertKind, AlertState
from tallypost.domain.records import Interval
from tallypost.telemetry.codec.compact.downlink import Resend
from tallypost.telemetry.codec.compact.frame import Port
from tallypost.telemetry.codec.message import Subject
from tallypost.telemetry.delivery import Delivery
from tallypost.telemetry.uplink.loopback import LoopbackUplink
from tallypost.telemetry.uplink.lorawan.asked import Asked
from tallypost.telemetry.uplink.preferred import PreferredUplink
from tests.telemetry.uplink.lorawan.direct import Far
from tests.telemetry.uplink.lorawan.post import Post, told

Make = Callable[..., Interval]
INTRUSION = Alert(
    kind=AlertKind.INTRUSION,
    state=AlertState.BEGUN,
    time_utc_s=1_795_342_500.0,
    collection="intrusions",
    element="tracks",
)


@pytest.fixture
def mqtt() -> LoopbackUplink:
    return LoopbackUplink()


@pytest.fixture
def post(board: SimulatedBoard, tmp_path: Path, mqtt: LoopbackUplink) -> Iterator[Post]:
    post = Post(Far(board), tmp_path, board, fallback=True)
    both = PreferredUplink([mqtt, post.uplink], board=board)
    post.delivery = Delivery(post.outbox, both, board, post.tray)
    yield post
    post.close()


def count(post: Post, interval: Make, minutes: int, first: int = 0) -> None:
    """Make a record each minute, and let go out what may."""
    for number in range(first, first + minutes):
        post.outbox.put(interval(number), "tp-1")
        post.run(60.0, step_s=10.0)


def seqs(far: Far) -> list[object]:
    return [each.get("seq", each.get("seq_low")) for each in told(far, Port.RECORD)]


def test_while_the_first_is_there_the_radio_only_joins(
    post: Post, mqtt: LoopbackUplink, interval: Make
) -> None:
    count(post, interval, 5)
    assert len(mqtt.messages) == 5
    assert post.station.joined
    assert post.far.network.received == []


def test_the_newest_go_by_radio_now_and_then_and_all_by_the_first_afterwards(
    post: Post, mqtt: LoopbackUplink, interval: Make
) -> None:
    count(post, interval, 5)
    mqtt.down = True
    count(post, interval, 60, first=5)
    by_radio = seqs(post.far)
    assert 4 <= len(by_radio) <= 6
    assert by_radio[0] in (6, 7), "the newest, once the first is down for a minute"
    assert post.outbox.pending == 60, "each is kept for the link that tells it whole"
    mqtt.down = False
    count(post, interval, 2, first=65)
    kept = [each.seq for each in mqtt.messages if each.subject is Subject.KPI]
    assert sorted(kept) == list(range(1, 68))
    assert len(kept) == 67, "none twice"


def test_alerts_go_by_radio_at_once_and_whole_by_the_first_once_it_is_back(
    post: Post, mqtt: LoopbackUplink, interval: Make
) -> None:
    count(post, interval, 2)
    mqtt.down = True
    count(post, interval, 3, first=2)
    post.outbox.alerts.put(INTRUSION, "tp-1")
    post.run(30.0, step_s=5.0)
    assert [each["kind"] for each in told(post.far, Port.ALERT)] == ["intrusion"]
    assert post.outbox.alerts.pending == 1
    heard = len(seqs(post.far))
    count(post, interval, 20, first=5)
    assert len(seqs(post.far)) > heard, "it holds up no record meanwhile"
    mqtt.down = False
    count(post, interval, 6, first=25)
    alerts = [each for each in mqtt.messages if each.subject is Subject.ALERT]
    assert len(alerts) == 1
    assert post.outbox.alerts.pending == 0
    assert len(told(post.far, Port.ALERT)) == 1, "by radio it is told once"


def test_what_a_radio_has_no_words_for_waits_for_the_first(
    post: Post, mqtt: LoopbackUplink, interval: Make
) -> None:
    count(post, interval, 1)
    mqtt.down = True
    count(post, interval, 2, first=1)
    post.tray.post(Subject.REPLY, b"{}")
    count(post, interval, 17, first=3)
    assert post.tray.pending == 1
    assert len(seqs(post.far)) == 2
    mqtt.down = False
    count(post, interval, 1, first=20)
    assert post.tray.pending == 0
    assert Subject.REPLY in [each.subject for each in mqtt.messages]


def replies(far: Far) -> list[tuple[object, object]]:
    return [(each["outcome"], each.get("records")) for each in told(far, Port.REPLY)]


def test_what_is_asked_for_by_radio_comes_by_radio_and_whole_by_the_first_once(
    post: Post, mqtt: LoopbackUplink, interval: Make
) -> None:
    count(post, interval, 5)
    mqtt.down = True
    count(post, interval, 3, first=5)
    post.tell(Resend(first_seq_low=2, last_seq_low=6))
    count(post, interval, 45, first=8)
    assert replies(post.far) == [("done", 5)]
    asked = [seq for seq in seqs(post.far) if int(str(seq)) in range(2, 7)]
    assert [seq for seq in asked if seq != 6] == [5, 4, 3, 2], "the newest first"
    assert post.memory.kept.asked == ()
    mqtt.down = False
    count(post, interval, 1, first=53)
    kept = [each.seq for each in mqtt.messages if each.subject is Subject.KPI]
    assert sorted(kept) == sorted([*range(1, 55), 2, 3, 4, 5])
    heard = len(post.far.network.received)
    count(post, interval, 20, first=54)
    assert len(post.far.network.received) == heard


def test_new_records_do_not_wait_for_those_that_were_asked_for(
    post: Post, mqtt: LoopbackUplink, interval: Make
) -> None:
    count(post, interval, 60)
    mqtt.down = True
    count(post, interval, 3, first=60)
    post.tell(Resend(first_seq_low=1, last_seq_low=60))
    count(post, interval, 90, first=63)
    new = [seq for seq in seqs(post.far) if int(str(seq)) > 63]
    assert len(new) >= 5, "one in a quarter of an hour"
    assert post.budget.used_day_s <= 30.0 * 0.9


def test_what_was_asked_for_is_told_after_a_power_cut_too(
    tmp_path: Path, board: SimulatedBoard, interval: Make
) -> None:
    far, mqtt = Far(board), LoopbackUplink()

    def opened() -> Post:
        post = Post(far, tmp_path, board, fallback=True)
        both = PreferredUplink([mqtt, post.uplink], board=board)
        post.delivery = Delivery(post.outbox, both, board, post.tray)
        return post

    post = opened()
    count(post, interval, 30)
    mqtt.down = True
    count(post, interval, 3, first=30)
    post.tell(Resend(first_seq_low=1, last_seq_low=8))
    count(post, interval, 17, first=33)
    assert replies(far) == [("done", 8)]
    before = {int(str(seq)) for seq in seqs(far)}
    assert not {*range(1, 9)} <= before, "it was cut in between"
    post.close()
    post = opened()
    count(post, interval, 70, first=50)
    assert {*range(1, 9)} <= {int(str(seq)) for seq in seqs(far)}
    post.close()


def test_what_the_first_has_delivered_meanwhile_is_not_told_by_radio(
    post: Post, mqtt: LoopbackUplink, interval: Make
) -> None:
    count(post, interval, 30)
    mqtt.down = True
    count(post, interval, 3, first=30)
    post.tell(Resend(first_seq_low=1, last_seq_low=30))
    count(post, interval, 17, first=33)
    mqtt.down = False
    count(post, interval, 5, first=50)
    told_before = seqs(post.far)
    mqtt.down = True
    count(post, interval, 60, first=55)
    more = seqs(post.far)[len(told_before) :]
    assert more
    assert min(int(str(seq)) for seq in more) > 50
    assert post.memory.kept.asked == ()


def test_a_range_of_weeks_is_kept_as_a_range_and_its_newest_are_told(
    post: Post, mqtt: LoopbackUplink, interval: Make
) -> None:
    count(post, interval, 3)
    mqtt.down = True
    count(post, interval, 3, first=3)
    # As of a device that has counted for long.
    asked = Asked(post.deeds, post.memory)
    assert asked.ask(1, 60_000) == 0, "none of the newest of these is here"
    assert asked.ask(1, 4096) == 6
    assert post.memory.kept.asked == ((1, 4096),)


def test_what_is_asked_for_before_a_record_went_by_radio_is_found(
    post: Post, mqtt: LoopbackUplink, interval: Make
) -> None:
    count(post, interval, 5)
    mqtt.down = True
    post.outbox.alerts.put(INTRUSION, "tp-1")
    post.tell(Resend(first_seq_low=2, last_seq_low=4))
    post.run(120.0, step_s=10.0)
    first = post.far.network.received[0]
    assert first.port == Port.ALERT, "no record yet from whose number others are told"
    assert replies(post.far) == [("done", 3)]
    count(post, interval, 20, first=7)
    assert {2, 3, 4} <= {int(str(seq)) for seq in seqs(post.far)}


def test_numbers_that_no_record_has_are_refused(
    post: Post, mqtt: LoopbackUplink, interval: Make
) -> None:
    count(post, interval, 2)
    mqtt.down = True
    count(post, interval, 3, first=2)
    post.tell(Resend(first_seq_low=60_000, last_seq_low=60_005))
    count(post, interval, 20, first=5)
    assert replies(post.far) == [("refused", None)]
    assert post.memory.kept.asked == ()
