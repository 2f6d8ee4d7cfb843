"""The way in to a broker: straight or by a proxy, in the clear or by TLS."""

import socket
import ssl
from contextlib import closing
from dataclasses import dataclass

import socks

from tallypost.telemetry.uplink.broker import Broker, Proxy

PROXY_KINDS = {"http": socks.HTTP, "socks5": socks.SOCKS5}


@dataclass(frozen=True, slots=True)
class Door:
    """A broker, and what to show at its door.

    Attributes:
        broker: Where it is.
        context: What a connection is to be wrapped in; None in the clear.
    """

    broker: Broker
    context: ssl.SSLContext | None

    def opened(self, timeout_s: float) -> socket.socket:
        """Return a connection to it, on which nothing was said yet.

        Raises:
            OSError: Nobody is there, or the two do not agree on TLS.
        """
        address = (self.broker.host, self.broker.port)
        if self.broker.proxy is None:
            opened = socket.create_connection(address, timeout=timeout_s)
        else:
            opened = socks.create_connection(
                address, timeout=timeout_s, **proxy_words(self.broker.proxy)
            )
        if self.context is None:
            return opened
        with closing(opened):
            return self.context.wrap_socket(opened, server_hostname=self.broker.host)


def proxy_words(proxy: Proxy) -> dict[str, object]:
    """Return what PySocks, and paho with it, wants to know of a proxy."""
    return {
        "proxy_type": PROXY_KINDS[proxy.kind],
        "proxy_addr": proxy.host,
        "proxy_port": proxy.port,
        "proxy_rdns": True,
        "proxy_username": proxy.username,
        "proxy_password": None if proxy.password is None else proxy.password(),
    }
