"""Tells one session with a network from another, without its keys."""

from dataclasses import replace
from hashlib import blake2b

from tallypost.telemetry.uplink.lorawan.memory import Kept
from tallypost.telemetry.uplink.modem.base import Counters, Identity, Radio, Session


def session_hash(
    identity: Identity | Session, radio: Radio, own_eui: bytes | None
) -> str:
    """Return a hash of all that a modem is told; it gives no key away.

    Args:
        identity: Who joins.
        radio: How to speak.
        own_eui: The number that the modem brings.
    """
    public = [own_eui or b"", f"{radio}".encode()]
    if isinstance(identity, Identity):
        secret = identity.app_key
        public += [identity.dev_eui or b"", identity.join_eui]
    else:
        secret = identity.nwk_skey + identity.app_skey
        public += [identity.dev_addr]
    return blake2b(b"|".join(public), key=secret, digest_size=16).hexdigest()


def going_on(identity: Identity | Session, kept: Kept) -> Identity | Session:
    """Return who joins, with the frame counters that an ABP session had before."""
    if isinstance(identity, Identity):
        return identity
    counters = Counters(kept.uplink_counter, kept.downlink_counter)
    return replace(identity, counters=counters)
