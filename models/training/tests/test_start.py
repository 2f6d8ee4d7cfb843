"""What YOLOX-nano was published with is what our network starts from."""

from pathlib import Path

import numpy as np
import pytest
import torch
from ai_edge_litert.interpreter import Interpreter
from PIL import Image
from torch import nn

from tallypost_training.errors import RecipeError
from tallypost_training.network import Detector
from tallypost_training.recipe import START, START_SHA256, checked
from tallypost_training.start import (
    COCO_ROWS,
    as_published,
    read_convolutions,
    settle_norms,
    start_from,
    stem_weight,
)


@pytest.fixture
def published(data: Path) -> Path:
    """The file with YOLOX-nano's weights."""
    file = data / "models" / START
    if not file.is_file():
        pytest.skip(f"needs YOLOX-nano as {file}")
    return checked(file, START_SHA256)


@pytest.fixture
def pixels(data: Path) -> torch.Tensor:
    """A real picture, shape (416, 416, 3), 0..255."""
    files = sorted((data / "labelled" / "coco" / "val").glob("*.jpg"))
    if not files:
        pytest.skip(f"needs pictures in {data}/labelled/coco/val")
    picture = Image.open(files[3]).convert("RGB").resize((416, 416))
    return torch.from_numpy(np.array(picture))


@torch.no_grad()
def test_with_its_weights_our_network_tells_the_published_scores(
    published: Path, pixels: torch.Tensor
) -> None:
    run = Interpreter(model_path=str(published))
    run.allocate_tensors()
    given = pixels.flip(2).permute(2, 0, 1)[None].float()
    run.set_tensor(run.get_input_details()[0]["index"], given.numpy())
    run.invoke()
    rows = run.get_tensor(run.get_output_details()[0]["index"])[0]
    wanted = rows[:, 5:][:, list(COCO_ROWS)]
    network = Detector()
    start_from(network, published)
    outputs = as_published(network)(pixels.permute(2, 0, 1)[None] / 255)
    told = torch.cat([x.sigmoid().flatten(2)[0].T for x, _ in outputs]).numpy()
    assert wanted.max() > 0.3, "there is nothing on the picture"
    assert np.abs(told - wanted).max() < 1e-4


@torch.no_grad()
def test_settled_norms_change_nothing_where_silu_stays(
    published: Path, pixels: torch.Tensor
) -> None:
    pictures = [pixels.permute(2, 0, 1)[None] / 255]
    plain, settled = Detector(), Detector()
    start_from(plain, published)
    start_from(settled, published)
    settle_norms(settled, pictures)
    assert isinstance(settled.backbone.stem.activation, nn.ReLU)
    for module in settled.modules():
        if isinstance(getattr(module, "activation", None), nn.ReLU):
            module.activation = nn.SiLU()
    pairs = zip(as_published(plain)(pictures[0]), settled(pictures[0]), strict=True)
    for (first, _), (second, _) in pairs:
        assert torch.allclose(first, second, rtol=0, atol=1e-2)


@torch.no_grad()
def test_focus_and_its_convolution_are_one_convolution_of_six_by_six() -> None:
    focus = torch.randn(5, 12, 3, 3)
    picture = torch.rand(1, 3, 32, 32)
    blue_first = picture.flip(1) * 255
    quarters = [
        blue_first[..., row::2, column::2]
        for row, column in ((0, 0), (1, 0), (0, 1), (1, 1))
    ]
    wanted = nn.functional.conv2d(torch.cat(quarters, 1), focus, padding=1)
    told = nn.functional.conv2d(picture, stem_weight(focus), stride=2, padding=2)
    assert torch.allclose(told, wanted, rtol=1e-4, atol=1e-2)


def test_what_is_no_yolox_nano_is_refused_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match=r"nowhere: cannot be read"):
        read_convolutions(tmp_path / "nowhere")
    file = tmp_path / "model.tflite"
    file.write_bytes(b"no model")
    with pytest.raises(RecipeError, match="is another file: its sha256 is not"):
        checked(file, START_SHA256)
    with pytest.raises(RecipeError, match="fits a network of width 16 only"):
        start_from(Detector(width=8), file)
