"""Keeps whom to trust and who we are, and takes newer files once they fit together."""

import logging
import ssl
from pathlib import Path

from tallypost.errors import UplinkError
from tallypost.telemetry.uplink import certificate
from tallypost.telemetry.uplink.broker import TlsFiles

Stamp = tuple[int, int, int]

_logger = logging.getLogger(__name__)


class Credentials:
    """The newest files of TLS that fit together.

    Whoever renews a certificate writes two files, one after the other: what is read in
    between is no pair. Until the new pair is whole, the old one goes on.

    Args:
        files: Are looked at again and again.

    Attributes:
        context: What to wrap a connection in.
        expires_utc_s: When our own certificate expires; None where we have none.

    Raises:
        UplinkError: A file cannot be read, or is not what it should be.
    """

    def __init__(self, files: TlsFiles) -> None:
        self._files = files
        self._seen = self._stamps()
        self._refused: list[Stamp | None] | None = None
        self.context = tls_context(files)
        self.expires_utc_s = _expires_utc_s(files)

    def renew(self) -> bool:
        """Take the files if they are new and fit together; return whether they were."""
        stamps = self._stamps()
        if stamps in (self._seen, self._refused):
            return False
        try:
            context = tls_context(self._files)
            self.expires_utc_s = _expires_utc_s(self._files)
        except UplinkError as error:
            self._refused = stamps
            _logger.warning("certificate not taken, the old one goes on why=%s", error)
            return False
        # Files that changed while they were read have other stamps the next time.
        self.context, self._seen, self._refused = context, stamps, None
        _logger.info("certificate renewed file=%s", self._files.certificate_file)
        return True

    def _stamps(self) -> list[Stamp | None]:
        files = self._files
        paths = (files.ca_file, files.certificate_file, files.key_file)
        return [_stamp(path) for path in paths if path is not None]


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
    except OSError as error:  # of OpenSSL, or the file is gone by now
        raise UplinkError(
            f"{tls.ca_file}: holds no certificates in PEM; name the broker's authority"
        ) from error
    if tls.certificate_file is not None:
        try:
            # An encrypted key would make OpenSSL ask at the terminal.
            context.load_cert_chain(
                tls.certificate_file, tls.key_file, password=lambda: b""
            )
        except OSError as error:  # of OpenSSL, or the file is gone by now
            raise UplinkError(
                f"{tls.certificate_file}: certificate and key do not fit together, "
                "or are no unencrypted PEM; name the pair issued for this device"
            ) from error
    return context


def _expires_utc_s(files: TlsFiles) -> float | None:
    if files.certificate_file is None:
        return None
    return certificate.expires_utc_s(files.certificate_file)


def _stamp(path: Path) -> Stamp | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def _readable(path: Path) -> None:
    try:
        with path.open("rb"):
            pass
    except OSError as error:
        raise UplinkError(
            f"{path}: {error.strerror}; name a file that tallypost may read"
        ) from error
