"""Hurts a model on purpose: most of it stays as it was, so that it comes far in."""

import random
import struct
from collections.abc import Callable, Mapping, Sequence

from scripts.mutations.anatomy import Anatomy

WHOLE_NUMBERS = (0, 1, -1, 2, 255, 65_536, 2**24, 2**30, 2**31 - 1, -(2**31))
FRACTIONS = (0.0, -1.0, 1e-45, 1e-30, 3e38, float("inf"), float("nan"))
CHANGES_MAX = 3

Hurt = Callable[[bytearray, Anatomy, random.Random], None]


def _flip(data: bytearray, body: Anatomy, chance: random.Random) -> None:
    del body
    data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)


def _flip_structure(data: bytearray, body: Anatomy, chance: random.Random) -> None:
    place = chance.choice(chance.choice(body.structure()))
    if place < len(data):
        data[place] ^= 1 << chance.randrange(8)


def _cut(data: bytearray, body: Anatomy, chance: random.Random) -> None:
    del body
    del data[chance.randrange(8, len(data)) :]


def _swap(data: bytearray, body: Anatomy, chance: random.Random) -> None:
    first, second = (chance.choice(body.operators) for _ in range(2))
    if max(first, second) + 4 <= len(data):
        here, there = data[first : first + 4], data[second : second + 4]
        data[first : first + 4], data[second : second + 4] = there, here


def _spoil(data: bytearray, body: Anatomy, chance: random.Random) -> None:
    """Write nonsense over a stretch of what is no weight."""
    place = chance.choice(chance.choice(body.structure()))
    if place < len(data):
        end = min(place + chance.choice((4, 8, 64)), len(data))
        data[place:end] = chance.randbytes(end - place)


def _whole(places: Callable[[Anatomy], Sequence[int]]) -> Hurt:
    return _write(places, "<i", lambda chance: chance.choice(WHOLE_NUMBERS))


def _near(places: Callable[[Anatomy], Sequence[int]]) -> Hurt:
    """Return what writes small numbers, that may be another thing's."""
    return _write(places, "<i", lambda chance: chance.randrange(-2, 300))


def _write(
    places: Callable[[Anatomy], Sequence[int]],
    layout: str,
    value: Callable[[random.Random], float],
) -> Hurt:
    def hurt(data: bytearray, body: Anatomy, chance: random.Random) -> None:
        known = places(body)
        if not known:
            return
        place = chance.choice(known)
        if place + struct.calcsize(layout) <= len(data):
            struct.pack_into(layout, data, place, value(chance))

    return hurt


WAYS: Mapping[str, Hurt] = {
    "a bit flipped anywhere": _flip,
    "a bit of the structure flipped": _flip_structure,
    "the structure overwritten": _spoil,
    "cut off": _cut,
    "a dimension huge or none": _whole(lambda body: body.sizes),
    "a dimension of another's": _near(lambda body: body.sizes),
    "a scale that is none": _write(
        lambda body: body.scales, "<f", lambda chance: chance.choice(FRACTIONS)
    ),
    "a zero point far away": _write(
        lambda body: body.zero_points,
        "<q",
        lambda chance: chance.choice((*WHOLE_NUMBERS, 2**63 - 1, -(2**63))),
    ),
    "a type of another's": _write(
        lambda body: body.types, "<B", lambda chance: chance.randrange(256)
    ),
    "a tensor or buffer of another's": _near(lambda body: body.indices),
    "a tensor or buffer far away": _whole(lambda body: body.indices),
    "operators swapped": _swap,
    "an operation of another's": _near(lambda body: body.codes),
    "a vector too long": _whole(lambda body: body.lengths),
    "an offset to elsewhere": _whole(lambda body: body.offsets),
}


def mutated(body: Anatomy, chance: random.Random) -> tuple[str, bytes]:
    """Return a hurt model, and how it was hurt: one way, up to three times.

    Args:
        body: Of the sound model.
        chance: Decides; the same seed hurts alike.
    """
    name = chance.choice([*WAYS])
    data = bytearray(body.content)
    for _ in range(chance.randint(1, CHANGES_MAX)):
        WAYS[name](data, body, chance)
    return name, bytes(data)
