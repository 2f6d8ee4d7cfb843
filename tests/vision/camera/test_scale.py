"""Pictures of every kind, scaled to fit."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tallypost.domain.vision import Frame, Pixels, Size
from tallypost.errors import FootageError
from tallypost.vision.camera.scale import Scaler, fit_within

SIDES = st.integers(1, 20_000)
FIT = Size(32, 32)
CLOSE = 14
"""How far a colour may be off after chroma subsampling and a narrow range."""

TOP_LEFT, TOP_RIGHT = (230, 20, 20), (20, 220, 20)
BOTTOM_LEFT, BOTTOM_RIGHT = (20, 20, 230), (200, 200, 200)


def quarters(width: int = 64, height: int = 48) -> Pixels:
    picture = np.empty((height, width, 3), np.uint8)
    picture[: height // 2, : width // 2] = TOP_LEFT
    picture[: height // 2, width // 2 :] = TOP_RIGHT
    picture[height // 2 :, : width // 2] = BOTTOM_LEFT
    picture[height // 2 :, width // 2 :] = BOTTOM_RIGHT
    return picture


def decoded(kind: str, width: int = 64, height: int = 48) -> av.VideoFrame:
    picture = av.VideoFrame.from_ndarray(quarters(width, height), "rgb24")
    return picture.reformat(format=kind)


def scaled(
    picture: av.VideoFrame,
    fit: Size = FIT,
    aspect: Fraction | None = None,
) -> tuple[Pixels, Size]:
    return Scaler(fit, "test").scale(picture, aspect, spare=False)


def corners(pixels: Pixels) -> list[tuple[int, ...]]:
    """Return the colours in the middle of the four quarters."""
    height, width = pixels.shape[:2]
    return [
        tuple(int(part) for part in pixels[y, x])
        for y in (height // 4, height * 3 // 4)
        for x in (width // 4, width * 3 // 4)
    ]


@pytest.mark.parametrize(
    ("scene", "fit", "expected"),
    [
        pytest.param(Size(768, 576), Size(320, 320), Size(320, 240), id="wide"),
        pytest.param(Size(576, 768), Size(320, 320), Size(240, 320), id="high"),
        pytest.param(Size(320, 320), Size(320, 320), Size(320, 320), id="the same"),
        pytest.param(Size(160, 120), Size(320, 320), Size(320, 240), id="enlarged"),
        pytest.param(Size(1, 1), Size(320, 320), Size(320, 320), id="one pixel"),
        pytest.param(Size(10_000, 1), Size(320, 320), Size(320, 1), id="a thread"),
        pytest.param(Size(1920, 1080), Size(416, 256), Size(416, 234), id="not square"),
    ],
)
def test_the_fit_keeps_the_shape(scene: Size, fit: Size, expected: Size) -> None:
    assert fit_within(scene, fit) == expected


@given(st.builds(Size, SIDES, SIDES), st.builds(Size, SIDES, SIDES))
def test_the_fit_is_inside_and_touches(scene: Size, fit: Size) -> None:
    size = fit_within(scene, fit)

    assert 1 <= size.width <= fit.width
    assert 1 <= size.height <= fit.height
    assert size.width == fit.width or size.height == fit.height


@pytest.mark.parametrize(
    "kind",
    [
        "rgb24",
        "bgr24",
        "yuv420p",
        "yuvj420p",
        "yuv422p",
        "nv12",
        "yuyv422",
        "rgba",
        "yuva420p",
        "gbrp",
        "rgb48le",
        "yuv420p10le",
        "bgr0",
        "rgb565le",
    ],
)
def test_pictures_of_every_kind_keep_their_colours(kind: str) -> None:
    pixels, scene = scaled(decoded(kind))

    assert scene == Size(64, 48)
    assert pixels.shape == (24, 32, 3)
    assert pixels.dtype == np.uint8
    assert np.allclose(
        corners(pixels), [TOP_LEFT, TOP_RIGHT, BOTTOM_LEFT, BOTTOM_RIGHT], atol=CLOSE
    )


@pytest.mark.parametrize(
    ("kind", "level"),
    [("gray", 100), ("gray16le", 100 * 257), ("gray16be", 100 * 257)],
)
def test_grey_of_any_depth_is_grey(kind: str, level: int) -> None:
    little = np.full((48, 64), level, np.uint8 if kind == "gray" else np.uint16)

    pixels, _ = scaled(av.VideoFrame.from_ndarray(little, kind))

    assert np.abs(pixels.astype(int) - 100).max() <= 2


def test_a_palette_is_looked_up() -> None:
    palette = np.zeros((256, 4), np.uint8)  # alpha, red, green, blue
    palette[7] = (255, 200, 100, 50)
    indices = np.full((48, 64), 7, np.uint8)
    picture = av.VideoFrame(64, 48, "pal8")
    picture.planes[0].update(
        np.pad(indices, ((0, 0), (0, picture.planes[0].line_size - 64))).tobytes()
    )
    picture.planes[1].update(palette[:, ::-1].tobytes())

    pixels, _ = scaled(picture)

    assert np.allclose(pixels[12, 16], (200, 100, 50), atol=2)


@pytest.mark.parametrize(
    ("width", "height"), [(1, 1), (1, 2), (3, 1), (63, 47), (5, 640), (4001, 3)]
)
@pytest.mark.parametrize("kind", ["rgb24", "yuv420p", "gray"])
@pytest.mark.parametrize("fit", [Size(320, 320), Size(33, 17), Size(1, 1)], ids=str)
def test_odd_sizes_fit(width: int, height: int, kind: str, fit: Size) -> None:
    picture = av.VideoFrame(width, height, kind)
    for plane in picture.planes:
        plane.update(bytes([128]) * plane.buffer_size)

    pixels, scene = scaled(picture, fit)

    assert scene == Size(width, height)
    assert pixels.shape == (*fit_within(scene, fit)[::-1], 3)
    assert np.abs(pixels.astype(int) - 128).max() <= 4


@pytest.mark.parametrize(
    ("aspect", "scene", "shape"),
    [
        pytest.param(None, Size(64, 48), (24, 32, 3), id="untold"),
        pytest.param(Fraction(1), Size(64, 48), (24, 32, 3), id="square"),
        pytest.param(Fraction(16, 11), Size(93, 48), (17, 32, 3), id="wide"),
        pytest.param(Fraction(1, 2), Size(32, 48), (32, 21, 3), id="narrow"),
        pytest.param(Fraction(0), Size(64, 48), (24, 32, 3), id="nought"),
        pytest.param(Fraction(9999), Size(64, 48), (24, 32, 3), id="nonsense"),
    ],
)
def test_the_scene_has_square_pixels(
    aspect: Fraction | None, scene: Size, shape: tuple[int, ...]
) -> None:
    pixels, told = scaled(decoded("yuv420p"), aspect=aspect)

    assert told == scene
    assert pixels.shape == shape


@pytest.mark.parametrize(
    ("rotation", "mirrored", "expected"),
    [
        pytest.param(0, False, "ABCD", id="upright"),
        pytest.param(90, False, "BDAC", id="a quarter, counterclockwise"),
        pytest.param(180, False, "DCBA", id="upside down"),
        pytest.param(-90, False, "CADB", id="a quarter, clockwise"),
        pytest.param(0, True, "BADC", id="mirrored"),
        pytest.param(180, True, "CDAB", id="stood on a mirror"),
    ],
)
def test_a_turned_picture_is_set_upright(
    draw_video: Callable[..., Path], rotation: int, mirrored: bool, expected: str
) -> None:
    film = draw_video("a.mp4", count=1, rotation=rotation, mirrored=mirrored)
    with av.open(str(film)) as container:
        pixels, scene = scaled(next(container.decode(video=0)))

    colours = dict(
        zip("ABCD", (TOP_LEFT, TOP_RIGHT, BOTTOM_LEFT, BOTTOM_RIGHT), strict=True)
    )
    assert scene == (Size(48, 64) if rotation % 180 else Size(64, 48))
    assert pixels.shape[:2] == ((32, 24) if rotation % 180 else (24, 32))
    assert np.allclose(corners(pixels), [colours[one] for one in expected], atol=30)


def test_the_pixels_are_the_scalers_own_buffer_and_erase_overwrites_it() -> None:
    pixels, scene = scaled(decoded("yuv420p"), Size(33, 33))  # rows with padding
    buffer = pixels.base
    assert buffer is not None

    Frame(pixels, scene, 0.0, 0.0).erase()

    assert not pixels.any()


@pytest.mark.parametrize("kind", ["yuv420p", "gray", "rgba"])
def test_a_picture_that_the_decoder_needs_no_more_is_overwritten(kind: str) -> None:
    picture = decoded(kind)

    pixels, _ = Scaler(Size(32, 32), "test").scale(picture, None, spare=True)

    assert pixels.any()
    assert not any(any(bytes(plane)) for plane in picture.planes)


def test_a_picture_that_needs_no_scaling_survives_being_spare() -> None:
    pixels, _ = Scaler(Size(32, 32), "test").scale(
        decoded("rgb24", 32, 32), None, spare=True
    )

    assert pixels.any()


def test_scaling_averages_and_does_not_skip() -> None:
    stripes = np.zeros((256, 256, 3), np.uint8)
    stripes[:, ::2] = 200

    pixels, _ = scaled(av.VideoFrame.from_ndarray(stripes, "rgb24"), Size(64, 64))

    assert np.abs(pixels.astype(int) - 100).max() <= 4


@pytest.mark.parametrize("kind", ["gray32le", "bgr4", "yaf32le"])
def test_a_kind_that_cannot_be_scaled_says_so_and_ends_nothing(kind: str) -> None:
    picture = av.VideoFrame(64, 48, kind)

    with pytest.raises(FootageError, match=rf"^clip: pictures of the kind {kind}"):
        Scaler(Size(32, 32), "clip").scale(picture, None, spare=False)
