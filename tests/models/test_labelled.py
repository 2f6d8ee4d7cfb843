"""Folders of labelled pictures."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tallypost.domain.vision import Size
from tallypost.errors import RecordingError
from tallypost.models.labelled import LabelledSet

JPEG = b"\xff\xd8 what is told of it \xff\xda what is on it \xff\xd9"
"""Begins and ends as a JPEG does; nobody decodes it here."""


def labelled(folder: Path, label: str, classes: str | None = None) -> LabelledSet:
    (folder / "test").mkdir(parents=True)
    (folder / "test" / "a.jpg").write_bytes(JPEG)
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


def test_a_picture_without_labels_is_left_out_and_told(tmp_path: Path) -> None:
    (note,) = labelled(tmp_path / "set", "").notes
    assert "unlabelled.jpg: has no labels beside it; left out" in note


def test_a_label_that_stands_twice_counts_once_and_is_told(tmp_path: Path) -> None:
    lines = "0 0.5 0.5 0.2 0.2\n1 0.5 0.5 0.2 0.2\n\n0 0.50 0.5 0.2 0.20\n"
    told = labelled(tmp_path / "set", lines)
    for _ in range(2):  # however often it is read
        (picture,) = told
        assert picture.class_ids.tolist() == [0, 1]
    doubles = [note for note in told.notes if "says the same as line 1" in note]
    assert len(doubles) == 1
    assert "a.txt:4: " in doubles[0]


def test_a_picture_under_two_names_is_looked_at_once_and_told(tmp_path: Path) -> None:
    folder = tmp_path / "set"
    labelled(folder, "0 0.5 0.5 0.2 0.2")
    for name, content in (("b", JPEG), ("c", JPEG[:-1] + b"\xda"), ("d", JPEG)):
        (folder / "test" / f"{name}.jpg").write_bytes(content)
        (folder / "test" / f"{name}.txt").write_text("")
    told = LabelledSet(folder, "test")
    assert [path.name for path in told.pictures] == ["a.jpg", "c.jpg"]
    assert "b.jpg: is the same picture as a.jpg, and 1 more likewise" in told.notes[-1]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "is empty"),
        (JPEG[:-2], "is cut off"),
        (b"\xff\xd8 small picture \xff\xda \xff\xd9 \xff\xda and then", "is cut off"),
        (b"\x89PNG IHDR IDAT", "is cut off"),
    ],
    ids=["empty", "a cut JPEG", "a JPEG cut after its small picture", "a cut PNG"],
)
def test_a_picture_that_is_cut_off_is_refused(
    tmp_path: Path, content: bytes, told: str
) -> None:
    labels = labelled(tmp_path / "set", "")
    (tmp_path / "set" / "test" / "a.jpg").write_bytes(content)
    with pytest.raises(RecordingError, match=rf"a\.jpg: {told}.*take it out"):
        list(labels)


def test_links_that_lead_in_circles_are_told(tmp_path: Path) -> None:
    told = labelled(tmp_path / "set", "")
    picture = tmp_path / "set" / "test" / "a.jpg"
    picture.unlink()
    picture.symlink_to("a.jpg")
    with pytest.raises(RecordingError, match=r"a\.jpg: cannot be read \(Too many"):
        list(told)
    labels = picture.with_suffix(".txt")
    labels.unlink()
    labels.symlink_to("a.txt")
    with pytest.raises(RecordingError, match="holds no pictures with labels"):
        LabelledSet(tmp_path / "set", "test")
    (tmp_path / "round").symlink_to("round")
    with pytest.raises(RecordingError, match=r"round: cannot be read \(Too many"):
        LabelledSet(tmp_path / "round", "test")


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir], ids=["a pipe", "a folder"])
def test_what_is_no_file_is_no_picture(
    tmp_path: Path, make: Callable[[Path], None]
) -> None:
    told = labelled(tmp_path / "set", "")
    picture = tmp_path / "set" / "test" / "a.jpg"
    picture.unlink()
    make(picture)
    with pytest.raises(RecordingError, match=r"a\.jpg: is no regular file"):
        list(told)


@pytest.mark.parametrize(
    ("classes", "told"), [("\n", "is empty"), ("car\n\nbus\n", ":2: is blank")]
)
def test_a_list_of_classes_has_no_gaps(tmp_path: Path, classes: str, told: str) -> None:
    with pytest.raises(RecordingError, match=f"classes.txt.*{told}"):
        labelled(tmp_path / "set", "", classes)


def test_labels_without_end_are_refused(tmp_path: Path) -> None:
    told = labelled(tmp_path / "set", "0 0.5 0.5 0.2 0.2\n" * 100_000)
    with pytest.raises(RecordingError, match="has more than 1048576 bytes of labels"):
        list(told)


def test_only_classes_of_the_set_can_be_complete(tmp_path: Path) -> None:
    labelled(tmp_path / "set", "")
    with pytest.raises(
        RecordingError, match=r"labels no class 'tram'; it knows person"
    ):
        LabelledSet(tmp_path / "set", "test", ["tram"])


def test_real_pictures_are_whole_and_some_lie_there_twice(data: Path) -> None:
    told = LabelledSet(data / "labelled" / "oi", "test")
    assert len(told.pictures) == 63
    assert "and 62 more likewise" in told.notes[0]
    assert sum(len(each.boxes) for each in told) == 129
