"""Files that come with a model, or with pictures to judge one by."""

import io
import zipfile
from pathlib import Path

from scripts.fuzzing.parser import ROOT, Parser
from tallypost.errors import ModelError, RecordingError, SettingsError
from tallypost.models.figures import read_figures
from tallypost.models.labelled import LabelledSet
from tallypost.models.manifest import read_manifest
from tallypost.vision.detection.metadata import appended_labels

LABELS = {
    "labelmap.txt": "person\ncar\n",
    "metadata.json": '{"task": "detect", "names": {"0": "person", "1": "car"}}',
}


def model_parsers(folder: Path) -> dict[str, Parser]:
    """Return the parsers of what comes with models by their names.

    Args:
        folder: Where what they read is put.
    """
    file = folder / "file"
    pictures = folder / "pictures"
    pictures.mkdir()
    picture, labels = pictures / "street.jpg", pictures / "street.txt"
    picture.write_bytes(b"\xff\xd8\xff\xd9")

    def manifest(data: bytes) -> object:
        file.write_bytes(data)
        return read_manifest(file)

    def figures(data: bytes) -> object:
        file.write_bytes(data)
        return read_figures(file)

    def labelled(data: bytes) -> object:
        labels.write_bytes(data)
        return list(LabelledSet(pictures, "test"))

    models = ROOT / "models"
    given = [
        (models / name / "manifest.toml").read_bytes()
        for name in ("yolov8n", "tallypost-street-320")
    ]
    return {
        "model manifest": Parser(tuple(given), manifest, SettingsError),
        "models' figures": Parser(
            ((models / "evaluation.json").read_bytes(),), figures, SettingsError
        ),
        "labels in a model": Parser(
            tuple(map(_archive, LABELS, LABELS.values())), _read_labels, ModelError
        ),
        "labels of a picture": Parser(
            (b"0 0.5 0.5 0.25 0.25\n1 0.1 0.1 0.1 0.2\n",), labelled, RecordingError
        ),
    }


def _archive(name: str, text: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(zipfile.ZipInfo(name), text)
    return file.getvalue()


def _read_labels(data: bytes) -> object:
    return appended_labels("model", data)
