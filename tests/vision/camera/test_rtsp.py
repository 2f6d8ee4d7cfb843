"""A stream from a real RTSP server that is killed, frozen, locked and changed."""

import subprocess
import sys
import textwrap
import threading
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tallypost.board.linux import LinuxBoard
from tallypost.domain.vision import Frame, Size
from tallypost.errors import CameraUnavailableError
from tallypost.vision.camera.video import VideoCamera
from tests.servers.rtsp import WISH, RtspServer, is_at_hand

FIT = Size(64, 64)
PASSWORD = "S3c/r@t#x"
SECRET = "S3cret"
WRONG = "al5o-wr0ng"


@pytest.fixture(scope="module", autouse=True)
def _rtsp_at_hand() -> None:
    if not is_at_hand():
        pytest.skip(WISH)


@pytest.fixture
def serve() -> Iterator[Callable[..., RtspServer]]:
    servers: list[RtspServer] = []

    def start(*arguments: str) -> RtspServer:
        servers.append(RtspServer(*arguments))
        return servers[-1]

    yield start
    for server in servers:
        server.kill()


@pytest.fixture
def watch() -> Iterator[Callable[..., VideoCamera]]:
    cameras: list[VideoCamera] = []

    def start(address: str, **options: object) -> VideoCamera:
        arguments = {"timeout_s": 1.0, **options}
        cameras.append(
            VideoCamera(source=address, fit=FIT, board=LinuxBoard(), **arguments)  # type: ignore[arg-type]
        )
        return cameras[-1]

    yield start
    for camera in cameras:
        camera.close()


def next_frame(camera: VideoCamera, patience_s: float = 15.0) -> Frame:
    """Return the next frame, waiting through a lost connection."""
    for _ in range(int(patience_s / 0.5)):
        frame = camera.read(0.5)
        if frame is not None:
            return frame
    pytest.fail(f"no frame in {patience_s} s")


def drain(camera: VideoCamera) -> None:
    """Read until the connection is seen to be lost."""
    while (frame := camera.read(0.7)) is not None:
        frame.erase()


def connections(server: RtspServer) -> set[str]:
    """Return our ends of the connections to a server that stand."""
    established, far = "01", f":{int(server.port):04X}"
    lines = Path("/proc/net/tcp").read_text().splitlines()[1:]
    return {
        near
        for _, near, remote, state, *_ in map(str.split, lines)
        if remote.endswith(far) and state == established
    }


def told(error: BaseException) -> str:
    return "".join(traceback.format_exception(error)) + repr(error.__context__)


def test_a_stream_is_watched_live(
    serve: Callable[..., RtspServer], watch: Callable[..., VideoCamera]
) -> None:
    board = LinuxBoard()
    camera = watch(serve().address)
    camera.read(5)
    frames = [next_frame(camera) for _ in range(15)]

    assert {frame.scene for frame in frames} == {Size(160, 120)}
    assert {frame.pixels.shape for frame in frames} == {(48, 64, 3)}
    times = [frame.time_s for frame in frames]
    assert times == sorted(set(times))
    assert (times[-1] - times[0]) / 14 == pytest.approx(1 / 15, rel=0.3)
    assert abs(board.monotonic_s() - times[-1]) < 1.0
    assert not camera.ended


def test_a_reader_who_is_slow_gets_the_latest_and_the_rest_is_counted(
    serve: Callable[..., RtspServer], watch: Callable[..., VideoCamera]
) -> None:
    board = LinuxBoard()
    camera = watch(serve().address)
    before = camera.dropped
    board.wait(1.0)

    frame = next_frame(camera)

    assert camera.dropped - before >= 5
    assert board.monotonic_s() - frame.captured_monotonic_s < 0.4


def test_a_killed_server_is_found_again_with_another_size(
    serve: Callable[..., RtspServer],
    watch: Callable[..., VideoCamera],
    capfd: pytest.CaptureFixture[str],
) -> None:
    """PyAV ends such a stream without an exception; FFmpeg likes to write of it."""
    lock = ("--user", "admin", "--password", SECRET)
    server = serve(*lock)
    camera = watch(server.address, credentials=("admin", SECRET))
    last = next_frame(camera)
    server.kill()
    drain(camera)
    assert camera.read(0.3) is None
    assert not camera.ended

    serve(*lock, "--port", server.port, "--size", "96x128")
    frame = next_frame(camera)

    assert frame.scene == camera.scene == Size(96, 128)
    assert frame.pixels.shape == (64, 48, 3)
    assert frame.time_s > last.time_s
    assert capfd.readouterr() == ("", "")


def test_a_frozen_server_is_left_and_found_again(
    serve: Callable[..., RtspServer], watch: Callable[..., VideoCamera]
) -> None:
    server = serve()
    camera = watch(server.address)
    next_frame(camera)
    (connection,) = connections(server)
    server.freeze()
    began_s = LinuxBoard().monotonic_s()
    while connection in connections(server):
        camera.read(0.1)
    assert LinuxBoard().monotonic_s() - began_s < 2.0
    assert camera.read(0.1) is None
    assert not camera.ended
    server.thaw()

    later = next_frame(camera)

    assert LinuxBoard().monotonic_s() - later.time_s < 2


def test_closing_beside_a_frozen_server_takes_about_a_second(
    serve: Callable[..., RtspServer], watch: Callable[..., VideoCamera]
) -> None:
    board = LinuxBoard()
    server = serve()
    camera = watch(server.address, timeout_s=3.0)
    next_frame(camera)
    server.freeze()
    drain(camera)
    began_s = board.monotonic_s()

    camera.close()

    assert board.monotonic_s() - began_s < 1.5
    assert camera.read(0) is None
    for thread in threading.enumerate():
        if thread.name == "camera":
            thread.join(60)
            assert not thread.is_alive()


def test_leaving_beside_a_frozen_server_is_a_clean_end(
    serve: Callable[..., RtspServer],
) -> None:
    server = serve()
    script = textwrap.dedent(
        f"""
        import sys
        from tallypost.board.linux import LinuxBoard
        from tallypost.domain.vision import Size
        from tallypost.vision.camera.video import VideoCamera

        camera = VideoCamera(source={server.address!r}, fit=Size(32, 32),
                             board=LinuxBoard(), timeout_s=3.0)
        print("open", flush=True)
        sys.stdin.readline()
        camera.close()
        """
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "open\n"
    server.freeze()
    LinuxBoard().wait(0.3)

    _, complaints = process.communicate("\n", timeout=60)

    assert (process.returncode, complaints) == (0, "")


def test_credentials_open_a_locked_stream(
    serve: Callable[..., RtspServer], watch: Callable[..., VideoCamera]
) -> None:
    server = serve("--user", "admin", "--password", PASSWORD)

    camera = watch(server.address, credentials=("admin", PASSWORD))

    assert next_frame(camera).scene == Size(160, 120)


@pytest.mark.parametrize(
    ("path", "credentials", "fact"),
    [
        pytest.param("cam", None, "refuses this user and password", id="none"),
        pytest.param(
            "cam", ("admin", WRONG), "refuses this user and password", id="wrong"
        ),
        pytest.param(
            "attic", ("admin", SECRET), "has no stream of this path", id="no path"
        ),
    ],
)
def test_what_a_server_refuses_is_told_without_the_password(
    serve: Callable[..., RtspServer],
    watch: Callable[..., VideoCamera],
    path: str,
    credentials: tuple[str, str] | None,
    fact: str,
) -> None:
    server = serve("--user", "admin", "--password", SECRET)
    address = f"rtsp://admin:{WRONG}@127.0.0.1:{server.port}/{path}"

    with pytest.raises(CameraUnavailableError, match=fact) as caught:
        watch(address, credentials=credentials)

    assert str(caught.value).startswith(f"rtsp://127.0.0.1:{server.port}/{path}: ")
    for secret in (SECRET, WRONG, "admin"):
        assert secret not in told(caught.value)


@pytest.mark.parametrize("scheme", ["rtsp", "rtsps", "http", "https"])
def test_nobody_there_is_told_without_the_password(
    watch: Callable[..., VideoCamera], capfd: pytest.CaptureFixture[str], scheme: str
) -> None:
    address = f"{scheme}://admin:{SECRET}@127.0.0.1:1/cam"

    with pytest.raises(CameraUnavailableError, match="refuses the conn") as caught:
        watch(address)

    assert SECRET not in told(caught.value)
    assert caught.value.__context__ is None
    assert capfd.readouterr() == ("", "")


def test_a_server_that_is_frozen_from_the_start_is_unavailable(
    serve: Callable[..., RtspServer], watch: Callable[..., VideoCamera]
) -> None:
    server = serve()
    server.freeze()

    with pytest.raises(CameraUnavailableError, match=r"is silent|cannot be read"):
        watch(server.address)
