"""A broker that takes everything and keeps every byte: the far end of the uplink.

It answers what a client of MQTT waits for, and nothing else: nobody is told anything.

Source: MQTT Version 5.0, 3 "MQTT Control Packets"; MQTT Version 3.1.1, 3.
"""

import socket
import threading
from contextlib import suppress

LOCAL = "127.0.0.1"
BYTES_MAX = 64 * 2**20
"""No more is kept: an uplink that says more in a test leaks by that alone."""
_RECEIVE_BYTES = 1 << 16
_CONNECT, _PUBLISH, _PUBREL, _SUBSCRIBE, _UNSUBSCRIBE, _PINGREQ = 1, 3, 6, 8, 10, 12
_CONNACK, _PUBACK, _PUBREC, _PUBCOMP, _SUBACK, _PINGRESP = 2, 4, 5, 7, 9, 13
_UNSUBACK = 11
_MQTT_5 = 5


class Catcher:
    """Listens on a port of this machine; opens on construction.

    Attributes:
        port: Which.
        messages: How many were published.
    """

    def __init__(self) -> None:
        self._listener = socket.create_server((LOCAL, 0))
        self.port = int(self._listener.getsockname()[1])
        self.messages = 0
        self._caught = bytearray()
        self._mutex = threading.Lock()
        self._connections: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def caught(self) -> bytes:
        """Every byte that came, whoever sent it."""
        with self._mutex:
            return bytes(self._caught)

    def close(self) -> None:
        """Hang up; closing twice is harmless."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self._connections:
            connection.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                self._connections.append(connection)
                threading.Thread(
                    target=self._serve, args=(connection,), daemon=True
                ).start()

    def _serve(self, connection: socket.socket) -> None:
        """Take what one client says, and answer, until it hangs up."""
        pending, protocol = bytearray(), 0
        with suppress(OSError):
            while received := connection.recv(_RECEIVE_BYTES):
                with self._mutex:
                    if len(self._caught) < BYTES_MAX:
                        self._caught += received
                pending += received
                while (packet := _taken(pending)) is not None:
                    kind, flags, body = packet
                    if kind == _CONNECT:
                        protocol = body[6]
                    self.messages += kind == _PUBLISH
                    connection.sendall(_answer(kind, flags, body, protocol))


def _taken(pending: bytearray) -> tuple[int, int, bytes] | None:
    """Take a whole packet off the front: its type, its flags and its body."""
    length = 0
    for place in range(1, 5):
        if place >= len(pending):
            return None
        length |= (pending[place] & 0x7F) << 7 * (place - 1)
        if pending[place] < 0x80:  # noqa: PLR2004  the last byte of a length
            break
    end = place + 1 + length
    if len(pending) < end:
        return None
    kind, flags, body = (
        pending[0] >> 4,
        pending[0] & 0xF,
        bytes(pending[place + 1 : end]),
    )
    del pending[:end]
    return kind, flags, body


def _answer(kind: int, flags: int, body: bytes, protocol: int) -> bytes:
    """Return what the client waits for; nothing where it does not."""
    properties = b"\0" if protocol == _MQTT_5 else b""
    number = body[:2]
    if kind == _PUBLISH:
        level = flags >> 1 & 3
        topic_bytes = int.from_bytes(body[:2], "big")
        number = body[2 + topic_bytes : 4 + topic_bytes]
        answers = {1: (_PUBACK, number), 2: (_PUBREC, number)}
        return _packet(*answers[level]) if level in answers else b""
    others = {
        _CONNECT: (_CONNACK, b"\0\0" + properties),
        _PUBREL: (_PUBCOMP, number),
        _SUBSCRIBE: (_SUBACK, number + properties + b"\0"),
        _UNSUBSCRIBE: (_UNSUBACK, number + properties + properties),
        _PINGREQ: (_PINGRESP, b""),
    }
    return _packet(*others[kind]) if kind in others else b""


def _packet(kind: int, body: bytes) -> bytes:
    return bytes([kind << 4, len(body)]) + body
