"""TLS: whom we trust, who we are, and what is said when that fails."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tallypost.board.linux import LinuxBoard
from tallypost.errors import UplinkError
from tallypost.telemetry.uplink.base import Outcome
from tallypost.telemetry.uplink.broker import Broker, TlsFiles
from tallypost.telemetry.uplink.mqtt import MqttUplink
from tests.servers.certificates import Authority
from tests.servers.mosquitto import Mosquitto
from tests.telemetry.listening import QUICK, records, until

# paho leaves a socket whose handshake failed to Python, which closes it at once.
pytestmark = [
    pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

Connect = Callable[..., MqttUplink]
Serve = Callable[..., int]


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"), "the-city")


@pytest.fixture
def serve(authority: Authority, tmp_path: Path) -> Iterator[Serve]:
    """Start a broker with a certificate of its own; return its port."""
    started: list[Mosquitto] = []

    def start(*, mutual: bool = False, **certificate: object) -> int:
        file, key = authority.issue("server", **certificate)  # type: ignore[arg-type]
        broker = Mosquitto(
            tmp_path / "m",
            f"allow_anonymous true\ncertfile {file}\nkeyfile {key}\n"
            f"cafile {authority.file}\n"
            f"require_certificate {str(mutual).lower()}\n",
        )
        started.append(broker.start())
        return broker.port

    yield start
    for broker in started:
        broker.stop()


def broker(port: int, ca_file: Path, *ours: Path, host: str = "localhost") -> Broker:
    certificate_file, key_file = ours or (None, None)
    files = TlsFiles(
        ca_file=ca_file, certificate_file=certificate_file, key_file=key_file
    )
    return Broker(host=host, port=port, tls=files)


def why_down(uplink: MqttUplink) -> str:
    until(lambda: uplink._link._reason not in ("", "not connected yet"))
    return uplink._link._reason


def test_a_broker_that_our_authority_vouches_for_is_trusted(
    serve: Serve, authority: Authority, connect: Connect
) -> None:
    uplink = connect(broker(serve(), authority.file))
    receipts = uplink.send(records(*[b"x" * 1000] * 100))
    assert {receipt.outcome for receipt in receipts} == {Outcome.DELIVERED}


def test_our_own_certificate_lets_us_in(
    serve: Serve, authority: Authority, connect: Connect
) -> None:
    port = serve(mutual=True)
    uplink = connect(broker(port, authority.file, *authority.issue("tp-1")))
    assert uplink.send(records(b"x"))[0].outcome is Outcome.DELIVERED


def test_a_broker_that_wants_our_certificate_says_so(
    serve: Serve, authority: Authority, connect: Connect
) -> None:
    uplink = connect(broker(serve(mutual=True), authority.file), up=False)
    assert "wants a client's certificate; name certificate_file" in why_down(uplink)


def test_a_certificate_of_another_authority_is_told(
    serve: Serve, authority: Authority, connect: Connect, tmp_path: Path
) -> None:
    port = serve(mutual=True)
    stranger = Authority(tmp_path / "stranger", "stranger")
    assert "ca_file does not name" in why_down(
        connect(broker(port, stranger.file), up=False)
    )
    uplink = connect(broker(port, authority.file, *stranger.issue("tp-1")), up=False)
    assert "certificate_file" in why_down(uplink)


@pytest.mark.parametrize(
    ("certificate", "said"),
    [
        ({"days": (2, 5)}, "not valid yet; is the device's clock right?"),
        ({"days": (-5, -2)}, "expired; renew it, or set the device's clock right"),
        ({"hosts": "DNS:broker.example"}, "for another host"),
    ],
    ids=["not-yet-valid", "expired", "another-host"],
)
def test_what_is_wrong_with_the_brokers_certificate_is_told(
    certificate: dict[str, object],
    said: str,
    serve: Serve,
    authority: Authority,
    connect: Connect,
) -> None:
    port = serve(**certificate)
    assert said in why_down(connect(broker(port, authority.file), up=False))


def test_an_address_that_the_certificate_does_not_name_is_told(
    serve: Serve, authority: Authority, connect: Connect
) -> None:
    port = serve(hosts="DNS:localhost")
    uplink = connect(broker(port, authority.file, host="127.0.0.1"), up=False)
    assert "for another address" in why_down(uplink)


def test_tls_to_a_port_in_the_clear_is_told(
    mosquitto: Mosquitto, authority: Authority, connect: Connect
) -> None:
    uplink = connect(broker(mosquitto.port, authority.file), up=False)
    assert why_down(uplink).startswith(
        ("TLS: it does not speak TLS", "the connection was cut")
    )


def test_the_clear_to_a_port_of_tls_is_told(serve: Serve, connect: Connect) -> None:
    uplink = connect(serve(), up=False)
    assert "the connection was cut" in why_down(uplink)


def _no_such_file(folder: Path, _authority: Authority) -> TlsFiles:
    return TlsFiles(ca_file=folder / "none.pem")


def _no_certificate(folder: Path, _authority: Authority) -> TlsFiles:
    (folder / "text").write_text("hello")
    return TlsFiles(ca_file=folder / "text")


def _keys_that_do_not_fit(_folder: Path, authority: Authority) -> TlsFiles:
    return TlsFiles(
        ca_file=authority.file,
        certificate_file=authority.issue("one")[0],
        key_file=authority.issue("two")[1],
    )


@pytest.mark.parametrize(
    ("files", "said"),
    [
        (_no_such_file, "none.pem: No such file"),
        (_no_certificate, "holds no certificates"),
        (_keys_that_do_not_fit, "do not fit together"),
    ],
)
def test_files_that_cannot_be_used_are_told_before_the_first_connection(
    files: Callable[[Path, Authority], TlsFiles],
    said: str,
    tmp_path: Path,
    authority: Authority,
) -> None:
    with pytest.raises(UplinkError, match=said):
        MqttUplink(
            Broker(host="localhost", tls=files(tmp_path, authority)),
            device="tp-1",
            pace=QUICK,
            board=LinuxBoard(),
        )
