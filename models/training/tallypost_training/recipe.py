"""The recipe's steps, in their order; each is skipped where its result is there."""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor

from tallypost_training.augment import Augmenter, Store, letterboxed
from tallypost_training.errors import RecipeError
from tallypost_training.evaluate import evaluate, looks, threshold
from tallypost_training.export import write_model
from tallypost_training.network import Detector
from tallypost_training.pack import Packed, pack
from tallypost_training.pictures import (
    CLASSES,
    Faults,
    Sample,
    content_digest,
    read_sets,
    read_split,
)
from tallypost_training.quantize import Steps
from tallypost_training.start import settle_norms, start_from
from tallypost_training.teacher import read_answers, teach
from tallypost_training.train import Plan, Training, chances
from tallypost_training.tune import TuningPlan, tune
from tallypost_training.weights import read_weights, write_weights

SETS = Path(__file__).resolve().parent.parent / "sets.toml"
TEACHER = "efficientdet-lite2.tflite"
TEACHER_SHA256 = "6fd32c84ab1eb0f7e7f3a7a20a20d7df1530daa8378728f7c79571096286bd52"
START = "yolox_nano_float16_quantize.tflite"
START_SHA256 = "6518faf758f5827fb8412c38d2240b7722027c299596518e1f94e678af1e6e29"
WATCHED = ("coco", "manaus")
"""Sets whose validation pictures show how training goes."""
CALIBRATION = 256
SIZES = ((320, 320), (416, 416), (416, 256))
"""Width and height of the models that are written."""
AGREEMENT_MAX = 0.01
"""What the rounded network may lose of the float one's AP50."""

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Recipe:
    """What is wanted; see `--help`."""

    data: Path
    work: Path
    out: Path
    without: tuple[str, ...]
    from_nothing: bool
    steps: int
    batch: int
    rate: float
    minutes: float | None
    tune_steps: int
    weights: Path | None
    device: str
    threads: int
    seed: int


class Material(NamedTuple):
    """Packed pictures to learn from, and to watch with, and the folder they lie in."""

    train: Packed
    validation: Packed
    folder: Path


def run(recipe: Recipe, say: Say) -> None:
    """Go from labelled pictures to `.tflite`.

    Raises:
        RecipeError: Something that a person must mend.
    """
    if recipe.steps < 1 or recipe.batch < 2 or recipe.tune_steps < 0:  # noqa: PLR2004
        raise RecipeError("--steps, --batch, --tune-steps: want at least 1, 2 and 0")
    torch.set_num_threads(max(1, recipe.threads))
    torch.manual_seed(recipe.seed)
    device = _device(recipe.device)
    recipe.work.mkdir(parents=True, exist_ok=True)
    material = gather(recipe, say)
    if recipe.weights is None:
        network = trained(recipe, material, device, say).to("cpu")
        write_weights(network, recipe.out / "weights.npz")
    else:
        network = read_weights(recipe.weights)
    quantized = _quantized(recipe, network, material, say)
    score_min = _threshold(recipe, quantized)
    say(f"counts from a score of {score_min}")
    for width, height in SIZES:
        file = write_model(recipe.out, quantized, width, height, score_min)
        say(f"wrote {file}")


def gather(recipe: Recipe, say: Say) -> Material:
    """Return the packed pictures; pack them, and ask the teacher, where they are not.

    Raises:
        RecipeError: The pictures or the teacher are not there.
    """
    labelled = recipe.data / "labelled"
    sets = read_sets(SETS, recipe.without)
    faults = Faults()
    samples = read_split(labelled, sets, "train", faults)
    watched = [x for x in sets if x.name in WATCHED]
    validation = read_split(labelled, watched, "val", faults)
    _missing_classes(samples, say)
    digest = _digest(samples + validation)
    folder = recipe.work / f"pictures-{digest}"
    folder.mkdir(exist_ok=True)
    targets = folder / "train.npz", folder / "val.npz"
    if not targets[0].is_file():
        model = recipe.data / "models" / TEACHER
        if any(x.source.missing for x in samples):
            checked(model, TEACHER_SHA256)
        cache = recipe.work / "teacher.jsonl"
        for done, total in teach(samples, model, cache, recipe.threads):
            if done % 100 == 0 or done == total:
                say(f"teacher: {done} of {total} pictures")
        count = pack(samples, read_answers(cache), targets[0], faults)
        say(f"packed {count} pictures to learn from")
    if not targets[1].is_file():
        say(f"packed {pack(validation, {}, targets[1], faults)} pictures to watch with")
    for line in faults.lines():
        say(f"data: {line}")
    return Material(Packed(targets[0]), Packed(targets[1]), folder)


def _missing_classes(samples: Sequence[Sample], say: Say) -> None:
    seen = {int(x) for sample in samples for x in sample.class_ids}
    for number, name in enumerate(CLASSES):
        if number not in seen:
            say(f"data: nobody labelled a {name}; only the teacher may know some")


def checked(file: Path, sha256: str) -> Path:
    """Return a file that is there and is the one that is meant.

    Raises:
        RecipeError: It is not.
    """
    try:
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError as error:
        raise RecipeError(
            f"{file}: cannot be read ({error.strerror}); `tallypost models add` "
            f"fetches it, then put it there"
        ) from error
    if digest != sha256:
        raise RecipeError(f"{file}: is another file: its sha256 is not {sha256}")
    return file


def _digest(samples: Sequence[Sample]) -> str:
    """Return what tells this choice of pictures and labels from any other."""
    told = hashlib.sha256()
    for sample in samples:
        labels = sample.path.with_suffix(".txt")
        picture = content_digest(sample.path)
        told.update(f"{sample.source} {sample.path.name} {picture}\n".encode())
        told.update(labels.read_bytes() if labels.is_file() else b"")
    return told.hexdigest()[:12]


def _device(wanted: str) -> torch.device:
    try:
        if wanted:
            device = torch.device(wanted)
            torch.zeros(1, device=device)
            return device
    except (RuntimeError, AssertionError) as error:
        reason = str(error).split("\n")[0]
        raise RecipeError(f"--device {wanted}: cannot be used ({reason})") from error
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def trained(
    recipe: Recipe, material: Material, device: torch.device, say: Say
) -> Detector:
    """Return the trained network; go on from a checkpoint where there is one.

    Raises:
        RecipeError: The start's weights or the checkpoint cannot be used.
    """
    network = Detector()
    if not recipe.from_nothing:
        start_from(network, checked(recipe.data / "models" / START, START_SHA256))
        store = Store(material.train, torch.device("cpu"))
        settle_norms(network, _batches(store, CALIBRATION, recipe.seed))
    plan = Plan(
        steps=recipe.steps,
        batch=recipe.batch,
        rate=recipe.rate,
        warmup=min(300, max(1, recipe.steps // 10)),
        average=0.9995 if recipe.steps > 2000 else 0.99,  # noqa: PLR2004
        seed=recipe.seed,
        minutes=recipe.minutes,
    )
    kind = "nothing" if recipe.from_nothing else "yolox-nano"
    # Beside its pictures: with others it is another training.
    folder = material.folder / f"run-{kind}"
    training = Training(
        network, plan, material.train, material.validation, folder, device, say
    )
    training.resume()
    return training.run()


def _batches(store: Store, count: int, seed: int) -> list[Tensor]:
    generator = torch.Generator().manual_seed(seed)
    chosen = torch.randperm(len(store), generator=generator)[:count]
    return [letterboxed(store, x, 320, 320).pictures for x in chosen.split(32)]


def _quantized(
    recipe: Recipe, network: Detector, material: Material, say: Say
) -> Steps:
    """Return the rounded network; train it further if rounding costs too much."""
    cpu = torch.device("cpu")
    watched = Store(material.validation, cpu)
    store = Store(material.train, cpu)
    steps = Steps(network)
    pictures = _batches(store, CALIBRATION, recipe.seed)
    steps.equalize(pictures)
    steps.calibrate(pictures)
    steps.correct(torch.cat(pictures[:2]))

    def ap50(judged: Detector | Steps) -> float:
        figures = evaluate(judged, material.validation, watched, (320, 320))
        return figures.precision["all"][0]

    table = {"float": ap50(network), "rounded": ap50(steps)}
    say(f"AP50 on pictures to watch with: {_told(table)}")
    if table["float"] - table["rounded"] > AGREEMENT_MAX and recipe.tune_steps:
        generator = torch.Generator().manual_seed(recipe.seed)
        augmenter = Augmenter(store, chances(material.train, cpu), generator)
        tuned = tune(steps, augmenter, TuningPlan(steps=recipe.tune_steps), say)
        table["rounded, then trained"] = ap50(tuned)
        if table["rounded, then trained"] > table["rounded"]:
            steps = tuned
        say(f"AP50 on pictures to watch with: {_told(table)}")
    (recipe.work / "quantization.json").write_text(json.dumps(table, indent=1))
    return steps


def _threshold(recipe: Recipe, quantized: Steps) -> float:
    """Return the score from which a box counts, told by all validation pictures."""
    sets = read_sets(SETS, recipe.without)
    samples = read_split(recipe.data / "labelled", sets, "val", Faults())
    target = recipe.work / f"val-{_digest(samples)}.npz"
    if not target.is_file():
        pack(samples, {}, target, Faults())
    packed = Packed(target)
    complete = {x.name: [CLASSES.index(y) for y in x.complete] for x in sets}
    store = Store(packed, torch.device("cpu"))
    return threshold(
        looks(quantized, packed, store, SIZES[0]),
        lambda number: complete[str(packed.sources[number])],
    )


def _told(table: dict[str, float]) -> str:
    return ", ".join(f"{name} {value * 100:.1f}" for name, value in table.items())
