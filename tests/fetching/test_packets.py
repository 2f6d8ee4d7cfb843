"""A camera's packets over HTTP: taken as they are, and never decoded."""

import http.server
import threading
import traceback
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

import pytest

from tallypost.errors import CameraError, CameraUnavailableError, FootageError
from tallypost.fetching.packets import Packets
from tallypost.vision.camera.sources import Stream

SECRET = "S3cret"


class Camera(http.server.BaseHTTPRequestHandler):
    """Answers /cam with ten pictures, /film with a recording, else with an error."""

    picture: bytes
    recording: bytes

    def do_GET(self) -> None:
        if self.path == "/cam":
            self.answer("multipart/x-mixed-replace;boundary=next")
            for _ in range(10):
                self.wfile.write(
                    b"--next\r\nContent-Type: image/jpeg\r\nContent-Length: "
                    + f"{len(self.picture)}\r\n\r\n".encode()
                    + self.picture
                    + b"\r\n"
                )
        elif self.path == "/garbage":
            self.answer("video/mp4")
            self.wfile.write(b"garbage" * 10_000)
        elif self.path == "/film":
            self.answer("video/mp4", len(self.recording))
            self.wfile.write(self.recording)
        else:
            self.send_error(int(self.path[1:]))

    def answer(self, kind: str, length: int | None = None) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        if length is not None:
            self.send_header("Content-Length", str(length))
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""


@pytest.fixture
def address(
    draw_picture: Callable[..., Path], draw_video: Callable[..., Path]
) -> Iterator[str]:
    Camera.picture = draw_picture("a.jpg").read_bytes()
    Camera.recording = draw_video(
        "a.mp4", options={"movflags": "faststart"}
    ).read_bytes()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Camera)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield f"http://admin:{SECRET}@127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join(10)


def fetch(address: str) -> Packets:
    return Packets(Stream("the camera", address), 2.0)


def test_packets_are_what_the_camera_sent(address: str) -> None:
    packets = fetch(f"{address}/cam")

    assert packets.codec.name == "mjpeg"
    assert [bytes(packet) for packet in islice(packets, 3)] == [Camera.picture] * 3


def test_no_picture_is_decoded_to_find_out_what_they_are(address: str) -> None:
    """How its colours lie is told by nothing but a picture that was decoded."""
    packets = fetch(f"{address}/cam")

    assert packets._stream.codec_context.pix_fmt is None
    assert packets.codec.pixels == 0


@pytest.mark.parametrize(
    ("path", "kind", "fact"),
    [
        pytest.param("401", CameraUnavailableError, "this user", id="unknown user"),
        pytest.param("404", CameraUnavailableError, "of this path", id="no path"),
        pytest.param("garbage", CameraUnavailableError, "cannot be read", id="garbage"),
        pytest.param("film", FootageError, "is a recording", id="recording"),
    ],
)
def test_what_is_no_stream_is_told_without_the_password(
    address: str, path: str, kind: type[CameraError], fact: str
) -> None:
    with pytest.raises(kind, match=fact) as caught:
        fetch(f"{address}/{path}")

    assert SECRET not in "".join(traceback.format_exception(caught.value))
