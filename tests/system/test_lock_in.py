"""`tallypost run`: the half that sees is locked in, whatever camera it has."""

import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.system.house import MODEL, House, video, wait_until

Build = Callable[[str], House]

WATCHED_S = 4.0
FILTERED = "2"
"""How the kernel calls a thread that it asks a filter about. Source: proc(5)."""


@pytest.fixture
def build(tmp_path: Path, data: Path) -> Iterator[Build]:
    houses: list[House] = []

    def make(camera: str) -> House:
        houses.append(House(tmp_path, camera, data / "models" / MODEL))
        return houses[-1]

    yield make
    for house in houses:
        house.close()


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Return a folder of three pictures."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    for index in range(3):
        # Not of one colour: that is a camera that somebody has covered.
        ppm = b"P6\n320 240\n255\n" + random.randbytes(320 * 240 * 3)
        (folder / f"{index}.ppm").write_bytes(ppm)
    return folder


@pytest.fixture
def film(data: Path) -> Path:
    """Return a short film."""
    return data / "footage" / "one-by-one-person.mp4"


def status(process_id: int) -> list[dict[str, str]]:
    """Return what the kernel says of every thread of a process."""
    return [
        dict(line.split(":\t", 1) for line in file.read_text("ascii").splitlines())
        for file in Path(f"/proc/{process_id}/task").glob("*/status")
    ]


def counting(house: House) -> int:
    """Return the process of the half that sees, once it has counted for a while."""
    assert wait_until(lambda: "state=watching" in house.log), house.log
    wait_until(lambda: False, WATCHED_S)
    vision = house.half("vision")
    assert vision is not None, house.log
    return vision


@pytest.mark.slow
def test_every_thread_of_the_half_that_sees_is_locked_in(
    build: Build, film: Path
) -> None:
    house = build(video(film, "real", loop=True)).start()
    threads = status(counting(house))

    assert len(threads) > 1
    for thread in threads:
        assert thread["Seccomp"] == FILTERED, thread["Name"]
        assert thread["NoNewPrivs"] == "1"
        assert int(thread["CapEff"], 16) == int(thread["CapPrm"], 16) == 0


@pytest.mark.slow
def test_the_half_that_sees_can_write_no_file_and_holds_no_other_way_out(
    build: Build,
) -> None:
    house = build('kind = "synthetic"').start()
    vision = counting(house)

    limits = Path(f"/proc/{vision}/limits").read_text("ascii").splitlines()
    [size] = [line for line in limits if line.startswith("Max file size")]
    assert size.split()[3:5] == ["0", "0"]
    held = {str(link.readlink()) for link in Path(f"/proc/{vision}/fd").iterdir()}
    assert {target.partition(":")[0] for target in held} == {"/dev/null", "pipe"}


CAMERAS = {
    "a drawn street": 'kind = "synthetic"',
    "a film, again and again": (
        'kind = "video"\nsource = "{film}"\npace = "fast"\nloop = true'
    ),
    "pictures, again and again": 'kind = "video"\nsource = "{pictures}"\nloop = true',
    "a test picture of GStreamer": 'kind = "gstreamer"\norigin = "test"',
    "a film in GStreamer": ('kind = "gstreamer"\norigin = "file"\nlocation = "{film}"'),
}


@pytest.mark.slow
@pytest.mark.parametrize("camera", CAMERAS.values(), ids=CAMERAS)
def test_a_camera_that_is_locked_in_goes_on_giving_pictures(
    build: Build, pictures: Path, film: Path, camera: str
) -> None:
    house = build(camera.format(film=film, pictures=pictures)).start()
    assert wait_until(
        lambda: "state=watching" in house.log or "GStreamer: cannot" in house.log
    ), house.log
    if "GStreamer: cannot" in house.log:
        pytest.skip("no GStreamer here")
    wait_until(lambda: "state=footage_ended" in house.log, WATCHED_S)
    house.interrupt()

    assert house.wait() == 0, house.log
    assert "half ended" not in house.log
    records = house.records()
    assert sum(record["quality"]["frames"] for record in records) > 10
    assert not any("no_lock_in" in record["quality"] for record in records)


@pytest.mark.slow
def test_every_record_tells_that_the_half_that_sees_was_not_locked_in(
    build: Build,
) -> None:
    house = build('kind = "synthetic"').start("--insecure-no-lock-in")
    threads = status(counting(house))

    assert {thread["Seccomp"] for thread in threads} == {"0"}
    house.interrupt()
    assert house.wait() == 0, house.log
    assert house.records()
    assert all(record["quality"]["no_lock_in"] is True for record in house.records())


def test_a_camera_on_the_network_that_is_not_there_is_told(build: Build) -> None:
    house = build('kind = "video"\nsource = "rtsp://127.0.0.1:9/street"')
    house.start("--insecure-no-lock-in")

    assert wait_until(lambda: "refuses the connection" in house.log), house.log
    assert "half ended" not in house.log, "it is tried again"
    assert "Traceback" not in house.log
