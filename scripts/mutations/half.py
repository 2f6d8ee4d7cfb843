"""A half that sees, as small as can be: a model, some pictures, frames of the wall."""

import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np

from scripts.mutations.anatomy import Anatomy, anatomy
from tallypost.domain.figures.zones import ZoneFigures
from tallypost.domain.records import Interval, Quality
from tallypost.domain.vision import Frame, Pixels, Size
from tallypost.errors import TallypostError
from tallypost.vision.detection.litert import LitertDetector
from tallypost.vision.detection.manifest import ModelDescription
from tallypost.wall.frame import Alphabet, State
from tallypost.wall.writer import WallWriter

ZONE = "street"
EVEN = (0, 1, 127, 128, 254, 255)


class Sound(NamedTuple):
    """A model as its maker made it.

    Attributes:
        file: Where it lies, for messages.
        body: What it is made of.
        description: What it is.
        alphabet: What a half that runs it may speak of.
    """

    file: Path
    body: Anatomy
    description: ModelDescription
    alphabet: Alphabet


def sound(file: Path, description: ModelDescription) -> Sound:
    """Return a model that is about to be hurt."""
    alphabet = Alphabet(classes=description.classes, elements={"zones": {ZONE: ()}})
    return Sound(file, anatomy(file.read_bytes()), description, alphabet)


def pictures(fit: Size, chance: random.Random, count: int) -> Iterator[Pixels]:
    """Yield pictures that no camera gives: noise, one colour, stripes, any size."""
    noise = np.random.default_rng(chance.getrandbits(32))
    for _ in range(count):
        height = chance.choice((fit.height, fit.height, 1, 2, fit.height // 3))
        width = chance.choice((fit.width, fit.width, 1, 3, fit.width // 2))
        shape = (height, width, 3)
        match chance.randrange(3):
            case 0:
                yield noise.integers(0, 256, shape, np.uint8)
            case 1:
                yield np.full(shape, chance.choice(EVEN), np.uint8)
            case _:
                stripes = np.arange(height * width * 3) * chance.randrange(1, 256)
                yield stripes.astype(np.uint8).reshape(shape)


HURTS: Mapping[str, Callable[[Pixels], Pixels]] = {
    "none: noise, stripes, one colour, any size": lambda pixels: pixels,
    "no pixels": lambda pixels: pixels[:0],
    "no colours": lambda pixels: pixels[:, :, 0],
    "four colours": lambda pixels: pixels[:, :, (0, 1, 2, 0)],
    "larger than it may be": lambda pixels: np.tile(pixels, (9, 9, 1)),
    "upside down in memory": lambda pixels: pixels[::-1, ::-1],
}
"""What is done to a picture, by what is wrong with it then."""


def begin(
    half: Sound, content: bytes, frames: list[Pixels], outlet: int, *, scene: Size
) -> Callable[[], None]:
    """Return what loads a model, looks at pictures, and tells what it found.

    Args:
        half: What the model is said to be.
        content: What it is.
        frames: Looked at one after another.
        outlet: The wall's descriptor.
        scene: Of which the pictures are said to be.
    """
    writer = WallWriter(outlet, half.alphabet)

    def watch() -> None:
        try:
            detector = LitertDetector(
                description=half.description, file=half.file, content=content
            )
            writer.tell(State.WATCHING)
            seen: Counter[str] = Counter()
            for index, pixels in enumerate(frames):
                found = detector.detect(Frame(pixels, scene, float(index), 0.0))
                seen |= Counter(detector.classes[each] for each in found.class_ids)
            writer.send(_interval(seen, len(frames)))
            writer.tell(State.FOOTAGE_ENDED)
        except TallypostError:
            writer.tell(State.MODEL_FAILED)

    return watch


def _interval(seen: Counter[str], frames: int) -> Interval:
    return Interval(
        start_utc_s=0.0,
        duration_s=60.0,
        lines={},
        zones={ZONE: ZoneFigures(occupancy_max=dict(seen))},
        quality=Quality(observed_s=60.0, frames=frames, frames_dropped=0),
    )
