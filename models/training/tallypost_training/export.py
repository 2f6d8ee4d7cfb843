"""Writes a model's folder: the file, and the manifest that the appliance reads."""

import hashlib
from pathlib import Path

from tallypost_training.flatbuffer import Writer
from tallypost_training.pictures import CLASSES
from tallypost_training.quantize import Steps

MANIFEST = """schema = 1
name = "{name}"
title = "Tallypost street, {width}x{height}, int8"
licence = "Apache-2.0"
family = "nanodet"
file = "{name}.tflite"
sha256 = "{sha256}"
bytes = {bytes}
score_min = {score_min}
iou_max = 0.6
labels = [{labels}]

[input]
width = {width}
height = {height}
type = "int8"
mean = [0.0, 0.0, 0.0]
std = [255.0, 255.0, 255.0]
pad = 114

[classes]
{classes}
"""


def model_name(width: int, height: int) -> str:
    """Return how the model of an input size is called: a square by its side."""
    size = str(width) if width == height else f"{width}x{height}"
    return f"tallypost-street-{size}"


def write_model(
    out: Path, steps: Steps, width: int, height: int, score_min: float
) -> Path:
    """Write a model's file and manifest, and return the file.

    Args:
        out: The folder that gets the model's folder.
        steps: The quantized network.
        width: Of the input, in pixels.
        height: Of the input.
        score_min: What the manifest says is kept when >=.
    """
    name = model_name(width, height)
    folder = out / name
    folder.mkdir(parents=True, exist_ok=True)
    content = Writer(steps, height, width).bytes()
    file = folder / f"{name}.tflite"
    file.write_bytes(content)
    manifest = MANIFEST.format(
        name=name,
        width=width,
        height=height,
        sha256=hashlib.sha256(content).hexdigest(),
        bytes=len(content),
        score_min=score_min,
        labels=", ".join(f'"{x}"' for x in CLASSES),
        classes="\n".join(f'{x} = "{x}"' for x in CLASSES),
    )
    (folder / "manifest.toml").write_text(manifest)
    return file
