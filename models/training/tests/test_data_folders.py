"""Whatever a data folder holds: it is said, left out, and the rest is packed."""

import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from scenes import WHOLE, street, write_set

from tallypost_training.errors import RecipeError
from tallypost_training.pack import Packed, pack
from tallypost_training.pictures import (
    Faults,
    Sample,
    SetDescription,
    read_sets,
    read_split,
)
from tallypost_training.recipe import SETS
from tallypost_training.teacher import question

TRUCKS = [5, 5]


@pytest.fixture
def train(tmp_path: Path) -> Path:
    """A folder with two sound pictures, of a car and a person each."""
    folder = tmp_path / WHOLE.name / "train"
    write_set(folder, [street(seed=1), street(seed=2)])
    return folder


def packed(train: Path) -> tuple[Packed, list[str]]:
    """Return what can be packed, and what was said."""
    faults = Faults()
    samples = read_split(train.parent.parent, [WHOLE], "train", faults)
    file = train.parent / "packed.npz"
    pack(samples, {}, file, faults)
    return Packed(file), faults.lines()


def add(train: Path, labels: str) -> None:
    street(seed=7)[0].save(train / "new.png")
    (train / "new.txt").write_text(labels)


LABELS = {
    "not a number": ("3 nan 0.5 0.1 0.1", "a line that is no label"),
    "infinite": ("3 0.5 0.5 inf 0.1", "a line that is no label"),
    "a class that nobody knows": ("17 0.5 0.5 0.1 0.1", "a line that is no label"),
    "a negative class": ("-1 0.5 0.5 0.1 0.1", "a line that is no label"),
    "half a class": ("1.5 0.5 0.5 0.1 0.1", "a line that is no label"),
    "four numbers": ("3 0.5 0.5 0.1", "a line that is no label"),
    "six numbers": ("3 0.5 0.5 0.1 0.1 0.9", "a line that is no label"),
    "words": ("car on the left", "a line that is no label"),
    "outside": ("3 1.5 0.5 0.1 0.1", "a box outside its picture"),
    "negative": ("3 0.5 0.5 -0.1 0.1", "a box outside its picture"),
    "no area": ("3 0.5 0.5 0.0 0.1", "a box without an area"),
    "twice": ("5 0.5 0.5 0.1 0.1", "the same label twice"),
}


@pytest.mark.parametrize(("line", "said"), LABELS.values(), ids=LABELS)
def test_an_absurd_label_is_left_out_and_the_others_stay(
    train: Path, line: str, said: str
) -> None:
    add(train, f"5 0.5 0.5 0.1 0.1\n{line}\n5 0.2 0.2 0.1 0.1\n")
    made, lines = packed(train)
    assert made.labels[2].class_ids.tolist() == TRUCKS
    assert [said in x and "new.txt" in x for x in lines] == [True]


def _truncated(file: Path) -> None:
    street(seed=7)[0].save(file, "JPEG")
    file.write_bytes(file.read_bytes()[:3000])


def _huge(file: Path) -> None:
    """A PNG of 30,000 x 30,000 pixels in a few bytes, as an attacker writes it."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + content))
        return struct.pack(">I", len(content)) + kind + content + check

    size = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    pixels = chunk(b"IDAT", zlib.compress(bytes(100)))
    file.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", size) + pixels)


def _large(file: Path) -> None:
    _huge(file)
    content = file.read_bytes().replace(
        struct.pack(">II", 30_000, 30_000), struct.pack(">II", 10_000, 10_000)
    )
    file.write_bytes(content)


PICTURES: dict[str, tuple[Callable[[Path], object], str]] = {
    "cut off": (_truncated, "a damaged picture"),
    "text": (lambda x: x.write_text("no picture"), "a damaged picture"),
    "empty": (lambda x: x.write_bytes(b""), "a damaged picture"),
    "huge": (_huge, "a damaged picture"),
    "large": (_large, "a damaged picture"),
    "a folder": (lambda x: x.mkdir(), "a picture that cannot be read"),
    "a loop": (lambda x: x.symlink_to(x), "a picture that cannot be read"),
    "a dead link": (lambda x: x.symlink_to("nowhere"), "a picture that cannot be read"),
}


@pytest.mark.parametrize(("make", "said"), PICTURES.values(), ids=PICTURES)
def test_a_picture_that_is_none_is_left_out_and_the_others_stay(
    train: Path, make: Callable[[Path], object], said: str
) -> None:
    make(train / "new.jpg")
    (train / "new.txt").write_text("5 0.5 0.5 0.1 0.1")
    made, lines = packed(train)
    assert len(made) == 2
    assert [said in x and "new.jpg" in x for x in lines] == [True]


def _unlabelled(train: Path) -> None:
    street(seed=7)[0].save(train / "new.png")


def _label_folder(train: Path) -> None:
    _unlabelled(train)
    (train / "new.txt").mkdir()


def _label_loop(train: Path) -> None:
    _unlabelled(train)
    (train / "new.txt").symlink_to(train / "new.txt")


def _much_text(train: Path) -> None:
    add(train, "3 0.5 0.5 0.1 0.1\n" * 70_000)


def _twin(train: Path) -> None:
    (train / "new.png").write_bytes((train / "000.png").read_bytes())
    (train / "new.txt").write_text("5 0.5 0.5 0.1 0.1")


LEFT_OUT: dict[str, tuple[Callable[[Path], None], str]] = {
    "without labels": (_unlabelled, "a picture without labels"),
    "labels are a folder": (_label_folder, "a picture without labels"),
    "labels are a loop": (_label_loop, "a picture without labels"),
    "a megabyte of labels": (_much_text, "a label file too large"),
    "the same picture twice": (_twin, "the same picture twice"),
}


@pytest.mark.parametrize(("make", "said"), LEFT_OUT.values(), ids=LEFT_OUT)
def test_a_picture_of_which_nobody_knows_what_is_there_is_left_out(
    train: Path, make: Callable[[Path], None], said: str
) -> None:
    make(train)
    made, lines = packed(train)
    assert made.names == ["street/train/000.png", "street/train/001.png"]
    assert [said in x for x in lines] == [True]


def test_labels_that_may_not_be_read_leave_their_picture_out(
    train: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(train, "5 0.5 0.5 0.1 0.1")
    real = Path.read_text

    def refused(self: Path, *args: str, **named: str) -> str:
        if self.name == "new.txt":  # root may read everything
            raise PermissionError(13, "Permission denied", str(self))
        return real(self, *args, **named)

    monkeypatch.setattr(Path, "read_text", refused)
    made, lines = packed(train)
    assert len(made) == 2
    assert ["not to be read" in x for x in lines] == [True]


def test_an_empty_label_file_says_that_nothing_is_there(train: Path) -> None:
    add(train, "")
    made, lines = packed(train)
    assert [len(x.boxes) for x in made.labels] == [2, 2, 0]
    assert lines == []


def test_a_picture_of_one_pixel_is_packed(train: Path) -> None:
    Image.new("RGB", (1, 1)).save(train / "new.png")
    (train / "new.txt").write_text("5 0.5 0.5 1 1")
    made, lines = packed(train)
    assert made.sizes[2].tolist() == [1, 1]
    assert lines == []


def test_boxes_are_corners_in_parts_of_the_picture(train: Path) -> None:
    add(train, "\ufeff4 0.5 0.25 0.2 0.1\r\n")
    box = packed(train)[0].labels[2].boxes
    assert np.allclose(box, [[0.4, 0.2, 0.6, 0.3]])


def test_a_set_that_is_not_there_is_said(train: Path) -> None:
    other = read_sets(SETS)[0]
    faults = Faults()
    samples = read_split(train.parent.parent, [WHOLE, other], "train", faults)
    assert len(samples) == 2
    assert ["a set that is not there" in x for x in faults.lines()] == [True]


def test_without_any_picture_the_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match=r"nowhere: holds no pictures .* street"):
        read_split(tmp_path / "nowhere", [WHOLE], "train", Faults())


def test_if_every_picture_is_damaged_training_does_not_begin(tmp_path: Path) -> None:
    folder = tmp_path / WHOLE.name / "train"
    folder.mkdir(parents=True)
    (folder / "a.jpg").write_text("no picture")
    (folder / "a.txt").write_text("")
    with pytest.raises(RecipeError, match="none of 1 pictures can be read"):
        packed(folder)


SET = '[[sets]]\nname = "mine"\ncomplete = ["car"]\ntiles = 1\nlicence = "mine"\n'
BROKEN = {
    "no TOML": ("sets = [", "cannot be read"),
    "not text": ("\udcff", "cannot be read"),
    "no sets": ("a = 1", "cannot be read"),
    "a word for a set": ('sets = ["coco"]', "cannot be read"),
    "no licence": (SET.replace("licence", "license"), "cannot be read"),
    "tiles in words": (SET.replace("= 1", '= "two"'), "cannot be read"),
    "no tiles": (SET.replace("= 1", "= 0"), "mine.tiles: 0 is none of 1 to 8"),
    "a strange class": (SET.replace('"car"', '"cat"'), "mine.complete: 'cat' is none"),
    "twice": (SET * 2, "mine: stands there twice"),
}


@pytest.mark.parametrize(("text", "said"), BROKEN.values(), ids=BROKEN)
def test_a_broken_list_of_sets_is_refused_in_a_sentence(
    tmp_path: Path, text: str, said: str
) -> None:
    file = tmp_path / "sets.toml"
    file.write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(RecipeError, match=said):
        read_sets(file)


def test_a_set_may_be_left_out_by_name_and_a_strange_name_is_refused() -> None:
    names = [x.name for x in read_sets(SETS, ("highway",))]
    assert "coco" in names
    assert "highway" not in names
    with pytest.raises(RecipeError, match="has no set 'hihgway'; want one of highway"):
        read_sets(SETS, ("hihgway",))


def test_a_picture_of_test_is_not_learned_from(tmp_path: Path) -> None:
    source = SetDescription("mine", ("car",), 1, "ours")
    for split, names in (("train", "ab"), ("test", "b")):
        place = tmp_path / "mine" / split
        place.mkdir(parents=True)
        for name in names:
            shade = 40 * ord(name) % 256
            Image.new("RGB", (40, 30), (shade, 0, 0)).save(place / f"{name}.png")
            (place / f"{name}.txt").write_text("3 0.5 0.5 0.5 0.5\n")
    faults = Faults()

    samples = read_split(tmp_path, [source], "train", faults)

    assert [x.path.name for x in samples] == ["a.png"]
    assert any("not learned from" in line for line in faults.lines())


def test_an_answer_belongs_to_a_picture_and_not_to_its_name(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    asked = []
    for shade, tiles in ((10, 1), (200, 1), (200, 2)):
        Image.new("RGB", (40, 30), (shade, 0, 0)).save(path)
        source = SetDescription("mine", (), tiles, "ours")
        none = np.zeros((0, 4), np.float32)
        asked.append(question(Sample(path, source, none, np.zeros(0, np.int64))))

    assert len(set(asked)) == 3
