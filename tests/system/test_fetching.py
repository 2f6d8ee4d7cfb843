"""`tallypost run` on a camera of the network: fetched from by a process of its own."""

import json
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import av
import pytest

from tallypost.errors import HistoryError
from tallypost.telemetry.outbox.history import open_history
from tests.servers.rtsp import WISH, RtspServer, is_at_hand
from tests.system.house import MODEL, House, alive, command_line, wait_until

pytestmark = pytest.mark.slow

Build = Callable[..., House]
Serve = Callable[..., RtspServer]

PASSWORD = "S3c/r@t#x"
FILTERED = "2"
CUT_S = (20.0, 26.0)
CROSSINGS = {("backward", "person"): 1}
"""What the same model counts on this part of the file, 3 s after it begins."""


@pytest.fixture(scope="module", autouse=True)
def _rtsp_at_hand() -> None:
    if not is_at_hand():
        pytest.skip(WISH)


@pytest.fixture
def serve() -> Iterator[Serve]:
    servers: list[RtspServer] = []

    def start(*arguments: str) -> RtspServer:
        servers.append(RtspServer(*arguments))
        return servers[-1]

    yield start
    for server in servers:
        server.kill()


@pytest.fixture
def build(tmp_path: Path, data: Path) -> Iterator[Build]:
    houses: list[House] = []

    def make(address: str, more: str = "") -> House:
        camera = f'kind = "video"\nsource = "{address}"\ntimeout_s = 1.0\n{more}'
        houses.append(House(tmp_path, camera, data / "models" / MODEL))
        return houses[-1]

    yield make
    for house in houses:
        house.close()


def records(house: House) -> list[dict[str, Any]]:
    """Return what a running house has kept so far."""
    try:
        with open_history(house.settings.with_name("outbox.db")) as history:
            return [json.loads(payload) for _, payload in history.payloads()]
    except HistoryError:
        return []  # it has only just begun


def frames(house: House) -> int:
    """Return how many frames it has looked at."""
    return sum(record["quality"]["frames"] for record in records(house))


def process(house: House, word: str) -> int | None:
    """Return the process id of one half, or of who fetches, if it runs."""
    assert house.process is not None
    listing = Path(f"/proc/{house.process.pid}/task/{house.process.pid}/children")
    for child in map(int, listing.read_text("ascii").split()):
        if f"tallypost {word} " in command_line(child):
            return child
    return None


def running(house: House) -> tuple[int, int]:
    """Return the half that sees and who fetches, once frames were looked at."""
    assert wait_until(lambda: frames(house) > 0, 60.0), house.log
    vision, fetcher = process(house, "vision-half"), process(house, "fetcher")
    assert vision is not None, house.log
    assert fetcher is not None, house.log
    return vision, fetcher


def held(process_id: int) -> dict[str, str]:
    """Return what a process's descriptors lead to, by number."""
    folder = Path(f"/proc/{process_id}/fd")
    return {link.name: str(link.readlink()) for link in folder.iterdir()}


def word_after(process_id: int, option: str) -> str:
    """Return what stands behind an option of a process's command line."""
    words = command_line(process_id).split()
    return words[words.index(option) + 1]


def access(process_id: int, descriptor: str) -> int:
    """Return how a descriptor was opened."""
    told = Path(f"/proc/{process_id}/fdinfo/{descriptor}").read_text("ascii")
    [flags] = [line for line in told.splitlines() if line.startswith("flags:")]
    return int(flags.split()[1], 8) & os.O_ACCMODE


def filters(process_id: int) -> set[str]:
    """Return what the kernel says of the filters of all its threads."""
    return {
        line.split()[1]
        for file in Path(f"/proc/{process_id}/task").glob("*/status")
        for line in file.read_text("ascii").splitlines()
        if line.startswith("Seccomp:")
    }


def with_password(house: House) -> House:
    """Give a house the password of its camera."""
    secret = house.settings.with_name("camera-password")
    secret.write_text(PASSWORD, "utf-8")
    secret.chmod(0o600)
    return house


def assert_locked_in(house: House, vision: int, fetcher: int) -> None:
    """Each holds a filter and what it needs; one pipe leads from one to the other."""
    assert filters(vision) == filters(fetcher) == {FILTERED}
    inside, outside = held(vision), held(fetcher)
    wall = inside[word_after(vision, "--outlet")]
    hatch = inside[word_after(vision, "--hatch")]
    assert sorted(inside.values()) == sorted(["/dev/null"] * 3 + [wall, hatch])
    [connection] = [each for each in outside.values() if each.startswith("socket:")]
    assert sorted(outside.values()) == sorted(["/dev/null"] * 3 + [hatch, connection])
    assert access(vision, word_after(vision, "--hatch")) == os.O_RDONLY
    assert access(fetcher, word_after(fetcher, "--hatch")) == os.O_WRONLY
    assert not any("no_lock_in" in record["quality"] for record in records(house))


def assert_no_password_is_told(house: House, vision: int, fetcher: int) -> None:
    """Neither to who lists processes nor to who reads the log."""
    for each in (vision, fetcher):
        for name in ("cmdline", "environ"):
            assert b"S3c" not in Path(f"/proc/{each}/{name}").read_bytes()
    assert "S3c" not in house.log


def assert_each_is_replaced(house: House, vision: int, fetcher: int) -> None:
    """Who fetches alone, who sees with who fetches; none outlives the daemon."""

    def replaced(word: str, by_now: int) -> bool:
        return process(house, word) not in {None, by_now}

    os.kill(fetcher, signal.SIGKILL)
    assert wait_until(lambda: replaced("fetcher", fetcher)), house.log
    assert process(house, "vision-half") == vision

    second = process(house, "fetcher")
    assert second is not None
    os.kill(vision, signal.SIGKILL)
    assert wait_until(lambda: not alive(second)), house.log
    assert wait_until(lambda: replaced("vision-half", vision)), house.log
    assert wait_until(lambda: replaced("fetcher", second)), house.log

    left = [process(house, "vision-half"), process(house, "fetcher")]
    assert house.process is not None
    house.process.kill()
    assert wait_until(lambda: not any(alive(each) for each in left if each))


def test_two_are_locked_in_and_whoever_is_killed_is_replaced(
    build: Build, serve: Serve
) -> None:
    server = serve("--user", "admin", "--password", PASSWORD)
    login = 'username = "admin"\npassword_file = "camera-password"'
    house = with_password(build(server.address, login)).start()
    vision, fetcher = running(house)

    assert_locked_in(house, vision, fetcher)
    assert_no_password_is_told(house, vision, fetcher)
    assert_each_is_replaced(house, vision, fetcher)


def cut(film: Path, to: Path) -> None:
    """Write a part of a film, its packets as they are."""
    with av.open(str(film)) as source, av.open(str(to), "w") as target:
        stream = source.streams.video[0]
        assert stream.time_base is not None
        copy = target.add_stream_from_template(stream)
        begins, ends = (round(each / stream.time_base) for each in CUT_S)
        for packet in source.demux(stream):
            if packet.pts is None or packet.dts is None:
                continue
            if begins <= packet.pts < ends:
                packet.pts -= begins
                packet.dts -= begins
                packet.stream = copy
                target.mux(packet)


def crossings(kept: list[dict[str, Any]]) -> dict[tuple[str, str], int]:
    """Return how many crossed, by direction and class."""
    found: dict[tuple[str, str], int] = {}
    for record in kept:
        line = record["lines"].get("middle", {})  # absent where nobody looked
        for direction in ("forward", "backward"):
            for name, count in line.get(direction, {}).items():
                place = (direction, name)
                found[place] = found.get(place, 0) + count
    return found


def test_a_camera_that_comes_and_goes_is_counted_while_it_is_there(
    build: Build, serve: Serve, data: Path, tmp_path: Path
) -> None:
    film = tmp_path / "film.mp4"
    cut(data / "footage" / "one-by-one-person.mp4", film)
    server = serve("--film", str(film))
    server.kill()
    house = build(server.address).start()
    assert wait_until(lambda: "state=watching" in house.log, 60.0), house.log
    assert wait_until(lambda: "refuses the connection" in house.log), house.log

    played = serve("--film", str(film), "--port", server.port)
    vision, fetcher = running(house)
    assert wait_until(lambda: not alive(fetcher), 60.0), house.log
    played.kill()
    before = frames(house)
    serve("--port", server.port, "--size", "96x128")
    assert wait_until(lambda: frames(house) > before + 15, 60.0), house.log

    assert process(house, "vision-half") == vision
    house.interrupt()
    assert house.wait() == 0, house.log
    assert crossings(house.records()) == CROSSINGS
