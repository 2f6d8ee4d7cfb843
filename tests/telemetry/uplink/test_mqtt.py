"""The MQTT uplink against real brokers, good, bad and absent."""

import ctypes
import json
import logging
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tallypost.board.linux import LinuxBoard
from tallypost.errors import UplinkError, UplinkUnavailableError
from tallypost.telemetry.uplink.base import Outcome
from tallypost.telemetry.uplink.broker import Broker, Pace
from tallypost.telemetry.uplink.link import Backoff
from tallypost.telemetry.uplink.mqtt import MqttUplink
from tallypost.telemetry.uplink.speaker import Terms
from tests.servers.amqtt_broker import AmqttBroker
from tests.servers.mosquitto import Mosquitto, free_port, program
from tests.servers.proxy import Proxy
from tests.telemetry.listening import QUICK, Listener, is_up, records, until

Connect = Callable[..., MqttUplink]


@pytest.fixture
def proxy(mosquitto: Mosquitto) -> Iterator[Proxy]:
    between = Proxy(mosquitto.port)
    yield between
    between.close()


def states(listener: Listener) -> list[str]:
    said = listener.payloads("tallypost/tp-1/status")
    return [json.loads(payload)["state"] for payload in said]


def why_down(uplink: MqttUplink) -> str:
    """Why there is no link, once something has been tried."""
    until(lambda: uplink._link._reason not in ("", "not connected yet"))
    with pytest.raises(UplinkUnavailableError) as error:
        uplink.send(records(b"x"))
    return str(error.value)


# --- what the broker says of a record ----------------------------------------


def test_a_publish_that_the_access_rules_deny_is_refused_and_not_delivered(
    tmp_path: Path, connect: Connect
) -> None:
    rules = tmp_path / "acl"
    rules.write_text("topic write tallypost/tp-1/status\n")
    broker = Mosquitto(tmp_path / "m", f"allow_anonymous true\nacl_file {rules}")
    broker.start()
    try:
        receipts = connect(broker.port).send(records(b"one", b"two"))
    finally:
        broker.stop()
    assert {receipt.outcome for receipt in receipts} == {Outcome.REFUSED}
    assert "Not authorized" in receipts[0].reason
    assert "access rules" in receipts[0].reason


def test_a_status_that_the_access_rules_deny_is_said(
    tmp_path: Path, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    rules = tmp_path / "acl"
    rules.write_text("topic write tallypost/tp-1/kpi\n")
    broker = Mosquitto(tmp_path / "m", f"allow_anonymous true\nacl_file {rules}")
    broker.start()
    try:
        receipts = connect(broker.port).send(records(b"one"))
    finally:
        broker.stop()
    assert receipts[0].outcome is Outcome.DELIVERED
    assert "status refused" in caplog.text


def test_a_record_without_subscribers_is_delivered_and_says_so(
    mosquitto: Mosquitto, connect: Connect
) -> None:
    receipt = connect(mosquitto.port).send(records(b"x"))[0]
    assert receipt.outcome is Outcome.DELIVERED
    assert "nobody subscribes" in receipt.reason


def test_a_packet_above_the_brokers_limit_is_rejected_alone(
    tmp_path: Path, connect: Connect
) -> None:
    broker = Mosquitto(tmp_path / "m", "allow_anonymous true\nmax_packet_size 5000")
    broker.start()
    # Fixed header 1 + 2, topic 2 + 18, packet identifier 2, properties: length 1,
    # content type 1 + 2 + 16, topic alias 3.
    fits, above = b"x" * (5000 - 48), b"x" * (5000 - 47)
    try:
        receipts = connect(broker.port).send(records(b"a", above, fits, b"b"))
    finally:
        broker.stop()
    assert [receipt.outcome.name for receipt in receipts] == [
        "DELIVERED",
        "REJECTED",
        "DELIVERED",
        "DELIVERED",
    ]
    assert "5000" in receipts[1].reason


def test_a_broker_that_takes_hardly_any_record_has_none_set_aside(
    tmp_path: Path, connect: Connect
) -> None:
    broker = Mosquitto(tmp_path / "m", "allow_anonymous true\nmax_packet_size 180")
    broker.start()
    try:
        told = why_down(connect(broker.port, up=False))
    finally:
        broker.stop()
    assert "takes packets of 180 bytes at most" in told
    assert "have it take 4096 at least" in told


def test_the_brokers_receive_maximum_is_kept(tmp_path: Path, connect: Connect) -> None:
    broker = Mosquitto(
        tmp_path / "m", "allow_anonymous true\nmax_inflight_messages 1"
    ).start()
    try:
        uplink = connect(broker.port)
        assert uplink._link.session().window == 1
        receipts = uplink.send(records(*[b"x"] * 30))
        assert {receipt.outcome for receipt in receipts} == {Outcome.DELIVERED}
    finally:
        broker.stop()


# --- versions ----------------------------------------------------------------


def test_a_broker_without_version_5_is_spoken_to_in_3_1_1(
    tmp_path: Path, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    broker = AmqttBroker(tmp_path, free_port()).start()
    try:
        uplink = connect(broker.port)
        receipts = uplink.send(records(*[b"x"] * 50))
        assert {receipt.outcome for receipt in receipts} == {Outcome.DELIVERED}
        broker.stop()
        until(lambda: not is_up(uplink))
        broker.start()
        until(lambda: is_up(uplink))
    finally:
        broker.stop()
    assert caplog.text.count("speaks MQTT 3.1.1 only") == 1


def test_version_3_1_1_is_spoken_where_it_is_asked_for(
    mosquitto: Mosquitto, connect: Connect
) -> None:
    uplink = connect(Broker(host="127.0.0.1", port=mosquitto.port, protocol="3.1.1"))
    assert uplink.send(records(b"x"))[0].outcome is Outcome.DELIVERED
    assert "as tp-1 (p2, c1, k30)" in mosquitto.log.read_text()


# --- status ------------------------------------------------------------------


def test_the_status_says_online_and_after_a_close_offline(
    mosquitto: Mosquitto, listener: Listener, connect: Connect
) -> None:
    uplink = connect(mosquitto.port)
    until(lambda: states(listener) == ["online"])
    birth = json.loads(listener.payloads("tallypost/tp-1/status")[0])
    assert birth["schema"] == "tallypost.status/1"
    assert birth["since"].endswith("Z")
    uplink.close()
    until(lambda: states(listener) == ["online", "offline"])
    farewell = json.loads(listener.payloads("tallypost/tp-1/status")[1])
    assert farewell["reason"] == "closed"


@pytest.mark.parametrize("protocol", ["5", "3.1.1"])
def test_no_good_bye_is_taken_for_a_loss(
    protocol: str, mosquitto: Mosquitto, listener: Listener, connect: Connect
) -> None:
    names = [f"tp-{number}" for number in range(10)]
    for name in names:
        broker = Broker(
            host="127.0.0.1",
            port=mosquitto.port,
            protocol=protocol,  # type: ignore[arg-type]
        )
        uplink = connect(broker, device=name)
        uplink.send(records(b"x"))
        uplink.close()
    time.sleep(QUICK.will_delay_s + 2)
    for name in names:
        told = [
            json.loads(payload).get("reason")
            for payload in listener.payloads(f"tallypost/{name}/status")
        ]
        assert told == [None, "closed"]
    assert mosquitto.log.read_text().count("Received DISCONNECT from tp-") == 10


def test_a_good_bye_over_a_slow_link_is_not_taken_for_a_loss_either(
    listener: Listener, proxy: Proxy, connect: Connect
) -> None:
    uplink = connect(proxy.port)
    proxy.delay_s = 5
    uplink.close()
    time.sleep(QUICK.will_delay_s + 2)
    assert states(listener) == ["online", "offline"]
    assert b"closed" in listener.payloads("tallypost/tp-1/status")[-1]


def test_whoever_comes_later_reads_the_retained_status(
    mosquitto: Mosquitto, connect: Connect
) -> None:
    connect(mosquitto.port)
    late = Listener(mosquitto.port)
    try:
        until(lambda: states(late) == ["online"])
        assert late.heard[0][2], "not retained"
    finally:
        late.close()


def test_a_device_that_falls_silent_is_said_to_be_lost(
    listener: Listener, proxy: Proxy, connect: Connect
) -> None:
    connect(proxy.port)
    until(lambda: states(listener) == ["online"])
    proxy.mute = True
    proxy.cut()
    until(lambda: states(listener) == ["online", "offline"])
    told = json.loads(listener.payloads("tallypost/tp-1/status")[-1])
    assert told["reason"] == "lost"
    proxy.mute = False


def test_the_birth_is_said_again_after_every_loss_and_no_will_if_back_soon(
    listener: Listener, proxy: Proxy, connect: Connect
) -> None:
    uplink = connect(proxy.port)
    for _ in range(2):
        proxy.cut()
        until(lambda: not is_up(uplink))
        until(lambda: is_up(uplink))
    time.sleep(1.5)
    assert states(listener) == ["online"] * 3


def test_a_broker_started_afresh_hears_the_birth_again(
    mosquitto: Mosquitto, listener: Listener, connect: Connect
) -> None:
    uplink = connect(mosquitto.port)
    mosquitto.kill()
    until(lambda: not is_up(uplink))
    mosquitto.start()
    until(lambda: is_up(uplink))
    until(lambda: states(listener)[-1:] == ["online"] and len(states(listener)) > 1)
    assert uplink.health.connects == 2


# --- brokers that are bad, slow or gone --------------------------------------


def test_a_broker_that_is_killed_and_started_is_found_again(
    mosquitto: Mosquitto, listener: Listener, connect: Connect
) -> None:
    uplink = connect(mosquitto.port)
    for number in range(3):
        assert uplink.send(records(b"%d" % number))[0].outcome is Outcome.DELIVERED
        until(lambda: b"%d" % number in listener.payloads())  # noqa: B023
        mosquitto.kill()
        mosquitto.start()
        until(lambda: is_up(uplink))


def test_a_cut_before_the_answer_leaves_the_outcome_unknown(
    proxy: Proxy, connect: Connect
) -> None:
    uplink = connect(proxy.port)
    proxy.delay_s = 30
    threading.Timer(0.3, proxy.cut).start()
    receipts = uplink.send(records(*[b"x"] * 50))
    assert {receipt.outcome for receipt in receipts} == {Outcome.UNKNOWN}
    proxy.delay_s = 0


def test_nothing_old_is_sent_again_behind_the_outbox(
    listener: Listener, proxy: Proxy, connect: Connect
) -> None:
    uplink = connect(proxy.port)
    proxy.mute = True
    threading.Timer(0.3, proxy.cut).start()
    uplink.send(records(*[b"old"] * 5))
    proxy.mute = False
    until(lambda: is_up(uplink))
    uplink.send(records(b"new"))
    until(lambda: b"new" in listener.payloads())
    assert listener.payloads().count(b"old") <= 5


def test_a_slow_broker_is_waited_for(proxy: Proxy, connect: Connect) -> None:
    uplink = connect(proxy.port)
    proxy.delay_s = 0.4
    receipts = uplink.send(records(*[b"x"] * 40))
    assert {receipt.outcome for receipt in receipts} == {Outcome.DELIVERED}


def test_patience_grows_with_a_broker_that_answers_too_late(
    proxy: Proxy, connect: Connect
) -> None:
    uplink = connect(proxy.port, pace=Pace(timeout_s=0.3, retry_s_min=0.05))
    proxy.delay_s = 0.2
    outcomes = []
    for _ in range(4):
        until(lambda: is_up(uplink))
        proxy.delay_s = 0.7
        outcomes.append(uplink.send(records(b"x"))[0].outcome)
        proxy.delay_s = 0.0
    assert outcomes[0] is Outcome.UNKNOWN
    assert Outcome.DELIVERED in outcomes


def test_a_frozen_broker_costs_a_bounded_time_and_is_found_again(
    mosquitto: Mosquitto, connect: Connect
) -> None:
    uplink = connect(mosquitto.port)
    mosquitto.pause()
    try:
        begun = time.monotonic()
        receipts = uplink.send(records(b"x"))
        assert time.monotonic() - begun < 3
        assert receipts[0].outcome is Outcome.UNKNOWN
        until(lambda: not is_up(uplink))
        time.sleep(1.2)
    finally:
        mosquitto.resume()
    until(lambda: is_up(uplink))
    assert uplink.send(records(b"x"))[0].outcome is Outcome.DELIVERED


@pytest.fixture
def frozen(mosquitto: Mosquitto, connect: Connect) -> Iterator[MqttUplink]:
    """An uplink that is patient, to a broker that has just been frozen."""
    uplink = connect(mosquitto.port, pace=Pace(timeout_s=10.0))
    mosquitto.pause()
    yield uplink
    mosquitto.resume()


def test_closing_takes_a_bounded_time_though_the_broker_is_frozen(
    frozen: MqttUplink,
) -> None:
    begun = time.monotonic()
    frozen.close()
    assert time.monotonic() - begun < 2.2


def test_closing_takes_a_bounded_time_though_a_connection_is_being_made(
    mosquitto: Mosquitto, connect: Connect
) -> None:
    mosquitto.pause()
    try:
        uplink = connect(mosquitto.port, pace=Pace(timeout_s=10.0), up=False)
        time.sleep(0.2)
        begun = time.monotonic()
        uplink.close()
        assert time.monotonic() - begun < 2.2
    finally:
        mosquitto.resume()


def test_a_send_that_is_told_to_stop_comes_back_though_the_broker_is_frozen(
    frozen: MqttUplink,
) -> None:
    stop = threading.Event()
    threading.Timer(0.3, stop.set).start()
    begun = time.monotonic()
    receipts = frozen.send(records(*[b"x"] * 50), stop.is_set)
    assert 0.3 < time.monotonic() - begun < 2
    assert {receipt.outcome for receipt in receipts} == {Outcome.UNKNOWN}


def test_a_close_brings_back_a_send_that_is_under_way(frozen: MqttUplink) -> None:
    threading.Timer(0.3, frozen.close).start()
    begun = time.monotonic()
    receipts = frozen.send(records(*[b"x"] * 50))
    assert time.monotonic() - begun < 2.5
    assert {receipt.outcome for receipt in receipts} == {Outcome.UNKNOWN}


def test_what_is_under_way_is_still_answered_when_it_is_told_to_stop(
    proxy: Proxy, connect: Connect
) -> None:
    uplink, stop = connect(proxy.port), threading.Event()
    proxy.delay_s = 0.4
    threading.Timer(0.1, stop.set).start()
    receipts = uplink.send(records(*[b"x"] * 60), stop.is_set)
    outcomes = [receipt.outcome for receipt in receipts]
    assert outcomes == [Outcome.DELIVERED] * 20 + [Outcome.UNKNOWN] * 40
    assert is_up(uplink), "nothing was wrong with it"


def test_a_host_that_takes_connections_and_says_nothing_is_told_apart(
    connect: Connect,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        uplink = connect(mute.getsockname()[1], up=False)
        assert "says nothing; is it a broker?" in why_down(uplink)


def test_a_host_that_hangs_up_at_once_is_not_tried_in_a_tight_loop(
    proxy: Proxy, connect: Connect
) -> None:
    proxy.hang_up_after = 1
    pace = Pace(timeout_s=1.0, retry_s_min=0.2, retry_s_max=60.0)
    uplink = connect(proxy.port, pace=pace, up=False)
    time.sleep(3)
    # Waits of 0.2, 0.4, 0.8, 1.6 s, each cut short by a half at most; and a question
    # beside each try whether the broker knows version 5 at all.
    assert proxy.accepted <= 12
    until(lambda: proxy.accepted >= 4)
    assert "the connection was cut" in why_down(uplink)


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        b"\x20\xff\xff\xff\xff\xff",
        b"\x20\x03\x00\x42\x00",
        b"\x20\x05\x00\x00\x02\x7f\x00",
        b"\x20\x00",
        b"\x90\x02\x00\x01" * 20,
        b"\x40\x02\xff\xff",
        b"\x30\x04\x00\xffab",
        b"\xff" * 100,
    ],
    ids=[
        "http", "endless-length", "unknown-reason", "unknown-property", "empty",
        "wrong-packets", "puback-of-nothing", "torn-publish", "noise",
    ],
)  # fmt: skip
def test_a_host_that_talks_nonsense_ends_one_connection_and_no_thread(
    answer: bytes, connect: Connect
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        taken: list[socket.socket] = []

        def talk() -> None:
            try:
                while True:
                    connection, _ = server.accept()
                    taken.append(connection)
                    connection.recv(1000)
                    connection.sendall(answer)
            except OSError:
                pass

        talking = threading.Thread(target=talk)
        talking.start()
        uplink = connect(server.getsockname()[1], up=False)
        try:
            until(lambda: len(taken) >= 3, 15)
            assert uplink._link._thread.is_alive()
            assert not is_up(uplink)
        finally:
            server.shutdown(socket.SHUT_RDWR)
            talking.join()
            for each in taken:
                each.close()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_thread_that_is_killed_is_started_afresh(
    mosquitto: Mosquitto, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    uplink = connect(mosquitto.port)
    thread = uplink._link._thread
    assert thread.ident is not None
    ctypes.pythonapi.PyThreadState_SetAsyncExc(
        ctypes.c_ulong(thread.ident), ctypes.py_object(SystemExit)
    )
    until(lambda: not thread.is_alive())
    until(lambda: is_up(uplink))
    assert "link thread died" in caplog.text
    assert uplink.send(records(b"x"))[0].outcome is Outcome.DELIVERED


def test_a_callback_that_raises_ends_the_connection_and_not_the_uplink(
    mosquitto: Mosquitto, connect: Connect
) -> None:
    uplink = connect(mosquitto.port)

    def broken(*_: object) -> None:
        raise RuntimeError("a callback that raises")

    uplink._link.session()._client.on_publish = broken
    assert uplink.send(records(b"x"))[0].outcome is Outcome.UNKNOWN
    until(lambda: is_up(uplink))
    assert uplink.send(records(b"x"))[0].outcome is Outcome.DELIVERED


@pytest.mark.parametrize(
    ("host", "wish"),
    [
        ("no-such-host.invalid", "no address is known"),
        ("127.0.0.1", "nobody listens on port"),
        ("ho st\u00ad." + "x" * 70, "host"),
    ],
    ids=["unknown-name", "closed-port", "no-name-at-all"],
)
def test_a_broker_that_cannot_be_reached_is_said_once(
    host: str, wish: str, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    uplink = connect(Broker(host=host, port=free_port()), up=False)
    assert wish in why_down(uplink)
    time.sleep(1)
    [told] = [each for each in caplog.messages if "uplink down" in each]
    found = re.search(r" retry_s=(\d+\.\d) retry_s_max=0.3$", told)
    assert found
    assert 0.0 <= float(found[1]) <= 0.3


def test_two_clients_with_one_name_are_told_and_do_not_storm(
    mosquitto: Mosquitto, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    pace = Pace(timeout_s=1.0, retry_s_min=0.1, retry_s_max=60.0)
    first = connect(mosquitto.port, pace=pace)
    connect(mosquitto.port, pace=pace)
    until(lambda: not is_up(first))
    time.sleep(2)
    assert "is another client called tp-1?" in caplog.text
    assert mosquitto.log.read_text().count("New client connected") < 20


# --- who we are --------------------------------------------------------------


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[Mosquitto]:
    """A broker with one user."""
    import subprocess  # noqa: PLC0415

    users = tmp_path / "users"
    subprocess.run(
        [program("mosquitto_passwd"), "-b", "-c", users, "tp-1", "open sesame"],
        check=True,
    )
    broker = Mosquitto(tmp_path / "m", f"allow_anonymous false\npassword_file {users}")
    broker.start()
    yield broker
    broker.stop()


def test_user_and_password_let_us_in(guarded: Mosquitto, connect: Connect) -> None:
    uplink = connect(
        Broker(
            host="127.0.0.1",
            port=guarded.port,
            username="tp-1",
            password=lambda: "open sesame",
        )
    )
    assert uplink.send(records(b"x"))[0].outcome is Outcome.DELIVERED


@pytest.mark.parametrize("protocol", ["auto", "3.1.1"])
def test_a_password_that_was_mended_lets_us_in(
    protocol: str, guarded: Mosquitto, connect: Connect
) -> None:
    passwords = ["hunter2"]
    broker = Broker(
        host="127.0.0.1",
        port=guarded.port,
        username="tp-1",
        password=lambda: passwords[-1],
        protocol=protocol,  # type: ignore[arg-type]
    )
    uplink = connect(broker, up=False)
    assert "does not let us in" in why_down(uplink)
    passwords.append("open sesame")
    until(lambda: is_up(uplink))


@pytest.mark.parametrize("protocol", ["auto", "3.1.1"])
def test_a_wrong_password_is_said_once_and_never_shown(
    protocol: str,
    guarded: Mosquitto,
    connect: Connect,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    broker = Broker(
        host="127.0.0.1",
        port=guarded.port,
        username="tp-1",
        password=lambda: "hunter2",
        protocol=protocol,  # type: ignore[arg-type]
    )
    pace = Pace(timeout_s=1.0, retry_s_min=0.1, retry_s_max=60.0)
    uplink = connect(broker, pace=pace, up=False)
    why = why_down(uplink)
    assert "does not let us in" in why
    assert "look after" in why
    time.sleep(1)
    assert guarded.log.read_text().count("New connection") <= 3
    assert caplog.text.count("uplink down") == 1
    assert "hunter2" not in caplog.text + why + repr(broker)


@pytest.mark.parametrize(
    ("prefix", "device"),
    [
        ("tally+post", "a"),
        ("a/#", "a"),
        ("", "a"),
        ("$SYS", "a"),
        ("p", "a/b"),
        ("p", ""),
    ],
)
def test_a_topic_that_nobody_may_publish_to_is_refused_at_once(
    prefix: str, device: str
) -> None:
    with pytest.raises(UplinkError, match=r"device|topic_prefix"):
        MqttUplink(
            Broker(host="127.0.0.1"),
            device=device,
            terms=Terms(topic_prefix=prefix),
            pace=QUICK,
            board=LinuxBoard(),
        )


def test_waits_grow_to_their_bound_and_never_repeat_exactly() -> None:
    backoff = Backoff(1.0, 60.0)
    waits = [backoff.next_s() for _ in range(12)]
    for wait, bound in zip(waits, [1, 2, 4, 8, 16, 32, *[60] * 6], strict=True):
        assert bound / 2 <= wait <= bound
    assert len(set(waits)) == len(waits)
    backoff.reset()
    assert backoff.next_s() <= 1
