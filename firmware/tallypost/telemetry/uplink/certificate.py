"""Reads from a certificate until when it is good."""

import ssl
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from tallypost.errors import UplinkError

# Source: ITU-T X.690, 8.1, DER: a tag, a length, and what it is the length of.
_VERSION = 0xA0
_UTC_TIME, _GENERALIZED_TIME = 0x17, 0x18
_LONG = 0x80
_FORMATS = {_UTC_TIME: "%y%m%d%H%M%S%z", _GENERALIZED_TIME: "%Y%m%d%H%M%S%z"}
"""Both end in Z, which is UTC."""
_BEGIN, _END = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"


def expires_utc_s(path: Path) -> float:
    """Return when the first certificate in a PEM file expires, seconds since 1970.

    Source: RFC 5280, 4.1: TBSCertificate ::= [0] version, serialNumber, signature,
    issuer, validity { notBefore, notAfter }, ...; one of version 1 has no [0].

    Raises:
        UplinkError: The file cannot be read, or holds no certificate.
    """
    try:
        text = path.read_text("ascii", errors="replace")
        block = text[text.index(_BEGIN) : text.index(_END) + len(_END)]
        [(_, certificate)] = _parts(ssl.PEM_cert_to_DER_cert(block))
        _, body = next(_parts(certificate))
        fields = [part for part in _parts(body) if part[0] != _VERSION]
        _, validity = fields[3]
        _, (tag, not_after) = _parts(validity)
        spelt = not_after.decode("ascii")
        moment = datetime.strptime(spelt, _FORMATS[tag])  # noqa: DTZ007  # there is %z
    except OSError as error:
        raise UplinkError(
            f"{path}: {error.strerror}; name a file that tallypost may read"
        ) from error
    except (ValueError, LookupError, StopIteration) as error:
        raise UplinkError(
            f"{path}: holds no certificate in PEM; name the one issued for this device"
        ) from error
    return moment.timestamp()


def _parts(der: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield what stands one behind the other: each one's tag and content."""
    place = 0
    while place < len(der):
        tag, length, place = der[place], der[place + 1], place + 2
        if length & _LONG:
            more = length - _LONG
            length = int.from_bytes(der[place : place + more], "big")
            place += more
        yield tag, der[place : place + length]
        place += length
