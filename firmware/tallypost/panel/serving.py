"""Serves over TLS, to few at a time, and ends by itself."""

import asyncio
import logging
import socket
import ssl
from collections.abc import Callable, Sequence
from pathlib import Path

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from tallypost.errors import PanelError
from tallypost.panel.asking import BODY_S
from tallypost.panel.headers import App

CONNECTIONS_MAX = 40
CONNECTIONS_OF_ONE_MAX = 16
"""Of one address: a browser opens six, and one for what is told."""
HANDSHAKE_S = 5.0
REQUEST_S = 6.0
"""For a request's head."""
STATE_S = {h11.IDLE: REQUEST_S, h11.SEND_BODY: BODY_S + 1.0}
"""A body that nobody reads, since its request was refused, must end as well."""
KEEP_ALIVE_S = 20
HEAD_BYTES_MAX = 16 * 1024
END_S = 3
LOOK_S = 1.0
UNHEARD_MS = 20_000
"""A phone that has left the hotspot says no farewell. Source: tcp(7)."""
IP_FREEBIND = 15
"""An address may come later, as a hotspot's does. Source: ip(7)."""
CIPHERS = "ECDHE+AESGCM:ECDHE+CHACHA20"
CERTIFICATE_FILE, KEY_FILE = "certificate.pem", "key.pem"

_logger = logging.getLogger(__name__)


class Connection(H11Protocol):
    """One connection of a phone: one too many, or one that dawdles, is closed."""

    _hurry: asyncio.TimerHandle | None = None
    _hurried: object = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take it, or close it at once."""
        super().connection_made(transport)
        of_one = sum(_host(each) == _host(self) for each in self.connections)
        if len(self.connections) > CONNECTIONS_MAX or of_one > CONNECTIONS_OF_ONE_MAX:
            transport.abort()
            return
        self._watch()

    def data_received(self, data: bytes) -> None:
        """Take what came; its head and its body must be whole in time."""
        super().data_received(data)
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget it."""
        self._relax()
        super().connection_lost(exc)

    def _watch(self) -> None:
        state = self.conn.their_state
        if state is not self._hurried:
            self._relax()
        if self._hurry is None and state in STATE_S:
            self._hurried = state
            self._hurry = self.loop.call_later(STATE_S[state], self.transport.abort)

    def _relax(self) -> None:
        if self._hurry is not None:
            self._hurry.cancel()
            self._hurry = self._hurried = None


def _host(connection: object) -> str | None:
    client = getattr(connection, "client", None)
    return client[0] if client else None


class Server(uvicorn.Server):
    """uvicorn, less patient with whoever does not finish a handshake.

    Args:
        config: Its settings.
        context: Of TLS.
        reason: Why it ends now; None where it goes on.
    """

    def __init__(
        self,
        config: uvicorn.Config,
        context: ssl.SSLContext,
        reason: Callable[[], str | None],
    ) -> None:
        super().__init__(config)
        self._context = context
        self._reason = reason

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen on sockets that are bound already."""
        await self.lifespan.startup()
        loop = asyncio.get_running_loop()

        def connection() -> Connection:
            return Connection(self.config, self.server_state, self.lifespan.state, loop)

        self.servers = [
            await loop.create_server(
                connection,
                sock=each,
                ssl=self._context,
                backlog=self.config.backlog,
                ssl_handshake_timeout=HANDSHAKE_S,
                ssl_shutdown_timeout=HANDSHAKE_S,
            )
            for each in sockets or ()
        ]
        self.started = True
        bound = [each.getsockname()[:2] for each in sockets or ()]
        told = ", ".join(f"{host}:{port}" for host, port in bound)
        _logger.info("panel is open addresses=%s", told)
        self._watching = asyncio.create_task(self._end_in_time())

    async def _end_in_time(self) -> None:
        while (why := self._reason()) is None:  # noqa: ASYNC110  # time is its reason
            await asyncio.sleep(LOOK_S)
        _logger.info("panel ends reason=%s", why)
        self.should_exit = True


def serve(
    app: App,
    listeners: Sequence[socket.socket],
    context: ssl.SSLContext,
    reason: Callable[[], str | None],
) -> None:
    """Serve until there is a reason not to, or SIGTERM comes.

    Args:
        app: What answers.
        listeners: Bound already.
        context: Of TLS.
        reason: Asked each second.
    """
    config = uvicorn.Config(
        app,
        loop="asyncio",
        http=Connection,
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="error",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=END_S,
        h11_max_incomplete_event_size=HEAD_BYTES_MAX,
        backlog=32,
    )
    Server(config, context, reason).run(sockets=list(listeners))


def tls(folder: Path) -> ssl.SSLContext:
    """Return how to speak TLS with a folder's `certificate.pem` and `key.pem`.

    Raises:
        PanelError: They are not there, or do not go together.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_RENEGOTIATION | ssl.OP_NO_COMPRESSION
    context.set_ciphers(CIPHERS)
    context.set_alpn_protocols(["http/1.1"])
    try:
        context.load_cert_chain(folder / CERTIFICATE_FILE, folder / KEY_FILE)
    except OSError as error:  # ssl.SSLError is one
        told = error.strerror or str(error)
        raise PanelError(
            f"{folder / CERTIFICATE_FILE}: cannot be used with {KEY_FILE} ({told}); "
            "the first start of a card makes both: let the device start once more"
        ) from error
    return context


def listening(address: str) -> socket.socket:
    """Return a socket bound to an address, which need not be there yet.

    Args:
        address: As in `10.42.0.1:443` or `[::1]:8443`; port 0 for any.

    Raises:
        PanelError: It is none, or cannot be listened on.
    """
    host, colon, port = address.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not colon or not port.isdecimal():
        raise PanelError(f"{address}: is no address; write it as in 10.42.0.1:443")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.setsockopt(socket.IPPROTO_IP, IP_FREEBIND, 1)
        # All that are accepted have it from the listener.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNHEARD_MS)
        if family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listener.bind((host, int(port)))
    except (OSError, OverflowError) as error:
        listener.close()
        told = getattr(error, "strerror", None) or str(error)
        raise PanelError(
            f"{address}: cannot be listened on ({told}); name another address, as in "
            "127.0.0.1:8443"
        ) from error
    return listener
