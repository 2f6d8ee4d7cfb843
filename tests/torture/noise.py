"""What goes wrong, drawn for the whole scene before anybody looks.

So a scene looked at five times a second is the one looked at ten times with every other
frame left out, and a seed is a day, not a frame rate.
"""

import numpy as np
from numpy.typing import NDArray

from tests.torture.language import Actor, Eye

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

WORLD_HZ = 50
"""Every rate divides it."""
SCORE_MIN = 0.4
"""The detector's threshold: what it is sure of."""
SCORE_LOW = 0.16
"""Down to this it tells, for those who follow objects."""
_SCORE_SPREAD = 0.07
_WANDER_S, _MEMORIES = 0.5, 6
_FLIP_S, _SPLIT_S, _MERGE_S, _SHADOW_S = 0.4, 0.3, 0.4, 0.5


class Noise:
    """One actor's misfortunes, frame by frame.

    Args:
        actor: Whose.
        eye: How badly things are seen.
        frames: How many frames the world has.
        rng: Where chance comes from.

    Attributes:
        edges: Shape (frames, 4), by how much each edge is off, in widths and heights.
        scores: Shape (frames,), 0 where nothing is told.
        merge: Shape (frames,), when the box flows into one that it overlaps.
        split: Shape (frames,), when two halves are seen.
        shadow: Shape (frames,), when the shadow is taken for a part.
        labels: Shape (frames,), what the actor is taken for.
    """

    def __init__(
        self, actor: Actor, eye: Eye, frames: int, rng: np.random.Generator
    ) -> None:
        slow = wandering(rng, frames, 5)
        self.edges = eye.jitter * rng.normal(0, 1, (frames, 4))
        self.edges += eye.wander * slow[:, :4]
        self.scores = eye.score - actor.faint + _SCORE_SPREAD * slow[:, 4]
        self.scores += _SCORE_SPREAD / 2 * rng.normal(0, 1, frames)
        dips = spells(rng, frames, eye.dip, eye.dip_s)
        low = rng.uniform(SCORE_LOW, SCORE_MIN, frames)
        self.scores[dips] = np.minimum(self.scores, low)[dips]
        self.scores[rng.random(frames) < eye.miss] = 0.0
        self.merge = spells(rng, frames, eye.merge, _MERGE_S)
        self.split = spells(rng, frames, actor.split, _SPLIT_S)
        self.shadow = spells(rng, frames, 0.5 if actor.shadow else 0.0, _SHADOW_S)
        self.labels = np.full(frames, actor.label, dtype=object)
        for label, share in actor.taken_for.items():
            self.labels[spells(rng, frames, share, _FLIP_S)] = label


def spells(rng: np.random.Generator, frames: int, share: float, lasts_s: float) -> Mask:
    """Return when something is so that comes and goes: shape (frames,).

    Args:
        rng: Where chance comes from.
        frames: How many frames the world has.
        share: For what share of the time it is so, below 1.
        lasts_s: Mean length of a spell; 0: every frame by itself.
    """
    if share == 0 or lasts_s == 0:
        return np.asarray(rng.random(frames) < share)
    between_s = lasts_s * (1 - share) / share
    on, at = bool(rng.random() < share), 0.0
    told = np.zeros(frames, np.bool_)
    while at < frames:
        length = rng.exponential(lasts_s if on else between_s) * WORLD_HZ
        if on:
            told[round(at) : round(at + length)] = True
        on, at = not on, at + length
    return told


def wandering(rng: np.random.Generator, frames: int, width: int) -> Floats:
    """Return slow noise of deviation 1: shape (frames, width).

    A first-order autoregressive process that forgets within half a second.
    """
    keep = float(np.exp(-1 / (_WANDER_S * WORLD_HZ)))
    memory = keep ** np.arange(_MEMORIES * _WANDER_S * WORLD_HZ)
    shocks = rng.normal(0, np.sqrt(1 - keep**2), (width, frames + len(memory) - 1))
    return np.stack([np.convolve(line, memory, "valid") for line in shocks], axis=1)
