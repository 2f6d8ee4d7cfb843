"""Drawn footage for the tests of cameras: nothing of it is kept."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

QUARTERS = ((230, 20, 20), (20, 220, 20), (20, 20, 230), (200, 200, 200))
"""Colours of a drawn picture: top left, top right, bottom left, bottom right."""


def quarters(width: int, height: int, step: int = 0) -> np.ndarray:
    """Return a picture of four colours, with a white mark that moves."""
    picture = np.empty((height, width, 3), np.uint8)
    middle_x, middle_y = width // 2, height // 2
    picture[:middle_y, :middle_x] = QUARTERS[0]
    picture[:middle_y, middle_x:] = QUARTERS[1]
    picture[middle_y:, :middle_x] = QUARTERS[2]
    picture[middle_y:, middle_x:] = QUARTERS[3]
    left = (step * 7) % max(width - 8, 1)
    picture[middle_y - height // 8 : middle_y + height // 8, left : left + 8] = 255
    return picture


@pytest.fixture
def draw_video(tmp_path: Path) -> Callable[..., Path]:
    """Write a drawn video: `draw_video("a.mp4", count=12, size=(64, 48), ...)`."""

    def draw(
        name: str,
        *,
        count: int = 12,
        size: tuple[int, int] = (64, 48),
        codec: str = "libx264",
        kind: str = "yuv420p",
        rate_hz: int = 10,
        rotation: int | None = None,
        mirrored: bool = False,
        pixel_aspect: Fraction | None = None,
        stamps_ms: list[int] | None = None,
        options: dict[str, str] | None = None,
    ) -> Path:
        path = tmp_path / name
        with av.open(str(path), "w", options=options or {}) as container:
            stream = container.add_stream(codec, rate=rate_hz, options={"g": "6"})
            assert isinstance(stream, av.VideoStream)
            stream.width, stream.height = size
            stream.pix_fmt = kind
            if pixel_aspect is not None:
                stream.sample_aspect_ratio = pixel_aspect
            if stamps_ms is not None:
                stream.codec_context.time_base = Fraction(1, 1000)
            if rotation is not None:
                stream.set_display_rotation(rotation, hflip=mirrored)
            for step in range(count):
                frame = av.VideoFrame.from_ndarray(quarters(*size, step), "rgb24")
                if stamps_ms is not None:
                    frame.pts, frame.time_base = stamps_ms[step], Fraction(1, 1000)
                container.mux(stream.encode(frame.reformat(format=kind)))
            container.mux(stream.encode())
        return path

    return draw


@pytest.fixture
def draw_picture(tmp_path: Path) -> Callable[..., Path]:
    """Write a picture: `draw_picture("a.png", array, "rgb24", kind="pal8")`."""

    def draw(
        name: str,
        picture: np.ndarray | None = None,
        array_kind: str = "rgb24",
        kind: str | None = None,
    ) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        array = quarters(64, 48) if picture is None else picture
        codec, usual = {
            ".png": ("png", "rgb24"),
            ".jpg": ("mjpeg", "yuvj444p"),
            ".tif": ("tiff", "rgb24"),
        }[path.suffix]
        with av.open(
            str(path), "w", format="image2", options={"update": "1"}
        ) as container:
            stream = container.add_stream(codec, rate=1)
            assert isinstance(stream, av.VideoStream)
            stream.height, stream.width = array.shape[:2]
            stream.pix_fmt = kind or usual
            frame = av.VideoFrame.from_ndarray(array, array_kind)
            container.mux(stream.encode(frame.reformat(format=stream.pix_fmt)))
            container.mux(stream.encode())
        return path

    return draw
