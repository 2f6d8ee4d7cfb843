"""The device's own key for its broker, until an authority has certified it.

In place of the certificate that is awaited stands one that the device signed itself:
the house runs with it, a broker refuses it, and records wait.
"""

from pathlib import Path

from cryptography import x509

from tallypost.board.base import Board
from tallypost.commissioning.base import ClientFiles
from tallypost.commissioning.certificates import (
    certificate_of,
    is_for,
    read_key,
    request_of,
    self_signed,
)
from tallypost.domain.first_start import Verdict
from tallypost.domain.records import ClockTrust
from tallypost.durable import make_folder_durably, write_durably
from tallypost.errors import IdentityError, RefusalError
from tallypost.telemetry.remote.identity import Identity

REQUEST_FILE = "request.pem"


class ClientKeys:
    """A device's key, its request for a certificate, and the certificate.

    Args:
        folder: Where the request is kept.
        files: Where the settings want key and certificate.
        device: Whom the certificate shall name.
        board: Whose clock tells whether it is valid.
    """

    def __init__(
        self, folder: Path, files: ClientFiles, device: str, board: Board
    ) -> None:
        self._request = folder / REQUEST_FILE
        self._files = files
        self._device = device
        self._board = board
        self._identity = Identity(files.key, device, board)

    def make(self, begin_utc_s: float) -> str | None:
        """Make what is missing; return what an authority is to sign, in PEM.

        Args:
            begin_utc_s: From when what stands in for the certificate is valid.

        Returns:
            None where there is a certificate that is good.

        Raises:
            OSError: The disk refuses.
            RemoteStateError: It refuses the key.
        """
        certificate = _read(self._files.certificate)
        key = read_key(self._files.key)
        found = certificate_of(certificate)
        if found is not None and is_for(found, key) and self._is_good(found):
            return None
        request = _read(self._request)
        if not is_for(request_of(request), key):
            make_folder_durably(self._files.key.parent)
            make_folder_durably(self._request.parent)
            request = self._identity.renew().encode()
            key = read_key(self._files.key)
            write_durably(self._request, request)
        if not is_for(found, key):
            assert key is not None
            name = x509.SubjectAlternativeName([x509.DNSName(self._device)])
            pem = self_signed(key, self._device, begin_utc_s, name)
            make_folder_durably(self._files.certificate.parent)
            write_durably(self._files.certificate, pem)
        return request.decode("ascii")

    def _is_good(self, certificate: x509.Certificate) -> bool:
        """Return whether an authority signed it, and not too long ago."""
        if certificate.issuer == certificate.subject:
            return False
        known = self._board.clock().trust is not ClockTrust.UNSYNCED
        end_utc_s = certificate.not_valid_after_utc.timestamp()
        return not known or self._board.utc_s() < end_utc_s

    def certify(self, chain: bytes) -> None:
        """Show an authority's certificate from now on.

        Args:
            chain: The certificate, and those between it and its authority, PEM.

        Raises:
            RefusalError: It is none, or another key's.
            OSError: The disk refuses.
        """
        try:
            _, pem = self._identity.certified(chain.decode("ascii", errors="replace"))
        except IdentityError as error:
            wish = "enrol the device again: `tallypost-provision enrol`"
            raise RefusalError(
                Verdict.REFUSED_CERTIFICATE, [f"{error}; {wish}"]
            ) from error
        write_durably(self._files.certificate, pem)


def _read(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""
