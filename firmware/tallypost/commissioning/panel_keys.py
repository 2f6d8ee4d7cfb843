"""What the panel needs: its key, its certificate, and who may open it."""

import ipaddress
import os
import stat
from pathlib import Path
from shutil import rmtree

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from tallypost.commissioning.base import Owner
from tallypost.commissioning.certificates import (
    Key,
    certificate_of,
    is_for,
    key_of,
    self_signed,
)
from tallypost.domain.bundle import Access, Hotspot
from tallypost.domain.json_text import spell
from tallypost.durable import NEW, make_folder_durably, sync_folder, write_durably

KEY_FILE, CERTIFICATE_FILE = "key.pem", "certificate.pem"
CODE_FILE, HOTSPOT_FILE = "code.json", "hotspot.json"
FILES = (KEY_FILE, CERTIFICATE_FILE, CODE_FILE, HOTSPOT_FILE)
BYTES_MAX = 64 * 1024
"""Of a key or a certificate; what is longer is none."""
ADDRESSES = ("10.42.0.1", "192.168.7.1")
"""Of the box in its own Wi-Fi, as NetworkManager shares it, and over USB."""
NAME = "tallypost.local"


class PanelKeys:
    """The files of the panel that others must not read.

    Whoever serves the panel may write to its folder: a name there may lead anywhere,
    from one moment to the next.

    Args:
        folder: Theirs; made where it is missing.
        owner: Whose they become; None where nobody else serves the panel.
    """

    def __init__(self, folder: Path, owner: Owner | None) -> None:
        self._folder = folder
        self._owner = owner

    def make(self, device: str, begin_utc_s: float) -> bytes:
        """Make what is missing of the key and its certificate; return that, in PEM.

        It signs itself: nobody else could vouch for a box in a network of its own. Who
        opens the panel compares its fingerprint with the label's.

        Raises:
            OSError: The disk refuses.
        """
        make_folder_durably(self._folder)
        self._remove_strangers()
        key = self._key()
        path = self._folder / CERTIFICATE_FILE
        made = _read(path)
        if _names(certificate_of(made), device) and is_for(certificate_of(made), key):
            return made
        pem = self_signed(key, device, begin_utc_s, _places(device))
        write_durably(path, pem)
        return pem

    def admit(self, access: Access) -> None:
        """Have the panel open to whom a bundle says.

        Raises:
            OSError: The disk refuses.
        """
        if access.hotspot is None:
            (self._folder / HOTSPOT_FILE).unlink(missing_ok=True)
            sync_folder(self._folder)
        else:
            write_durably(self._folder / HOTSPOT_FILE, _spelt(access.hotspot))
        code = {"salt": access.salt.hex(), "hash": access.hash.hex()}
        write_durably(self._folder / CODE_FILE, spell(code))

    def hand_over(self) -> None:
        """Give all of it to its owner, who keeps files of its own beside it.

        Raises:
            OSError: It may not be given away.
        """
        if self._owner is None:
            return
        for name in FILES:
            self._give(self._folder / name, self._owner)
        if self._folder.stat().st_gid != self._owner.group:
            self._folder.chmod(0o770)
            os.chown(self._folder, -1, self._owner.group)
        sync_folder(self._folder)

    def _give(self, path: Path, owner: Owner) -> None:
        """Give a file away, and nothing else that has its name by now."""
        try:
            descriptor = os.open(path, _READ)
        except FileNotFoundError:
            return
        try:
            if _is_file(os.fstat(descriptor)):
                os.fchown(descriptor, owner.user, owner.group)
        finally:
            os.close(descriptor)

    def _remove_strangers(self) -> None:
        """Remove what has the name of a file and is none, or has other names, too."""
        for name in FILES:
            for path in (self._folder / name, self._folder / (name + NEW)):
                if not os.path.lexists(path) or _is_file(path.lstat()):
                    continue
                if stat.S_ISDIR(path.lstat().st_mode):
                    rmtree(path)
                else:
                    path.unlink()

    def _key(self) -> Key:
        path = self._folder / KEY_FILE
        key = key_of(_read(path))
        if key is None:
            key = ec.generate_private_key(ec.SECP256R1())
            form = (Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
            write_durably(path, key.private_bytes(*form))
        return key


def fingerprint(pem: bytes) -> str:
    """Return what browsers know a certificate by: its SHA-256 in 64 small digits."""
    return x509.load_pem_x509_certificate(pem).fingerprint(hashes.SHA256()).hex()


_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


def _is_file(found: os.stat_result) -> bool:
    return stat.S_ISREG(found.st_mode) and found.st_nlink == 1


def _read(path: Path) -> bytes:
    """Return what a file holds; nothing where there is none, and of no link."""
    try:
        descriptor = os.open(path, _READ)
    except FileNotFoundError:
        return b""
    with os.fdopen(descriptor, "rb") as file:
        return file.read(BYTES_MAX) if _is_file(os.fstat(descriptor)) else b""


def _spelt(hotspot: Hotspot) -> bytes:
    return spell({"ssid": hotspot.ssid, "passphrase": hotspot.passphrase})


def _names(certificate: x509.Certificate | None, device: str) -> bool:
    wanted = f"CN={device}"
    return certificate is not None and certificate.subject.rfc4514_string() == wanted


def _places(device: str) -> x509.SubjectAlternativeName:
    addresses = [x509.IPAddress(ipaddress.ip_address(each)) for each in ADDRESSES]
    names = [x509.DNSName(each) for each in (NAME, f"{device}.local")]
    return x509.SubjectAlternativeName([*addresses, *names])
