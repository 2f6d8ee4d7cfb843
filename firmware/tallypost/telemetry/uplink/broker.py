"""Which broker, and how to knock at its door."""

import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from tallypost.domain.health import Trouble
from tallypost.telemetry.uplink.link import Failure

Protocol = Literal["auto", "5", "3.1.1"]
Password = Callable[[], str]

# Source: openssl x509_vfy.h.
_CERTIFICATE_FAULTS = {
    9: "the certificate is not valid yet; is the device's clock right?",
    10: "the certificate has expired; renew it, or set the device's clock right",
    18: "the certificate signs itself; name it as ca_file if it is the right one",
    19: "an authority that ca_file does not name signed it; name the right ca_file",
    20: "an authority that ca_file does not name signed it; name the right ca_file",
    21: "an authority that ca_file does not name signed it; name the right ca_file",
    23: "the certificate was revoked; renew it",
    62: "the certificate is for another host; use the name that it carries",
    64: "the certificate is for another address; use the name that it carries",
}
_ALERTS = {
    "CERTIFICATE_REQUIRED": "it wants a client's certificate; name certificate_file",
    "UNKNOWN_CA": "it does not know who signed our certificate_file",
    "CERTIFICATE_EXPIRED": "our certificate_file has expired; renew it",
    "CERTIFICATE_REVOKED": "our certificate_file was revoked; renew it",
    "BAD_CERTIFICATE": "it does not take our certificate_file",
    "HANDSHAKE_FAILURE": "it does not take our certificate_file, or wants one",
    "WRONG_VERSION_NUMBER": "it does not speak TLS on this port",
    "RECORD_LAYER_FAILURE": "it does not speak TLS on this port",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsFiles:
    """Whom to trust, and who we are; PEM files.

    Attributes:
        ca_file: Authorities to trust; the operating system's where it is None.
        certificate_file: Our own certificate, where the broker asks for one.
        key_file: Its key, unencrypted; None where certificate_file holds it too.
    """

    ca_file: Path | None = None
    certificate_file: Path | None = None
    key_file: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Proxy:
    """Who passes a connection on.

    Attributes:
        kind: What it speaks.
        host: Its name or address.
        port: Its port.
        username: As it knows us; None where it does not ask.
        password: Asked for at each attempt, as it may be mended while we run; never
            logged, never part of a message.
    """

    kind: Literal["http", "socks5"]
    host: str
    port: int
    username: str | None = None
    password: Password | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Broker:
    """Where the broker is, and what it wants to know of us.

    Attributes:
        host: Name or address.
        port: 1883 in the clear, 8883 with TLS, unless the broker's keeper says else.
        protocol: Version of MQTT; auto is 5, and 3.1.1 where the broker says that it
            knows no 5.
        client_id: One of its own for each client; the device's name where it is None.
        username: As the broker knows us; None where it does not ask.
        password: Asked for at each attempt, as it may be mended while we run; never
            logged, never part of a message.
        tls: None speaks in the clear.
        fallbacks: Other hosts and ports that will do while this one is down, in the
            order of preference; all else is as here.
        path: Of the web socket; None where MQTT goes over TCP as it is.
        proxy: Where connections pass; None where they go straight.
    """

    host: str
    port: int = 1883
    protocol: Protocol = "auto"
    client_id: str | None = None
    username: str | None = None
    password: Password | None = field(default=None, repr=False)
    tls: TlsFiles | None = None
    fallbacks: tuple[tuple[str, int], ...] = ()
    path: str | None = None
    proxy: Proxy | None = None

    def candidates(self) -> list["Broker"]:
        """Return this one and those that will do instead, the best first."""
        others = [
            replace(self, host=host, port=port, fallbacks=())
            for host, port in self.fallbacks
        ]
        return [self, *others]

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How patient the link is.

    Attributes:
        keepalive_s: The broker hears of us at least so often.
        session_expiry_s: For so long the broker remembers us when we are gone.
        will_delay_s: After so long it tells the others that we are gone.
        window: How many records are under way at once, the broker's own limit apart.
        timeout_s: After so long without an answer the connection counts as dead.
        retry_s_min: How soon a lost connection is tried again.
        retry_s_max: How seldom it is tried when it fails again and again.
        tries_max: A broker that fails so often in a row is left for the next.
        watch_s: How often to look, while a link is up, whether a better one could be
            had: the first broker is back, or our certificate was renewed.
    """

    keepalive_s: int = 30
    session_expiry_s: int = 3600
    will_delay_s: int = 5
    window: int = 20
    timeout_s: float = 10.0
    retry_s_min: float = 1.0
    retry_s_max: float = 60.0
    tries_max: int = 3
    watch_s: float = 30.0


def what_is_wrong(broker: Broker, error: OSError) -> Failure:
    """Return why a broker cannot be reached, with a wish where there is one."""
    match error:
        case ssl.SSLCertVerificationError():
            fault = _CERTIFICATE_FAULTS.get(error.verify_code, error.verify_message)
            return Failure(f"TLS: {fault}", Trouble.TLS)
        case ssl.SSLError():
            fault = alert(str(error)) or error.reason or "failed"
            return Failure(f"TLS: {fault}", Trouble.TLS)
        case ConnectionResetError() if broker.tls:
            fact = f"the connection was cut; does port {broker.port} speak TLS?"
            return Failure(fact, Trouble.CUT)
        case _:
            return Failure(*_nobody_there(broker, error))


def _nobody_there(broker: Broker, error: OSError) -> tuple[str, Trouble]:
    match error:
        case socket.gaierror():
            fact = f"no address is known for {broker.host}; look after name and DNS"
            return fact, Trouble.NO_ADDRESS
        case TimeoutError():
            return "nobody answers in time", Trouble.NO_ANSWER
        case ConnectionRefusedError():
            fact = f"nobody listens on port {broker.port}; is the broker running?"
            return fact, Trouble.UNREACHABLE
        case _ if broker.proxy is not None:
            fact = f"through the proxy {broker.proxy.host}:{broker.proxy.port}: {error}"
            return fact, Trouble.UNREACHABLE
        case _:
            return error.strerror or type(error).__name__, Trouble.UNREACHABLE


def alert(text: str) -> str:
    """Return what a TLS alert within a text means; empty where there is none known."""
    found = (meaning for name, meaning in _ALERTS.items() if name in text)
    return next(found, "")
