"""From the frame to the city: how soon somebody hears of an intruder."""

import json
import os
import select
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tallypost.assembly.clock import reckoner
from tallypost.assembly.counting import counting
from tallypost.assembly.detector import Threshold
from tallypost.board.linux import LinuxBoard
from tallypost.domain.records import Provenance
from tallypost.domain.vision import Detections, Frame, Size
from tallypost.settings.elements.intrusion import Intrusion
from tallypost.settings.site import Site
from tallypost.telemetry.delivery import Delivery
from tallypost.telemetry.intake import Intake
from tallypost.telemetry.outbox.outbox import Outbox
from tallypost.telemetry.uplink.broker import Broker
from tallypost.telemetry.uplink.mqtt import MqttUplink
from tallypost.vision.attention import Attention
from tallypost.vision.camera.synthetic import SyntheticCamera
from tallypost.vision.pipeline import Pipeline
from tallypost.vision.timeline import LiveTimeline
from tallypost.wall.frame import Alphabet
from tallypost.wall.reader import WallReader
from tallypost.wall.writer import WallWriter
from tests.servers.mosquitto import Mosquitto
from tests.telemetry.listening import QUICK, Listener, is_up, until

CLASSES = ("person", "car")
FIT = Size(320, 320)
SITE = Site(
    intrusions=(
        Intrusion(
            name="tracks", polygon=((0.2, 0.2), (0.8, 0.2), (0.8, 0.95), (0.2, 0.95))
        ),
    )
)
ALPHABET = Alphabet(classes=CLASSES, elements=SITE.elements())
EMPTY_S = 1.0
"""For so long nobody is there."""
INTRUDED_S = 3.0


class Guard:
    """A detector that sees somebody on the tracks for some time, and takes its own.

    Args:
        look_s: How long it looks at a frame.
    """

    classes = CLASSES
    input_size = FIT

    def __init__(self, look_s: float) -> None:
        self._look_s = look_s
        self._begun_s = time.monotonic()

    def detect(
        self, frame: Frame, meanwhile: Callable[[], None] | None = None
    ) -> Detections:
        assert meanwhile is not None
        meanwhile()
        time.sleep(self._look_s)
        there_s = frame.captured_monotonic_s - self._begun_s - EMPTY_S
        if not 0 <= there_s < INTRUDED_S:
            return Detections.none()
        return Detections(
            np.array([[300, 200, 340, 300]], np.float32),
            np.array([0.9], np.float32),
            np.array([0], np.int64),
        )

    def close(self) -> None: ...


@contextmanager
def working(target: Callable[[threading.Event], None]) -> Iterator[None]:
    """Have something done in a thread of its own, until the end."""
    stop = threading.Event()
    thread = threading.Thread(target=target, args=(stop,))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(60)


def seeing(outlet: int, rate_hz: float, look_s: float) -> Callable[..., None]:
    """The half that sees, but for its process."""
    board = LinuxBoard()

    def see(stop: threading.Event) -> None:
        pipeline = Pipeline(
            camera=SyntheticCamera(fit=FIT, board=board, rate_hz=rate_hz, live=True),
            attention=Attention(Guard(look_s)),
            counting=counting(
                SITE,
                place="site.toml",
                classes=CLASSES,
                threshold=Threshold(0.4),
                interval_s=60.0,
                rate_hz_max=rate_hz,
            ),
            timeline=LiveTimeline(board),
            board=board,
        )
        pipeline.run(WallWriter(outlet, ALPHABET).send, stop.is_set)

    return see


def hearing(inlet: int, outbox: Outbox, file: Path) -> Callable[..., None]:
    """The half that speaks, but for its process."""
    board = LinuxBoard()
    intake = Intake(
        store=outbox,
        device="tp-1",
        provenance=Provenance(model=None, site="sha256:bb", firmware="1"),
        interval_s=60.0,
        board=board,
        reckoner=reckoner(file, board),
    )

    def hear(stop: threading.Event) -> None:
        from tallypost.daemon.telemetry_half import _heed  # noqa: PLC0415

        reader = WallReader(ALPHABET, 2.0)
        while not stop.is_set():
            if select.select([inlet], [], [], 0.1)[0]:
                for told in reader.feed(os.read(inlet, 65_536), board.monotonic_s()):
                    _heed(told, intake)

    return hear


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    mosquitto = Mosquitto(tmp_path / "broker").start()
    yield mosquitto
    mosquitto.stop()


def has_heard(listener: Listener, count: int) -> bool:
    return len(listener.payloads("tallypost/tp-1/alert")) >= count


def moments(alert: dict[str, Any]) -> float:
    """When the frame's light fell that made it certain."""
    return float(np.datetime64(alert["time"].rstrip("Z"), "us").astype(int)) / 1e6


@pytest.mark.parametrize(
    ("rate_hz", "look_s"), [(2.0, 0.05), (2.0, 0.4), (5.0, 0.15), (10.0, 0.05)]
)
def test_an_intruder_is_told_of_within_a_second_of_the_frame(
    tmp_path: Path, broker: Mosquitto, rate_hz: float, look_s: float
) -> None:
    with ExitStack() as stack:
        listener = Listener(broker.port)
        stack.callback(listener.close)
        board = LinuxBoard()
        file = tmp_path / "outbox.db"
        outbox = Outbox(file, board=board)
        stack.callback(outbox.close)
        uplink = MqttUplink(
            Broker(host="127.0.0.1", port=broker.port),
            device="tp-1",
            pace=QUICK,
            board=board,
        )
        stack.callback(uplink.close)
        until(lambda: is_up(uplink))
        inlet, outlet = os.pipe()
        for end in (inlet, outlet):
            stack.callback(os.close, end)
        stack.enter_context(working(Delivery(outbox, uplink, board).run))
        stack.enter_context(working(hearing(inlet, outbox, file)))
        stack.enter_context(working(seeing(outlet, rate_hz, look_s)))
        heard_s: list[float] = []
        for count in (1, 2):
            until(partial(has_heard, listener, count))
            heard_s.append(time.time())
    begun, ended = map(json.loads, listener.payloads("tallypost/tp-1/alert"))

    assert (begun["kind"], begun["state"]) == ("intrusion", "begun")
    assert (ended["state"], ended["begun_seq"]) == ("ended", begun["seq"])
    for alert, at_s in zip((begun, ended), heard_s, strict=True):
        late_s = at_s - moments(alert)
        assert late_s < 1.0
        # It waits for no other frame: at 2 a second that would be half a second more.
        assert late_s < look_s + 0.4
