"""A public face detector: BlazeFace, where its file is at hand."""

import os
from pathlib import Path

import numpy as np
from ai_edge_litert.interpreter import Interpreter
from numpy.typing import NDArray
from PIL import Image

from scripts.benchmarks.page import DATA

FILE = Path(
    os.environ.get(
        "TALLYPOST_FACE_MODEL",
        DATA / "models" / "face_detection_short_range.tflite",
    )
)
"""Of MediaPipe (Apache-2.0, in its wheel on PyPI: modules/face_detection)."""
STRIDES = ((8, 2), (16, 6))
"""Anchors: two at every eighth pixel of 128, six at every sixteenth. Source: MediaPipe,
modules/face_detection/face_detection_short_range.pbtxt."""
LOGIT_MAX = 80.0
OVERLAP_MAX = 0.3


class Faces:
    """Finds faces that fill a fifth of a picture or more.

    Raises:
        OSError: Its file is not at hand.
    """

    def __init__(self) -> None:
        if not FILE.is_file():
            raise FileNotFoundError(f"{FILE}: no face detector is at hand")
        self._interpreter = Interpreter(model_path=str(FILE), num_threads=2)
        self._interpreter.allocate_tensors()
        self._input = self._interpreter.get_input_details()[0]
        outputs = self._interpreter.get_output_details()
        self._boxes, self._scores = sorted(outputs, key=lambda x: -x["shape"][-1])
        self._side = int(self._input["shape"][1])
        centres = [
            ((x + 0.5) * stride, (y + 0.5) * stride)
            for stride, count in STRIDES
            for y in range(self._side // stride)
            for x in range(self._side // stride)
            for _ in range(count)
        ]
        self._centres = np.array(centres, np.float32)

    def found(self, pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
        """Return the faces on a picture, the best of those that overlap.

        Args:
            pixels: Shape (height, width, 3).

        Returns:
            Shape (n, 4): score, and centre x y and size in shares of the longer side.
        """
        side = max(pixels.shape[:2])
        square = np.zeros((side, side, 3), np.uint8)
        square[: pixels.shape[0], : pixels.shape[1]] = pixels
        fit = Image.fromarray(square).resize((self._side, self._side))
        values = np.asarray(fit, np.float32)[None] / 127.5 - 1
        self._interpreter.set_tensor(self._input["index"], values)
        self._interpreter.invoke()
        logits = self._interpreter.get_tensor(self._scores["index"])[0, :, 0]
        told = self._interpreter.get_tensor(self._boxes["index"])[0, :, :4]
        found = 1 / (1 + np.exp(-np.clip(logits, -LOGIT_MAX, LOGIT_MAX)))
        middles = self._centres + told[:, :2]
        kept: list[int] = []
        for at in np.argsort(-found):
            near = np.abs(middles[kept] - middles[at]).max(axis=1, initial=0)
            if not kept or (near > OVERLAP_MAX * told[at, 2]).all():
                kept.append(int(at))
        rows = [found[kept], *middles[kept].T / self._side, told[kept, 2] / self._side]
        return np.stack(rows, axis=1).astype(np.float64)


def again(
    shown: NDArray[np.float64], known: NDArray[np.float64], score_min: float
) -> int:
    """Return how many known faces are found again, somewhere in their own box.

    Args:
        shown: What was found, as `Faces.found` tells.
        known: Likewise.
        score_min: Of what was found.
    """
    good = shown[shown[:, 0] >= score_min]
    beside = np.abs(good[None, :, 1:3] - known[:, None, 1:3]).max(axis=2)
    return int((beside <= known[:, None, 3] / 2).any(axis=1).sum())
