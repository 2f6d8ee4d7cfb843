"""`tallypost detect` on real pictures, sound and broken."""

import json
import subprocess
import sys
from pathlib import Path

import av
import numpy as np
import pytest

from tallypost.exits import CAMERA, FOOTAGE, MEND_IT, MODEL, OK

MODEL_FILE = "models/efficientdet-lite0.tflite"
LITE0 = ("--model", "efficientdet-lite0")


def run(*words: str, data: Path | None = None) -> subprocess.CompletedProcess[str]:
    environ = {"PATH": "/usr/bin:/bin", "HOME": "/nonexistent"}
    if data is not None:
        environ["TALLYPOST_DATA"] = str(data)
    return subprocess.run(
        [sys.executable, "-m", "tallypost", *words],
        capture_output=True,
        text=True,
        env=environ,
        timeout=120,
        check=False,
    )


def written(path: Path, pixels: np.ndarray, kind: str = "rgb24") -> str:
    """Write a picture as PNG and return its path."""
    frame = av.VideoFrame.from_ndarray(pixels, kind)
    with av.open(str(path), "w", format="image2") as container:
        stream = container.add_stream("png", rate=1)
        stream.width, stream.height, stream.pix_fmt = frame.width, frame.height, kind
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return str(path)


@pytest.fixture
def people(data: Path, tmp_path: Path) -> tuple[str, np.ndarray]:
    """The campus, 768x576, as a picture."""
    with av.open(str(data / "footage" / "vtest.avi")) as container:
        pixels = next(container.decode(video=0)).to_ndarray(format="rgb24")
    return written(tmp_path / "campus.png", pixels), pixels


def test_json_tells_one_object_a_picture(
    data: Path, people: tuple[str, np.ndarray]
) -> None:
    done = run("detect", people[0], people[0], "--json", *LITE0, data=data)
    assert (done.returncode, done.stderr) == (OK, "")
    first, second = map(json.loads, done.stdout.splitlines())
    assert set(first) == {"image", "detections", "invoke_ms"}
    assert first["image"] == people[0]
    assert first["invoke_ms"] > 0
    best = first["detections"][0]
    assert set(best) == {"label", "score", "box"}
    assert best["label"] == "person"
    assert np.abs(np.array(best["box"]) - [640, 240, 685, 326]).max() < 15
    assert first["detections"] == second["detections"]


def test_a_person_reads_sentences(data: Path, people: tuple[str, np.ndarray]) -> None:
    done = run("detect", people[0], "--score-min", "0.7", *LITE0, data=data)
    assert done.returncode == OK
    assert "1 found in" in done.stdout
    assert "person       0.79" in done.stdout


def test_broken_pictures_are_told_and_the_others_go_on(
    data: Path, tmp_path: Path, people: tuple[str, np.ndarray]
) -> None:
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(b"\xff\xd8\xff\xe0 no picture")
    empty = tmp_path / "empty.jpg"
    empty.write_bytes(b"")
    done = run("detect", str(broken), str(empty), people[0], "--json", data=data)
    assert done.returncode == FOOTAGE
    assert len(done.stdout.splitlines()) == 1
    assert "broken.jpg: " in done.stderr
    assert "empty.jpg: is empty" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_missing_picture_is_told(data: Path) -> None:
    done = run("detect", "/nowhere.jpg", data=data)
    assert done.returncode == CAMERA
    assert "/nowhere.jpg: is not there" in done.stderr


def test_odd_pictures_are_looked_at_like_any_other(
    data: Path, tmp_path: Path, people: tuple[str, np.ndarray]
) -> None:
    grey = people[1].mean(axis=2).astype(np.uint8)
    deep = (grey.astype(np.uint16) << 8) | grey
    dot = np.full((1, 1, 3), 90, np.uint8)
    ribbon = np.full((2, 2000, 3), 90, np.uint8)
    pictures = [
        written(tmp_path / "grey.png", grey, "gray"),
        written(tmp_path / "deep.png", deep, "gray16be"),
        written(tmp_path / "dot.png", dot),
        written(tmp_path / "ribbon.png", ribbon),
    ]
    done = run("detect", *pictures, "--json", "--score-min", "0.3", data=data)
    assert (done.returncode, done.stderr) == (OK, "")
    told = [json.loads(line)["detections"] for line in done.stdout.splitlines()]
    assert [len(each) > 0 for each in told] == [True, True, False, False]


def test_a_hundred_megapixels_are_refused_in_a_sentence(
    data: Path, tmp_path: Path
) -> None:
    pixels = np.full((10_000, 10_000), 128, np.uint8)
    pixels[::500] = 40
    picture = written(tmp_path / "huge.png", pixels, "gray")
    done = run("detect", picture, "--json", data=data)
    assert done.returncode == FOOTAGE
    assert "huge.png: " in done.stderr
    assert "scale it down" in done.stderr


def test_a_fresh_machine_looks_with_our_own_model(
    people: tuple[str, np.ndarray],
) -> None:
    done = run("detect", people[0], "--json")

    assert (done.returncode, done.stderr) == (OK, "")
    found = json.loads(done.stdout)["detections"]
    assert sum(x["label"] == "person" for x in found) >= 3


def test_a_model_that_is_not_at_hand_says_how_to_fetch_it(
    people: tuple[str, np.ndarray],
) -> None:
    done = run("detect", people[0], "--model", "efficientdet-lite0")

    assert done.returncode == MODEL
    assert "tallypost models add efficientdet-lite0" in done.stderr


@pytest.mark.parametrize(
    "words",
    [("detect",), ("detect", "a.jpg", "--score-min", "2"), ("detect", "--what")],
    ids=["no picture", "a score above 1", "an unknown option"],
)
def test_wrong_words_are_explained(words: tuple[str, ...]) -> None:
    done = run(*words)
    assert done.returncode == MEND_IT
    assert "Usage" in done.stderr


def test_a_folder_is_not_taken_for_its_first_picture(
    data: Path, people: tuple[str, np.ndarray]
) -> None:
    done = run("detect", str(Path(people[0]).parent), people[0], "--json", data=data)

    assert done.returncode == FOOTAGE
    assert "is a folder" in done.stderr
    assert len(done.stdout.splitlines()) == 1
