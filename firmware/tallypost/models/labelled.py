"""Reads folders of pictures with labels beside them: NAME.jpg and NAME.txt."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tallypost.domain.vision import Size
from tallypost.errors import RecordingError
from tallypost.models.pictures import check_whole, without_twins

CLASSES = ("person", "bicycle", "motorcycle", "car", "bus", "truck")
"""What the numbers mean where no classes.txt says otherwise."""
CLASSES_FILE = "classes.txt"
PICTURES = (".jpg", ".jpeg", ".png")
LABEL_BYTES_MAX = 1 << 20
NUMBERS = 5


@dataclass(frozen=True, slots=True)
class LabelledPicture:
    """One picture and what is on it.

    Attributes:
        picture: Its file.
        class_ids: Shape (n,), index into the set's classes.
        boxes: Shape (n, 4), x1 y1 x2 y2 in 0..1 of the picture.
    """

    picture: Path
    class_ids: NDArray[np.int64]
    boxes: NDArray[np.float64]

    def boxes_in(self, size: Size) -> NDArray[np.float64]:
        """Return the boxes in pixels of a picture of this size: shape (n, 4)."""
        sides = np.array([size.width, size.height] * 2, np.float64)
        return np.asarray(self.boxes * sides)


class LabelledSet:
    """A folder of labelled pictures.

    Args:
        folder: Holds the pictures, or a folder for each split.
        split: Which of those; used where it exists.
        complete: The classes of which every picture labels all there is; None: all.

    Attributes:
        classes: What the labels' numbers mean.
        complete: As it was given, or all of `classes`.
        pictures: Those with labels, each once, by name.
        notes: What was passed over, in sentences.

    Raises:
        RecordingError: There are no labelled pictures, classes.txt cannot be read, or
            a class is none of the set's.
    """

    def __init__(
        self, folder: Path, split: str, complete: Sequence[str] | None = None
    ) -> None:
        self._folder = folder / split if (folder / split).is_dir() else folder
        self.classes = _classes(folder)
        self.complete = self.classes if complete is None else tuple(complete)
        for name in self.complete:
            if name not in self.classes:
                raise RecordingError(
                    f"{folder}: labels no class {name!r}; it knows "
                    f"{', '.join(self.classes)}"
                )
        self.notes: list[str] = []
        self.pictures = self._find()

    @property
    def place(self) -> str:
        """The folder that the pictures lie in."""
        return str(self._folder)

    def __iter__(self) -> Iterator[LabelledPicture]:
        for path in self.pictures:
            yield self.read(path)

    def _find(self) -> tuple[Path, ...]:
        try:
            names = sorted(self._folder.iterdir())
        except OSError as error:
            raise RecordingError(
                f"{self._folder}: cannot be read ({error.strerror}); name a folder of "
                f"labelled pictures"
            ) from error
        found = [path for path in names if path.suffix.lower() in PICTURES]
        labelled = [path for path in found if path.with_suffix(".txt").is_file()]
        if not labelled:
            raise RecordingError(
                f"{self._folder}: holds no pictures with labels; want NAME.jpg with "
                f"NAME.txt beside it (class cx cy w h in 0..1), in a folder for each "
                f"split"
            )
        if bare := [path for path in found if path not in {*labelled}]:
            self._note(
                f"{bare[0]}: has no labels beside it{_more(bare)}; left out. Where "
                f"nothing is on a picture, put an empty .txt"
            )
        kept, twins = without_twins(labelled)
        if twins:
            second, first = twins[0]
            self._note(
                f"{second}: is the same picture as {first.name}{_more(twins)}; looked "
                f"at once, with the labels of the first"
            )
        return tuple(kept)

    def _note(self, sentence: str) -> None:
        """Keep a sentence, once, however often a picture is read."""
        if sentence not in self.notes:
            self.notes.append(sentence)

    def read(self, picture: Path) -> LabelledPicture:
        """Return one picture with its labels; a label that stands twice counts once.

        Raises:
            RecordingError: The labels cannot be read, and tells the line; or the
                picture cannot, or is cut off.
        """
        check_whole(picture)
        file = picture.with_suffix(".txt")
        rows: dict[tuple[float, ...], int] = {}
        for number, line in enumerate(_text(file).splitlines(), start=1):
            if not line.strip():
                continue
            row = tuple(_row(f"{file}:{number}", line, len(self.classes)))
            if row in rows:
                self._note(
                    f"{file}:{number}: says the same as line {rows[row]}; counted once"
                )
            else:
                rows[row] = number
        table = np.array(list(rows), np.float64).reshape(len(rows), NUMBERS)
        centres, halves = table[:, 1:3], table[:, 3:] / 2
        boxes = np.clip(np.concatenate([centres - halves, centres + halves], 1), 0, 1)
        return LabelledPicture(picture, table[:, 0].astype(np.int64), boxes)


def _more(places: Sequence[object]) -> str:
    more = len(places) - 1
    return f", and {more} more likewise" if more else ""


def _row(place: str, line: str, class_count: int) -> list[float]:
    try:
        row = [float(word) for word in line.split()]
    except ValueError:
        row = []
    if len(row) != NUMBERS or not np.isfinite(row).all():
        raise RecordingError(
            f"{place}: is no label; want five numbers: class cx cy w h"
        )
    if row[0] not in range(class_count):
        raise RecordingError(
            f"{place}: class {row[0]:g} is none of 0 to {class_count - 1}"
        )
    low, high = min(row[1:]), max(row[1:])
    if low < 0 or high > 1 or min(row[3:]) == 0:
        raise RecordingError(
            f"{place}: is no box; want cx cy w h in 0..1 of the picture, w and h "
            f"above 0"
        )
    return row


def _classes(folder: Path) -> tuple[str, ...]:
    for place in (folder, folder.parent):
        if (place / CLASSES_FILE).is_file():
            lines = _text(place / CLASSES_FILE).rstrip().splitlines()
            names = [line.strip() for line in lines]
            if not names:
                raise RecordingError(
                    f"{place / CLASSES_FILE}: is empty; one name a line"
                )
            if "" in names:
                number = names.index("") + 1
                raise RecordingError(
                    f"{place / CLASSES_FILE}:{number}: is blank, and lines are the "
                    f"classes' numbers; write one name a line"
                )
            return tuple(names)
    return CLASSES


def _text(file: Path) -> str:
    try:
        with file.open("rb") as stream:
            content = stream.read(LABEL_BYTES_MAX + 1)
    except OSError as error:
        raise RecordingError(f"{file}: cannot be read ({error.strerror})") from error
    if len(content) > LABEL_BYTES_MAX:
        raise RecordingError(f"{file}: has more than {LABEL_BYTES_MAX} bytes of labels")
    return content.decode("utf-8-sig", errors="replace")
