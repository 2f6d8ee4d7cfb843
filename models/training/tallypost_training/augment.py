"""Lays packed pictures at random on canvases, and their labels with them.

All of it runs in batches on the device that trains.
"""

import math
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from tallypost_training.pack import SIDE, Packed
from tallypost_training.weather import Weather

GREY = 114 / 255
LABELS_MAX = 160
"""No picture of a batch keeps more labels than that."""
VISIBLE_MIN = 0.35
"""Of a box cut by the border, what is less than this share is not learned."""
SIDE_MIN = 3.0
"""Nor is what has fewer pixels a side."""
LEVELS = 3
"""Pictures are kept in full, half and quarter size: small ones must not flicker."""


class Batch(NamedTuple):
    """Pictures and what is on them.

    Attributes:
        pictures: Shape (b, 3, h, w), 0..1.
        boxes: Shape (b, n, 4), x1 y1 x2 y2 in pixels; rows that are not used are 0.
        class_ids: Shape (b, n); -1 where a row is not used.
        sure: Shape (b, n); where it is false, that class is not learned there.
    """

    pictures: Tensor
    boxes: Tensor
    class_ids: Tensor
    sure: Tensor


class Store:
    """Packed pictures on the device, with labels as one table.

    Args:
        packed: The file.
        device: Where they go.
    """

    def __init__(self, packed: Packed, device: torch.device) -> None:
        self.device = device
        full = torch.from_numpy(packed.pictures).to(device)
        self.levels = [full]
        for _ in range(LEVELS - 1):
            halves = [
                functional.avg_pool2d(x.float(), 2).round().to(torch.uint8)
                for x in self.levels[-1].split(256)
            ]
            self.levels.append(torch.cat(halves))
        self.sizes = torch.from_numpy(packed.sizes).to(device, torch.float32)
        most = max([1, *(len(x.boxes) for x in packed.labels)])
        count = len(packed)
        boxes = np.zeros((count, most, 4), np.float32)
        class_ids = np.full((count, most), -1, np.int64)
        sure = np.zeros((count, most), np.bool_)
        for row, labels in enumerate(packed.labels):
            n = len(labels.boxes)
            boxes[row, :n] = labels.boxes * np.tile(packed.sizes[row], 2)
            class_ids[row, :n], sure[row, :n] = labels.class_ids, labels.sure
        self.boxes = torch.from_numpy(boxes).to(device)
        self.class_ids = torch.from_numpy(class_ids).to(device)
        self.sure = torch.from_numpy(sure).to(device)

    def __len__(self) -> int:
        return len(self.sizes)


class Placing(NamedTuple):
    """How one picture comes to lie on a canvas: x' = x * gain + offset.

    Attributes:
        gain: Shape (b, 2); negative where it is mirrored.
        offset: Shape (b, 2), in pixels of the canvas.
        area: Shape (b, 4), x1 y1 x2 y2: what of the canvas it may cover.
    """

    gain: Tensor
    offset: Tensor
    area: Tensor


def letterboxed(store: Store, chosen: Tensor, height: int, width: int) -> Batch:
    """Return pictures as the appliance sees them: scaled to fit, centred on grey."""
    sizes = store.sizes[chosen]
    canvas = torch.tensor([width, height], device=store.device)
    gain = (canvas / sizes).amin(dim=1, keepdim=True).expand(-1, 2)
    offset = ((canvas - sizes * gain) / 2).round()
    area = torch.cat([torch.zeros_like(offset), canvas.expand_as(offset)], 1)
    return _composed(store, [(chosen, Placing(gain, offset, area))], height, width)


class Augmenter:
    """Draws random batches.

    Args:
        store: The pictures.
        chances: Shape (n,), how often each is drawn.
        generator: Of the device; the same seed gives the same batches.
    """

    def __init__(
        self, store: Store, chances: Tensor, generator: torch.Generator
    ) -> None:
        self._store = store
        self._chances = chances
        self._random = generator
        self._weather = Weather(generator)

    def draw(self, count: int, height: int, width: int, *, plain: bool) -> Batch:
        """Return a random batch.

        Args:
            count: How many pictures.
            height: Of the canvas, in pixels.
            width: Of the canvas.
            plain: Whether four pictures on one canvas are left out, as at the end of
                training: nobody sees such things from a pole.
        """
        batch = self.place(count, height, width, plain=plain)
        return batch._replace(pictures=self._weather.over(batch.pictures))

    def place(self, count: int, height: int, width: int, *, plain: bool) -> Batch:
        """Return a random batch in the pictures' own light; `Args` as for `draw`."""
        mosaics = 0 if plain else count // 2
        parts = []
        if mosaics:
            parts.append(self._mosaic(mosaics, height, width))
        if count - mosaics:
            parts.append(self._single(count - mosaics, height, width))
        most = max(x.boxes.shape[1] for x in parts)
        parts = [_widened(x, most) for x in parts]
        return Batch(*(torch.cat(x) for x in zip(*parts, strict=True)))

    def _uniform(self, *shape: int, low: float = 0.0, high: float = 1.0) -> Tensor:
        drawn = torch.rand(shape, generator=self._random, device=self._store.device)
        return drawn * (high - low) + low

    def _choose(self, count: int) -> Tensor:
        return torch.multinomial(
            self._chances, count, replacement=True, generator=self._random
        )

    def _gain(self, sizes: Tensor, canvas: Tensor, low: float, high: float) -> Tensor:
        """Return gains of a random zoom and a slightly random shape, some mirrored."""
        count = len(sizes)
        fit = (canvas / sizes).amin(dim=1, keepdim=True)
        zoom = torch.exp(
            self._uniform(count, 1, low=math.log(low), high=math.log(high))
        )
        shape = torch.exp(self._uniform(count, 1, low=-0.2, high=0.2))
        gain = fit * zoom * torch.cat([shape.sqrt(), 1 / shape.sqrt()], 1)
        mirrored = self._uniform(count) < 0.5  # noqa: PLR2004
        gain[:, 0] = torch.where(mirrored, -gain[:, 0], gain[:, 0])
        return gain

    def _single(self, count: int, height: int, width: int) -> Batch:
        chosen = self._choose(count)
        canvas = torch.tensor([width, height], device=self._store.device).float()
        sizes = self._store.sizes[chosen]
        gain = self._gain(sizes, canvas, 0.5, 1.9)
        covered = sizes * gain.abs()
        offset = (canvas - covered) * self._uniform(count, 2)
        offset[:, 0] = torch.where(
            gain[:, 0] < 0, offset[:, 0] + covered[:, 0], offset[:, 0]
        )
        area = torch.cat([torch.zeros_like(offset), canvas.expand_as(offset)], 1)
        placed = Placing(gain, offset, area)
        return _composed(self._store, [(chosen, placed)], height, width)

    def _mosaic(self, count: int, height: int, width: int) -> Batch:
        canvas = torch.tensor([width, height], device=self._store.device).float()
        cross = (canvas * self._uniform(count, 2, low=0.3, high=0.7)).round()
        zero = torch.zeros_like(cross)
        end = canvas.expand_as(cross)
        parts = []
        for left, top in ((True, True), (False, True), (True, False), (False, False)):
            low = torch.stack(
                [(zero if left else cross)[:, 0], (zero if top else cross)[:, 1]], 1
            )
            high = torch.stack(
                [(cross if left else end)[:, 0], (cross if top else end)[:, 1]], 1
            )
            chosen = self._choose(count)
            sizes = self._store.sizes[chosen]
            gain = self._gain(sizes, high - low, 0.8, 2.2)
            covered = sizes * gain.abs()
            offset = low + (high - low - covered) * self._uniform(count, 2)
            offset[:, 0] = torch.where(
                gain[:, 0] < 0, offset[:, 0] + covered[:, 0], offset[:, 0]
            )
            parts.append((chosen, Placing(gain, offset, torch.cat([low, high], 1))))
        return _composed(self._store, parts, height, width)


def _widened(batch: Batch, most: int) -> Batch:
    """Return a batch with room for so many labels a picture."""
    free = most - batch.boxes.shape[1]
    return batch._replace(
        boxes=functional.pad(batch.boxes, (0, 0, 0, free)),
        class_ids=functional.pad(batch.class_ids, (0, free), value=-1),
        sure=functional.pad(batch.sure, (0, free)),
    )


def _composed(
    store: Store, parts: list[tuple[Tensor, Placing]], height: int, width: int
) -> Batch:
    """Return canvases with one or more pictures on each."""
    count = len(parts[0][0])
    canvas = torch.full((count, 3, height, width), GREY, device=store.device)
    told = []
    for chosen, placing in parts:
        _paint(store, canvas, chosen, placing)
        told.append(_labels(store, chosen, placing))
    boxes, class_ids, sure = (torch.cat(x, 1) for x in zip(*told, strict=True))
    # the rows in use first, then no more of them than are needed
    order = (class_ids < 0).int().argsort(dim=1, stable=True)[:, :LABELS_MAX]
    most = max(1, int((class_ids >= 0).sum(dim=1).max().clamp(max=LABELS_MAX)))
    order = order[:, :most]
    boxes = boxes.gather(1, order[..., None].expand(-1, -1, 4))
    return Batch(canvas, boxes, class_ids.gather(1, order), sure.gather(1, order))


def _paint(store: Store, canvas: Tensor, chosen: Tensor, placing: Placing) -> None:
    height, width = canvas.shape[2:]
    x = torch.arange(width, device=store.device) + 0.5
    y = torch.arange(height, device=store.device) + 0.5
    # where each pixel of the canvas comes from, in pixels of the picture
    from_x = (x[None] - placing.offset[:, :1]) / placing.gain[:, :1]
    from_y = (y[None] - placing.offset[:, 1:]) / placing.gain[:, 1:]
    sizes, area = store.sizes[chosen], placing.area
    inside_x = (from_x >= 0) & (from_x < sizes[:, :1])
    inside_x &= (x[None] >= area[:, :1]) & (x[None] < area[:, 2:3])
    inside_y = (from_y >= 0) & (from_y < sizes[:, 1:])
    inside_y &= (y[None] >= area[:, 1:2]) & (y[None] < area[:, 3:])
    gain = placing.gain.abs().amin(dim=1)
    level = torch.clamp(
        torch.floor(-torch.log2(gain.clamp(min=1e-3)) + 0.4), 0, LEVELS - 1
    )
    for number, pictures in enumerate(store.levels):
        rows = torch.nonzero(level == number).flatten()
        if not len(rows):
            continue
        grid = torch.stack(
            torch.broadcast_tensors(
                from_x[rows, None, :] * 2 / SIDE - 1,
                from_y[rows, :, None] * 2 / SIDE - 1,
            ),
            dim=-1,
        )
        source = pictures[chosen[rows]].float() / 255
        drawn = functional.grid_sample(
            source, grid, padding_mode="border", align_corners=False
        )
        inside = inside_x[rows, None, None, :] & inside_y[rows, None, :, None]
        canvas[rows] = torch.where(inside, drawn, canvas[rows])


def _labels(
    store: Store, chosen: Tensor, placing: Placing
) -> tuple[Tensor, Tensor, Tensor]:
    boxes, class_ids = store.boxes[chosen], store.class_ids[chosen]
    sure = store.sure[chosen].clone()
    gain, offset = placing.gain[:, None].repeat(1, 1, 2), placing.offset[:, None]
    moved = boxes * gain + offset.repeat(1, 1, 2)
    low = torch.minimum(moved[..., :2], moved[..., 2:])
    high = torch.maximum(moved[..., :2], moved[..., 2:])
    area = placing.area[:, None]
    seen_low = torch.maximum(low, area[..., :2])
    seen_high = torch.minimum(high, area[..., 2:])
    seen = (seen_high - seen_low).clamp(min=0)
    share = seen.prod(dim=-1) / (high - low).prod(dim=-1).clamp(min=1e-6)
    gone = (seen <= 0).any(dim=-1)
    sure &= (share >= VISIBLE_MIN) & (seen.amin(dim=-1) >= SIDE_MIN)
    class_ids = torch.where(gone, torch.full_like(class_ids, -1), class_ids)
    boxes = torch.cat([seen_low, seen_high], dim=-1)
    return torch.where(gone[..., None], 0.0 * boxes, boxes), class_ids, sure & ~gone
