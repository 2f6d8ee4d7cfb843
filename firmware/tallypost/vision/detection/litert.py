"""Finds objects with a TensorFlow Lite model."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np

from tallypost.board.base import Board
from tallypost.domain.vision import Detections, Frame, Pixels, Size
from tallypost.errors import ModelError
from tallypost.vision.detection.alongside import Alongside
from tallypost.vision.detection.decode import Candidates
from tallypost.vision.detection.decoders import decoder_for
from tallypost.vision.detection.delegate import Delegate
from tallypost.vision.detection.identify import identify, settled
from tallypost.vision.detection.interpreter import Interpreter
from tallypost.vision.detection.manifest import ModelDescription
from tallypost.vision.detection.metadata import appended_labels
from tallypost.vision.detection.modelfile import read_model, read_whole
from tallypost.vision.detection.preprocess import Placed
from tallypost.vision.detection.suppression import suppress
from tallypost.vision.detection.tensors import Tensor, TensorFacts


class LitertDetector:
    """Finds objects with a TensorFlow Lite model.

    Args:
        description: What the model is; `describe` makes one of a bare file.
        file: The model. It is read once, and what was hashed is what runs.
        content: Its bytes, where `read_whole` has read them already: a process that is
            locked in cannot.
        threads: How many the interpreter may use.
        score_min: Kept when >=; None: as the description says.
        board: Whose clock times each `invoke`; None: nobody does.
        delegate: What runs the parts of the model that it takes; None: the processor.
            It is loaded here, once, and no library afterwards.

    Raises:
        ModelError: The file is missing, damaged, another than described, or of another
            shape than its family's; the delegate is missing or refuses.
    """

    def __init__(  # noqa: PLR0913  all by name
        self,
        *,
        description: ModelDescription,
        file: Path,
        threads: int = 2,
        score_min: float | None = None,
        board: Board | None = None,
        delegate: Delegate | None = None,
        content: bytes | None = None,
    ) -> None:
        if content is None:
            content = read_whole(description, file)
        self._run: Interpreter | None = Interpreter(
            str(file), content, description.name, threads, delegate
        )
        self._board = board
        self._alongside = Alongside()
        self.invoke_s: float | None = None
        """How long the interpreter took last; None before, or without a board."""
        self.description = settled(description, self._run.outputs, self._run.probe)
        """What the model is, with what its answers have told."""
        self._writer = self._run.writer(description.input)
        least = description.score_min if score_min is None else score_min
        self._decoder = decoder_for(self.description, self._run.outputs, least)

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of what it tells; `Detections.class_ids` index into it."""
        return self.description.classes

    @property
    def input_size(self) -> Size:
        """The size that pictures must fit into."""
        return self.description.input.size

    @property
    def outputs(self) -> tuple[TensorFacts, ...]:
        """What the file says of its outputs.

        Raises:
            ModelError: The detector is closed.
        """
        return self._open().outputs

    def detect(
        self, frame: Frame, meanwhile: Callable[[], None] | None = None
    ) -> Detections:
        """Return what is on the frame, best score first; does not erase the frame.

        Args:
            frame: The picture, scaled to fit.
            meanwhile: Called once while the model works.

        Raises:
            ModelError: The frame does not fit, or the model fails on it.
        """
        run = self._open()
        placed = self._writer.write(frame.pixels, run.input_view())
        try:
            if meanwhile is None:
                self.invoke()
            else:
                self._alongside.run(self.invoke, meanwhile)
            candidates = self._decoder.decode(run.output_views())
        finally:
            self._writer.wipe(run.input_view())
        return self._finish(candidates, placed, frame.scene)

    def invoke(self) -> None:
        """Run the model on whatever its input holds; times it where there is a board.

        Raises:
            ModelError: The interpreter fails, or is closed.
        """
        run = self._open()
        before = self._board.monotonic_s() if self._board else 0.0
        run.invoke()
        if self._board:
            self.invoke_s = self._board.monotonic_s() - before

    def answers(self, pixels: Pixels) -> list[Tensor]:
        """Return the model's outputs for a picture as numbers, for whoever inspects it.

        Args:
            pixels: Shape (h, w, 3), fits into the input.

        Raises:
            ModelError: The picture does not fit, or the model fails on it.
        """
        return self._open().probe(self.description.input, pixels)

    def close(self) -> None:
        """Give the model back; closing twice is harmless."""
        self._alongside.close()
        self._run = None

    def _open(self) -> Interpreter:
        if self._run is None:
            raise ModelError(f"{self.description.name}: is closed; open it afresh")
        return self._run

    def _finish(
        self, candidates: Candidates, placed: Placed, scene: Size
    ) -> Detections:
        """Return candidates in pixels of the scene, clipped, doubles taken out."""
        iou_max = self.description.iou_max
        order = (
            np.argsort(-candidates.scores, kind="stable")
            if iou_max is None
            else suppress(*candidates, iou_max)
        )
        boxes, scores, class_ids = candidates.only(order)
        gain = np.array([scene.width / placed.width, scene.height / placed.height] * 2)
        boxes = (boxes - np.array([placed.left, placed.top] * 2)) * gain
        limits = np.array([scene.width, scene.height] * 2, np.float32)
        boxes = np.clip(boxes, 0, limits).astype(np.float32)
        inside = (boxes[:, 2:] > boxes[:, :2]).all(axis=1)
        return Detections(boxes, scores, class_ids).only(inside)


def describe(
    file: Path,
    *,
    nameless: bool = False,
    delegate: Delegate | None = None,
    content: bytes | None = None,
) -> ModelDescription:
    """Return what a bare model file is, by its tensors, its labels and its answers.

    Args:
        file: The model.
        nameless: Whether classes without labels are called by their numbers.
        delegate: As for `LitertDetector`; a compiled model runs on nothing else.
        content: Its bytes, where somebody has read them already.

    Raises:
        ModelError: It cannot be told; the message says what to write in a manifest.
    """
    content, name = content or read_model(file), file.stem
    run = Interpreter(str(file), content, name, 1, delegate)
    labels = appended_labels(name, content)
    digest = hashlib.sha256(content).hexdigest()
    tensors = (run.inputs, run.outputs)
    return identify(name, digest, tensors, labels, run.probe, nameless=nameless)
