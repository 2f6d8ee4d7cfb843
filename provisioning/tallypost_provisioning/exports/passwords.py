"""The file of passwords of a mosquitto broker, in its own spelling.

Source: mosquitto_passwd(1), and mosquitto 2.0, src/password_mosq.c:
`$7$iterations$salt$hash` with PBKDF2 (RFC 8018) over SHA-512, both in base64.
"""

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Collection, Iterator, Sequence

from tallypost_provisioning.errors import FleetError
from tallypost_provisioning.inventory.words import Identity

ITERATIONS = 101
"""As mosquitto_passwd itself: more would not help, our passwords cannot be guessed, and
would hold the broker up when a whole fleet comes back at once."""
SALT_BYTES, HASH_BYTES = 12, 64
NAME_BYTES_MAX = 65_535
_LINE = re.compile(r"\$7\$(\d{1,6})\$([A-Za-z0-9+/=]+)\$([A-Za-z0-9+/=]+)", re.ASCII)


def password_file(
    identities: Sequence[Identity],
    known: Collection[str],
    before: str,
    staff: Collection[str] = (),
) -> str:
    """Return the whole file: strangers as they were, then the fleet.

    Args:
        identities: Who may log in.
        known: All users that the inventory has or had: a line of one of them that is
            not in `identities` goes.
        before: What the file held, or "". A line whose password is still right is left
            as it is, so that the file changes where something has changed.

        staff: Users who see the whole fleet; none of `known` may be called so.

    Raises:
        FleetError: A user's name cannot stand in such a file, or is one of `staff`.
    """
    faults = [
        f"{each.device}: the user {each.mqtt_username[:40]!a} {fault}"
        for each in identities
        for fault in _faults(each.mqtt_username)
    ]
    faults += [
        f"{user[:40]!a} is a device's user, today's or a revoked one's; name "
        "another by --backend and --operator"
        for user in sorted(set(staff) & set(known))
    ]
    if faults:
        raise FleetError("the file of passwords", faults)
    lines = before.splitlines()
    old = dict(line.partition(":")[::2] for line in lines)
    strangers = [line for line in lines if line.partition(":")[0] not in known]
    return "".join(
        f"{line}\n" for line in (*strangers, *(_line(each, old) for each in identities))
    )


def hashed(password: str, salt: bytes, iterations: int = ITERATIONS) -> str:
    """Return what stands for a password."""
    made = hashlib.pbkdf2_hmac(
        "sha512", password.encode(), salt, iterations, HASH_BYTES
    )
    told = (base64.b64encode(each).decode() for each in (salt, made))
    return f"$7${iterations}${'$'.join(told)}"


def _line(identity: Identity, old: dict[str, str]) -> str:
    user, password = identity.mqtt_username, identity.mqtt_password
    told = old.get(user, "")
    if not _is_of(password, told):
        told = hashed(password, secrets.token_bytes(SALT_BYTES))
    return f"{user}:{told}"


def _is_of(password: str, told: str) -> bool:
    found = _LINE.fullmatch(told)
    if found is None or int(found[1]) != ITERATIONS:
        return False
    try:
        salt = base64.b64decode(found[2], validate=True)
    except ValueError:
        return False
    return hmac.compare_digest(hashed(password, salt), told)


def _faults(user: str) -> Iterator[str]:
    if not user.strip() or user != user.strip():
        yield "is empty, or begins or ends with a space; name it otherwise"
    if not user.isprintable() or set(user) & set(":+#/"):
        yield "has a letter that mosquitto refuses; leave out :, +, #, / and controls"
    if user.startswith("#") or len(user.encode()) > NAME_BYTES_MAX:
        yield "cannot be a user's name at a broker; name it otherwise"
