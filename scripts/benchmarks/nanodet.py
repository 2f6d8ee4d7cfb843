"""NanoDet as it is published, as ONNX: its outputs are read by our own decoder."""

import hashlib
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnxruntime

from scripts.benchmarks.page import ROOT
from tallypost.domain.vision import Detections, Frame, Size
from tallypost.models.manifest import read_manifest
from tallypost.vision.detection.decode_grid import NanoDetDecoder
from tallypost.vision.detection.identify import NANODET_MEAN, NANODET_STD
from tallypost.vision.detection.manifest import (
    Colour,
    ElementType,
    Family,
    InputDescription,
    Layout,
    ModelDescription,
    OutputDescription,
    usual_classes,
)
from tallypost.vision.detection.preprocess import InputWriter
from tallypost.vision.detection.suppression import suppress
from tallypost.vision.detection.tensors import Tensor, TensorFacts

FLOAT = np.dtype(np.float32)


class OnnxNanoDet:
    """A detector that differs from the house's own in what runs the model alone.

    Args:
        file: The model.
        score_min: Told when >=.
        threads: How many processor cores work on one picture.
    """

    def __init__(self, file: Path, score_min: float, threads: int) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3  # how it was exported is known
        # a thread that waits by turning round takes the core that another one needs
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session = onnxruntime.InferenceSession(
            str(file), options, providers=["CPUExecutionProvider"]
        )
        (picture,) = self._session.get_inputs()
        self._name = picture.name
        height, width = picture.shape[2:]
        self.description = described(file, Size(width, height))
        self.invoke_s: float | None = None
        self._input: Tensor = np.zeros((1, 3, height, width), np.float32)
        self._writer = InputWriter(
            self.description.input, TensorFacts(self._name, self._input.shape, FLOAT)
        )
        outputs = self._session.run(None, {self._name: self._input})
        facts = [TensorFacts("", x.shape, x.dtype) for x in outputs]
        self._decoder = NanoDetDecoder(self.description, facts, score_min)

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of what it tells."""
        return self.description.classes

    @property
    def input_size(self) -> Size:
        """The size that pictures must fit into."""
        return self.description.input.size

    def detect(
        self, frame: Frame, meanwhile: Callable[[], None] | None = None
    ) -> Detections:
        """Return what is on the frame, best score first."""
        assert meanwhile is None
        placed = self._writer.write(frame.pixels, self._input)
        begun_s = time.perf_counter()
        outputs = self._session.run(None, {self._name: self._input})
        self.invoke_s = time.perf_counter() - begun_s
        found = self._decoder.decode(outputs)
        assert self.description.iou_max is not None
        kept = suppress(*found, self.description.iou_max)
        gain = frame.scene.width / placed.width, frame.scene.height / placed.height
        corner = np.array([placed.left, placed.top] * 2)
        boxes = (found.boxes[kept] - corner) * np.array(gain * 2)
        boxes = np.clip(boxes, 0, np.array([*frame.scene] * 2)).astype(np.float32)
        told = Detections(boxes, found.scores[kept], found.class_ids[kept])
        return told.only((boxes[:, 2:] > boxes[:, :2]).all(axis=1))

    def close(self) -> None:
        """Give the model back."""


def described(file: Path, size: Size) -> ModelDescription:
    """Return what the decoder must be told; COCO's labels are those of YOLOX."""
    labels = read_manifest(ROOT / "models" / "yolox-nano" / "manifest.toml").labels
    assert labels is not None
    return ModelDescription(
        name="nanodet-m",
        sha256=hashlib.sha256(file.read_bytes()).hexdigest(),
        input=InputDescription(
            size=size,
            type=ElementType.FLOAT32,
            layout=Layout.NCHW,
            colour=Colour.BGR,
            mean=NANODET_MEAN,
            std=NANODET_STD,
        ),
        output=OutputDescription(family=Family.NANODET),
        labels=labels,
        wanted=usual_classes(labels),
    )
