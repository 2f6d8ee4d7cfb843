"""Trains a network, keeps checkpoints, goes on where it was cut off."""

import copy
import json
import math
import os
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from tallypost_training.augment import Augmenter, Store
from tallypost_training.errors import RecipeError
from tallypost_training.evaluate import evaluate
from tallypost_training.loss import losses
from tallypost_training.network import Detector
from tallypost_training.pack import Packed

SIZES = ((320, 320), (416, 256), (320, 320), (416, 416), (256, 256))
"""Width and height that a batch may have; drawn evenly."""
CLIP = 10.0


@dataclass(frozen=True, slots=True)
class Plan:
    """How a network is trained.

    Attributes:
        steps: How many batches.
        batch: How many pictures each has, at 320x320; larger pictures are fewer.
        rate: The learning rate at its highest.
        warmup: Steps until it is reached.
        plain_share: The last part of training, without mosaics.
        average: How slowly the averaged network, which is the result, follows.
        seed: Of all chance.
        evaluate_every: Steps between two looks at the validation pictures.
        minutes: Stop in time, however many steps that makes; None: never.
    """

    steps: int
    batch: int = 64
    rate: float = 1e-3
    decay: float = 0.03
    warmup: int = 200
    plain_share: float = 0.2
    average: float = 0.999
    seed: int = 20_260
    evaluate_every: int = 500
    minutes: float | None = None


class Training:
    """One training.

    Args:
        network: Where it starts.
        plan: How.
        train: The pictures it learns from.
        validation: The pictures it is watched with.
        folder: Where checkpoints and the log go.
        device: Where it runs.
        say: Told a line now and then.
    """

    def __init__(
        self,
        network: Detector,
        plan: Plan,
        train: Packed,
        validation: Packed,
        folder: Path,
        device: torch.device,
        say: Callable[[str], None],
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._plan, self._folder, self._device, self._say = plan, folder, device, say
        self._fast = device.type == "cuda"
        self.network = network.to(device)
        self.average = copy.deepcopy(self.network).eval()
        self._optimizer = torch.optim.AdamW(
            _groups(self.network, plan.decay), lr=plan.rate, fused=self._fast
        )
        self._random = torch.Generator(device).manual_seed(plan.seed)
        self._validation = validation
        self._validation_store = Store(validation, device)
        store = Store(train, device)
        self._augmenter = Augmenter(store, chances(train, device), self._random)
        self.step = 0
        self._spent_s = 0.0
        self.history: list[dict[str, Any]] = []

    @property
    def checkpoint(self) -> Path:
        """Where the training stands."""
        return self._folder / "checkpoint.pt"

    def resume(self) -> bool:
        """Go on from the checkpoint, if there is one.

        Raises:
            RecipeError: It cannot be read, or belongs to another plan.
        """
        if not self.checkpoint.is_file():
            return False
        try:
            state = torch.load(
                self.checkpoint, map_location=self._device, weights_only=True
            )
            mine = {**asdict(self._plan), "minutes": None}
            if {**state["plan"], "minutes": None} != mine:
                raise RecipeError(
                    f"{self.checkpoint}: was made by another plan; move it away, or "
                    f"ask for the same steps, batch and rate"
                )
            self.network.load_state_dict(state["network"])
            self.average.load_state_dict(state["average"])
            self._optimizer.load_state_dict(state["optimizer"])
            self._random.set_state(state["random"].cpu())
            self.step, self._spent_s = int(state["step"]), float(state["spent_s"])
            self.history = json.loads(state["history"])
        except RecipeError:
            raise
        except Exception as error:  # torch raises whatever its unpickler met
            raise RecipeError(
                f"{self.checkpoint}: cannot be read ({type(error).__name__}); move it "
                f"away to start afresh"
            ) from error
        self._say(f"going on from step {self.step}")
        return True

    def save(self) -> None:
        """Write the checkpoint; an old one stays until the new one is whole."""
        part = self.checkpoint.with_suffix(".part")
        state = {
            "plan": asdict(self._plan),
            "network": self.network.state_dict(),
            "average": self.average.state_dict(),
            "optimizer": self._optimizer.state_dict(),
            "random": self._random.get_state(),
            "step": self.step,
            "spent_s": self._spent_s,
            "history": json.dumps(self.history),
        }
        with part.open("wb") as file:
            torch.save(state, file)
            file.flush()
            os.fsync(file.fileno())
        part.replace(self.checkpoint)

    def run(self) -> Detector:
        """Train to the end of the plan, and return the averaged network."""
        begun_s, told_s = time.monotonic() - self._spent_s, time.monotonic()
        plan = self._plan
        while self.step < plan.steps:
            progress = self._progress(time.monotonic() - begun_s)
            if progress >= 1:
                break
            told = self._learn(progress)
            self.step += 1
            self._spent_s = time.monotonic() - begun_s
            if time.monotonic() - told_s > 15:  # noqa: PLR2004
                told_s = time.monotonic()
                self._tell(progress, told)
            if self.step % plan.evaluate_every == 0:
                self.look(progress)
                self.save()
        self.look(1.0)
        self.save()
        return self.average

    def look(self, progress: float) -> None:
        """Note how the averaged network does on the validation pictures."""
        self.average.eval()
        figures = evaluate(
            self.average, self._validation, self._validation_store, (320, 320)
        )
        ap50, ap = figures.precision["all"]
        note = {
            "step": self.step,
            "progress": round(progress, 3),
            "seconds": round(self._spent_s),
            "ap50": round(ap50, 4),
            "ap50_95": round(ap, 4),
            "classes": {
                x.name: round(x.precision["all"][0], 3) for x in figures.classes
            },
        }
        self.history.append(note)
        self._say(json.dumps(note))
        (self._folder / "history.json").write_text(json.dumps(self.history, indent=1))

    def _progress(self, spent_s: float) -> float:
        by_steps = self.step / self._plan.steps
        if self._plan.minutes is None:
            return by_steps
        return max(by_steps, spent_s / (self._plan.minutes * 60))

    def _learn(self, progress: float) -> Tensor:
        plan = self._plan
        for group in self._optimizer.param_groups:
            group["lr"] = plan.rate * _rate_share(self.step, progress, plan.warmup)
        pick = torch.randint(
            len(SIZES), (1,), generator=self._random, device=self._device
        )
        width, height = SIZES[int(pick)]
        count = max(2, round(plan.batch * 320 * 320 / (width * height)))
        plain = progress >= 1 - plan.plain_share
        with torch.no_grad():
            batch = self._augmenter.draw(count, height, width, plain=plain)
        self.network.train()
        with torch.autocast(
            self._device.type, dtype=torch.bfloat16, enabled=self._fast
        ):
            outputs = self.network(batch.pictures)
        told = losses(outputs, batch)
        self._optimizer.zero_grad(set_to_none=True)
        told.total.backward()
        nn.utils.clip_grad_norm_(self.network.parameters(), CLIP)
        self._optimizer.step()
        self._follow()
        return torch.stack([told.total.detach(), *told[1:]])

    @torch.no_grad()
    def _follow(self) -> None:
        """Let the averaged network follow the one that learns."""
        keep = min(self._plan.average, (1 + self.step) / (10 + self.step))
        mine = [x for x in self.network.state_dict().values() if x.is_floating_point()]
        mean = [x for x in self.average.state_dict().values() if x.is_floating_point()]
        torch._foreach_lerp_(mean, mine, 1 - keep)

    def _tell(self, progress: float, told: Tensor) -> None:
        total, scores, overlaps, sides = told.tolist()
        if not math.isfinite(total):
            raise RecipeError(
                f"step {self.step}: the loss is {total}; lower the learning rate"
            )
        self._say(
            f"step {self.step} {progress:.1%} loss {total:.3f} scores {scores:.3f} "
            f"overlaps {overlaps:.3f} sides {sides:.3f} "
            f"{self._spent_s / max(self.step, 1) * 1000:.0f} ms a step"
        )


def _rate_share(step: int, progress: float, warmup: int) -> float:
    """Return a rise, then half a cosine down to a fiftieth."""
    rise = min(1.0, (step + 1) / warmup)
    return rise * (0.02 + 0.98 * (1 + math.cos(math.pi * min(progress, 1.0))) / 2)


def _groups(network: nn.Module, decay: float) -> list[dict[str, Any]]:
    """Return weights, which decay, apart from norms and biases, which do not."""
    weights = [x for x in network.parameters() if x.ndim > 1]
    others = [x for x in network.parameters() if x.ndim <= 1]
    return [
        {"params": weights, "weight_decay": decay},
        {"params": others, "weight_decay": 0.0},
    ]


def chances(packed: Packed, device: torch.device) -> Tensor:
    """Return how often each picture is drawn: what is rare, somewhat more often.

    A picture's weight is the root of how rare its rarest class is.
    """
    counts = torch.ones(len(packed))
    holding = torch.zeros(6)
    for labels in packed.labels:
        for kind in set(labels.class_ids[labels.sure].tolist()):
            holding[kind] += 1
    rarity = (len(packed) / holding.clamp(min=1)).sqrt()
    for row, labels in enumerate(packed.labels):
        kinds = set(labels.class_ids[labels.sure].tolist())
        counts[row] = max([float(rarity[x]) for x in kinds], default=1.0)
    return counts.to(device)
