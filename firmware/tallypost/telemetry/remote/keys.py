"""Knows which operator keys are heeded: named, or introduced, and not revoked."""

import re
from collections.abc import Iterable
from pathlib import Path

from tallypost.domain import fields
from tallypost.errors import RecordError, RemoteStateError
from tallypost.telemetry.codec.signed import KEY_BYTES, key_id
from tallypost.telemetry.remote import state

KEYS_MAX = 16
_KEY_ID = re.compile("[0-9a-f]{16}")
REVOKED_MAX = 256


class KeyRing:
    """The keys that are heeded, and what was said of them on the way.

    Args:
        path: Where introduced and revoked keys are kept.
        given: The public keys that the settings name, 32 bytes each.

    Raises:
        RemoteStateError: What was kept cannot be read.
    """

    def __init__(self, path: Path, given: Iterable[bytes]) -> None:
        self._path = path
        kept = state.load(path)
        try:
            keys = map(bytes.fromhex, _texts(kept, "introduced"))
            self._introduced = {key_id(key): key for key in keys}
            self._revoked = _texts(kept, "revoked")
        except (RecordError, ValueError) as error:
            raise RemoteStateError(
                f"{path}: holds no keys ({error}); remove it on the device"
            ) from error
        self._given = {key_id(key): key for key in given}

    @property
    def heeded(self) -> dict[str, bytes]:
        """Public keys by their ids."""
        known = self._given | self._introduced
        return {name: key for name, key in known.items() if name not in self._revoked}

    def trust(self, public_key: str) -> str:
        """Heed one more key; return why not, or "".

        Args:
            public_key: Its bytes as hexadecimal digits.

        Raises:
            RemoteStateError: The disk refuses; nothing has changed.
        """
        try:
            key = bytes.fromhex(public_key)
        except ValueError:
            key = b""
        if len(key) != KEY_BYTES:
            return f"public_key: is not {2 * KEY_BYTES} hexadecimal digits"
        name = key_id(key)
        if name in self._revoked:
            return f"the key {name} was revoked, which is for ever; make another"
        if name in self.heeded:
            return ""
        if len(self.heeded) >= KEYS_MAX:
            return f"{KEYS_MAX} keys are heeded, the most there may be; revoke one"
        self._keep(self._introduced | {name: key}, self._revoked)
        return ""

    def revoke(self, name: str) -> str:
        """Heed a key no more; return why not, or "".

        A key that is not known here is most often one that was mistyped, and whoever
        revokes a stolen key must not go home on the strength of that.

        Raises:
            RemoteStateError: The disk refuses; nothing has changed.
        """
        if name in self._revoked:
            return ""
        refusal = self._cannot_revoke(name)
        if not refusal:
            introduced = {
                each: key for each, key in self._introduced.items() if each != name
            }
            self._keep(introduced, [*self._revoked, name])
        return refusal

    def _cannot_revoke(self, name: str) -> str:
        if not _KEY_ID.fullmatch(name):
            return "key: is not 16 hexadecimal digits; `keys show` tells a key's id"
        if name not in self.heeded:
            return f"the key {name} is not heeded here; `keys show` tells a key's id"
        if set(self.heeded) <= {name}:
            return "it is the last key that is heeded; introduce another first"
        if len(self._revoked) >= REVOKED_MAX:
            return f"{REVOKED_MAX} keys are revoked, the most there may be"
        return ""

    def _keep(self, introduced: dict[str, bytes], revoked: list[str]) -> None:
        told = {"introduced": [key.hex() for key in introduced.values()]}
        state.store(self._path, told | {"revoked": revoked})
        self._introduced, self._revoked = introduced, revoked


def _texts(kept: fields.Object, key: str) -> list[str]:
    return [fields.text(each, key) for each in fields.listed(kept.get(key, []), key)]
