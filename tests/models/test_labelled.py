"""Folders of labelled pictures."""

from pathlib import Path

import pytest

from tallypost.domain.vision import Size
from tallypost.errors import RecordingError
from tallypost.models.labelled import LabelledSet


def labelled(folder: Path, label: str, classes: str | None = None) -> LabelledSet:
    (folder / "test").mkdir(parents=True)
    (folder / "test" / "a.jpg").write_bytes(b"")
    (folder / "test" / "a.txt").write_text(label)
    (folder / "test" / "unlabelled.jpg").write_bytes(b"")
    if classes is not None:
        (folder / "classes.txt").write_text(classes)
    return LabelledSet(folder, "test")


def test_labels_become_boxes(tmp_path: Path) -> None:
    (picture,) = labelled(tmp_path / "set", "3 0.5 0.5 0.5 0.25\n\n0 0.1 0.1 0.4 0.2\n")
    assert picture.class_ids.tolist() == [3, 0]
    told = picture.boxes_in(Size(200, 100)).ravel().tolist()
    assert told == pytest.approx([50, 37.5, 150, 62.5, 0, 0, 60, 20])


def test_an_empty_label_file_says_that_nothing_is_there(tmp_path: Path) -> None:
    (picture,) = labelled(tmp_path / "set", "")
    assert picture.boxes.shape == (0, 4)


def test_a_set_may_name_its_own_classes(tmp_path: Path) -> None:
    told = labelled(tmp_path / "set", "1 0.5 0.5 0.5 0.25", "tram\nperson\n")
    assert told.classes == ("tram", "person")
    assert next(iter(told)).class_ids.tolist() == [1]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("0 0.5 0.5", "want five numbers"),
        ("0 0.5 0.5 a 1", "want five numbers"),
        ("0 0.5 0.5 nan 1", "want five numbers"),
        ("6 0.5 0.5 0.5 0.5", "class 6 is none of 0 to 5"),
        ("0.5 0.5 0.5 0.5 0.5", "class 0.5"),
        ("0 1.5 0.5 0.5 0.5", "is no box"),
        ("0 0.5 0.5 0 0.5", "is no box"),
        ("0 320 240 64 64", "is no box"),
    ],
)
def test_a_label_that_cannot_be_read_is_named(
    tmp_path: Path, line: str, told: str
) -> None:
    with pytest.raises(RecordingError, match=told) as caught:
        list(labelled(tmp_path / "set", f"0 0.5 0.5 1 1\n{line}\n"))
    assert "a.txt:2: " in str(caught.value)


def test_a_folder_without_labels_says_what_it_wants(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match=r"NAME\.jpg with NAME\.txt"):
        LabelledSet(tmp_path, "test")


def test_real_sets_are_read(data: Path) -> None:
    told = LabelledSet(data / "labelled" / "coco", "val")
    assert len(told.pictures) == 128
    assert sum(len(each.class_ids) for each in told) == 330
