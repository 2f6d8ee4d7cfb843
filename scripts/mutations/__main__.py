"""`python -m scripts.mutations --models N`: hurts models, and shows what came of it."""

import argparse
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from scripts.mutations.half import HURTS, Sound, begin, pictures, sound
from scripts.mutations.listener import Listener
from scripts.mutations.mutation import mutated
from tallypost.domain.vision import Pixels, Size
from tallypost.errors import ModelError
from tallypost.models.store import find_model, shipped_folders
from tallypost.vision.detection.interpreter import get_ready

ROOT = Path(__file__).resolve().parents[2]
SCENE = Size(1280, 720)
SERVES_EVERY = 100
"""After so many a sound model is run: it must be heard as ever."""
Outcomes = dict[str, Counter[str]]


def main() -> int:
    """Return 0 where nothing but the process that was hurt came to harm."""
    words = argparse.ArgumentParser(prog="scripts/mutated_models")
    words.add_argument("--models", type=int, default=10_000)
    words.add_argument("--frames", type=int, default=10_000)
    words.add_argument("--seed", type=int, default=1)
    words.add_argument("--again", type=int, metavar="NUMBER")
    said = words.parse_args()
    get_ready()
    halves = [*models_at_hand()]
    if said.again is not None:
        return _again(halves, said.seed, said.again)
    listener = Listener()
    hurt = outcomes_of_models(halves, listener, said.models, said.seed)
    _show("model", hurt)
    _show("picture", outcomes_of_frames(halves, listener, said.frames, said.seed))
    print(listener.verdict())
    return int(listener.harmed)


def models_at_hand() -> Iterator[Sound]:
    """Yield the models that are shipped, and the public ones of TALLYPOST_DATA."""
    folders = [
        *shipped_folders(),
        Path(os.environ.get("TALLYPOST_DATA", "")) / "models",
    ]
    for file in sorted(each for x in folders for each in x.glob("**/*.tflite")):
        try:
            yield sound(file, find_model(str(file)).description)
        except ModelError as error:
            print(f"left out: {error}", file=sys.stderr)


def outcomes_of_models(
    halves: Sequence[Sound], listener: Listener, count: int, seed: int
) -> Outcomes:
    """Return what became of so many hurt models, by how they were hurt."""
    outcomes: Outcomes = {}
    for number in range(count):
        half, way, content, frames = _hurt_model(halves, seed, number)
        outcome = listener.hear(half, content, frames, SCENE)
        outcomes.setdefault(way, Counter())[outcome] += 1
        if outcome.startswith("fault"):
            print(f"model {number}: {outcome}", file=sys.stderr, flush=True)
        _serve(halves, listener, number)
    return outcomes


def outcomes_of_frames(
    halves: Sequence[Sound], listener: Listener, count: int, seed: int
) -> Outcomes:
    """Return what became of so many pictures that sound models were given."""
    outcomes: Outcomes = {}
    for number in range(count):
        chance = random.Random(f"picture {seed} {number}")  # noqa: S311  # no secret
        half = chance.choice(halves)
        [pixels] = pictures(half.description.input.size, chance, 1)
        way = chance.choice([*HURTS])
        scene = Size(*(chance.choice((1, 640, 10**6)) for _ in range(2)))
        outcome = listener.hear(half, half.body.content, [HURTS[way](pixels)], scene)
        outcomes.setdefault(way, Counter())[outcome] += 1
        if outcome.startswith("fault"):
            print(f"picture {number}: {outcome}", file=sys.stderr, flush=True)
        _serve(halves, listener, number)
    return outcomes


def _hurt_model(
    halves: Sequence[Sound], seed: int, number: int
) -> tuple[Sound, str, bytes, list[Pixels]]:
    chance = random.Random(f"model {seed} {number}")  # noqa: S311  # no secret
    half = chance.choice(halves)
    way, content = mutated(half.body, chance)
    return half, way, content, [*pictures(half.description.input.size, chance, 2)]


def _serve(halves: Sequence[Sound], listener: Listener, number: int) -> None:
    """Have a sound model heard now and then."""
    if number % SERVES_EVERY == SERVES_EVERY - 1:
        half = halves[number // SERVES_EVERY % len(halves)]
        frames = [*pictures(half.description.input.size, random.Random(number), 1)]  # noqa: S311  # no secret
        listener.expect_served(half, frames, SCENE)


def _again(halves: Sequence[Sound], seed: int, number: int) -> int:
    """Run one hurt model in this process, its words to the terminal."""
    half, way, content, frames = _hurt_model(halves, seed, number)
    print(f"{half.file.name}: {way}", flush=True)
    inlet, outlet = os.pipe()
    began_s = time.monotonic()
    begin(half, content, frames, outlet, scene=SCENE)()
    os.close(outlet)
    print(f"{len(os.read(inlet, 65_536))} bytes in {time.monotonic() - began_s:.1f} s")
    os.close(inlet)
    return 0


def _show(what: str, outcomes: Outcomes) -> None:
    kinds = sorted({kind for each in outcomes.values() for kind in each})
    print(f"| what was done to a {what} | all | {' | '.join(kinds)} |")
    print("|---" * (len(kinds) + 2) + "|")
    rows = [*sorted(outcomes.items())]
    for way, each in [*rows, ("**all**", sum(outcomes.values(), Counter[str]()))]:
        numbers = " | ".join(str(each[kind]) for kind in kinds)
        print(f"| {way} | {each.total()} | {numbers} |")
    print(flush=True)


if __name__ == "__main__":
    sys.exit(main())
