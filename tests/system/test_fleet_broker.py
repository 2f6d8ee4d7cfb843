"""The broker for a fleet that docs/mqtt.md shows, tried as it stands there."""

import json
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple, Self

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from tallypost.board.linux import LinuxBoard
from tallypost.telemetry.codec.message import Message, Subject
from tallypost.telemetry.uplink.base import Downlink, DownlinkKind, Outcome
from tallypost.telemetry.uplink.broker import Broker, TlsFiles
from tallypost.telemetry.uplink.mqtt import MqttUplink
from tests.servers.certificates import Authority
from tests.servers.mosquitto import Mosquitto
from tests.telemetry.listening import QUICK, is_up, until

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"


class Fleet(NamedTuple):
    """A broker as on the page, and ways to come to it."""

    broker: Mosquitto
    authority: Authority
    stack: ExitStack

    def device(self, name: str, on_downlink: Callable[[Downlink], None]) -> MqttUplink:
        certificate, key = self.authority.issue(name)
        uplink = MqttUplink(
            Broker(
                host="localhost",
                port=self.broker.port,
                tls=TlsFiles(
                    ca_file=self.authority.file,
                    certificate_file=certificate,
                    key_file=key,
                ),
            ),
            device=name,
            on_downlink=on_downlink,
            pace=QUICK,
            board=LinuxBoard(),
        )
        self.stack.callback(uplink.close)
        until(lambda: is_up(uplink))
        return uplink

    def somebody(self, name: str) -> "Somebody":
        return self.stack.enter_context(Somebody(self, name))


class Somebody:
    """A client with a certificate of the fleet that is not ours."""

    def __init__(self, fleet: Fleet, name: str) -> None:
        self.heard: list[tuple[str, bytes]] = []
        self.refused: list[str] = []
        certificate, key = fleet.authority.issue(name)
        self._client = paho.Client(
            CallbackAPIVersion.VERSION2, name, protocol=paho.MQTTv5
        )
        self._client.tls_set(str(fleet.authority.file), str(certificate), str(key))
        self._client.on_message = lambda _c, _u, message: self.heard.append(
            (message.topic, bytes(message.payload))
        )
        self._client.on_publish = self._note
        self._subscribed = False
        self._client.on_subscribe = lambda *_: setattr(self, "_subscribed", True)
        self._client.connect("localhost", fleet.broker.port)
        self._client.loop_start()
        self._client.subscribe("#", 1)
        until(lambda: self._subscribed)

    def _note(self, *told: Any) -> None:
        if told[3].is_failure:
            self.refused.append(str(told[3]))

    def may_write(self, topic: str) -> bool:
        before = len(self.refused)
        self._client.publish(topic, b"x", 1).wait_for_publish(10)
        time.sleep(0.05)
        return len(self.refused) == before

    def say(self, topic: str, payload: bytes) -> None:
        self._client.publish(topic, payload, 1).wait_for_publish(10)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.disconnect()
        self._client.loop_stop()


@pytest.fixture
def fleet(tmp_path: Path) -> Iterator[Fleet]:
    authority = Authority(tmp_path / "authority", "authority")
    certificate, key = authority.issue("server")
    files = {
        "authority.pem": authority.file,
        "server.pem": certificate,
        "server.key": key,
        "revoked.pem": authority.revoke(),
    }
    with ExitStack() as stack:
        broker = as_on_the_page(tmp_path / "m", files)
        stack.callback(broker.stop)
        yield Fleet(broker.start(), authority, stack)


def as_on_the_page(folder: Path, files: dict[str, Path]) -> Mosquitto:
    files = files | {"acl": EXAMPLES / "acl"}
    told = (EXAMPLES / "mosquitto.conf").read_text()
    for name, file in files.items():
        told = told.replace(f"/etc/mosquitto/tallypost/{name}", str(file))
    assert "/etc" not in told
    # What the test's broker says itself: where it listens and what it keeps.
    ours = r"^(listener|persistence|persistence_location|autosave\w*) .*\n"
    return Mosquitto(folder, re.sub(ours, "", told, flags=re.MULTILINE))


def test_a_device_writes_to_all_its_topics_and_the_backend_reads_them(
    fleet: Fleet,
) -> None:
    backend = fleet.somebody("backend")
    uplink = fleet.device("tp-1", lambda _: None)
    sent = [Message(subject, 1, subject.encode()) for subject in Subject]
    outcomes = {receipt.outcome for receipt in uplink.send(sent)}
    assert outcomes == {Outcome.DELIVERED}
    until(lambda: len(backend.heard) == len(Subject) + 1)
    topics = {topic for topic, _ in backend.heard}
    assert topics == {f"tallypost/tp-1/{last}" for last in (*Subject, "status")}


def test_a_device_writes_to_nobody_elses_topics_and_reads_no_others(
    fleet: Fleet,
) -> None:
    fleet.device("tp-1", lambda _: None).send([Message(Subject.KPI, 1, b"x")])
    other = fleet.somebody("tp-2")
    assert other.may_write("tallypost/tp-2/kpi")
    for topic in (
        "tallypost/tp-1/kpi",
        "tallypost/tp-1/status",
        "tallypost/tp-1/command",
        "tallypost/tp-2/command",
        "tallypost/tp-2/picture",
        "elsewhere",
    ):
        assert not other.may_write(topic), topic
    time.sleep(0.3)
    assert other.heard == []


def test_the_operator_speaks_to_devices_and_the_backend_only_listens(
    fleet: Fleet,
) -> None:
    heard: list[Downlink] = []
    fleet.device("tp-1", heard.append)
    operator, backend = fleet.somebody("operator"), fleet.somebody("backend")
    for kind in DownlinkKind:
        operator.say(f"tallypost/tp-1/{kind}", b"do")
        assert not backend.may_write(f"tallypost/tp-1/{kind}")
    assert not operator.may_write("tallypost/tp-1/kpi")
    until(lambda: len(heard) == 3)
    assert [downlink.kind for downlink in heard] == list(DownlinkKind)


def test_nobody_gets_in_without_a_certificate_or_with_one_that_was_taken_back(
    fleet: Fleet,
) -> None:
    certificate, _ = fleet.authority.issue("tp-9")
    fleet.authority.revoke(certificate)
    fleet.broker.stop()
    fleet.broker.start()
    for names in ((), ("tp-9",)):
        files = (
            [certificate, certificate.with_suffix(".key")] if names else [None, None]
        )
        uplink = MqttUplink(
            Broker(
                host="localhost",
                port=fleet.broker.port,
                tls=TlsFiles(
                    ca_file=fleet.authority.file,
                    certificate_file=files[0],
                    key_file=files[1],
                ),
            ),
            device="tp-9",
            pace=QUICK,
            board=LinuxBoard(),
        )
        until(lambda: uplink.health.last_trouble is not None)  # noqa: B023
        assert uplink.health.connects == 0
        uplink.close()


def test_the_certificates_that_the_page_makes_and_takes_back_are_good_for_its_broker(
    tmp_path: Path,
) -> None:
    def shell(*words: str) -> None:
        subprocess.run(words, cwd=tmp_path, check=True, capture_output=True)

    script = (EXAMPLES / "certificates.sh").read_text()
    host = "broker.example.org"
    (tmp_path / "here.sh").write_text(script.replace(host, "localhost"))
    shell("sh", "here.sh", "tp-1")
    shell("sh", "here.sh", "tp-7f3a91")
    names = ("authority.pem", "server.pem", "server.key", "revoked.pem")
    files = {name: tmp_path / name for name in names}
    for certificate in ("server.pem", "tp-1.pem"):
        shell("openssl", "verify", "-x509_strict", "-CAfile", names[0], certificate)
    broker = as_on_the_page(tmp_path / "m", files).start()

    def connects(name: str) -> int:
        uplink = MqttUplink(
            Broker(
                host="localhost",
                port=broker.port,
                tls=TlsFiles(
                    ca_file=files["authority.pem"],
                    certificate_file=tmp_path / f"{name}.pem",
                    key_file=tmp_path / f"{name}.key",
                ),
            ),
            device=name,
            pace=QUICK,
            board=LinuxBoard(),
        )
        until(lambda: is_up(uplink) or uplink.health.last_trouble is not None)
        uplink.close()
        return uplink.health.connects

    try:
        assert [connects("tp-1"), connects("tp-7f3a91")] == [1, 1]
        page = (EXAMPLES.parent / "mqtt.md").read_text()
        commands = re.findall(r"^    (openssl ca .*)$", page, flags=re.MULTILINE)
        assert len(commands) == 2
        for command in commands:
            shell(*command.split())
        broker.stop()
        broker.start()
        assert [connects("tp-1"), connects("tp-7f3a91")] == [1, 0]
    finally:
        broker.stop()


def test_the_program_on_the_page_answers_a_device_that_asks_the_time(
    tmp_path: Path,
) -> None:
    broker = Mosquitto(tmp_path / "m").start()
    told: list[Downlink] = []
    answering = subprocess.Popen(
        [sys.executable, EXAMPLES / "answer_time.py", "127.0.0.1", str(broker.port)]
    )
    uplink = MqttUplink(
        Broker(host="127.0.0.1", port=broker.port),
        device="tp-1",
        on_downlink=told.append,
        pace=QUICK,
        board=LinuxBoard(),
    )
    try:
        until(lambda: is_up(uplink))
        until(lambda: "tallypost/+/time/request" in broker.log.read_text())
        question = Message(Subject.TIME_REQUEST, 1, b'{"nonce": "abc"}')
        assert uplink.send([question])[0].outcome is Outcome.DELIVERED
        until(lambda: bool(told))
    finally:
        answering.terminate()
        answering.wait(60)
        uplink.close()
        broker.stop()
    assert told[0].kind is DownlinkKind.TIME
    answer = json.loads(told[0].payload)
    assert answer["nonce"] == "abc"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z", answer["utc"])
