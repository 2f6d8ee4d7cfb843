"""A city's folder: who it is, its keys, its inventory, what its devices are given."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from cryptography import x509

from tallypost.domain import fields
from tallypost.domain.json_text import parse_document
from tallypost.durable import write_durably
from tallypost.errors import RecordError
from tallypost.settings.file import read_file
from tallypost.telemetry.codec.signed import public_key_of
from tallypost_provisioning.errors import CityError
from tallypost_provisioning.inventory import certificates
from tallypost_provisioning.inventory.store import Inventory
from tallypost_provisioning.signing.authority import revocation_list
from tallypost_provisioning.signing.keys import CityKeys, FileKeys
from tallypost_provisioning.signing.token import TokenKeys

CITY_SCHEMA = "tallypost.city/1"
CITY = "city.json"
INVENTORY = "inventory.db"
AUTHORITY = "ca.pem"
OPERATOR = "operator.pub"
REVOKED = "crl.pem"
TEMPLATE = "fleet.toml"
FILES = "files"
"""A folder: what lies in it goes onto every device."""
BYTES_MAX = 16_384
WISH = "name a city's folder by --city, or make one by `tallypost-provision init`"


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """Where a city's keys are that are in no file.

    Attributes:
        module: The PKCS #11 library.
        label: The token's own name.
    """

    module: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a city says of itself.

    Attributes:
        name: What it is called.
        eui_prefix: What its DevEUIs begin with: 6, 7 or 9 hexadecimal digits of its
            own from the IEEE, or "" for random ones.
        join_eui: Whom its devices ask on LoRaWAN: 16 hexadecimal digits.
        token: Where its keys are; None where they are in its folder.
    """

    name: str
    eui_prefix: str = ""
    join_eui: str
    token: Token | None = None


class City:
    """A city's folder, opened; what asks for a passphrase does so when it must.

    Args:
        folder: The folder.
        passphrase: Asks for the passphrase.
        pin: Asks for the token's PIN.

    Raises:
        CityError: It is no city's.
    """

    def __init__(
        self, folder: Path, passphrase: Callable[[], str], pin: Callable[[], str]
    ) -> None:
        self.folder = folder
        self._ask = passphrase
        self._ask_pin = pin
        self.about = read_about(folder)

    @cached_property
    def inventory(self) -> Inventory:
        """All devices of the city."""
        return Inventory(self.folder / INVENTORY, lambda: self._passphrase)

    @cached_property
    def keys(self) -> CityKeys:
        """What the city signs with."""
        token = self.about.token
        if token is not None:
            return TokenKeys(token.module, token.label, self._ask_pin())
        return FileKeys(self.folder, self._passphrase)

    @cached_property
    def authority(self) -> x509.Certificate:
        """The certificate of the city's authority."""
        path = self.folder / AUTHORITY
        try:
            return x509.load_pem_x509_certificate(_read(path))
        except (ValueError, x509.InvalidVersion):
            raise CityError(
                f"{path}: is no certificate; put back a copy of it"
            ) from None

    @cached_property
    def operator(self) -> bytes:
        """The operator's public key, 32 bytes."""
        path = self.folder / OPERATOR
        public = public_key_of(_read(path))
        if public is None:
            raise CityError(f"{path}: is no public key; put back a copy of it")
        return public

    def publish_revoked(self, utc_s: float) -> Path:
        """Write which certificates are good no more; return where."""
        path = self.folder / REVOKED
        told = revocation_list(
            self.keys,
            self.authority,
            certificates.revoked(self.inventory),
            number=certificates.next_list_number(self.inventory, utc_s),
            utc_s=utc_s,
        )
        try:
            write_durably(path, told, 0o644)
        except OSError as error:
            raise CityError(
                f"{path}: cannot be written ({error.strerror}); make room, then run "
                "`tallypost-provision revoke` again"
            ) from error
        return path

    def close(self) -> None:
        """Leave what was opened."""
        for name in ("inventory", "keys"):
            if name in self.__dict__:
                self.__dict__[name].close()

    @cached_property
    def _passphrase(self) -> str:
        return self._ask()


def read_about(folder: Path) -> About:
    """Return what a city says of itself.

    Raises:
        CityError: The folder is no city's.
    """
    path = folder / CITY
    if not path.is_file():
        raise CityError(f"{folder}: is no city's folder; {WISH}")
    try:
        found = parse_document(_read(path), CITY_SCHEMA, bytes_max=BYTES_MAX)
        told = {
            key: fields.text(fields.member(found, "", key), key)
            for key in ("name", "eui_prefix", "join_eui")
        }
        token = fields.member(found, "", "token")
        return About(**told, token=None if token is None else _token(token))
    except RecordError as error:
        raise CityError(f"{path}: {error}; put back a copy of it") from error


def spell_about(about: About) -> bytes:
    """Return what a city says of itself, as `read_about` reads it."""
    token = about.token
    told = {
        "schema": CITY_SCHEMA,
        "name": about.name,
        "eui_prefix": about.eui_prefix,
        "join_eui": about.join_eui,
        "token": token and {"module": token.module, "label": token.label},
    }
    return json.dumps(told, ensure_ascii=False, indent=2).encode() + b"\n"


def _token(value: object) -> Token:
    module, label = (
        fields.text(fields.member(value, "token", key), f"token.{key}")
        for key in ("module", "label")
    )
    return Token(module=module, label=label)


def _read(path: Path) -> bytes:
    raw, _ = read_file(path, bytes_max=BYTES_MAX, wish="put back a copy of it")
    return raw
