"""Uplinks to brokers, closed at the end of a test."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from tallypost.board.linux import LinuxBoard
from tallypost.telemetry.uplink.broker import Broker, Pace
from tallypost.telemetry.uplink.mqtt import MqttUplink
from tests.telemetry.listening import QUICK, is_up, until


@pytest.fixture
def connect() -> Iterator[Callable[..., MqttUplink]]:
    """Open uplinks that are closed at the end; waits until they are up."""
    with ExitStack() as opened:

        def make(
            broker: Broker | int,
            *,
            device: str = "tp-1",
            pace: Pace = QUICK,
            up: bool = True,
        ) -> MqttUplink:
            if isinstance(broker, int):
                broker = Broker(host="127.0.0.1", port=broker)
            uplink = MqttUplink(broker, device=device, pace=pace, board=LinuxBoard())
            opened.callback(uplink.close)
            if up:
                until(lambda: is_up(uplink))
            return uplink

        yield make
