"""A device that has made its own keys is believed, or it is not, and why."""

import json
import re
import shutil
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import paho.mqtt.client as paho
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from paho.mqtt.enums import CallbackAPIVersion

from tallypost.domain.commands import NewTlsKey, Outcome, Reply, TakeCertificate
from tallypost.telemetry.codec.command_v1 import decode_order, encode_reply
from tallypost.telemetry.codec.signed import Purpose, public_key_of, read_envelope
from tallypost_backend.broker import Address, Connection
from tallypost_provisioning.city import City
from tallypost_provisioning.errors import InventoryError
from tallypost_provisioning.inventory import certificates
from tallypost_provisioning.inventory.words import State
from tests.provisioning.town import Town, openssl, report, request, secret_file, told
from tests.servers.mosquitto import Mosquitto

DEVICES = 1
"""The city has one."""


@pytest.fixture
def device(town: Town) -> str:
    town.card.mkdir()
    return "tp-0001"


def says(town: Town, raw: bytes) -> None:
    (town.card / "device.json").write_bytes(raw)


def enrol(town: Town, device: str, *words: object) -> tuple[str, ...]:
    return ("enrol", device, "--boot", str(town.boot), *map(str, words))


def test_openssl_believes_the_certificate_of_an_enrolled_device(
    town: Town, device: str
) -> None:
    says(town, report(device))

    town.must(*enrol(town, device))

    certificate = town.card / "certificate.pem"
    words = ("-CAfile", town.folder / "ca.pem", "-CRLfile", town.folder / "crl.pem")
    checked = openssl(
        *("verify", "-x509_strict", "-purpose", "sslclient", "-crl_check"),
        *(*words, certificate),
    )
    assert checked.returncode == 0, checked.stderr
    shown = openssl("x509", "-in", certificate, "-noout", "-text").stdout
    assert f"Subject: CN = {device}" in shown
    assert f"DNS:{device}" in shown
    assert "TLS Web Client Authentication" in shown
    assert certificate.read_bytes().count(b"BEGIN CERTIFICATE") == 2


def test_what_a_device_says_of_itself_is_kept(town: Town, device: str) -> None:
    says(town, report(device))
    town.must(*enrol(town, device))

    known = town.known(device)

    assert known["state"] == "enrolled"
    assert known["signing_key"] == "ab" * 32
    assert known["panel_certificate_sha256"] == "cd" * 32
    assert known["serial"] == "10000000abcdef01"
    said = openssl(
        *("x509", "-in", town.card / "certificate.pem", "-noout", "-fingerprint"),
        "-sha256",
    ).stdout
    assert known["certificate_sha256"].upper() in said.replace(":", "")


def test_a_device_by_a_file_gets_its_certificate_in_one(
    town: Town, device: str, tmp_path: Path
) -> None:
    file, out = tmp_path / "device.json", tmp_path / "out.pem"
    file.write_bytes(report(device))

    town.must("enrol", device, "--device-json", file, "--out", out, "--days", 7)

    checked = openssl("verify", "-CAfile", town.folder / "ca.pem", out)
    assert checked.returncode == 0, checked.stderr


def test_a_device_that_wants_no_certificate_is_known_all_the_same(
    town: Town, device: str
) -> None:
    says(town, report(device, request=None))

    assert "asks for no certificate" in town.must(*enrol(town, device))
    assert town.known(device)["state"] == "enrolled"
    assert not (town.card / "certificate.pem").exists()


def tampered(text: str) -> str:
    lines = text.splitlines()
    lines[-2] = lines[-2][:4] + ("A" if lines[-2][4] != "A" else "B") + lines[-2][5:]
    return "\n".join(lines)


V3, V7 = bytes.fromhex("a003020102"), bytes.fromhex("a003020106")
"""How a certificate says of which version it is. Source: RFC 5280, 4.1.2.1."""
WEAK = ec.generate_private_key(ec.SECP192R1())
UNBELIEVABLE = {
    "another's name": (report("tp-0002"), "is that of tp-0002"),
    "a request in another's name": (
        report("tp-0001", request=request("tp-0002")),
        "is in the name of 'tp-0002'",
    ),
    "a request that was changed": (
        report("tp-0001", request=tampered(request("tp-0001"))),
        "request: is ",
    ),
    "a key of another kind": (
        report(
            "tp-0001",
            request=request("tp-0001", ec.generate_private_key(ec.SECP192R1())),
        ),
        "is for a key of another kind",
    ),
    "no request": (report("tp-0001", request="hello"), "is no request"),
    "half a report": (report("tp-0001")[:100], "device.json: payload: is not JSON"),
    "a key of letters": (report("tp-0001", signing_key="key"), "signing_key: is no"),
}


@pytest.mark.parametrize("name", UNBELIEVABLE)
def test_a_device_is_not_believed_and_it_is_said_why(
    town: Town, device: str, name: str
) -> None:
    raw, wanted = UNBELIEVABLE[name]
    says(town, raw)

    assert wanted in town.refused(*enrol(town, device))
    assert town.known(device)["state"] == "new"
    assert not (town.card / "certificate.pem").exists()


def test_a_card_that_was_never_started_says_so(town: Town, device: str) -> None:
    assert "start the device with it once" in town.refused(*enrol(town, device))


def test_a_copy_of_a_card_is_told_from_the_first(town: Town, device: str) -> None:
    says(town, report(device))
    town.must(*enrol(town, device))
    other = town.must("new").strip()
    said = town.refused(*enrol(town, other))
    assert f"is that of {device}" in said
    says(town, report(other, signing_key="ef" * 32))
    assert f"which is {device}; revoke {device} first" in town.refused(
        *enrol(town, other)
    )
    says(town, report(other))

    assert f"has the signing key of {device}" in town.refused(*enrol(town, other))


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        ({"signing_key": "ef" * 32}, "has another signing key"),
        ({"serial": "10000000ffffffff"}, "runs on machine 10000000ffffffff"),
    ],
    ids=["a card flashed anew", "another board"],
)
def test_a_device_that_is_another_now_is_asked_about(
    town: Town, device: str, change: dict[str, str], wanted: str
) -> None:
    says(town, report(device))
    town.must(*enrol(town, device))
    says(town, report(device, **change))

    assert wanted in town.refused(*enrol(town, device))
    town.must(*enrol(town, device, "--again"))
    for key, value in change.items():
        assert town.known(device)[key] == value


def test_a_request_of_somebody_else_gets_no_certificate(
    town: Town, device: str
) -> None:
    says(town, report(device))
    town.must(*enrol(town, device))
    given = town.known(device)["certificate_sha256"]
    says(town, report(device))  # all of it as before, but the key of its request

    assert "asks with another key" in town.refused(*enrol(town, device))
    assert town.known(device)["certificate_sha256"] == given
    town.must(*enrol(town, device, "--again"))
    assert town.known(device)["certificate_sha256"] != given


def test_a_key_that_has_a_certificate_gets_another(town: Town, device: str) -> None:
    asked = request(device, ec.generate_private_key(ec.SECP256R1()))
    for _ in range(2):
        says(town, report(device, request=asked))
        town.must(*enrol(town, device))


def test_a_report_without_a_machine_is_none_of_a_known_one(
    town: Town, device: str
) -> None:
    town.must("write", device, "--boot", town.boot, "--serial", "10000000ABCDEF01")
    says(town, report(device, serial=None))

    assert "runs on machine without a number" in town.refused(*enrol(town, device))
    says(town, report(device))
    town.must(*enrol(town, device))


def test_a_wrong_passphrase_enrols_nobody(
    town: Town, device: str, tmp_path: Path
) -> None:
    says(town, report(device))
    before = town.known(device)

    done = town.run(
        *enrol(town, device), passphrase=secret_file(tmp_path / "x", "none of ours")
    )

    assert "the passphrase is wrong" in told(done)
    assert town.known(device) == before


def test_nothing_undoes_a_revocation_that_came_between(town: Town, device: str) -> None:
    says(town, report(device))
    town.must(*enrol(town, device))
    town.must("revoke", device)
    city = City(town.folder, str, str)
    with closing(city):
        newest = certificates.newest(city.inventory, device)
        assert newest is not None
        other = x509.load_pem_x509_certificate((town.folder / "ca.pem").read_bytes())
        with pytest.raises(InventoryError, match="is revoked"):
            city.inventory.change(device, state=State.WRITTEN)
        with pytest.raises(InventoryError, match="is revoked"):
            certificates.keep(city.inventory, device, other, 0.0)

        assert certificates.newest(city.inventory, device) == newest
    assert town.known(device)["state"] == "revoked"


def test_a_list_is_above_those_that_a_lost_inventory_made(town: Town) -> None:
    with closing(City(town.folder, str, str)) as city:
        told_s = (4e9, 4e9, 4e9 + 60)
        numbers = [certificates.next_list_number(city.inventory, s) for s in told_s]

    assert numbers == [4_000_000_000, 4_000_000_001, 4_000_000_060]


def test_a_certificate_of_an_unknown_version_is_none(town: Town, device: str) -> None:
    der = ssl.PEM_cert_to_DER_cert((town.folder / "ca.pem").read_text())
    bad = town.boot / "bad.pem"
    bad.write_text(ssl.DER_cert_to_PEM_cert(der.replace(V3, V7, 1)))

    assert "is no certificate" in town.refused("verify", bad)
    says(town, report(device))
    shutil.copy(bad, town.folder / "ca.pem")
    assert "is no certificate" in town.refused(*enrol(town, device))


def test_a_folder_without_a_bundle_is_no_device(
    town: Town, device: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (town.boot / device).mkdir()
    monkeypatch.chdir(town.boot)

    assert f"{device}/tallypost/bundle.json" in town.refused("verify", device)


def test_a_revoked_device_is_believed_by_nobody(town: Town, device: str) -> None:
    town.must("write", device, "--boot", town.boot)
    says(town, report(device))
    town.must(*enrol(town, device))
    certificate = town.card / "certificate.pem"
    assert "good until" in town.must("verify", device)
    assert "the newest" in town.must("verify", town.boot)

    town.must("revoke", device)

    words = ("-CAfile", town.folder / "ca.pem", "-CRLfile", town.folder / "crl.pem")
    checked = openssl("verify", "-crl_check", *words, certificate)
    assert "certificate revoked" in checked.stderr
    assert "is revoked" in town.refused("verify", device)
    assert "is revoked" in town.refused("verify", certificate)
    assert "is revoked" in town.refused("verify", town.boot)
    assert "is revoked" in town.refused("write", device, "--boot", town.boot)
    assert "is revoked" in town.refused(*enrol(town, device))


def test_a_list_of_the_revoked_grows(town: Town) -> None:
    before = int(time.time()) - 1
    for device in ("tp-0001", town.must("new").strip()):
        town.card.mkdir(exist_ok=True)
        says(town, report(device, signing_key=None))
        town.must(*enrol(town, device))
        town.must("revoke", device)

    listed = openssl("crl", "-in", town.folder / "crl.pem", "-noout", "-text").stdout

    assert listed.count("Serial Number") == 2
    number = re.search(r"X509v3 CRL Number: \n +(\d+)", listed)
    assert number is not None
    assert int(number[1]) > before


def test_verify_tells_a_changed_bundle_from_a_good_one(town: Town, device: str) -> None:
    town.must("write", device, "--boot", town.boot)
    path = town.card / "bundle.json"
    old = path.read_bytes()
    envelope = json.loads(old)
    changed = {**envelope, "payload": envelope["payload"][:-4] + "AAAA"}
    path.write_text(json.dumps(changed))

    assert "is not signed by this city's operator" in town.refused("verify", path)
    path.write_bytes(old)
    town.must("write", device, "--boot", town.boot)
    path.write_bytes(old)
    assert f"{town.known(device)['counter']} was made since" in town.refused(
        "verify", path
    )
    path.write_text("hello")
    assert "bundle.json: payload: is not JSON" in town.refused("verify", path)


def test_a_broker_lets_a_device_in_until_it_is_revoked(
    town: Town, device: str, tmp_path: Path
) -> None:
    files, key = tmp_path / "files", ec.generate_private_key(ec.SECP256R1())
    says(town, report(device, request=request(device, key)))
    town.must(*enrol(town, device))
    own = tmp_path / "device.key"
    own.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    tls = ssl.create_default_context(cafile=town.folder / "ca.pem")
    tls.load_cert_chain(town.card / "certificate.pem", own)
    town.must("broker", "localhost", "127.0.0.1", "--out", files)
    broker = Mosquitto(
        tmp_path / "broker",
        f"cafile {files}/ca.pem\ncrlfile {files}/crl.pem\n"
        f"certfile {files}/broker.pem\nkeyfile {files}/broker.key\n"
        "require_certificate true\nuse_identity_as_username true",
    ).start()
    try:
        address = Address(host="127.0.0.1", port=broker.port, tls=tls)
        Connection(address, "tallypost/#").close()
        town.must("revoke", device)
        broker.stop()
        shutil.copy(town.folder / "crl.pem", files)
        broker.start()
        with (
            socket.create_connection(("127.0.0.1", broker.port), 20) as raw,
            tls.wrap_socket(raw, server_hostname="localhost") as link,
            pytest.raises(ssl.SSLError, match="revoked"),
        ):
            link.recv(1)
    finally:
        broker.stop()


class OnLine:
    """A device that answers commands as the firmware does.

    Args:
        broker: Where.
        operator: Whom it heeds.
    """

    def __init__(self, broker: Mosquitto, operator: bytes) -> None:
        self.taken = ""
        self._operator = operator
        self._ready = threading.Event()
        self._client = client = paho.Client(CallbackAPIVersion.VERSION2)
        client.on_message = self._on_message
        client.on_subscribe = lambda *_: self._ready.set()
        client.connect("127.0.0.1", broker.port)
        client.subscribe("tallypost/tp-0001/command", 1)
        client.loop_start()
        assert self._ready.wait(20)

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def _on_message(self, _client: Any, _data: Any, message: Any) -> None:
        sealed = read_envelope(message.payload, Purpose.COMMAND, bytes_max=65536)
        assert sealed.signed_by(self._operator)
        order = decode_order(sealed.body)
        asked, outcome = None, Outcome.DONE
        if isinstance(order.command, NewTlsKey):
            asked = request("tp-0001")
        elif isinstance(order.command, TakeCertificate):
            self.taken = order.command.certificate
        reply = Reply(
            device="tp-0001", outcome=outcome, counter=order.counter, request=asked
        )
        self._client.publish("tallypost/tp-0001/reply", encode_reply(reply), 1)


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    broker = Mosquitto(tmp_path / "broker").start()
    yield broker
    broker.stop()


def test_a_device_on_line_gets_its_certificate_there(
    town: Town, device: str, broker: Mosquitto, tmp_path: Path
) -> None:
    operator = public_key_of((town.folder / "operator.pub").read_bytes())
    assert operator is not None
    on_line = OnLine(broker, operator)
    way = ("--host", "127.0.0.1", "--port", broker.port, "--no-tls")
    try:
        town.must("enrol", device, *way, "--wait-s", 30)
    finally:
        on_line.close()

    taken = tmp_path / "taken.pem"
    taken.write_text(on_line.taken)
    checked = openssl("verify", "-CAfile", town.folder / "ca.pem", taken)
    assert checked.returncode == 0, checked.stderr
    assert town.known(device)["state"] == "enrolled"
    silent = town.refused("enrol", device, *way, "--wait-s", 0.2)
    assert "no answer within 0.2 s" in silent
