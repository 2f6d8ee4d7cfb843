"""Who fetches is connected to its camera, and to nobody else."""

import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tallypost.fetching.connection import port_of

CHECKED = """\
import socket, struct, sys
from tallypost.errors import CameraError, LockInError
from tallypost.fetching.connection import check
from tallypost.vision.camera.sources import Stream
machine = sys.argv[1]
camera, *ports = map(int, sys.argv[2:])
held = [socket.create_connection(("127.0.0.1", port)) for port in ports if port > 0]
for port in ports:
    if port < 0:
        held.append(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        held[-1].connect(("127.0.0.1", -port))
if camera < 0:
    held.append(socket.socket())
try:
    check(Stream("the camera", f"rtsp://{machine}:{abs(camera)}/"))
except (CameraError, LockInError) as error:
    print(type(error).__name__, error)
"""
"""The camera's machine and its port, below zero for one that is gone; then the ports
that are held, below zero over UDP."""


def complaint(
    *ports: int, machine: str = "127.0.0.1", journal: socket.socket | None = None
) -> str:
    """Return what is said of a camera's port and the ports that are held."""
    done = subprocess.run(
        [sys.executable, "-c", CHECKED, machine, *map(str, ports)],
        stdout=subprocess.PIPE,
        stderr=journal.fileno() if journal else subprocess.PIPE,
        text=True,
        check=True,
    )
    return done.stdout


@pytest.fixture
def ports() -> Iterator[tuple[int, int]]:
    """Return two ports of this machine that somebody listens at."""
    with (
        socket.create_server(("127.0.0.1", 0)) as first,
        socket.create_server(("127.0.0.1", 0)) as second,
    ):
        yield first.getsockname()[1], second.getsockname()[1]


@pytest.mark.parametrize(
    ("address", "port"),
    [
        ("rtsp://camera/street", 554),
        ("RTSPS://camera/street", 322),
        ("http://camera/", 80),
        ("https://user:word@camera/", 443),
        ("rtsp://[::1]:8554/street", 8554),
    ],
)
def test_a_port_is_what_the_address_names_or_means(address: str, port: int) -> None:
    assert port_of(address) == port


def test_one_connection_to_the_camera_is_well(ports: tuple[int, int]) -> None:
    assert complaint(ports[0], ports[0]) == ""


def test_another_more_and_another_kind_are_refused(ports: tuple[int, int]) -> None:
    camera, other = ports

    for held in ((other,), (camera, other), (camera, camera), (-camera,)):
        assert complaint(camera, *held).startswith("LockInError the camera: needs")


def test_a_camera_may_be_named_by_its_name(ports: tuple[int, int]) -> None:
    assert complaint(ports[0], ports[0], machine="localhost") == ""


@pytest.mark.parametrize("machine", ["127.0.0.2", "nowhere.invalid"])
def test_the_same_port_of_another_machine_is_not_the_camera(
    ports: tuple[int, int], machine: str
) -> None:
    told = complaint(ports[0], ports[0], machine=machine)

    assert told.startswith("CameraUnavailableError the camera: sends us to another")


def test_a_camera_that_has_hung_up_may_come_back(ports: tuple[int, int]) -> None:
    camera, _ = ports

    for held in (camera, -camera):
        assert complaint(held).startswith("CameraUnavailableError the camera: closes")


def test_the_service_managers_journal_is_no_connection(ports: tuple[int, int]) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        assert complaint(ports[0], ports[0], journal=ours) == ""
