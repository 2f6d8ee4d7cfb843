"""`tallypost models`, as a technician uses it."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tallypost.exits import FOOTAGE, MEND_IT, MODEL, OK

ROOT = Path(__file__).parent.parent.parent
LITE0 = "efficientdet-lite0"


def run(
    *words: str, data: Path | None = None, own: Path | None = None
) -> subprocess.CompletedProcess[str]:
    environ = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "COLUMNS": "200"}
    if data is not None:
        environ["TALLYPOST_DATA"] = str(data)
    if own is not None:
        environ["TALLYPOST_MODELS"] = str(own)
    return subprocess.run(
        [sys.executable, "-m", "tallypost", "models", *words],
        capture_output=True,
        text=True,
        env=environ,
        timeout=120,
        check=False,
    )


def test_the_list_tells_what_is_at_hand_and_how_to_fetch_the_rest(data: Path) -> None:
    done = run("list", data=data)
    assert done.returncode == OK
    assert "efficientdet-lite0.tflite" in done.stdout
    assert "tallypost models add efficientdet-lite1" in done.stdout


def test_the_list_as_json_is_one_object_a_line(data: Path) -> None:
    told = [
        json.loads(line)
        for line in run("list", "--json", data=data).stdout.splitlines()
    ]
    files = {each["name"]: each["file"] for each in told}
    assert files[LITE0] == str(data / "models" / "efficientdet-lite0.tflite")
    assert files["efficientdet-lite1"] is None


def test_a_broken_manifest_is_told_beside_the_others(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "manifest.toml").write_text('name = "mine"\n')
    done = run("list", own=tmp_path)
    assert done.returncode == OK
    assert LITE0 in done.stdout
    assert "mine/manifest.toml: " in done.stderr


def test_a_sound_model_is_verified(data: Path) -> None:
    done = run("verify", LITE0, "--json", data=data)
    told = json.loads(done.stdout)
    assert (done.returncode, told["good"]) == (OK, True)
    seen = {each["name"]: each["fact"] for each in told["findings"]}
    assert "person" in seen["picture"]


def test_what_was_not_looked_at_is_not_called_good(data: Path) -> None:
    model = data / "models" / "efficientdet-lite0.tflite"
    done = run("verify", str(model), "--json")
    verdicts = {x["name"]: x["good"] for x in json.loads(done.stdout)["findings"]}
    assert verdicts["picture"] is None
    assert verdicts["file"] is True


def test_a_model_whose_boxes_are_garbage_is_found_out(
    data: Path, tmp_path: Path
) -> None:
    file = "yolox_nano_only_int8_quantize.tflite"
    shutil.copyfile(data / "models" / file, tmp_path / file)
    text = (ROOT / "models" / "yolox-nano" / "manifest.toml").read_text()
    text = text.replace("yolox_nano_float16_quantize.tflite", file, 1).replace(
        "6518faf758f5827fb8412c38d2240b7722027c299596518e1f94e678af1e6e29",
        "555bed8c1307c33b56ad66448f78263d96d925ebf7a2558f54bbbd1cfc127240",
    )
    (tmp_path / "manifest.toml").write_text(text)
    done = run("verify", str(tmp_path), data=data)
    assert done.returncode == MODEL
    assert "BAD" in done.stdout
    assert "numbers that cannot be boxes" in done.stderr


def test_garbage_is_found_out_in_a_bare_file_that_names_no_classes(data: Path) -> None:
    file = data / "models" / "yolox_nano_only_int8_quantize.tflite"
    done = run("verify", str(file), "--json")

    assert done.returncode == MODEL
    told = {each["name"]: each for each in json.loads(done.stdout)["findings"]}
    assert told["boxes"]["good"] is False
    assert told["labels"]["good"] is None


def test_what_is_at_hand_is_not_fetched_again(data: Path, tmp_path: Path) -> None:
    done = run("add", LITE0, data=data, own=tmp_path)
    assert done.returncode == OK
    assert "is at hand already" in done.stdout
    assert not list(tmp_path.iterdir())


def test_a_model_of_nobody_cannot_be_added(tmp_path: Path) -> None:
    done = run("add", "resnet", own=tmp_path)
    assert done.returncode == MODEL
    assert "no model is called so" in done.stderr


def test_a_near_miss_is_helped(tmp_path: Path) -> None:
    done = run("add", "efficentdet-lite0", own=tmp_path)
    assert done.returncode == MODEL
    assert "did you mean efficientdet-lite0?" in done.stderr


def test_licence_and_size_are_told_before_anything_is_fetched(tmp_path: Path) -> None:
    folder = tmp_path / "yolov8n"
    folder.mkdir()
    text = (ROOT / "models" / "yolov8n" / "manifest.toml").read_text()
    nobody = "https://127.0.0.1:9/"
    for host in ("raw.githubusercontent.com", "cdn.jsdelivr.net"):
        text = text.replace(f"https://{host}/", nobody)
    text = text.replace("https://archive.softwareheritage.org/", nobody)
    (folder / "manifest.toml").write_text(text)
    done = run("add", "yolov8n", own=tmp_path)
    assert done.returncode == MODEL
    lines = done.stderr.splitlines()
    assert lines[0] == "yolov8n: 3.3 MB, licence AGPL-3.0"
    assert "must offer them the source" in lines[1]
    assert lines[2].startswith(f"yolov8n: trying {nobody}")


def test_an_evaluation_tells_its_figures(data: Path) -> None:
    folder = str(data / "labelled" / "coco")
    words = ("eval", LITE0, "--data", folder, "--split", "val", "--limit", "24")
    done = run(*words, "--json", data=data)
    assert done.returncode == OK
    told = json.loads(done.stdout)
    assert told["pictures"] == 24
    persons = next(x for x in told["classes"] if x["class"] == "person")
    assert 0.4 < persons["precision"]["all"]["ap50"] < 0.9
    assert (
        persons["precision"]["small"]["ap50_95"]
        < persons["precision"]["large"]["ap50_95"]
    )
    assert told["invoke_ms"] > 0


def test_an_evaluation_leaves_out_what_is_not_labelled(data: Path) -> None:
    folder = str(data / "labelled" / "pets")
    done = run("eval", LITE0, "--data", folder, "--limit", "3", data=data)
    assert done.returncode == OK
    assert "car: none is labelled" in done.stdout


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--data", "."), "holds no pictures with labels"),
        (("--data", "coco", "--split", "val", "--classes", "tram"), "labels no class"),
    ],
    ids=["no labels", "an unknown class"],
)
def test_an_evaluation_of_nothing_is_refused(
    data: Path, words: tuple[str, ...], told: str
) -> None:
    place = data / "labelled"
    words = tuple(str(place / w) if w in (".", "coco") else w for w in words)
    done = run("eval", LITE0, *words, data=data)
    assert done.returncode == FOOTAGE
    assert told in done.stderr


def test_sets_that_label_different_classes_are_looked_at_as_one(data: Path) -> None:
    place = data / "labelled"
    words = ("--data", f"{place}/oi=car,bus", "--data", f"{place}/pets=person")
    done = run("eval", LITE0, *words, "--limit", "6", "--json", data=data)
    assert done.returncode == OK
    told = json.loads(done.stdout)
    assert {x["class"] for x in told["classes"]} <= {"person", "car", "bus"}
    assert [each["complete"] for each in told["sets"]] == [["car", "bus"], ["person"]]
    alone = {
        x["class"]: x["precision"] for each in told["sets"] for x in each["classes"]
    }
    # no class is complete in both: together they fare as each does alone
    assert {x["class"]: x["precision"] for x in told["classes"]} == alone
    assert told["left_out"]["truck"] == "not asked for"
    assert "is the same picture as" in told["notes"][0]


def test_several_sets_must_say_what_they_label(data: Path) -> None:
    place = data / "labelled"
    words = ("--data", f"{place}/oi=car", "--data", f"{place}/pets")
    done = run("eval", LITE0, *words, data=data)
    assert done.returncode == FOOTAGE
    assert "which classes it labels completely is not said" in done.stderr


@pytest.mark.parametrize(
    ("word", "told"),
    [
        ("nowhere", "is no folder"),
        ("nowhere=car", "is no folder"),
        (".=", "no classes"),
    ],
)
def test_a_set_that_is_not_there_is_refused(word: str, told: str) -> None:
    done = run("eval", LITE0, "--data", word)
    assert done.returncode == MEND_IT
    assert told in done.stderr


def test_a_picture_that_is_cut_off_is_no_traceback(data: Path, tmp_path: Path) -> None:
    source = next((data / "labelled" / "coco" / "val").glob("*.jpg"))
    (tmp_path / "a.jpg").write_bytes(source.read_bytes()[:4000])
    (tmp_path / "a.txt").write_text("0 0.5 0.5 0.5 0.5")
    done = run("eval", LITE0, "--data", str(tmp_path), data=data)
    assert done.returncode == FOOTAGE
    assert "a.jpg: is cut off" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_list_says_which_is_the_default_and_why(data: Path) -> None:
    told = [
        json.loads(line)
        for line in run("list", "--json", data=data).stdout.splitlines()
    ]
    (chosen,) = [each for each in told if each["default"]]
    assert chosen["file"] is not None
    done = run("list", data=data)
    assert f"default: {chosen['name']} (" in done.stdout
    assert "default: tallypost-street-416 (" in run("list").stdout


def test_what_a_person_has_named_is_shown_as_it_is(data: Path, tmp_path: Path) -> None:
    folder = tmp_path / "[street]"
    folder.mkdir()
    picture = min((data / "labelled" / "pets" / "test").glob("*.jpg"))
    for file in (picture, picture.with_suffix(".txt")):
        (folder / file.name).write_bytes(file.read_bytes())

    done = run("eval", "tallypost-street-320", "--data", str(folder))

    assert done.returncode == 0, done.stderr
    assert "[street]" in "".join(done.stdout.split())


@pytest.mark.parametrize("word", ["", "=person"])
def test_no_folder_is_not_the_folder_one_stands_in(word: str) -> None:
    done = run("eval", "tallypost-street-320", "--data", word)

    assert done.returncode == MEND_IT
    assert "is no folder" in done.stderr


def test_a_broken_manifest_hides_its_name_and_no_other(tmp_path: Path) -> None:
    mine = tmp_path / "tallypost-street-320"
    mine.mkdir()
    (mine / "manifest.toml").write_text("schema = 1\n")

    done = run("list", own=tmp_path)

    assert "tallypost-street-416" in done.stdout
    assert "Traceback" not in done.stderr
