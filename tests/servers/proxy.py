"""A network that is slow, mute or cut, between a client and a server."""

import contextlib
import socket
import threading


class Proxy:
    """Forwards connections to a server, as badly as it is told to.

    Args:
        port: Where the server listens.

    Attributes:
        port: Where clients connect.
        delay_s: What the server says comes so late.
        mute: Connections are taken, and nothing is forwarded either way.
        hang_up_after: Cut each connection when the client has said so many bytes.
        accepted: How many connections there were.
    """

    def __init__(self, port: int) -> None:
        self.delay_s = 0.0
        self.mute = False
        self.hang_up_after: int | None = None
        self.accepted = 0
        self._server_port = port
        self._closing = threading.Event()
        self._sockets: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._start(self._accept)

    def cut(self) -> None:
        """Cut every connection now."""
        for each in list(self._sockets):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Stop listening, and cut what is left."""
        self._closing.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.cut()
        for thread in self._threads:
            thread.join(60)

    def _start(self, target: object, *args: object) -> None:
        thread = threading.Thread(target=target, args=args, daemon=True)  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._closing.is_set():
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self.accepted += 1
            try:
                server = socket.create_connection(("127.0.0.1", self._server_port), 5)
                server.settimeout(None)
            except OSError:
                client.close()
                continue
            self._sockets |= {client, server}
            self._start(self._forward, client, server, True)
            self._start(self._forward, server, client, False)

    def _forward(
        self, source: socket.socket, target: socket.socket, from_client: bool
    ) -> None:
        said = 0
        try:
            while data := source.recv(65536):
                while self.mute and not self._closing.wait(0.02):
                    pass
                said += len(data)
                limit = self.hang_up_after
                if from_client and limit is not None and said >= limit:
                    break
                if not from_client and self.delay_s:
                    self._closing.wait(self.delay_s)
                target.sendall(data)
        except OSError:
            pass
        for each in (source, target):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        self._sockets.discard(source)
        source.close()
