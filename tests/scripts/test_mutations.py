"""Hurt models and pictures, in processes that are locked in."""

import random
from pathlib import Path

import pytest

from scripts.mutations.__main__ import outcomes_of_frames, outcomes_of_models
from scripts.mutations.anatomy import anatomy
from scripts.mutations.half import Sound, sound
from scripts.mutations.listener import Listener
from scripts.mutations.mutation import WAYS, mutated
from tallypost.models.store import find_model
from tallypost.vision.detection.interpreter import get_ready

MODEL = Path("models/tallypost-street-320/tallypost-street-320.tflite").absolute()


@pytest.fixture(scope="module")
def half() -> Sound:
    get_ready()
    return sound(MODEL, find_model(str(MODEL)).description)


def test_hurt_models_and_pictures_harm_nobody_but_their_own_process(
    half: Sound,
) -> None:
    listener = Listener()
    models = outcomes_of_models([half], listener, 60, 1)
    frames = outcomes_of_frames([half], listener, 20, 1)
    listener.expect_served(half, [], half.description.input.size)

    assert not listener.harmed
    kinds = {kind for each in (models | frames).values() for kind in each}
    assert "counted" in kinds
    assert "refused by number" in kinds
    assert not any(kind.startswith("fault") for kind in kinds)


def test_a_half_that_ends_without_a_word_is_a_fault(half: Sound) -> None:
    outcome = Listener().hear(
        half,
        half.body.content,
        [None],  # type: ignore[list-item]  # it breaks our own code
        half.description.input.size,
    )

    assert outcome == "fault: ended without a word"


@pytest.mark.parametrize("way", WAYS)
def test_every_way_hurts(half: Sound, way: str) -> None:
    chance = random.Random(1)  # no secret
    hurt = [bytearray(half.body.content) for _ in range(9)]
    for each in hurt:
        WAYS[way](each, half.body, chance)

    assert any(each != half.body.content for each in hurt)


def test_the_same_seed_hurts_alike(half: Sound) -> None:
    first, again = (mutated(half.body, random.Random(7)) for _ in range(2))

    assert first == again


def test_the_anatomy_finds_every_part_of_a_model() -> None:
    body = anatomy(MODEL.read_bytes())

    assert len(body.operators) > 20
    assert len(body.sizes) > len(body.operators)
    assert body.scales
    assert body.zero_points
    assert sum(map(len, body.weights)) > len(body.content) / 2
