"""Seals a device's secrets, so that a stolen inventory gives no fleet away."""

import json
import os
from dataclasses import asdict

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tallypost_provisioning.errors import InventoryError
from tallypost_provisioning.signing.passphrase import (
    KEY_BYTES,
    SALT_BYTES,
    Cost,
    stretch,
)

_NONCE_BYTES = 12
_LOCK = "tallypost inventory"


class Vault:
    """Seals and opens, with a key that no file holds in the clear.

    The key is random; what a passphrase makes only wraps it. Nonces are random: one key
    may seal 2^32 times. Source: NIST SP 800-38D, 8.3.

    Args:
        key: 32 bytes.
    """

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def seal(self, secret: bytes, owner: str) -> bytes:
        """Return a secret that only this vault opens, and only as its owner's."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, secret, owner.encode())

    def open(self, sealed: bytes, owner: str) -> bytes:
        """Return a secret.

        Raises:
            InventoryError: It is damaged, or another owner's.
        """
        nonce, closed = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        try:
            return self._cipher.decrypt(nonce, closed, owner.encode())
        except (InvalidTag, ValueError):
            raise InventoryError(
                f"{owner}: its secrets are damaged; put back a copy of the inventory"
            ) from None


def new_lock(passphrase: str) -> str:
    """Return a new vault's key, wrapped by a passphrase, as text."""
    cost, salt = Cost(), os.urandom(SALT_BYTES)
    outer = Vault(stretch(passphrase, salt, cost))
    wrapped = outer.seal(os.urandom(KEY_BYTES), _LOCK)
    lock = {"kdf": "scrypt", "salt": salt.hex(), **asdict(cost), "key": wrapped.hex()}
    return json.dumps(lock)


def unlock(lock: str, passphrase: str) -> Vault:
    """Return the vault that a lock keeps.

    Raises:
        InventoryError: The passphrase is wrong, or the lock is damaged.
    """
    try:
        told = json.loads(lock)
        cost = Cost(n=told["n"], r=told["r"], p=told["p"])
        outer = Vault(stretch(passphrase, bytes.fromhex(told["salt"]), cost))
        wrapped = bytes.fromhex(told["key"])
    except (ValueError, KeyError, TypeError, OverflowError):
        raise InventoryError(
            "inventory: its lock is damaged; put back a copy of the inventory"
        ) from None
    try:
        return Vault(outer.open(wrapped, _LOCK))
    except InventoryError:
        raise InventoryError(
            "inventory: does not open; the passphrase is wrong"
        ) from None
