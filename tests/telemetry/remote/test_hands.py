"""What becomes of commands that are believed."""

import logging
import ssl
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from tallypost.domain.commands import (
    Identify,
    LogLevel,
    NewTlsKey,
    Outcome,
    Reboot,
    RevokeKey,
    SetLogLevel,
    TakeCertificate,
    TrustKey,
    Update,
)
from tallypost.telemetry.codec.signed import key_id
from tallypost.telemetry.remote.hands import AFTER_S
from tallypost.telemetry.remote.keys import KEYS_MAX
from tests.telemetry.remote.world import NOON_UTC_S, World, public_key


def test_a_reboot_is_answered_before_it_comes(world: World) -> None:
    assert world.heed(world.signed(Reboot())).outcome is Outcome.DONE
    assert world.actuator.reboots == 0
    world.board.advance(AFTER_S)
    world.hands.tick()
    world.hands.tick()

    assert world.actuator.reboots == 1


def test_a_reboot_that_was_promised_comes_also_when_the_half_ends(
    world: World,
) -> None:
    world.heed(world.signed(Reboot()))
    world.hands.close()
    world.hands.close()

    assert world.actuator.reboots == 1


def test_a_light_blinks_for_as_long_as_it_was_asked_last(world: World) -> None:
    world.heed(world.signed(Identify(duration_s=10)))
    world.board.advance(8.0)
    world.heed(world.signed(Identify(duration_s=10)))
    world.board.advance(8.0)
    world.hands.tick()
    assert world.actuator.blinking
    world.board.advance(2.0)
    world.hands.tick()

    assert not world.actuator.blinking


def test_a_light_leaves_off_when_the_half_ends(world: World) -> None:
    world.heed(world.signed(Identify(duration_s=10)))
    world.hands.close()
    world.hands.close()

    assert not world.actuator.blinking


def test_a_log_level_lasts_for_as_long_as_it_was_asked(world: World) -> None:
    ours = logging.getLogger("tallypost")
    world.heed(world.signed(SetLogLevel(level=LogLevel.DEBUG, duration_s=60)))
    assert ours.level == logging.DEBUG
    world.board.advance(60.0)
    world.hands.tick()

    assert ours.level == logging.NOTSET


def test_where_nothing_updates_it_says_so(world: World) -> None:
    reply = world.heed(world.signed(Update(version="2.0")))

    assert reply.outcome is Outcome.UNSUPPORTED


def test_an_old_key_introduces_a_new_one_which_then_revokes_it(world: World) -> None:
    trust = world.signed(TrustKey(public_key=public_key(2).hex()))
    assert world.heed(trust).outcome is Outcome.DONE
    revoke = RevokeKey(key=key_id(public_key(1)))
    assert world.heed(world.signed(revoke, key=2)).outcome is Outcome.DONE
    world.start()

    assert list(world.ring.heeded) == [key_id(public_key(2))]
    assert world.heed(world.signed(Reboot())).outcome is Outcome.REFUSED
    back = world.signed(TrustKey(public_key=public_key(1).hex()), key=2)
    assert world.heed(back).outcome is Outcome.REFUSED


def test_the_last_key_cannot_be_revoked(world: World) -> None:
    revoke = RevokeKey(key=key_id(public_key(1)))

    assert world.heed(world.signed(revoke)).outcome is Outcome.REFUSED


@pytest.mark.parametrize(
    ("key", "said"),
    [
        pytest.param("zz", "is not 16 hexadecimal digits", id="no id"),
        pytest.param("", "is not 16 hexadecimal digits", id="nothing"),
        pytest.param("00" * 8, "is not heeded here", id="nobody's"),
    ],
)
def test_a_key_that_is_not_heeded_cannot_be_revoked(
    world: World, key: str, said: str
) -> None:
    envelope = world.signed(RevokeKey(key=key))
    reply = world.heed(envelope)

    assert reply.outcome is Outcome.REFUSED
    assert said in (reply.reason or "")
    assert world.heed(envelope) == reply


def test_a_key_that_was_revoked_may_be_revoked_again(world: World) -> None:
    world.heed(world.signed(TrustKey(public_key=public_key(2).hex())))
    revoke = RevokeKey(key=key_id(public_key(2)))

    outcomes = [world.heed(world.signed(revoke)).outcome for _ in range(2)]
    assert outcomes == [Outcome.DONE] * 2


def test_keys_are_bounded_and_must_be_keys(world: World) -> None:
    for text in ("", "zz" * 32, "00" * 31):
        reply = world.heed(world.signed(TrustKey(public_key=text)))
        assert reply.outcome is Outcome.REFUSED, text
    outcomes = [
        world.heed(world.signed(TrustKey(public_key=public_key(number).hex()))).outcome
        for number in range(2, KEYS_MAX + 2)
    ]

    assert outcomes == [Outcome.DONE] * (KEYS_MAX - 1) + [Outcome.REFUSED]


def certificate(request: str, *, days: int = 30, key: object = None) -> str:
    """Return what an authority makes of a request."""
    asked = x509.load_pem_x509_csr(request.encode())
    authority = ec.generate_private_key(ec.SECP256R1())
    begin = datetime.fromtimestamp(NOON_UTC_S, UTC) - timedelta(days=1)
    built = (
        x509.CertificateBuilder()
        .subject_name(asked.subject)
        .issuer_name(x509.Name([]))
        .public_key(key or asked.public_key())  # type: ignore[arg-type]
        .serial_number(7)
        .not_valid_before(begin)
        .not_valid_after(begin + timedelta(days=days))
        .sign(authority, hashes.SHA256())
    )
    return built.public_bytes(Encoding.PEM).decode()


def request_of(world: World) -> str:
    reply = world.heed(world.signed(NewTlsKey()))
    assert reply.request is not None
    return reply.request


def take(world: World, chain: str) -> Outcome:
    return world.heed(world.signed(TakeCertificate(certificate=chain))).outcome


def test_a_device_makes_its_key_and_takes_the_certificate_for_it(world: World) -> None:
    request = request_of(world)
    world.start()
    chain = certificate(request)

    assert take(world, chain) is Outcome.DONE
    [(key, certificates)] = world.settlement.identities
    assert b"PRIVATE KEY" in key
    assert certificates.decode() == chain
    assert "PRIVATE" not in request


def test_a_private_key_is_in_no_answer_and_its_file_is_for_its_owner(
    world: World,
) -> None:
    request_of(world)
    path = world.folder / "waiting.key"
    secret = path.read_text().splitlines()[1]

    assert path.stat().st_mode & 0o777 == 0o600
    assert secret not in (world.folder / "ledger.json").read_text()


P256 = bytes.fromhex("2a8648ce3d030107")
VERSION_3 = bytes.fromhex("a003020102")


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [(P256, P256[:-1] + b"\x7f"), (VERSION_3, VERSION_3[:-1] + b"\x42")],
    ids=["a curve that nobody knows", "a version that nobody knows"],
)
def test_a_certificate_of_a_kind_that_nobody_knows_is_refused(
    ours: bytes, theirs: bytes, world: World
) -> None:
    request = world.heed(world.signed(NewTlsKey())).request
    assert request is not None
    der = ssl.PEM_cert_to_DER_cert(certificate(request))
    assert ours in der
    strange = ssl.DER_cert_to_PEM_cert(der.replace(ours, theirs))

    assert take(world, strange) is Outcome.REFUSED


def test_a_certificate_that_does_not_fit_is_refused(world: World) -> None:
    assert take(world, "anything") is Outcome.REFUSED
    old = request_of(world)
    newer = request_of(world)
    foreign = ec.generate_private_key(ec.SECP256R1()).public_key()

    assert take(world, "anything") is Outcome.REFUSED
    assert take(world, certificate(old)) is Outcome.REFUSED
    assert take(world, certificate(newer, key=foreign)) is Outcome.REFUSED
    assert take(world, certificate(newer, days=1)) is Outcome.REFUSED
    assert world.settlement.identities == []
    assert take(world, certificate(newer)) is Outcome.DONE


@pytest.mark.parametrize(
    "text", ["[]", "{", '{"introduced": [1]}', '{"introduced": 3}']
)
def test_damaged_keys_are_not_taken_for_none(world: World, text: str) -> None:
    (world.folder / "keys.json").write_text(text)

    with pytest.raises(Exception, match=r"keys\.json"):
        world.start()
