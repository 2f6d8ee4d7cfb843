"""`tallypost run`: both halves, a real camera file, a real model, a real broker."""

import json
import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from tallypost.wall.budget import HELLOS_MAX
from tallypost.wall.frame import BODY_BYTES, NO_CLASS, Frame, Kind
from tests.servers.mosquitto import Mosquitto, program
from tests.system.house import (
    MODEL,
    House,
    alive,
    command_line,
    mqtt,
    tallypost,
    video,
    wait_until,
)

Build = Callable[..., House]


@pytest.fixture
def build(tmp_path: Path, data: Path) -> Iterator[Build]:
    houses: list[House] = []

    def make(camera: str, **words: object) -> House:
        house = House(tmp_path, camera, data / "models" / MODEL, **words)  # type: ignore[arg-type]
        houses.append(house)
        return house

    yield make
    for house in houses:
        house.close()


@pytest.fixture
def footage(data: Path) -> Path:
    return data / "footage" / "vtest.avi"


def watching(build: Build, footage: Path, **words: object) -> House:
    """Start a house that watches footage for ever, and wait until it does."""
    house = build(video(footage, "real", loop=True), **words).start()
    assert wait_until(lambda: "state=watching" in house.log), house.log
    return house


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    mosquitto = Mosquitto(tmp_path / "broker").start()
    yield mosquitto
    mosquitto.stop()


@pytest.mark.slow
def test_people_in_footage_arrive_as_counts_at_an_independent_subscriber(
    build: Build, footage: Path, broker: Mosquitto, tmp_path: Path, data: Path
) -> None:
    out = tmp_path / "replay.jsonl"
    code, _, complaints = tallypost(
        "replay",
        footage,
        "--site",
        build(video(footage)).settings.with_name("site.toml"),
        "--model",
        data / "models" / MODEL,
        "--out",
        out,
    )
    assert code == 0, complaints
    replayed = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    listening = subprocess.Popen(
        [
            *(program("mosquitto_sub"), "-p", str(broker.port), "-q", "1"),
            *("-t", "tallypost/tp-test/kpi", "-W", "300"),
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    house = build(video(footage), uplink=mqtt(broker.port), interval_s=5).start()

    assert house.wait() == 0, house.log
    listening.terminate()
    delivered = [json.loads(line) for line in listening.communicate()[0].splitlines()]
    assert [record["seq"] for record in delivered] == [*range(1, len(delivered) + 1)], (
        house.log
    )
    total = delivered[-1]["lines"]["middle"]["total"]
    assert total == replayed[-1]["lines"]["middle"]["total"]
    assert total["forward"]["person"] > 5
    assert total["backward"]["person"] > 5
    assert sum(record["quality"]["frames"] for record in delivered) == 795
    assert house.records() == []


@pytest.mark.slow
def test_a_killed_vision_half_comes_back_and_the_hole_is_no_zero(
    build: Build, footage: Path
) -> None:
    house = watching(build, footage)
    first = house.half("vision")
    assert first is not None
    wait_until(lambda: False, 2.5)
    os.kill(first, signal.SIGKILL)
    assert wait_until(lambda: house.log.count("state=watching") == 2), house.log
    wait_until(lambda: False, 2.5)
    house.interrupt()

    assert house.wait() == 0, house.log
    records = house.records()
    assert [record["seq"] for record in records] == [*range(1, len(records) + 1)]
    for before, record in pairwise(records):
        gap_s = (began(record) - ended(before)).total_seconds()
        assert -0.01 <= gap_s <= 0.5, (before, record)
    unseen = [record for record in records if record["quality"]["frames"] == 0]
    assert all(record["lines"] == record["zones"] == {} for record in unseen)
    short = [
        record
        for record in records
        if record["quality"]["observed_s"] < record["duration_s"] - 0.5
    ]
    assert short, "the hole shows"
    assert "half ended half=vision code=-9" in house.log


def began(record: dict[str, object]) -> datetime:
    return datetime.fromisoformat(str(record["start"]))


def ended(record: dict[str, object]) -> datetime:
    return began(record) + timedelta(seconds=float(str(record["duration_s"])))


@pytest.mark.slow
def test_a_killed_telemetry_half_comes_back_and_no_number_is_used_twice(
    build: Build, footage: Path
) -> None:
    house = watching(build, footage)
    wait_until(lambda: False, 2.0)
    first, vision = house.half("telemetry"), house.half("vision")
    assert first is not None
    assert vision is not None
    os.kill(first, signal.SIGKILL)
    assert wait_until(lambda: house.half("telemetry") not in (None, first)), house.log
    wait_until(lambda: False, 3.0)
    after = house.half("vision")
    house.interrupt()

    assert house.wait() == 0, house.log
    assert after == vision, "the camera never noticed"
    numbers = [record["seq"] for record in house.records()]
    assert numbers == [*range(1, len(numbers) + 1)]
    assert len(numbers) >= 4


@pytest.mark.slow
@pytest.mark.parametrize("name", ["vision", "telemetry"])
def test_a_half_that_somebody_stops_by_itself_comes_back(
    build: Build, footage: Path, name: str
) -> None:
    house = watching(build, footage)
    first = house.half(name)
    assert first is not None
    os.kill(first, signal.SIGTERM)

    assert wait_until(lambda: house.half(name) not in (None, first)), house.log
    house.interrupt()
    assert house.wait() == 0, house.log


@pytest.mark.slow
def test_when_the_daemon_is_killed_both_halves_end(build: Build, footage: Path) -> None:
    house = watching(build, footage)
    halves = [house.half("vision"), house.half("telemetry")]
    assert house.process is not None
    house.process.kill()
    house.process.wait()

    assert None not in halves
    assert wait_until(lambda: not any(alive(half) for half in halves if half))


@pytest.mark.slow
def test_a_daemon_started_anew_waits_for_a_half_of_the_one_before(
    build: Build, footage: Path
) -> None:
    house = watching(build, footage)
    slow = house.half("telemetry")
    assert house.process is not None
    assert slow is not None
    os.kill(slow, signal.SIGSTOP)
    house.process.kill()
    house.process.wait()

    house.start()

    assert wait_until(lambda: "outbox is held" in house.log), house.log
    os.kill(slow, signal.SIGCONT)
    assert wait_until(lambda: house.log.count("state=watching") == 2), house.log
    assert house.process.poll() is None


MORE_THAN_IT_MAY = Frame(Kind.HELLO, 0, 0, NO_CLASS, bytes(BODY_BYTES)).pack()


@pytest.mark.slow
@pytest.mark.parametrize(
    "said",
    [b"\xff\xd8\xff" + b"a picture" * 10, MORE_THAN_IT_MAY * (HELLOS_MAX + 10)],
    ids=["no frame", "more than it may"],
)
def test_a_vision_half_that_says_what_it_must_not_is_ended(
    build: Build, footage: Path, said: bytes
) -> None:
    house = watching(build, footage)
    first = house.half("vision")
    assert first is not None
    words = command_line(first).split()
    outlet = words[words.index("--outlet") + 1]
    with Path(f"/proc/{first}/fd/{outlet}").open("wb", buffering=0) as wall:
        wall.write(said)

    assert wait_until(lambda: house.log.count("state=watching") == 2), house.log
    assert not alive(first)
    assert "wall broken" in house.log
    assert "a picture" not in house.log
    house.interrupt()
    assert house.wait() == 0, house.log
    numbers = [record["seq"] for record in house.records()]
    assert numbers == [*range(1, len(numbers) + 1)]


@pytest.mark.slow
def test_a_telemetry_half_that_slept_makes_no_holes_of_what_was_counted(
    build: Build, footage: Path
) -> None:
    house = watching(build, footage)
    wait_until(lambda: False, 2.0)
    telemetry = house.half("telemetry")
    assert telemetry is not None
    os.kill(telemetry, signal.SIGSTOP)
    wait_until(lambda: False, 20.0)
    os.kill(telemetry, signal.SIGCONT)
    wait_until(lambda: False, 2.0)
    house.interrupt()

    assert house.wait() == 0, house.log
    records = house.records()
    assert len(records) >= 20
    assert all(record["quality"]["frames"] for record in records)


@pytest.mark.slow
def test_when_all_are_asked_to_end_at_once_the_last_interval_is_kept(
    build: Build, footage: Path
) -> None:
    house = watching(build, footage, interval_s=3600)
    wait_until(lambda: False, 2.0)
    assert house.process is not None
    for half in (house.half("telemetry"), house.half("vision"), house.process.pid):
        assert half is not None, house.log
        os.kill(half, signal.SIGTERM)

    house.wait()
    [record] = house.records()
    assert record["quality"]["frames"] > 5


@pytest.mark.slow
def test_the_kernel_never_writes_the_vision_half_to_a_disk(
    build: Build, footage: Path
) -> None:
    house = watching(build, footage)
    limits = Path(f"/proc/{house.half('vision')}/limits").read_text("ascii")
    [core] = [line for line in limits.splitlines() if "core file size" in line]

    assert core.split()[4:6] == ["0", "0"]


@pytest.mark.slow
def test_a_second_instance_on_one_outbox_is_turned_away(
    build: Build, footage: Path
) -> None:
    house = watching(build, footage)

    code, _, complaints = tallypost("run", "--settings", house.settings)

    assert code == 5
    assert "outbox.db" in complaints
    assert "Traceback" not in complaints
    assert house.half("telemetry") is not None


@pytest.mark.slow
def test_an_unreachable_broker_never_holds_up_the_camera(
    build: Build, footage: Path
) -> None:
    house = build(video(footage), uplink=mqtt(9), interval_s=5).start()

    assert house.wait() == 0, house.log
    records = house.records()
    assert sum(record["quality"]["frames"] for record in records) == 795
    assert sum(record["quality"]["frames_dropped"] for record in records) == 0


@pytest.mark.slow
def test_the_vision_half_says_nothing_once_it_sees(build: Build, footage: Path) -> None:
    house = watching(build, footage)
    vision = house.half("vision")
    targets = {
        number: str(Path(f"/proc/{vision}/fd/{number}").readlink()) for number in (1, 2)
    }

    assert targets == {1: "/dev/null", 2: "/dev/null"}


MISTAKES = {
    "no settings at all": ("missing.toml", None, 2, "missing.toml"),
    "a misspelt key": ("tallypost.toml", "intervall_s = 5", 2, "intervall_s"),
    "a model that is not there": (
        "tallypost.toml",
        '[detector]\nmodel = "./none.tflite"\n[camera]\nkind = "synthetic"',
        4,
        "none.tflite",
    ),
}


@pytest.mark.parametrize(
    ("name", "text", "code", "told"), MISTAKES.values(), ids=MISTAKES.keys()
)
def test_a_mistake_is_told_in_a_sentence(
    tmp_path: Path, name: str, text: str | None, code: int, told: str
) -> None:
    if text is not None:
        (tmp_path / name).write_text(text, "utf-8")
        (tmp_path / "site.toml").write_text(
            '[[lines]]\nname = "a"\nstart = [0.0, 0.5]\nend = [1.0, 0.5]\n', "utf-8"
        )

    ended, _, complaints = tallypost("run", "--settings", tmp_path / name)

    assert ended == code, complaints
    assert told in complaints
    assert "Traceback" not in complaints


FOOTAGE = {"empty": b"", "text": b"no video at all\n" * 100}


@pytest.mark.parametrize("content", FOOTAGE.values(), ids=FOOTAGE.keys())
def test_footage_that_is_none_ends_the_run_with_a_sentence(
    build: Build, tmp_path: Path, content: bytes
) -> None:
    broken = tmp_path / "broken.avi"
    broken.write_bytes(content)
    house = build(video(broken)).start()

    assert house.wait() == 7, house.log
    assert "broken.avi" in house.log
    assert "Traceback" not in house.log


def test_a_camera_that_is_not_there_is_waited_for(build: Build) -> None:
    house = build(video(Path("/dev/video97"))).start()

    assert wait_until(lambda: house.log.count("half ended half=vision code=3") >= 2)
    assert "/dev/video97" in house.log
    assert "Traceback" not in house.log
    house.interrupt()
    assert house.wait() == 0
