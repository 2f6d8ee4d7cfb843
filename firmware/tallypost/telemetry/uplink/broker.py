"""Which broker, and how to knock at its door."""

import socket
import ssl
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from tallypost.errors import UplinkError

Protocol = Literal["auto", "5", "3.1.1"]

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
class Broker:
    """Where the broker is, and what it wants to know of us.

    Attributes:
        host: Name or address.
        port: 1883 in the clear, 8883 with TLS, unless the broker's keeper says else.
        protocol: Version of MQTT; auto is 5, and 3.1.1 where the broker says that it
            knows no 5.
        client_id: One of its own for each client; the device's name where it is None.
        username: As the broker knows us; None where it does not ask.
        password: Never logged, never part of a message.
        tls: None speaks in the clear.
    """

    host: str
    port: int = 1883
    protocol: Protocol = "auto"
    client_id: str | None = None
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    tls: TlsFiles | None = None

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
    """

    keepalive_s: int = 30
    session_expiry_s: int = 3600
    will_delay_s: int = 5
    window: int = 20
    timeout_s: float = 10.0
    retry_s_min: float = 1.0
    retry_s_max: float = 60.0


def tls_context(tls: TlsFiles) -> ssl.SSLContext:
    """Return what a connection is to be wrapped in; the files are read afresh.

    Raises:
        UplinkError: A file cannot be read, or is not what it should be.
    """
    for path in (tls.ca_file, tls.certificate_file, tls.key_file):
        if path is not None:
            _readable(path)
    try:
        context = ssl.create_default_context(cafile=tls.ca_file)
    except ssl.SSLError as error:
        raise UplinkError(
            f"{tls.ca_file}: holds no certificates in PEM; name the broker's authority"
        ) from error
    if tls.certificate_file is not None:
        try:
            # An encrypted key would make OpenSSL ask at the terminal.
            context.load_cert_chain(
                tls.certificate_file, tls.key_file, password=lambda: b""
            )
        except ssl.SSLError as error:
            raise UplinkError(
                f"{tls.certificate_file}: certificate and key do not fit together, "
                "or are no unencrypted PEM; name the pair issued for this device"
            ) from error
    return context


def what_is_wrong(broker: Broker, error: OSError) -> str:
    """Return why a broker cannot be reached, with a wish where there is one."""
    match error:
        case ssl.SSLCertVerificationError():
            fault = _CERTIFICATE_FAULTS.get(error.verify_code, error.verify_message)
            fact = f"TLS: {fault}"
        case ssl.SSLError():
            fact = f"TLS: {alert(str(error)) or error.reason or 'failed'}"
        case socket.gaierror():
            fact = f"no address is known for {broker.host}; look after name and DNS"
        case TimeoutError():
            fact = "nobody answers in time"
        case ConnectionRefusedError():
            fact = f"nobody listens on port {broker.port}; is the broker running?"
        case ConnectionResetError() if broker.tls:
            fact = f"the connection was cut; does port {broker.port} speak TLS?"
        case _:
            fact = error.strerror or type(error).__name__
    return fact


def alert(text: str) -> str:
    """Return what a TLS alert within a text means; empty where there is none known."""
    found = (meaning for name, meaning in _ALERTS.items() if name in text)
    return next(found, "")


def _readable(path: Path) -> None:
    try:
        with path.open("rb"):
            pass
    except OSError as error:
        raise UplinkError(
            f"{path}: {error.strerror}; name a file that tallypost may read"
        ) from error
