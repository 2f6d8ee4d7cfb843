"""The device's own key for its broker, until an authority has certified it.

In place of the certificate that is awaited stands one that the device signed itself:
the house runs with it, a broker refuses it, and records wait.
"""

from collections.abc import Sequence
from pathlib import Path

from cryptography import x509

from tallypost.board.base import Board
from tallypost.commissioning.base import ClientFiles
from tallypost.commissioning.certificates import (
    certificate_of,
    certificates_of,
    is_for,
    is_vouched_for,
    key_of,
    names_alone,
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
        if self._has_good():
            return None
        key = key_of(_read(self._files.key))
        request = _read(self._request)
        if not is_for(request_of(request), key):
            make_folder_durably(self._files.key.parent)
            make_folder_durably(self._request.parent)
            request = self._identity.renew().encode()
            key = key_of(_read(self._files.key))
            write_durably(self._request, request)
        if not is_for(certificate_of(_read(self._files.certificate)), key):
            assert key is not None
            name = x509.SubjectAlternativeName([x509.DNSName(self._device)])
            pem = self_signed(key, self._device, begin_utc_s, name)
            make_folder_durably(self._files.certificate.parent)
            write_durably(self._files.certificate, pem)
        return request.decode("ascii")

    def _has_good(self) -> bool:
        """Return whether an authority certified the key, and not too long ago."""
        chain = certificates_of(_read(self._files.certificate))
        key = key_of(_read(self._files.key))
        if not chain or not is_for(chain[0], key):
            return False
        if chain[0].issuer == chain[0].subject:
            return False
        # A pair that a bundle brought has its signature, whoever certified it.
        made_here = is_for(request_of(_read(self._request)), key)
        if made_here and not self._is_vouched_for(chain):
            return False
        known = self._board.clock().trust is not ClockTrust.UNSYNCED
        end_utc_s = chain[0].not_valid_after_utc.timestamp()
        return not known or self._board.utc_s() < end_utc_s

    def _is_vouched_for(self, chain: Sequence[x509.Certificate]) -> bool:
        authority = self._files.authority
        return authority is None or is_vouched_for(
            chain, certificates_of(_read(authority))
        )

    def certify(self, chain: bytes) -> tuple[str, ...]:
        """Show an authority's certificate from now on.

        Args:
            chain: The certificate, and those between it and its authority, PEM.

        Returns:
            What people should know of it.

        Raises:
            RefusalError: It is none, another key's or name's, or by a stranger.
            OSError: The disk refuses.
        """
        try:
            _, pem = self._identity.certified(chain.decode("ascii", errors="replace"))
        except IdentityError as error:
            raise _refused(str(error)) from error
        certificates = certificates_of(pem)
        if not names_alone(certificates[0], self._device):
            raise _refused(f"certificate: does not name {self._device} alone")
        if not self._is_vouched_for(certificates):
            told = "is by nobody whom the settings' authority vouches for"
            raise _refused(f"certificate: {told}, {self._files.authority}")
        told = "the bundle brings no files/ca.pem, and uplink.ca_file names none"
        if self._files.authority is None and self._has_good():
            raise _refused(f"certificate: nobody can tell who signed it ({told})")
        write_durably(self._files.certificate, pem)
        if self._files.authority is None:
            return (f"nobody has checked who signed it: {told}",)
        return ()


def _refused(told: str) -> RefusalError:
    wish = "enrol the device again: `tallypost-provision enrol`"
    return RefusalError(Verdict.REFUSED_CERTIFICATE, [f"{told}; {wish}"])


def _read(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""
