"""Records a second through the product to a broker, beside a bare loop over paho."""

import socket
import statistics
import struct
import tempfile
import threading
import time
from collections import deque
from pathlib import Path
from typing import Any

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

from scripts.benchmarks.page import put, table, where
from scripts.demonstration.broker import running_broker
from tallypost.board.linux import LinuxBoard
from tallypost.domain.figures.lines import LineFigures
from tallypost.domain.figures.zones import ZoneFigures
from tallypost.domain.records import ClockTrust, Interval, Quality
from tallypost.telemetry.delivery import Delivery
from tallypost.telemetry.outbox.outbox import Outbox
from tallypost.telemetry.uplink.broker import Broker, Pace
from tallypost.telemetry.uplink.mqtt import MqttUplink

RECORDS = 2000
ROUNDS = 5
WINDOW = Pace().window
TOPIC = "tallypost/tp-bench/kpi"
BEGIN_UTC_S = 1_795_342_500.0
BYTES_SENT = 120
"""Where `struct tcp_info` has tcpi_bytes_acked. Source: linux/tcp.h."""


def interval(minute: int) -> Interval:
    """Return an interval like those of a junction: three lines and two zones."""
    counts = {"car": minute % 40, "bicycle": 3, "person": 12, "truck": 1}
    zone = ZoneFigures(
        occupancy_mean={"person": 3.4},
        occupancy_max={"person": 9},
        entries={"person": 12},
        exits={"person": 10},
    )
    return Interval(
        start_utc_s=BEGIN_UTC_S + 60.0 * minute,
        duration_s=60.0,
        lines={
            name: LineFigures(forward=counts, backward=counts)
            for name in ("north", "east", "south")
        },
        zones={"platform": zone, "stairs": zone},
        quality=Quality(
            observed_s=59.8,
            frames=597,
            frames_dropped=3,
            frame_lifetime_ms_p99=41.0,
            clock=ClockTrust.SYNCED,
            model="sha256:" + "0" * 64,
            site="sha256:" + "1" * 64,
        ),
    )


def filled(path: Path) -> Outbox:
    """Return an outbox in which so many records wait, on the disk."""
    outbox = Outbox(path, board=LinuxBoard())
    for minute in range(RECORDS):
        outbox.put(interval(minute), "tp-bench")
    return outbox


def product_s(outbox: Outbox, port: int) -> tuple[float, int]:
    """Deliver all that waits; return how long that took and the bytes on the wire."""
    board = LinuxBoard()
    uplink = MqttUplink(
        Broker(host="127.0.0.1", port=port), device="tp-bench", board=board
    )
    while not uplink.health.up:
        board.wait(0.01)
    delivery = Delivery(outbox, uplink, board)
    begun_s = time.perf_counter()
    if delivery.drain(300.0):
        raise SystemExit("mqtt: not all records were delivered")
    took_s = time.perf_counter() - begun_s
    session = uplink._link.current
    sent = 0 if session is None else bytes_sent(session._client.socket())
    uplink.close()
    return took_s, sent


def bytes_sent(opened: Any) -> int:
    """Return how many bytes the far end of a connection has acknowledged."""
    if opened is None:
        return 0
    state = opened.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, BYTES_SENT + 8)
    return int(struct.unpack_from("Q", state, BYTES_SENT)[0])


def bare_s(payloads: list[bytes], port: int) -> tuple[float, int]:
    """Publish the same by paho alone, as many under way; the same two numbers."""
    room = threading.Semaphore(WINDOW)
    left = deque(payloads)
    ready = threading.Event()
    client = paho.Client(CallbackAPIVersion.VERSION2, protocol=paho.MQTTv5)
    client.on_connect = lambda *_: ready.set()
    client.on_publish = lambda *_: room.release()
    client.max_inflight_messages_set(WINDOW)
    client.connect("127.0.0.1", port)
    client.loop_start()
    ready.wait()
    begun_s = time.perf_counter()
    while left:
        room.acquire()
        client.publish(TOPIC, left.popleft(), qos=1)
    for _ in range(WINDOW):
        room.acquire()
    took_s = time.perf_counter() - begun_s
    sent = bytes_sent(client.socket())
    client.disconnect()
    client.loop_stop()
    return took_s, sent


def main() -> None:
    """Measure and write."""
    rows, ratios = [], []
    with (
        tempfile.TemporaryDirectory() as folder,
        running_broker(Path(folder)) as (_, port),
    ):
        outbox = filled(Path(folder) / "outbox.db")
        payloads = [message.payload for message in outbox.head(RECORDS)]
        for _ in range(ROUNDS):
            bare = bare_s(payloads, port)
            ours = product_s(outbox, port)
            outbox.ask_again(1, RECORDS)
            rows.append((ours, bare))
            ratios.append(bare[0] / ours[0])
        outbox.close()
    ours_hz = RECORDS / statistics.median(ours[0] for ours, _ in rows)
    bare_hz = RECORDS / statistics.median(bare[0] for _, bare in rows)
    (_, ours_bytes), (_, bare_bytes) = rows[-1]
    payload_bytes = statistics.fmean(map(len, payloads))
    put(
        "mqtt",
        table(
            ["from where to where", "records/s", "bytes a record on the wire"],
            [
                [
                    "outbox on the disk -> delivery -> paho -> mosquitto",
                    f"{ours_hz:,.0f}",
                    f"{ours_bytes / RECORDS:.1f}",
                ],
                [
                    "a bare loop over paho -> mosquitto",
                    f"{bare_hz:,.0f}",
                    f"{bare_bytes / RECORDS:.1f}",
                ],
                [
                    "**ratio, median of the rounds**",
                    f"**{statistics.median(ratios):.2f}**",
                    "",
                ],
            ],
        )
        + f"\n\n{where()} {ROUNDS} rounds of {RECORDS:,} records of "
        f"{payload_bytes:.0f} bytes, one after the other in turns; quality of service "
        f"1, {WINDOW} under way; ratios from {min(ratios):.2f} to {max(ratios):.2f}.",
    )
