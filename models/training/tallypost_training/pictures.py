"""Reads labelled pictures, and says of each fault what was done about it."""

import hashlib
import tomllib
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tallypost_training.errors import RecipeError

CLASSES = ("person", "bicycle", "motorcycle", "car", "bus", "truck")
SIDE_MIN = 0.002
"""A box thinner than this share of the picture is a slip of the pen."""
PIXELS_MAX = 50_000_000
LABEL_BYTES_MAX = 1 << 20
TILES_MAX = 8
SUFFIXES = (".jpg", ".jpeg", ".png")
ABSURD = (Image.DecompressionBombError, Image.DecompressionBombWarning)
"""What the library says of pictures that would fill the memory."""

Boxes = NDArray[np.float32]
"""Shape (n, 4), x1 y1 x2 y2 in 0..1 of the picture."""
Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class SetDescription:
    """One set of pictures, as `sets.toml` tells it.

    Attributes:
        name: What its folder is called.
        complete: Classes that are labelled wherever they occur.
        tiles: The teacher looks at so many parts a side as well.
        licence: Under which its pictures and labels may be used.
    """

    name: str
    complete: tuple[str, ...]
    tiles: int
    licence: str

    @property
    def missing(self) -> tuple[int, ...]:
        """Numbers of the classes of which a missing label says nothing."""
        return tuple(i for i, x in enumerate(CLASSES) if x not in self.complete)


@dataclass(slots=True)
class Sample:
    """One picture and what people said of it.

    Attributes:
        path: The picture.
        source: The set that it belongs to.
        boxes: Shape (n, 4), x1 y1 x2 y2 in 0..1.
        class_ids: Shape (n,).
    """

    path: Path
    source: SetDescription
    boxes: Boxes
    class_ids: Numbers


@dataclass(slots=True)
class Faults:
    """What was wrong with a data folder, by kind, with the first place of each."""

    counts: Counter[str] = field(default_factory=Counter)
    first: dict[str, str] = field(default_factory=dict)

    def note(self, kind: str, place: str) -> None:
        """Remember one fault."""
        self.counts[kind] += 1
        self.first.setdefault(kind, place)

    def lines(self) -> list[str]:
        """Return one sentence for each kind of fault."""
        return [
            f"{count} x {kind} (first: {self.first[kind]})"
            for kind, count in self.counts.items()
        ]


def read_sets(file: Path, without: tuple[str, ...] = ()) -> list[SetDescription]:
    """Return the sets that `sets.toml` tells of, less those that are left out.

    Raises:
        RecipeError: The file cannot be read, or names what nobody knows.
    """
    try:
        table = tomllib.loads(file.read_text())
        found = [
            SetDescription(
                str(x["name"]),
                tuple(x["complete"]),
                int(x["tiles"]),
                str(x["licence"]),
            )
            for x in table["sets"]
        ]
    except (OSError, tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        raise RecipeError(f"{file}: cannot be read ({error!r})") from error
    names = [each.name for each in found]
    if strangers := [name for name in without if name not in names]:
        raise RecipeError(
            f"{file}: has no set {strangers[0]!r}; want one of {', '.join(names)}"
        )
    for each in found:
        if names.count(each.name) > 1:
            raise RecipeError(f"{file}: {each.name}: stands there twice; want it once")
        if each.tiles not in range(1, TILES_MAX + 1):
            raise RecipeError(
                f"{file}: {each.name}.tiles: {each.tiles} is none of 1 to {TILES_MAX}"
            )
        if wrong := [name for name in each.complete if name not in CLASSES]:
            raise RecipeError(
                f"{file}: {each.name}.complete: {wrong[0]!r} is none of "
                f"{', '.join(CLASSES)}"
            )
    return [each for each in found if each.name not in without]


def read_split(
    folder: Path, sets: list[SetDescription], split: str, faults: Faults
) -> list[Sample]:
    """Return every readable picture of one split, each only once.

    A picture without a label file is left out unless its whole set has no labels (the
    teacher sees to those); an empty label file says that nothing is there.

    Args:
        folder: Holds one folder a set.
        sets: What the folders are.
        split: train, val or test.
        faults: Told what was wrong.

    Raises:
        RecipeError: None of the sets is there.
    """
    samples: list[Sample] = []
    seen: dict[str, Path] = {}
    apart = _held_out(folder, sets) if split == "train" else {}
    for source in sets:
        if not (folder / source.name).is_dir():
            faults.note("a set that is not there, left out", str(folder / source.name))
        place = folder / source.name / split
        paths = [x for x in sorted(place.glob("*")) if x.suffix.lower() in SUFFIXES]
        labelled = any(path.with_suffix(".txt").is_file() for path in paths)
        for path in paths:
            sample = _read(path, source, faults, labelled=labelled)
            if sample is None:
                continue
            if _is_fresh(path, seen, apart, faults):
                samples.append(sample)
    if not samples:
        raise RecipeError(
            f"{folder}: holds no pictures of the split {split!r} of "
            f"{', '.join(x.name for x in sets)}; name the folder that holds the sets"
        )
    return samples


def _is_fresh(
    path: Path, seen: dict[str, Path], apart: dict[str, Path], faults: Faults
) -> bool:
    """Return whether a picture can be read and stands nowhere else."""
    digest = content_digest(path)
    if digest is None:
        faults.note("a picture that cannot be read, left out", str(path))
    elif digest in apart:
        twin = f"{path} = {apart[digest]}"
        faults.note("a picture of val or test, not learned from", twin)
    elif digest in seen:
        faults.note("the same picture twice", f"{path} = {seen[digest]}")
    else:
        seen[digest] = path
        return True
    return False


def _held_out(folder: Path, sets: list[SetDescription]) -> dict[str, Path]:
    """Return the pictures of val and test by their content: nobody learns from them."""
    paths = [
        path
        for source in sets
        for split in ("val", "test")
        for path in (folder / source.name / split).glob("*")
        if path.suffix.lower() in SUFFIXES
    ]
    return {digest: path for path in paths if (digest := content_digest(path))}


def content_digest(path: Path) -> str | None:
    """Return what tells a picture from others; None for a folder, a pipe, a loop."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else None
    except OSError:
        return None


def _read(
    path: Path, source: SetDescription, faults: Faults, *, labelled: bool
) -> Sample | None:
    labels = path.with_suffix(".txt")
    if labelled and not labels.is_file():
        faults.note("a picture without labels, left out", str(path))
        return None
    text = _text(labels, faults) if labelled else ""
    if text is None:
        return None
    rows = list(_rows(text, labels, faults))
    table = np.array(rows, np.float64).reshape(len(rows), 5)
    centres, halves = table[:, 1:3], table[:, 3:] / 2
    boxes = np.clip(np.concatenate([centres - halves, centres + halves], 1), 0, 1)
    big = (boxes[:, 2:] - boxes[:, :2] >= SIDE_MIN).all(axis=1)
    for _ in range(int((~big).sum())):
        faults.note("a box without an area, left out", str(labels))
    return Sample(
        path,
        source,
        boxes[big].astype(np.float32),
        table[big, 0].astype(np.int64),
    )


def _text(file: Path, faults: Faults) -> str | None:
    """Return what a label file says; None where nobody can know what is there."""
    try:
        if file.stat().st_size > LABEL_BYTES_MAX:
            faults.note("a label file too large, its picture left out", str(file))
            return None
        return file.read_text(encoding="utf-8-sig", errors="replace")
    except OSError:
        faults.note("a label file not to be read, its picture left out", str(file))
        return None


def _rows(text: str, file: Path, faults: Faults) -> Iterator[tuple[float, ...]]:
    known = set()
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            row = tuple(float(word) for word in line.split())
        except ValueError:
            row = ()
        sound = len(row) == 5 and np.isfinite(row).all()  # noqa: PLR2004 - class, box
        if not sound or row[0] not in range(len(CLASSES)):
            faults.note("a line that is no label, left out", f"{file}:{number}")
        elif min(row[1:]) < -0.01 or max(row[1:]) > 1.01:  # noqa: PLR2004 - rounding
            faults.note("a box outside its picture, left out", f"{file}:{number}")
        elif row in known:
            faults.note("the same label twice", f"{file}:{number}")
        else:
            known.add(row)
            yield row


def open_picture(path: Path) -> Image.Image | None:
    """Return a picture in RGB; None if it is damaged, cut short or absurdly large."""
    try:
        with warnings.catch_warnings(), _opened(path) as picture:
            if picture.width * picture.height > PIXELS_MAX:
                return None
            return picture.convert("RGB")
    except (OSError, SyntaxError, ValueError, *ABSURD):
        return None


def _opened(path: Path) -> Image.Image:
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    return Image.open(path)
