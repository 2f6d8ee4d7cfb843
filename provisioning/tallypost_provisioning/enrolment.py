"""Believes a device that has made its own keys, and gives it a certificate for them."""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding

from tallypost.domain.commands import (
    Command,
    NewTlsKey,
    Order,
    Outcome,
    Reply,
    TakeCertificate,
)
from tallypost.domain.device_report import Report
from tallypost.errors import UplinkError
from tallypost.telemetry.codec.command_v1 import decode_reply, encode_order
from tallypost.telemetry.codec.signed import Purpose, seal
from tallypost_backend.asking import ask
from tallypost_backend.broker import Heard
from tallypost_backend.clock import utc_s
from tallypost_backend.options import Way
from tallypost_provisioning.city import City
from tallypost_provisioning.errors import EnrolmentError
from tallypost_provisioning.inventory import certificates
from tallypost_provisioning.inventory.words import Known, State
from tallypost_provisioning.signing.authority import Bearer, issue, read_request

ORDER_S = 3600.0


def believe(city: City, report: Report, *, days: int, again: bool) -> bytes | None:
    """Take in what a device says of itself, and return its certificate.

    Args:
        city: Whose device it is.
        report: What it says.
        days: For how long the certificate shall be good.
        again: Whether it may have another signing key, or machine, than it had.

    Returns:
        Its certificate and the authority's, PEM; None where it asks for none.

    Raises:
        EnrolmentError: It cannot be believed.
        InventoryError: It was revoked meanwhile, or the disk refuses.
    """
    device, known = report.device, city.inventory.known_of(report.device)
    request = None if report.request is None else read_request(report.request, device)
    _check(city, known, report)
    if not again:
        _check_same(known, report)
        _check_same_request(city, device, request)
    said = {
        "serial": _serial(report.serial) or known.serial,
        "signing_key": report.signing_key or known.signing_key,
        "panel_certificate_sha256": report.panel_certificate_sha256
        or known.panel_certificate_sha256,
    }
    if request is None:
        city.inventory.change(device, state=State.ENROLLED, **said)
        return None
    return _chain(city, device, request, days, **said)


def renew(city: City, device: str, way: Way, *, days: int) -> None:
    """Have a device that is on line make a new key, and use it with our certificate.

    Args:
        city: Whose device it is.
        device: Its name.
        way: The broker.
        days: For how long the certificate shall be good.

    Raises:
        EnrolmentError: It does not do so, and says why.
        UplinkError: The broker or the device does not answer.
    """
    if city.inventory.known_of(device).state is State.REVOKED:
        raise EnrolmentError(f"{device}: is revoked; make it a new identity")
    operator = city.keys.operator()
    asked = _order(operator, device, NewTlsKey(), way)
    if asked.request is None:
        raise EnrolmentError(f"{device}: sends no request; see its version")
    request = read_request(asked.request, device)
    chain = _chain(city, device, request, days)
    _order(operator, device, TakeCertificate(certificate=chain.decode()), way)


def _check(city: City, known: Known, report: Report) -> None:
    """Refuse a device that is revoked, or has what is another's."""
    device = known.device
    if known.state is State.REVOKED:
        raise EnrolmentError(f"{device}: is revoked; make it a new identity")
    for other in city.inventory.known():
        if other.device != device:
            _check_beside(device, other, report)


def _check_same(known: Known, report: Report) -> None:
    """Refuse a device that is another than it was."""
    device = known.device
    if known.serial and _serial(known.serial) != _serial(report.serial):
        raise EnrolmentError(
            f"{device}: runs on machine {report.serial or 'without a number'}, and "
            f"belongs to {known.serial}; put its card into that one, or say --again"
        )
    if report.signing_key and known.signing_key not in (None, report.signing_key):
        raise EnrolmentError(
            f"{device}: has another signing key than it had; if its card was flashed "
            "anew, say --again"
        )


def _check_same_request(city: City, device: str, request: Bearer | None) -> None:
    """Refuse a certificate for another key than the device has one for.

    All else that a report says is public: anybody could write one around a request of
    his own.
    """
    given = certificates.newest(city.inventory, device)
    if request is None or given is None or given.public_key() == request.key:
        return
    raise EnrolmentError(
        f"{device}: asks with another key than it has a certificate for; if its card "
        "was flashed anew, say --again, else somebody else has written this report"
    )


def _check_beside(device: str, other: Known, report: Report) -> None:
    """Refuse a device that has what is another's."""
    if report.signing_key and other.signing_key == report.signing_key:
        raise EnrolmentError(
            f"{device}: has the signing key of {other.device}; its card is a copy: "
            "flash it anew"
        )
    if other.state is State.REVOKED:
        return
    if report.serial and _serial(other.serial) == _serial(report.serial):
        raise EnrolmentError(
            f"{device}: runs on machine {report.serial}, which is {other.device}; "
            f"revoke {other.device} first, or take another machine"
        )


def _serial(told: str | None) -> str | None:
    """Return a machine's number as machines tell it, in small letters."""
    return None if told is None else told.lower()


def _chain(
    city: City, device: str, bearer: Bearer, days: int, **said: str | None
) -> bytes:
    """Return a certificate and its authority's; the inventory knows it first.

    Nothing is known before it is signed: a wrong passphrase changes nothing.
    """
    now_s = utc_s()
    made = issue(city.keys, city.authority, bearer, days=days, utc_s=now_s)
    certificates.keep(city.inventory, device, made, now_s, **said)
    return b"".join(each.public_bytes(Encoding.PEM) for each in (made, city.authority))


def _order(
    operator: Ed25519PrivateKey, device: str, command: Command, way: Way
) -> Reply:
    """Have a device do something, and return what it says once it has."""
    now_s = utc_s()
    order = Order(
        device=device,
        counter=int(now_s * 1000),
        issued_utc_s=now_s,
        expires_utc_s=now_s + ORDER_S,
        command=command,
    )

    def is_ours(heard: Heard) -> bool:
        return decode_reply(heard.payload).counter in (order.counter, None)

    envelope = seal(encode_order(order), Purpose.COMMAND, operator)
    sent, heard = (way.topic(device, last) for last in ("command", "reply"))
    payload = ask(way, sent, envelope, heard, is_ours, retain=False)
    if payload is None:
        raise UplinkError(
            f"{device}: no answer within {way.wait_s:g} s; see that it is on line, and "
            "trusts this operator"
        )
    reply = decode_reply(payload)
    if reply.outcome is not Outcome.DONE:
        raise EnrolmentError(
            f"{device}: {reply.outcome.value}: {reply.reason or 'it says no more'}"
        )
    return reply
