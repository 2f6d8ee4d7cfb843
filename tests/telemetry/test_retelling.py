"""A broker that has lost all that it kept is told it again."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from tallypost.board.linux import LinuxBoard
from tallypost.telemetry.codec.message import Subject
from tallypost.telemetry.delivery import Delivery
from tallypost.telemetry.outbox.outbox import Outbox
from tallypost.telemetry.retelling import Retelling
from tallypost.telemetry.tray import Tray
from tallypost.telemetry.uplink.broker import Broker
from tallypost.telemetry.uplink.mqtt import MqttUplink
from tests.servers.mosquitto import Mosquitto
from tests.servers.proxy import Proxy
from tests.telemetry.listening import QUICK, Listener, is_up, until

HEALTH = "tallypost/tp-1/health"
HEALTHY = b'{"well":1}'


class Device(NamedTuple):
    """What speaks to a broker."""

    uplink: MqttUplink
    tray: Tray
    arrived: threading.Event


def test_it_is_told_once_for_each_time() -> None:
    strangers: list[int] = [0]
    told: list[int] = []
    retelling = Retelling(lambda: strangers[0], lambda: told.append(strangers[0]))
    for now in (0, 1, 1, 3, 3):
        strangers[0] = now
        retelling.tick()
    assert told == [1, 3]


def retained(port: int) -> Callable[[], bool]:
    """Return a question: whether somebody who comes now hears how the device is."""

    def ask() -> bool:
        listener = Listener(port, HEALTH)
        try:
            until(lambda: bool(listener.heard), 1.0)
        except AssertionError:
            return False
        finally:
            listener.close()
        return listener.heard == [(HEALTH, HEALTHY, True)]

    return ask


@contextmanager
def delivering(tmp_path: Path, port: int, protocol: str) -> Iterator[Device]:
    """Deliver in the background what is put on a tray."""
    board = LinuxBoard()
    with ExitStack() as stack:
        outbox = Outbox(tmp_path / "outbox.db", board=board)
        stack.callback(outbox.close)
        tray = Tray(outbox.arrived)
        uplink = MqttUplink(
            Broker(host="127.0.0.1", port=port, protocol=protocol),  # type: ignore[arg-type]
            device="tp-1",
            on_downlink=lambda _: None,
            pace=QUICK,
            board=board,
        )
        stack.callback(uplink.close)
        again = Retelling(lambda: uplink.strangers, tray.tell_again)
        delivery = Delivery(outbox, uplink, board, tray, duty=again.tick)
        stop = threading.Event()
        running = threading.Thread(target=delivery.run, args=(stop,))
        running.start()
        stack.callback(running.join, 10)
        stack.callback(outbox.arrived.set)
        stack.callback(stop.set)
        yield Device(uplink, tray, outbox.arrived)


@pytest.mark.parametrize("protocol", ["5", "3.1.1"])
def test_a_broker_that_lost_its_store_is_told_again_and_one_that_kept_it_is_not(
    tmp_path: Path, mosquitto: Mosquitto, protocol: str
) -> None:
    proxy = Proxy(mosquitto.port)
    with closing(proxy), delivering(tmp_path, proxy.port, protocol) as device:
        uplink = device.uplink
        device.tray.post(Subject.HEALTH, HEALTHY)
        until(retained(mosquitto.port))
        until(mosquitto.has_saved(HEALTHY))
        assert uplink.strangers == 1
        proxy.cut()
        until(lambda: uplink.health.connects == 2 and is_up(uplink))
        assert uplink.strangers == 1, "the broker has kept the session"
        mosquitto.stop()
        (tmp_path / "mosquitto" / "mosquitto.db").unlink()
        mosquitto.start()
        until(lambda: uplink.strangers == 2, 20.0)
        device.arrived.set()  # a record would come within a minute
        until(retained(mosquitto.port), 20.0)
