"""A stream over HTTP, as many a camera gives it: one JPEG after another."""

import http.server
import threading
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tallypost.board.linux import LinuxBoard
from tallypost.domain.vision import Size
from tallypost.errors import CameraError, CameraUnavailableError, FootageError
from tallypost.vision.camera.video import VideoCamera

SECRET = "S3cret"


class Camera(http.server.BaseHTTPRequestHandler):
    """Answers /cam with pictures until it is told to stop, /film with a recording."""

    pictures: bytes
    recording: bytes
    stop: threading.Event

    def do_GET(self) -> None:
        if self.path.startswith("/film"):
            self.send_response(200)
            self.send_header("Content-Length", str(len(self.recording)))
            self.end_headers()
            self.wfile.write(self.recording)
        elif self.path == "/cam":
            self.give_pictures()
        else:
            self.send_error(int(self.path[1:]))

    def give_pictures(self) -> None:
        self.send_response(200)
        kind = "multipart/x-mixed-replace;boundary=next"
        self.send_header("Content-Type", kind)
        self.end_headers()
        length = len(self.pictures)
        head = f"--next\r\nContent-Type: image/jpeg\r\nContent-Length: {length}"
        try:
            while not self.stop.wait(0.05):
                self.wfile.write(head.encode() + b"\r\n\r\n" + self.pictures + b"\r\n")
        except OSError:
            return  # the reader has gone

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""


@pytest.fixture
def server(
    draw_picture: Callable[..., Path], draw_video: Callable[..., Path]
) -> Iterator[http.server.ThreadingHTTPServer]:
    Camera.pictures = draw_picture("a.jpg").read_bytes()
    Camera.recording = draw_video(
        "a.mp4", options={"movflags": "faststart"}
    ).read_bytes()
    Camera.stop = threading.Event()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Camera)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield server
    Camera.stop.set()
    server.shutdown()
    server.server_close()
    thread.join(60)


def watch(server: http.server.ThreadingHTTPServer, path: str) -> VideoCamera:
    return VideoCamera(
        source=f"http://127.0.0.1:{server.server_port}/{path}",
        fit=Size(32, 32),
        board=LinuxBoard(),
        credentials=("admin", SECRET),
        timeout_s=2.0,
    )


def test_pictures_over_http_are_a_live_stream_that_is_found_again(
    server: http.server.ThreadingHTTPServer,
) -> None:
    camera = watch(server, "cam")
    try:
        frames = [camera.read(2) for _ in range(5)]
        Camera.stop.set()
        while camera.read(0.3) is not None:
            pass
        Camera.stop.clear()
        later = camera.read(5)

        assert {frame and frame.scene for frame in frames} == {Size(64, 48)}
        assert not camera.ended
        assert later is not None
        assert frames[-1] is not None
        assert later.time_s > frames[-1].time_s
    finally:
        camera.close()


@pytest.mark.parametrize(
    ("path", "kind", "fact"),
    [
        pytest.param("401", CameraUnavailableError, "this user", id="unknown user"),
        pytest.param("403", CameraUnavailableError, "this user", id="forbidden"),
        pytest.param("404", CameraUnavailableError, "of this path", id="no path"),
        pytest.param("400", CameraUnavailableError, "refuses what", id="bad request"),
        pytest.param("503", CameraUnavailableError, "cannot serve now", id="too soon"),
        pytest.param("film.mp4", FootageError, "is a recording", id="recording"),
    ],
)
def test_what_is_no_stream_is_told_without_the_password(
    server: http.server.ThreadingHTTPServer,
    path: str,
    kind: type[CameraError],
    fact: str,
) -> None:
    with pytest.raises(kind, match=fact) as caught:
        watch(server, path)

    assert SECRET not in "".join(traceback.format_exception(caught.value))
    assert caught.value.__context__ is None
