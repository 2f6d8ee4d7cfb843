"""A proxy of HTTP or SOCKS 5 that asks for a login, and counts whom it lets pass."""

import base64
import contextlib
import socket
import struct
import threading
from typing import Literal


class PassingProxy:
    """Passes connections on to where they want to go.

    Args:
        kind: What it speaks.
        login: User and password; None lets everybody pass.

    Attributes:
        port: Where clients connect.
        passed: Where connections went to.
    """

    def __init__(
        self, kind: Literal["http", "socks5"], login: tuple[str, str] | None = None
    ) -> None:
        self.passed: list[tuple[str, int]] = []
        self._kind = kind
        self._login = login
        self._sockets: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Stop listening, and cut what is left."""
        for each in (self._listener, *self._sockets):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                self._sockets.append(client)
                threading.Thread(
                    target=self._serve, args=(client,), daemon=True
                ).start()

    def _serve(self, client: socket.socket) -> None:
        with contextlib.suppress(OSError, ValueError, struct.error):
            asked = self._http(client) if self._kind == "http" else self._socks(client)
            if asked is None:
                client.shutdown(socket.SHUT_RDWR)
                return
            server = socket.create_connection(asked, timeout=5)
            server.settimeout(None)
            self.passed.append(asked)
            self._sockets.append(server)
            client.sendall(
                b"HTTP/1.1 200 Connection established\r\n\r\n"
                if self._kind == "http"
                else b"\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x00"
            )
            threading.Thread(target=_copy, args=(server, client), daemon=True).start()
            _copy(client, server)

    def _http(self, client: socket.socket) -> tuple[str, int] | None:
        request = b""
        while b"\r\n\r\n" not in request:
            request += client.recv(4096)
        first, *headers = request.decode().split("\r\n")
        if self._login is not None:
            wanted = base64.b64encode(":".join(self._login).encode()).decode()
            # The scheme before it may be written in small letters: RFC 9110, 11.1.
            if not any(header.endswith(f"asic {wanted}") for header in headers):
                client.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n")
                return None
        host, _, port = first.split(" ")[1].rpartition(":")
        return host, int(port)

    def _socks(self, client: socket.socket) -> tuple[str, int] | None:
        """Source: RFC 1928 and RFC 1929."""
        client.recv(256)
        if self._login is None:
            client.sendall(b"\x05\x00")
        else:
            client.sendall(b"\x05\x02")
            told = client.recv(513)
            user = told[2 : 2 + told[1]]
            password = told[3 + told[1] :]
            good = (user.decode(), password.decode()) == self._login
            client.sendall(b"\x01\x00" if good else b"\x01\x01")
            if not good:
                return None
        request = client.recv(512)
        if request[3] == 1:
            host = socket.inet_ntoa(request[4:8])
        else:
            host = request[5 : 5 + request[4]].decode()
        return host, struct.unpack(">H", request[-2:])[0]


def _copy(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_RDWR)
