"""Several brokers: over to the next, and back again, and nothing lost on the way."""

import json
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from tallypost.board.linux import LinuxBoard
from tallypost.board.simulated import SimulatedBoard
from tallypost.domain.health import Trouble
from tallypost.domain.records import Interval
from tallypost.telemetry.delivery import Delivery
from tallypost.telemetry.outbox.outbox import Outbox
from tallypost.telemetry.uplink import rota as rota_module
from tallypost.telemetry.uplink.base import Outcome
from tallypost.telemetry.uplink.broker import Broker, Pace
from tallypost.telemetry.uplink.mqtt import MqttUplink
from tallypost.telemetry.uplink.rota import RETURN_S_MIN, Rota
from tests.servers.amqtt_broker import AmqttBroker
from tests.servers.mosquitto import Mosquitto, free_port, program
from tests.telemetry.listening import QUICK, Listener, is_up, records, until

Connect = Callable[..., MqttUplink]
HASTY = replace(QUICK, tries_max=2, watch_s=0.1)

FIRST, SECOND, THIRD = (Broker(host=name) for name in ("first", "second", "third"))


@pytest.fixture
def rota(board: SimulatedBoard) -> Rota:
    return Rota([FIRST, SECOND, THIRD], 2, board)


def test_each_broker_is_tried_so_often_before_the_next(rota: Rota) -> None:
    assert [rota.pick().host for _ in range(7)] == [
        "first",
        "first",
        "second",
        "second",
        "third",
        "third",
        "first",
    ]
    assert rota.failovers == 3


def test_one_that_held_for_a_while_has_all_its_tries_again(rota: Rota) -> None:
    rota.pick()
    rota.pick()
    rota.lasting()
    assert [rota.pick().host for _ in range(3)] == ["first", "first", "second"]


def test_one_that_must_be_mended_is_left_at_once(rota: Rota) -> None:
    rota.pick()
    rota.give_up()
    assert rota.pick() is SECOND


def test_a_broker_without_others_is_tried_for_ever(board: SimulatedBoard) -> None:
    alone = Rota([FIRST], 2, board)
    alone.give_up()
    assert {alone.pick() for _ in range(9)} == {FIRST}
    assert (alone.failovers, alone.may_return) == (0, False)


def test_the_first_is_asked_for_seldom_and_the_more_seldom_it_fails(
    rota: Rota, board: SimulatedBoard
) -> None:
    waits = []
    for _ in range(4):
        while rota.place == 1:
            rota.pick()
        waited_s = 0.0
        while not rota.may_return:
            board.advance(10.0)
            waited_s += 10.0
        waits.append(waited_s)
        rota.go_home()
    assert waits == [RETURN_S_MIN * factor for factor in (1, 2, 4, 8)]
    rota.pick()
    rota.lasting()
    while rota.place == 1:
        rota.pick()
    board.advance(RETURN_S_MIN)
    assert rota.may_return


@pytest.fixture
def second(tmp_path: Path) -> Iterator[Mosquitto]:
    broker = Mosquitto(tmp_path / "second").start()
    yield broker
    broker.stop()


@pytest.fixture
def soon_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rota_module, "RETURN_S_MIN", 0.3)


def both(first: Mosquitto, second_port: int) -> Broker:
    return Broker(
        host="127.0.0.1", port=first.port, fallbacks=(("127.0.0.1", second_port),)
    )


@pytest.mark.usefixtures("soon_back")
def test_the_next_broker_carries_until_the_first_is_there_again(
    mosquitto: Mosquitto, second: Mosquitto, connect: Connect
) -> None:
    uplink = connect(both(mosquitto, second.port), pace=HASTY)
    assert uplink.health.broker == 1
    mosquitto.kill()
    until(lambda: uplink.health.broker == 2 and is_up(uplink))
    assert uplink.send(records(b"x"))[0].outcome is Outcome.DELIVERED
    assert "'tallypost/tp-1/kpi'" in second.log.read_text()
    with closing(Listener(second.port)) as there:
        mosquitto.start()
        until(lambda: uplink.health.broker == 1 and is_up(uplink))
        until(lambda: len(there.payloads("tallypost/tp-1/status")) == 2)
        farewell = json.loads(there.payloads("tallypost/tp-1/status")[1])
        assert farewell["reason"] == "moved"
    assert uplink.health.failovers == 2
    assert uplink.health.last_trouble is Trouble.REPLACED


@pytest.mark.usefixtures("soon_back")
def test_a_first_broker_behind_a_web_socket_is_gone_back_to_as_well(
    tmp_path: Path, connect: Connect
) -> None:
    ports = free_port(), free_port()
    brokers = [
        Mosquitto(
            tmp_path / str(port),
            f"allow_anonymous true\nlistener {port} 127.0.0.1\nprotocol websockets",
        ).start()
        for port in ports
    ]
    web = Broker(
        host="127.0.0.1",
        port=ports[0],
        fallbacks=(("127.0.0.1", ports[1]),),
        path="/mqtt",
    )
    try:
        uplink = connect(web, pace=HASTY)
        brokers[0].kill()
        until(lambda: uplink.health.broker == 2 and is_up(uplink))
        brokers[0].start()
        until(lambda: uplink.health.broker == 1 and is_up(uplink))
        assert uplink.health.failovers >= 2
        uplink.close()
    finally:
        for each in brokers:
            each.stop()


@pytest.mark.usefixtures("soon_back")
def test_a_first_broker_that_is_frozen_does_not_count_as_back(
    mosquitto: Mosquitto, second: Mosquitto, connect: Connect
) -> None:
    uplink = connect(both(mosquitto, second.port), pace=HASTY)
    mosquitto.pause()
    try:
        uplink.send(records(b"x"))
        until(lambda: uplink.health.broker == 2 and is_up(uplink))
        connects = uplink.health.connects
        threading.Event().wait(2.5)
        assert (uplink.health.connects, is_up(uplink)) == (connects, True)
    finally:
        mosquitto.resume()
    until(lambda: uplink.health.broker == 1 and is_up(uplink))


def test_a_fallback_of_an_older_version_will_do(
    tmp_path: Path, mosquitto: Mosquitto, connect: Connect
) -> None:
    older = AmqttBroker(tmp_path, free_port()).start()
    try:
        uplink = connect(both(mosquitto, older.port), pace=HASTY)
        mosquitto.kill()
        until(lambda: uplink.health.broker == 2 and is_up(uplink))
        assert uplink.send(records(b"x"))[0].outcome is Outcome.DELIVERED
    finally:
        older.stop()


def test_what_a_fallback_will_never_take_is_kept_for_the_first(
    tmp_path: Path, mosquitto: Mosquitto, connect: Connect
) -> None:
    narrow = Mosquitto(tmp_path / "n", "allow_anonymous true\nmax_packet_size 5000")
    narrow.start()
    try:
        uplink = connect(both(mosquitto, narrow.port), pace=HASTY)
        mosquitto.kill()
        until(lambda: uplink.health.broker == 2 and is_up(uplink))
        receipts = uplink.send(records(b"x", b"x" * 5000))
        outcomes = [receipt.outcome for receipt in receipts]
        assert outcomes == [Outcome.DELIVERED, Outcome.REFUSED]
        assert "above the 5000 of the broker" in receipts[1].reason
        uplink.close()
    finally:
        narrow.stop()


def test_a_broker_that_refuses_our_name_is_left_for_the_next_at_once(
    tmp_path: Path, second: Mosquitto, connect: Connect
) -> None:
    users = tmp_path / "users"
    subprocess.run(
        [program("mosquitto_passwd"), "-b", "-c", users, "tp-1", "open sesame"],
        check=True,
    )
    guarded = Mosquitto(tmp_path / "m", f"allow_anonymous false\npassword_file {users}")
    guarded.start()
    try:
        uplink = connect(both(guarded, second.port), pace=replace(HASTY, tries_max=99))
        assert uplink.health.broker == 2
        assert uplink.health.last_trouble is Trouble.REFUSED
    finally:
        guarded.stop()


@pytest.mark.usefixtures("soon_back")
def test_no_record_is_lost_between_two_brokers_that_come_and_go(
    tmp_path: Path,
    mosquitto: Mosquitto,
    second: Mosquitto,
    interval: Callable[..., Interval],
) -> None:
    listeners = [Listener(each.port) for each in (mosquitto, second)]
    for each in (mosquitto, second):
        until(each.has_saved(b"listener"))
    board = LinuxBoard()
    outbox = Outbox(tmp_path / "outbox.db", board=board)
    pace: Pace = HASTY
    uplink = MqttUplink(
        both(mosquitto, second.port), device="tp-1", pace=pace, board=board
    )
    delivery, stop = Delivery(outbox, uplink, board), threading.Event()
    running = threading.Thread(target=delivery.run, args=(stop,))
    running.start()
    for number in range(1, 151):
        assert outbox.put(interval(number), "tp-1") is not None
        if number == 50:
            mosquitto.stop()
        elif number == 100:
            until(lambda: uplink.health.broker == 2 and outbox.pending == 0)
            mosquitto.start()
            until(lambda: uplink.health.broker == 1 and is_up(uplink))

    def heard() -> set[int]:
        return {
            json.loads(payload)["seq"]
            for listener in listeners
            for payload in listener.payloads()
        }

    until(lambda: outbox.pending == 0)
    until(lambda: len(heard()) == 150)
    stop.set()
    outbox.arrived.set()
    running.join(60)
    uplink.close()
    outbox.close()
    for listener in listeners:
        assert listener.payloads(), "both had their part of it"
        listener.close()
    assert heard() == set(range(1, 151))
