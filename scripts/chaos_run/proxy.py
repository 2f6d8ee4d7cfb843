"""A network that cuts, stalls and holds answers back, between device and broker."""

import contextlib
import select
import socket
import struct
import threading
import time

from scripts.chaos_run.broker import HOST

POLL_S = 0.02
CHUNK_BYTES = 65_536
KNOCK_S = 2.0
RESET = struct.pack("ii", 1, 0)
"""Source: socket(7), SO_LINGER: to close with no time to linger resets a connection."""


class Proxy:
    """Forwards connections to a broker, as badly as it is told to.

    Args:
        broker_port: Where the broker listens.
        host: This side's address, as the device sees it.

    Attributes:
        port: Where the device connects.
        shut: Whoever knocks is sent away.
        stalled: Nothing is forwarded, either way.
        holding: What the broker says is not forwarded.
    """

    def __init__(self, broker_port: int, host: str = HOST) -> None:
        self.shut = False
        self.stalled = False
        self.holding = False
        self._broker_port = broker_port
        self._cut_share: float | None = None
        self._reset = 0
        self._listener = socket.create_server((host, 0))
        self.port = int(self._listener.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    def cut_within_packet(self, share: float) -> None:
        """Have so much of what the device says next pass, 0..1, and then no more."""
        self._cut_share = share

    def reset(self) -> None:
        """Cut every connection now."""
        self._reset += 1

    def close(self) -> None:
        """Take no more connections, and cut those that there are."""
        self._listener.close()
        self.reset()

    def _accept(self) -> None:
        while True:
            try:
                device, _ = self._listener.accept()
            except OSError:
                return
            if self.shut:
                _drop(device)
                continue
            try:
                broker = socket.create_connection((HOST, self._broker_port), KNOCK_S)
            except OSError:
                _drop(device)
                continue
            pair = threading.Thread(
                target=self._forward, args=(device, broker), daemon=True
            )
            pair.start()

    def _forward(self, device: socket.socket, broker: socket.socket) -> None:
        generation = self._reset
        with contextlib.suppress(OSError):
            while self._reset == generation:
                readable = self._readable(device, broker)
                if device in readable and not self._upward(device, broker):
                    break
                if broker in readable:
                    data = broker.recv(CHUNK_BYTES)
                    if not data:
                        break
                    device.sendall(data)
        _drop(device)
        _drop(broker)

    def _readable(
        self, device: socket.socket, broker: socket.socket
    ) -> list[socket.socket]:
        """Return whose words are there, and may pass just now."""
        readable, _, _ = select.select([device, broker], [], [], POLL_S)
        if readable and (self.stalled or self.holding):
            time.sleep(POLL_S)
            silenced = [device, broker] if self.stalled else [broker]
            return [each for each in readable if each not in silenced]
        return readable

    def _upward(self, device: socket.socket, broker: socket.socket) -> bool:
        """Forward what the device says; return whether the connection lives on."""
        data = device.recv(CHUNK_BYTES)
        share, self._cut_share = self._cut_share if data else None, None
        if share is None:
            broker.sendall(data)
            return bool(data)
        broker.sendall(data[: max(1, int(len(data) * share))])
        return False


def _drop(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    connection.close()
