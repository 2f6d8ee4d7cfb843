"""Labels that a model file carries."""

import io
import json
import zipfile

import pytest

from tallypost.errors import ModelError
from tallypost.vision.detection.manifest import Family, aligned_labels, usual_classes
from tallypost.vision.detection.metadata import MEMBER_BYTES_MAX, appended_labels

MODEL = b"\x1c\0\0\0TFL3" + bytes(200)


def with_member(name: str, content: str) -> bytes:
    stream = io.BytesIO()
    stream.write(MODEL)
    with zipfile.ZipFile(stream, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        pytest.param("labelmap.txt", "person\ncar\n", id="TensorFlow"),
        pytest.param("labelmap.txt", "person\r\ncar\r\n", id="of Windows"),
        pytest.param(
            "temp_meta.txt",
            "{'task': 'detect', 'names': {0: 'person', 1: 'car'}}",
            id="Ultralytics",
        ),
        pytest.param(
            "metadata.json",
            json.dumps({"task": "detect", "names": {"1": "car", "0": "person"}}),
            id="Ultralytics as JSON",
        ),
        pytest.param(
            "metadata.json",
            json.dumps({"end2end": False, "names": ["person", "car"]}, indent=2),
            id="Ultralytics as JSON on several lines",
        ),
    ],
)
def test_labels_are_read_from_the_end_of_the_file(name: str, content: str) -> None:
    assert appended_labels("m", with_member(name, content)) == ("person", "car")


def test_a_file_without_an_archive_has_no_labels() -> None:
    assert appended_labels("m", MODEL) is None
    assert appended_labels("m", with_member("readme.md", "hello")) is None


@pytest.mark.parametrize(
    ("content", "told"),
    [
        pytest.param("{'task': 'segment', 'names': {0: 'a'}}", "segment", id="a task"),
        pytest.param("{'names': {0: 'a', 2: 'b'}}", "gaps", id="a gap"),
        pytest.param("{'task': 'detect'}", "no names", id="no names"),
        pytest.param("__import__('os').getcwd()", "no dictionary", id="code"),
        pytest.param("(" * 100_000, "no dictionary", id="deep"),
        pytest.param("[" * 100_000, "no dictionary", id="deep JSON"),
        pytest.param("{'names': {}}", "0 labels", id="none"),
    ],
)
def test_metadata_of_another_kind_is_refused(content: str, told: str) -> None:
    with pytest.raises(ModelError, match=told):
        appended_labels("m", with_member("temp_meta.txt", content))


def test_a_bomb_is_not_unpacked() -> None:
    bomb = with_member("labelmap.txt", "a\n" * MEMBER_BYTES_MAX * 20)
    assert len(bomb) < MEMBER_BYTES_MAX
    with pytest.raises(ModelError, match="larger than"):
        appended_labels("m", bomb)


def test_a_damaged_archive_is_told() -> None:
    content = bytearray(with_member("labelmap.txt", "person\ncar\n" * 50))
    content[len(MODEL) + 45] ^= 0xFF
    with pytest.raises(ModelError, match="at its end"):
        appended_labels("m", bytes(content))


def test_a_background_label_is_off_by_one_only_where_the_model_finishes() -> None:
    labels = ("???", "person", "bicycle")
    assert aligned_labels(labels, Family.SSD_POSTPROCESS) == ("person", "bicycle")
    assert aligned_labels(labels, Family.YOLO_V8) == labels


def test_a_bare_model_tells_what_passes_in_a_street_in_our_words() -> None:
    labels = ("Person", "dog", "motorbike", "???", "car")
    assert usual_classes(labels) == {
        "Person": "person",
        "motorbike": "motorcycle",
        "car": "car",
    }
    assert usual_classes(("cat", "???")) == {"cat": "cat"}
