"""Makes a city's folder, whole or not at all."""

import shutil
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tallypost.durable import sync_folder, write_durably
from tallypost_provisioning.city import (
    AUTHORITY,
    CITY,
    FILES,
    INVENTORY,
    OPERATOR,
    TEMPLATE,
    About,
    City,
    spell_about,
)
from tallypost_provisioning.errors import CityError
from tallypost_provisioning.inventory.store import make
from tallypost_provisioning.signing.authority import new_authority
from tallypost_provisioning.signing.keys import new_key_files
from tallypost_provisioning.signing.token import TokenKeys


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a new city shall be.

    Attributes:
        about: Who it is.
        passphrase: What shall open its keys and its inventory.
        pin: Asks for the PIN of the token, where its keys are to be on one.
        template: What its `fleet.toml` begins with.
        utc_s: Now.
    """

    about: About
    passphrase: str
    pin: Callable[[], str]
    template: str
    utc_s: float


def found(folder: Path, plan: Plan) -> None:
    """Make a new city.

    Args:
        folder: Where; nothing may be there, or an empty folder.
        plan: What it shall be.

    Raises:
        CityError: Something is there, or the disk or the token refuses.
    """
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise CityError(f"{folder}: is there already; name a folder that is not")
        if not folder.name:
            raise CityError(
                f"{folder}: is where you stand; name a folder that is not there"
            )
        folder.parent.mkdir(parents=True, exist_ok=True)
        fresh = folder.with_name(folder.name + ".new")
        fresh.mkdir(mode=0o700)
    except OSError as error:
        raise CityError(
            f"{folder}: cannot be made ({error.strerror}: {error.filename}); name "
            "another folder, or remove what was left there"
        ) from error
    try:
        _fill(fresh, plan)
        fresh.replace(folder)
        sync_folder(folder.parent)
    except OSError as error:
        raise CityError(
            f"{folder}: cannot be written ({error.strerror}); nothing was made"
        ) from error
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _fill(folder: Path, plan: Plan) -> None:
    (folder / FILES).mkdir()
    write_durably(folder / CITY, spell_about(plan.about), 0o644)
    write_durably(folder / TEMPLATE, plan.template.encode(), 0o644)
    make(folder / INVENTORY, plan.passphrase)
    if plan.about.token is None:
        for name, key in new_key_files(plan.passphrase).items():
            write_durably(folder / name, key)
    with closing(City(folder, lambda: plan.passphrase, plan.pin)) as city:
        _sign(city, plan)


def _sign(city: City, plan: Plan) -> None:
    if isinstance(city.keys, TokenKeys):
        city.keys.make()
    name, keys = plan.about.name, city.keys
    write_durably(city.folder / AUTHORITY, new_authority(keys, name, plan.utc_s), 0o644)
    operator = keys.operator().public_key()
    pem = operator.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    write_durably(city.folder / OPERATOR, pem, 0o644)
    city.publish_revoked(plan.utc_s)
