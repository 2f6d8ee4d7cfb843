"""Judges who made a bundle, when, and for whom, before a word of it is heeded."""

from dataclasses import dataclass

from tallypost.commissioning.memory import Pending, Taken
from tallypost.domain.bundle import (
    BUNDLE,
    ENVELOPE_BYTES_MAX,
    TRUST,
    Bundle,
    parse_bundle,
)
from tallypost.domain.first_start import Verdict
from tallypost.errors import RecordError, RefusalError
from tallypost.telemetry.codec.signed import (
    Purpose,
    Sealed,
    key_id,
    public_key_of,
    read_envelope,
)

_AGAIN = "write the card again with `tallypost-provision write`"


@dataclass(frozen=True, slots=True)
class Judged:
    """A bundle of which it is known who signed it.

    Attributes:
        bundle: What it says.
        digest: What tells it from every other.
        pending: As it is kept while it is being taken.
    """

    bundle: Bundle
    digest: str
    pending: Pending


def opened(pending: Pending) -> Judged:
    """Return a bundle that was judged before, and kept.

    Raises:
        RefusalError: It is not what was kept.
    """
    return _believed(_sealed(pending.envelope), pending)


def judged(raw: bytes, trust: bytes | None, before: Taken | None) -> Judged:
    """Return a bundle if its signer is to be believed.

    Args:
        raw: What lies on the boot partition.
        trust: The public key that lies beside it (PEM): believed only where no bundle
            was ever taken.
        before: The last one that was taken.

    Raises:
        RefusalError: It is none, or signed by somebody else.
    """
    sealed = _sealed(raw)
    signer = _introduced(trust) if before is None else before.signer
    if not sealed.signed_by(signer):
        raise RefusalError(Verdict.REFUSED_SIGNATURE, [_stranger(sealed, signer)])
    return _believed(sealed, Pending(raw, signer))


def check_turn(found: Judged, before: Taken) -> None:
    """Refuse a bundle that is older than the last, or another device's.

    Raises:
        RefusalError: It is.
    """
    bundle = found.bundle
    if bundle.device != before.device:
        told = f"device: is {bundle.device}, but this is {before.device}"
        raise RefusalError(
            Verdict.REFUSED_DEVICE, [f"{told}; put the card of {before.device} in"]
        )
    if bundle.counter <= before.counter:
        told = f"counter: {bundle.counter} is not above {before.counter}"
        raise RefusalError(
            Verdict.REFUSED_OLDER, [f"{told}, which was taken before; {_AGAIN}"]
        )


def check_machine(bundle: Bundle, serial: str | None) -> None:
    """Refuse a bundle that was made for another machine.

    Args:
        bundle: May name a machine's own number.
        serial: This machine's, in small letters; None where it tells none.

    Raises:
        RefusalError: It was.
    """
    if bundle.serial is None or bundle.serial.lower() == serial:
        return
    told = f"serial: is for the machine {bundle.serial}"
    mine = f"but this one is {serial}" if serial else "but this one tells no number"
    raise RefusalError(
        Verdict.REFUSED_DEVICE,
        [f"{told}, {mine}; put the card into the right box, or {_AGAIN}"],
    )


def _sealed(raw: bytes) -> Sealed:
    try:
        return read_envelope(raw, Purpose.BUNDLE, bytes_max=ENVELOPE_BYTES_MAX)
    except RecordError as error:
        told = [f"{BUNDLE}: {error}; {_AGAIN}"]
        raise RefusalError(Verdict.REFUSED_UNREADABLE, told) from error


def _believed(sealed: Sealed, pending: Pending) -> Judged:
    try:
        return Judged(parse_bundle(sealed.body), sealed.digest, pending)
    except RecordError as error:
        told = [f"{BUNDLE}: {error}; {_AGAIN}"]
        raise RefusalError(Verdict.REFUSED_UNREADABLE, told) from error


def _introduced(trust: bytes | None) -> bytes:
    key = None if trust is None else public_key_of(trust)
    if key is not None:
        return key
    told = "is missing" if trust is None else "holds no public key of Ed25519 in PEM"
    raise RefusalError(Verdict.REFUSED_SIGNATURE, [f"{TRUST}: {told}; {_AGAIN}"])


def _stranger(sealed: Sealed, signer: bytes) -> str:
    known = key_id(signer)
    if sealed.key_id == known:
        return f"{BUNDLE}: was changed after it was signed; {_AGAIN}"
    told = f"is signed with the key {sealed.key_id[:16]!a}, but {known} is believed"
    return f"{BUNDLE}: {told}; have whoever holds that key sign it"
