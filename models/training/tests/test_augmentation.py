"""However pictures are laid on a canvas, their labels lie where their pixels lie."""

import numpy as np
import pytest
import torch
from PIL import Image
from scenes import MakePacked, Scene, street
from torch import Tensor

from tallypost_training.augment import Augmenter, Batch, Store, letterboxed

CPU = torch.device("cpu")
SHAPES = [(320, 320), (256, 416)]


def square(left: int, top: int, width: int, height: int) -> Scene:
    """Return one white rectangle on black."""
    pixels = np.zeros((288, 384, 3), np.uint8)
    pixels[top : top + height, left : left + width] = 255
    middle = ((left + width / 2) / 384, (top + height / 2) / 288)
    return Image.fromarray(pixels), [(3, *middle, width / 384, height / 288)]


def store_of(make_packed: MakePacked, *scenes: Scene) -> Store:
    return Store(make_packed(scenes), CPU)


def augmenter(store: Store, seed: int = 5) -> Augmenter:
    generator = torch.Generator().manual_seed(seed)
    return Augmenter(store, torch.ones(len(store)), generator)


def bounds(picture: Tensor) -> list[float]:
    """Return where the bright pixels lie, to a part of a pixel: x1 y1 x2 y2."""
    bright = picture.mean(dim=0)
    edges = []
    for profile in (bright.amax(dim=0), bright.amax(dim=1)):
        # an edge that falls within a pixel lights that pixel in part
        inside = torch.nonzero(profile > 0.95).flatten()
        first, last = int(inside[0]), int(inside[-1])
        before = float(profile[first - 1]) if first else 0.0
        after = float(profile[last + 1]) if last + 1 < len(profile) else 0.0
        edges.append((first - before, last + 1 + after))
    return [edges[0][0], edges[1][0], edges[0][1], edges[1][1]]


@pytest.mark.parametrize(("height", "width"), SHAPES)
def test_a_box_follows_its_pixels(
    make_packed: MakePacked, height: int, width: int
) -> None:
    scenes = [square(60, 40, 90, 70), square(200, 150, 60, 110), square(150, 8, 64, 48)]
    draws = augmenter(store_of(make_packed, *scenes))
    compared = 0
    for _ in range(4):
        batch = draws.place(16, height, width, plain=True)
        for picture, boxes, sure in zip(
            batch.pictures, batch.boxes, batch.sure, strict=True
        ):
            if not sure[0] or (boxes[0, 2:] - boxes[0, :2]).amin() < 8:
                continue
            # grey around the picture is no square
            off = np.abs(np.array(bounds(picture)) - boxes[0].numpy())
            assert off.max() <= 1.5
            compared += 1
    assert compared > 30


def test_on_a_letterboxed_picture_as_well(make_packed: MakePacked) -> None:
    store = store_of(make_packed, square(60, 40, 90, 70))
    batch = letterboxed(store, torch.tensor([0]), 256, 416)
    off = np.abs(np.array(bounds(batch.pictures[0])) - batch.boxes[0, 0].numpy())
    assert off.max() <= 1.5


def test_in_a_mosaic_every_box_that_counts_is_bright(make_packed: MakePacked) -> None:
    scenes = [square(60, 40, 90, 70), square(200, 150, 60, 110)]
    draws = augmenter(store_of(make_packed, *scenes))
    batch = draws.place(16, 320, 320, plain=False)
    seen = 0
    for row in range(8):
        for box, sure in zip(batch.boxes[row], batch.sure[row], strict=True):
            if sure:
                x1, y1, x2, y2 = box.round().int().tolist()
                within = batch.pictures[row, :, y1 + 2 : y2 - 2, x1 + 2 : x2 - 2]
                if within.numel():
                    assert float(within.mean()) > 0.95
                    seen += 1
    assert seen > 12
    assert int((batch.class_ids[:8] >= 0).sum(dim=1).max()) > 1


def batches(make_packed: MakePacked, seed: int) -> Batch:
    store = store_of(make_packed, street(seed=1), street(seed=2))
    return augmenter(store, seed).draw(6, 320, 320, plain=False)


def test_the_same_seed_draws_the_same_batch_and_another_does_not(
    make_packed: MakePacked,
) -> None:
    first, again = batches(make_packed, 3), batches(make_packed, 3)
    assert all(x.equal(y) for x, y in zip(first, again, strict=True))
    assert not first.pictures.equal(batches(make_packed, 4).pictures)


@pytest.mark.parametrize(("height", "width"), SHAPES)
def test_no_label_leaves_the_canvas_and_no_colour_its_range(
    make_packed: MakePacked, height: int, width: int
) -> None:
    store = store_of(make_packed, *(street(seed=x) for x in range(4)))
    draws = augmenter(store)
    for plain in (True, False):
        batch = draws.draw(24, height, width, plain=plain)
        assert batch.pictures.shape == (24, 3, height, width)
        assert torch.isfinite(batch.pictures).all()
        assert batch.pictures.min() >= 0
        assert batch.pictures.max() <= 1
        limits = torch.tensor([width, height, width, height])
        assert (batch.boxes >= 0).all()
        assert (batch.boxes <= limits).all()
        used = batch.class_ids >= 0
        assert (batch.boxes[used][:, 2:] > batch.boxes[used][:, :2]).all()
        assert not batch.sure[~used].any()


def test_what_the_border_cuts_to_a_sliver_is_not_learned(
    make_packed: MakePacked,
) -> None:
    draws = augmenter(store_of(make_packed, square(0, 100, 100, 100)))
    batch = draws.place(64, 320, 320, plain=True)
    sizes = (batch.boxes[..., 2:] - batch.boxes[..., :2]).amin(dim=-1)
    assert bool((sizes[batch.sure] >= 3).all())
    assert bool((batch.sure.any(dim=1) | ~batch.sure.any(dim=1)).all())
    kept = int(batch.sure.sum())
    assert 20 < kept < 64 or int((batch.class_ids < 0).sum()) == 0


def test_weather_changes_pictures_and_no_label(make_packed: MakePacked) -> None:
    store = store_of(make_packed, street(seed=1))
    dry = augmenter(store).place(8, 320, 320, plain=True)
    wet = augmenter(store).draw(8, 320, 320, plain=True)
    assert dry.boxes.equal(wet.boxes)
    apart = (dry.pictures - wet.pictures).abs().mean(dim=(1, 2, 3))
    assert bool((apart > 0.003).all())
