"""Which detectors are compared: ours, and every public one that is at hand."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from scripts.benchmarks.nanodet import OnnxNanoDet
from scripts.benchmarks.page import DATA, ROOT
from tallypost.assembly.board import board
from tallypost.assembly.detector import open_detector, threshold
from tallypost.cli.models_eval import Timed
from tallypost.models.at_hand import Model
from tallypost.models.manifest import MANIFEST
from tallypost.models.store import find_model, usual_store

OURS = "tallypost-street-"
THREE_CLASSES = "scrypted_yolov9t_relu_320_full_integer_quant.tflite"
BROKEN = "yolox_nano_only_int8_quantize.tflite"
KNOWN = {
    "yolov8n_full_integer_quant": ("yolov8n (int8)", "AGPL-3.0"),
    "scrypted_yolov9t_relu_320_full_integer_quant": (
        "yolov9t-relu (int8)",
        "none told",
    ),
    "yolox_nano_only_int8_quantize": ("yolox-nano (int8)", "Apache-2.0"),
    "nanodet_m_320": ("nanodet-m (ONNX)", "Apache-2.0"),
}
"""What files without a manifest are called, and under which licence they are told."""


@dataclass(frozen=True, slots=True)
class Contender:
    """One detector.

    Attributes:
        name: What the table calls it.
        file: Its weights.
        licence: As its manifest or its publisher says.
        sha256: Of its file, if it has a manifest in the house.
        score_begin: The score that an object begins with when it is counted.
        score_hold: The score down to which it is followed.
        opened: Makes a detector of a least score and a number of threads.
    """

    name: str
    file: Path
    licence: str
    sha256: str | None
    score_begin: float
    score_hold: float
    opened: Callable[[float, int], Timed]

    @property
    def ours(self) -> bool:
        """Whether it was trained here."""
        return self.name.startswith(OURS)


def contenders(only: frozenset[str]) -> list[Contender]:
    """Return who takes part; ours first.

    Args:
        only: Names or beginnings of names; empty: everybody.
    """
    everybody = sorted(_everybody(), key=lambda each: (not each.ours, each.name))
    return [
        each
        for each in everybody
        if not only or any(each.name.startswith(name) for name in only)
    ]


def _everybody() -> Iterator[Contender]:
    taken = set()
    for path in sorted((ROOT / "models").glob(f"*/{MANIFEST}")):
        entry = usual_store().entry(path.parent.name)
        if entry.file is None:
            print(f"{path.parent.name}: is not at hand; left out")
            continue
        taken.add(entry.file.name)
        model = find_model(path.parent.name)
        yield _on_litert(path.parent.name, model, entry.manifest.licence, known=True)
    for file in sorted((DATA / "models").glob("*")):
        if file.name not in taken:
            yield _bare(file)


def _bare(file: Path) -> Contender:
    """Return a file that has no manifest in the house."""
    name, licence = KNOWN.get(file.stem, (file.stem, "not known"))
    if file.suffix == ".onnx":

        def opened(score_min: float, threads: int) -> Timed:
            return OnnxNanoDet(file, score_min, threads)

        score = 0.4
        return Contender(name, file, licence, None, score, score * 0.4, opened)
    if file.name == BROKEN:  # as its sound sibling, but for the numbers in it
        digest = find_model(str(file), nameless=True).description.sha256
        sibling = find_model("yolox-nano").description
        model = Model(replace(sibling, sha256=digest), file)
    elif file.name == THREE_CLASSES:  # told by its publisher, not by the file
        nameless = find_model(str(file), nameless=True).description
        labels = ("person", "vehicle", "animal")
        wanted = {"person": "person", "vehicle": "vehicle"}
        model = Model(replace(nameless, labels=labels, wanted=wanted), file)
    else:
        model = find_model(str(file))
    return _on_litert(name, model, licence, known=False)


def _on_litert(name: str, model: Model, licence: str, *, known: bool) -> Contender:
    scores = threshold(model, None)

    def opened(score_min: float, threads: int) -> Timed:
        return open_detector(model, score_min=score_min, threads=threads, board=board())

    sha256 = model.description.sha256 if known else None
    return Contender(
        name, model.file, licence, sha256, scores.begin, scores.hold, opened
    )
