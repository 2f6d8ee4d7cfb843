"""Who fetches, as the daemon starts it: a process of its own beside a real camera."""

import http.server
import os
import signal
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from tallypost.board.simulated import SimulatedBoard
from tallypost.daemon.fetcher import TOLD_EVERY_S, answered
from tallypost.daemon.handover import Handover
from tallypost.domain.records import Provenance
from tallypost.exits import CAMERA, MEND_IT
from tallypost.vision.camera.hatch import BLOCK_BYTES, Assembly, Kind, Message
from tallypost.vision.camera.sources import Stream
from tallypost.wall.frame import Alphabet
from tests.servers.certificates import Authority
from tests.system.house import wait_until

SETTINGS = """\
device = "tp-test"

[camera]
kind = "video"
source = "{source}"
timeout_s = 1.0

[uplink]
kind = "none"
"""
FILTERED = "2"


class Camera(http.server.BaseHTTPRequestHandler):
    """Answers /cam with pictures until nobody listens, and says less elsewhere."""

    picture: bytes
    end: threading.Event
    asked: int
    late: bool

    def do_GET(self) -> None:
        Camera.asked += 1
        if Camera.late:
            return
        self.send_response(200)
        kind = "multipart/x-mixed-replace;boundary=next"
        self.send_header("Content-Type", kind)
        self.end_headers()
        with suppress(OSError):  # the reader has gone
            while not self.end.wait(0.05) and self.path != "/silent":
                self.wfile.write(b"--next\r\nContent-Type: image/jpeg\r\n\r\n")
                self.wfile.write(self.picture + b"\r\n")
            self.end.wait()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""


@pytest.fixture(scope="module")
def picture() -> bytes:
    """Return a JPEG."""
    encoder = av.CodecContext.create("mjpeg", "w")
    assert isinstance(encoder, av.VideoCodecContext)
    encoder.width, encoder.height, encoder.pix_fmt = 64, 48, "yuvj420p"
    encoder.framerate = Fraction(10)
    drawn = np.random.default_rng(1).integers(0, 255, (48, 64, 3), np.uint8)
    frame = av.VideoFrame.from_ndarray(drawn, "rgb24").reformat(format="yuvj420p")
    return b"".join(map(bytes, encoder.encode(frame) + encoder.encode(None)))


Serve = Callable[..., str]


@pytest.fixture
def serve(picture: bytes, tmp_path: Path) -> Iterator[Serve]:
    """Serve pictures; return the camera's address."""
    Camera.picture, Camera.end = picture, threading.Event()
    Camera.asked, Camera.late = 0, False
    servers = []

    def start(scheme: str = "http") -> str:
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Camera)
        if scheme == "https":
            certificate, key = Authority(tmp_path / "ca", "ca").issue("camera")
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate, key)
            server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        servers.append((server, thread))
        return f"{scheme}://127.0.0.1:{server.server_port}"

    yield start
    Camera.end.set()
    for server, thread in servers:
        server.shutdown()
        server.server_close()
        thread.join(10)


class Fetcher:
    """The process and the inner side of its hatch."""

    def __init__(self, folder: Path, source: str) -> None:
        settings = folder / "tallypost.toml"
        settings.write_text(SETTINGS.format(source=source), "utf-8")
        self.inner, outer = os.pipe()
        self._assembly = Assembly()
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", "tallypost", "fetcher"),
                *("--hatch", str(outer), "--settings", str(settings)),
            ],
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
            pass_fds=[outer],
        )
        os.close(outer)
        assert self.process.stdin is not None
        self.process.stdin.write(handover().to_json())
        self.process.stdin.close()

    def message(self) -> Message | None:
        """Return the next message; None: it has ended."""
        while block := os.read(self.inner, BLOCK_BYTES):
            if message := self._assembly.take(block):
                return message
        return None

    def complaint(self) -> str:
        """Return its first complaint."""
        assert self.process.stderr is not None
        return self.process.stderr.readline().decode()

    def ended(self) -> tuple[int, str]:
        """Return its exit code and its complaints, once it has ended."""
        assert self.process.stderr is not None
        complaints = self.process.stderr.read().decode()
        return self.process.wait(30.0), complaints


def handover() -> Handover:
    return Handover(
        device="tp-test",
        daemon=os.getpid(),
        paced=True,
        interval_s=60.0,
        intervals_per_minute=2.0,
        alphabet=Alphabet(classes=("person",), elements={}),
        provenance=Provenance(model="sha256:aa", site="sha256:bb", firmware="0.1.0"),
        fetched=True,
    )


@pytest.fixture
def fetch(tmp_path: Path) -> Iterator[Callable[[str], Fetcher]]:
    fetchers: list[Fetcher] = []

    def start(source: str) -> Fetcher:
        fetchers.append(Fetcher(tmp_path, source))
        return fetchers[-1]

    yield start
    for each in fetchers:
        each.process.kill()
        each.process.wait()
        assert each.process.stderr is not None
        each.process.stderr.close()
        os.close(each.inner)


Fetch = Callable[[str], Fetcher]


def test_a_camera_is_fetched_from_by_who_is_locked_in(
    serve: Serve, fetch: Fetch, picture: bytes
) -> None:
    fetcher = fetch(f"{serve('https')}/cam")

    messages = [fetcher.message() for _ in range(20)]

    status = Path(f"/proc/{fetcher.process.pid}/status").read_text("ascii")
    assert f"Seccomp:\t{FILTERED}" in status
    assert messages[0] is not None
    assert messages[0].kind is Kind.CODEC
    assert {bytes(each.content) for each in messages[1:] if each} == {picture}


def test_a_camera_that_falls_silent_ends_who_fetches(
    serve: Serve, fetch: Fetch
) -> None:
    fetcher = fetch(f"{serve()}/cam")
    assert fetcher.message() is not None
    Camera.end.set()

    while fetcher.message() is not None:
        pass
    assert fetcher.ended() == (CAMERA, "")


def test_a_camera_that_says_nothing_is_told_and_tried_again(
    serve: Serve, fetch: Fetch
) -> None:
    camera = serve()
    fetcher = fetch(f"{camera}/silent")

    complaint = fetcher.complaint()

    assert "/silent: is silent" in complaint
    assert wait_until(lambda: Camera.asked > 1), "it tries again"
    fetcher.process.terminate()
    assert fetcher.ended() == (-signal.SIGTERM, ""), "it was told once"


def test_a_camera_that_answers_late_is_fetched_from(serve: Serve, fetch: Fetch) -> None:
    Camera.late = True
    fetcher = fetch(f"{serve()}/cam")
    assert "does not answer" in fetcher.complaint()
    Camera.late = False

    message = fetcher.message()

    assert message is not None
    assert message.kind is Kind.CODEC


class Night(SimulatedBoard):
    """Ends after ten hours."""

    def __init__(self) -> None:
        super().__init__()
        self.waits_s: list[float] = []

    def wait(self, seconds: float) -> None:
        if self.monotonic_s() >= 10 * 3600:
            raise StopIteration
        self.waits_s.append(seconds)
        super().wait(seconds)


def test_a_night_without_an_answer_is_told_once_an_hour_and_tried_once_a_minute(
    caplog: pytest.LogCaptureFixture,
) -> None:
    night = Night()
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{nobody.getsockname()[1]}/cam"
        with pytest.raises(StopIteration):
            answered(Stream(address, address), 1.0, night)

    assert night.waits_s[:8] == [1, 2, 4, 8, 16, 32, 60, 60]
    assert set(night.waits_s[8:]) == {60}
    assert len(caplog.messages) == 1 + 10 * 3600 / TOLD_EVERY_S
    assert all("refuses the connection" in each for each in caplog.messages)


def test_settings_without_a_camera_of_the_network_are_refused(
    tmp_path: Path, fetch: Fetch
) -> None:
    film = tmp_path / "film.mp4"
    film.write_bytes(b"film")

    code, complaints = fetch(str(film)).ended()

    assert code == MEND_IT
    assert "none of the network" in complaints
