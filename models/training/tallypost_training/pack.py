"""Puts pictures and labels into one file that every run reads in seconds.

Where people labelled a class only now and then, the teacher's answers are added: what
it is sure of as labels, what it doubts as places where that class is not learned.
"""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tallypost.geometry import iou
from tallypost_training.errors import RecipeError
from tallypost_training.pictures import Faults, Numbers, Sample, open_picture
from tallypost_training.teacher import key, question

SIDE = 384
"""Longer side of a packed picture."""
QUALITY = 85
SURE_MIN = 0.45
"""The teacher's score from which its answer is a label."""
SAME_MIN = 0.4
"""Overlap from which the teacher means what a person has labelled."""
COVERED_MIN = 0.7
"""A rider inside a bicycle's box that includes him is labelled already."""
RIDDEN = (1, 2)


class Labels(NamedTuple):
    """What is on one picture.

    Attributes:
        boxes: Shape (n, 4), x1 y1 x2 y2 in 0..1.
        class_ids: Shape (n,).
        sure: Shape (n,); where it is false, that class is not learned there.
    """

    boxes: NDArray[np.float32]
    class_ids: Numbers
    sure: NDArray[np.bool_]


def merged(sample: Sample, answers: NDArray[np.float32] | None) -> Labels:
    """Return a picture's labels, completed by the teacher where they are not whole."""
    boxes, class_ids = sample.boxes, sample.class_ids
    sure = np.ones(len(boxes), np.bool_)
    if answers is None or not len(answers):
        return Labels(boxes, class_ids, sure)
    told = answers[np.isin(answers[:, 4], sample.source.missing)]
    kinds = told[:, 4].astype(np.int64)
    same = iou(told[:, :4], boxes) > SAME_MIN
    known = (same & (kinds[:, None] == class_ids[None])).any(axis=1)
    # Whatever people called it, they have seen it: a bus is no car beside it.
    known |= ((iou(told[:, :4], boxes) > 0.6) & (kinds[:, None] > 0)).any(axis=1)  # noqa: PLR2004
    ridden = boxes[np.isin(class_ids, RIDDEN)]
    rider = (kinds == 0) & (covered(told[:, :4], ridden) > COVERED_MIN).any(axis=1)
    fresh = ~known
    return Labels(
        np.concatenate([boxes, told[fresh, :4]]).astype(np.float32),
        np.concatenate([class_ids, kinds[fresh]]),
        np.concatenate([sure, (told[fresh, 5] >= SURE_MIN) & ~rider[fresh]]),
    )


def covered(
    first: NDArray[np.float32], second: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Return which share of each of `first` lies in each of `second`: shape (n, m)."""
    low = np.maximum(first[:, None, :2], second[None, :, :2])
    high = np.minimum(first[:, None, 2:], second[None, :, 2:])
    shared = np.clip(high - low, 0, None).prod(axis=2)
    sizes = (first[:, 2:] - first[:, :2]).prod(axis=1)
    return np.asarray(shared / np.maximum(sizes, 1e-9)[:, None], np.float32)


def pack(
    samples: Sequence[Sample],
    answers: dict[str, NDArray[np.float32]],
    target: Path,
    faults: Faults,
    quality: int = QUALITY,
) -> int:
    """Write pictures and labels into one file; return how many pictures are in it.

    Args:
        samples: The pictures.
        answers: The teacher's, by picture.
        target: A `.npz` file; it appears when it is whole.
        faults: Told of pictures that cannot be read.
        quality: Of the WebP that each picture is kept as.

    Raises:
        RecipeError: None of the pictures can be read.
    """
    content, labels, names, sources = [], [], [], []
    for sample in samples:
        picture = open_picture(sample.path)
        if picture is None:
            faults.note("a damaged picture, left out", str(sample.path))
            continue
        content.append(np.frombuffer(_webp(picture, quality), np.uint8))
        labels.append(merged(sample, answers.get(question(sample))))
        names.append(key(sample.path))
        sources.append(sample.source.name)
    if not names:
        raise RecipeError(
            f"{target}: none of {len(samples)} pictures can be read, the first is "
            f"{samples[0].path}; want JPEG or PNG"
        )
    table = {
        "content": np.concatenate(content),
        "content_ends": np.cumsum([len(x) for x in content]),
        "boxes": np.concatenate([x.boxes for x in labels]),
        "class_ids": np.concatenate([x.class_ids for x in labels]).astype(np.int8),
        "sure": np.concatenate([x.sure for x in labels]),
        "label_ends": np.cumsum([len(x.boxes) for x in labels]),
        "names": np.array(names),
        "sources": np.array(sources),
    }
    part = target.with_suffix(".part.npz")
    np.savez(part, allow_pickle=False, **table)
    part.replace(target)
    return len(names)


def _webp(picture: Image.Image, quality: int) -> bytes:
    picture.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
    stream = io.BytesIO()
    picture.save(stream, "WEBP", quality=quality, method=4)
    return stream.getvalue()


class Packed:
    """A packed file, opened.

    Attributes:
        pictures: Shape (n, 3, 384, 384), each at the top left of its square.
        sizes: Shape (n, 2), width and height of each in pixels.
        labels: What is on each.
        sources: The set of each.
        names: How each is called.
    """

    def __init__(self, file: Path) -> None:
        with np.load(file) as table:
            ends = table["content_ends"]
            content = table["content"]
            self.names = [str(x) for x in table["names"]]
            self.sources = table["sources"]
            bounds = table["label_ends"][:-1]
            self.labels = [
                Labels(*x)
                for x in zip(
                    np.split(table["boxes"], bounds),
                    np.split(table["class_ids"].astype(np.int64), bounds),
                    np.split(table["sure"], bounds),
                    strict=True,
                )
            ]
        count = len(ends)
        self.pictures = np.full((count, 3, SIDE, SIDE), 114, np.uint8)
        self.sizes = np.zeros((count, 2), np.int64)
        for number, piece in enumerate(np.split(content, ends[:-1])):
            with Image.open(io.BytesIO(piece.tobytes())) as opened:
                pixels = np.asarray(opened.convert("RGB"))
            height, width = pixels.shape[:2]
            self.pictures[number, :, :height, :width] = pixels.transpose(2, 0, 1)
            self.sizes[number] = width, height

    def __len__(self) -> int:
        return len(self.sizes)
