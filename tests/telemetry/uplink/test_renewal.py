"""Certificates that are renewed, half written, revoked or about to expire."""

import shutil
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tallypost.domain.health import Trouble
from tallypost.errors import UplinkError
from tallypost.telemetry.uplink.base import Outcome
from tallypost.telemetry.uplink.broker import Broker, TlsFiles
from tallypost.telemetry.uplink.certificate import expires_utc_s
from tallypost.telemetry.uplink.credentials import Credentials
from tallypost.telemetry.uplink.mqtt import MqttUplink
from tests.servers.certificates import Authority
from tests.servers.mosquitto import Mosquitto
from tests.telemetry.listening import QUICK, is_up, records, until

# paho leaves a socket whose handshake failed to Python, which closes it at once.
pytestmark = [
    pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

WATCHFUL = replace(QUICK, watch_s=0.1)
DAY_S = 86_400.0


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path / "authority", "the-city")


@pytest.fixture
def ours(tmp_path: Path, authority: Authority) -> TlsFiles:
    """The files of a device, in a folder of its own."""
    files = TlsFiles(
        ca_file=authority.file,
        certificate_file=tmp_path / "device.pem",
        key_file=tmp_path / "device.key",
    )
    install(files, *authority.issue("first"))
    return files


def install(files: TlsFiles, certificate: Path, key: Path) -> None:
    assert files.certificate_file
    assert files.key_file
    shutil.copy(certificate, files.certificate_file)
    shutil.copy(key, files.key_file)


@pytest.fixture
def der(authority: Authority) -> bytes:
    """A good certificate, as its bytes."""
    return ssl.PEM_cert_to_DER_cert(authority.issue("any")[0].read_text())


@pytest.fixture
def demanding(tmp_path: Path, authority: Authority) -> Iterator[Mosquitto]:
    """A broker that lets nobody in without a certificate that is not revoked."""
    file, key = authority.issue("server")
    broker = Mosquitto(
        tmp_path / "m",
        f"allow_anonymous true\ncertfile {file}\nkeyfile {key}\n"
        f"cafile {authority.file}\ncrlfile {authority.revoke()}\n"
        "require_certificate true\nuse_identity_as_username true",
    ).start()
    yield broker
    broker.stop()


def at(broker: Mosquitto, files: TlsFiles) -> Broker:
    return Broker(host="localhost", port=broker.port, tls=files)


def came_as(broker: Mosquitto, name: str) -> Callable[[], bool]:
    return lambda: f"u'{name}'" in broker.log.read_text()


def test_a_renewed_pair_is_used_at_once_and_nothing_is_lost(
    demanding: Mosquitto,
    ours: TlsFiles,
    authority: Authority,
    connect: Callable[..., MqttUplink],
) -> None:
    uplink = connect(at(demanding, ours), pace=WATCHFUL)
    assert came_as(demanding, "first")()
    install(ours, *authority.issue("renewed"))
    until(came_as(demanding, "renewed"))
    until(lambda: is_up(uplink))
    assert uplink.health.last_trouble is Trouble.REPLACED
    assert uplink.send(records(b"x"))[0].outcome is Outcome.DELIVERED


def test_a_renewal_waits_for_what_is_under_way(
    demanding: Mosquitto,
    ours: TlsFiles,
    authority: Authority,
    connect: Callable[..., MqttUplink],
) -> None:
    uplink = connect(at(demanding, ours), pace=WATCHFUL)
    pair = authority.issue("renewed")
    asked = 0

    def meanwhile() -> bool:
        nonlocal asked
        asked += 1
        if asked == 10:
            install(ours, *pair)
            time.sleep(0.5)
        return False

    receipts = uplink.send(records(*[b"x"] * 200), meanwhile)
    assert {receipt.outcome for receipt in receipts} == {Outcome.DELIVERED}
    until(came_as(demanding, "renewed"))


def test_half_a_pair_is_not_taken_and_the_old_link_stays(
    demanding: Mosquitto,
    ours: TlsFiles,
    authority: Authority,
    connect: Callable[..., MqttUplink],
    caplog: pytest.LogCaptureFixture,
) -> None:
    uplink = connect(at(demanding, ours), pace=WATCHFUL)
    certificate, key = authority.issue("renewed")
    assert ours.certificate_file
    shutil.copy(certificate, ours.certificate_file)
    until(lambda: "certificate not taken, the old one goes on" in caplog.text)
    time.sleep(0.5)
    assert (uplink.health.connects, is_up(uplink)) == (1, True)
    # Also a connection that is cut meanwhile comes back by the old pair.
    session = uplink._link.current
    assert session is not None
    session._client.socket().shutdown(2)  # type: ignore[union-attr]
    until(lambda: uplink.health.connects == 2 and is_up(uplink))
    assert caplog.text.count("certificate not taken") == 1
    assert ours.key_file
    shutil.copy(key, ours.key_file)
    until(came_as(demanding, "renewed"))


def test_a_file_that_is_gone_for_a_moment_costs_no_link(
    demanding: Mosquitto, ours: TlsFiles, connect: Callable[..., MqttUplink]
) -> None:
    uplink = connect(at(demanding, ours), pace=WATCHFUL)
    assert ours.key_file
    moved = ours.key_file.with_suffix(".away")
    ours.key_file.rename(moved)
    time.sleep(0.5)
    moved.rename(ours.key_file)
    time.sleep(0.3)
    assert (uplink.health.connects, is_up(uplink)) == (1, True)


def test_a_certificate_that_was_revoked_is_told_and_its_successor_lets_us_in(
    demanding: Mosquitto,
    ours: TlsFiles,
    authority: Authority,
    connect: Callable[..., MqttUplink],
) -> None:
    assert ours.certificate_file
    authority.revoke(ours.certificate_file)
    demanding.stop()
    demanding.start()
    uplink = connect(at(demanding, ours), pace=WATCHFUL, up=False)
    until(lambda: "revoked; renew it" in uplink._link._reason)
    assert uplink.health.last_trouble is Trouble.TLS
    install(ours, *authority.issue("successor"))
    until(lambda: is_up(uplink))


def test_how_long_a_certificate_is_still_good_is_told(
    demanding: Mosquitto, ours: TlsFiles, connect: Callable[..., MqttUplink]
) -> None:
    uplink = connect(at(demanding, ours))
    left_days = uplink.health.certificate_left_days
    assert left_days == pytest.approx(9.0, abs=0.1)


@pytest.mark.parametrize("days", [(-1, 9), (-9, -2), (0, 365 * 40)], ids=str)
def test_the_end_is_read_as_openssl_wrote_it(
    days: tuple[int, int], authority: Authority
) -> None:
    # From 2050 on, a certificate spells its years in four digits.
    certificate, _ = authority.issue("any", days=days)
    expected = time.time() + days[1] * DAY_S
    assert expires_utc_s(certificate) == pytest.approx(expected, abs=60)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----",
        "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
        "-----BEGIN CERTIFICATE-----\n////////\n-----END CERTIFICATE-----",
        "-----END CERTIFICATE-----\n-----BEGIN CERTIFICATE-----",
    ],
)
def test_what_is_no_certificate_is_told(text: str, tmp_path: Path) -> None:
    file = tmp_path / "any.pem"
    file.write_text(text)
    with pytest.raises(UplinkError, match="holds no certificate in PEM"):
        expires_utc_s(file)


def test_a_certificate_cut_anywhere_is_told_or_read(
    authority: Authority, tmp_path: Path
) -> None:
    certificate, _ = authority.issue("any")
    whole, file = certificate.read_text(), tmp_path / "cut.pem"
    for length in range(0, len(whole), 7):
        file.write_text(whole[:length])
        with pytest.raises(UplinkError):
            expires_utc_s(file)


@given(st.data())
@settings(
    max_examples=500,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_a_certificate_with_wrong_bytes_is_told_or_read(
    der: bytes, tmp_path: Path, data: st.DataObject
) -> None:
    wrong = bytearray(der)
    for place, byte in data.draw(
        st.dictionaries(st.integers(0, len(der) - 1), st.integers(0, 255), max_size=8)
    ).items():
        wrong[place] = byte
    file = tmp_path / "wrong.pem"
    file.write_text(ssl.DER_cert_to_PEM_cert(bytes(wrong)))
    with suppress(UplinkError):
        assert expires_utc_s(file) > 0


def test_files_that_did_not_change_are_not_read_again(ours: TlsFiles) -> None:
    credentials = Credentials(ours)
    before = credentials.context
    assert not credentials.renew()
    assert credentials.context is before
