"""vision/camera/yuv.py."""

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tallypost.domain.vision import Region, Size
from tallypost.errors import CameraUnavailableError
from tallypost.vision.camera.yuv import Layout, RgbConverter, fitted

RED, GREEN, BLUE = (255, 0, 0), (0, 255, 0), (0, 0, 255)


def yuv(rgb: tuple[int, int, int], matrix: str, *, full: bool) -> tuple[int, int, int]:
    """Return 8-bit Y, Cb, Cr. Source: ITU-R BT.601-7 and BT.709-6, 3.2 to 3.5."""
    k_red, k_blue = (0.299, 0.114) if matrix == "Rec601" else (0.2126, 0.0722)
    red, green, blue = (channel / 255 for channel in rgb)
    luma = k_red * red + (1 - k_red - k_blue) * green + k_blue * blue
    cb, cr = (blue - luma) / (2 - 2 * k_blue), (red - luma) / (2 - 2 * k_red)
    if full:
        return round(255 * luma), round(127.5 + 255 * cb), round(127.5 + 255 * cr)
    return round(16 + 219 * luma), round(128 + 224 * cb), round(128 + 224 * cr)


def flat(layout: Layout, rgb: tuple[int, int, int]) -> np.ndarray:
    """Return a buffer of one colour, its padding filled with what must not be seen."""
    width, height = layout.size
    y, u, v = yuv(rgb, layout.matrix, full=layout.full_range)
    red, green, blue = rgb
    planes: dict[str, list[tuple[int, list[int]]]] = {
        "NV12": [(1, [y] * width), (2, [u, v] * (width // 2))],
        "NV21": [(1, [y] * width), (2, [v, u] * (width // 2))],
        "YUV420": [(1, [y] * width), (4, [u] * (width // 2)), (4, [v] * (width // 2))],
        "YVU420": [(1, [y] * width), (4, [v] * (width // 2)), (4, [u] * (width // 2))],
        "YUYV": [(1, [y, u, y, v] * (width // 2))],
        "YVYU": [(1, [y, v, y, u] * (width // 2))],
        "UYVY": [(1, [u, y, v, y] * (width // 2))],
        "RGB888": [(1, [blue, green, red] * width)],
        "BGR888": [(1, [red, green, blue] * width)],
        "XRGB8888": [(1, [blue, green, red, 77] * width)],
        "XBGR8888": [(1, [red, green, blue, 77] * width)],
    }
    rows = []
    for share, row in planes[layout.pixel_format]:
        # A plane of a quarter has rows of half the stride, half as many.
        stride = layout.stride // (2 if share == 4 else 1)
        count = height // (1 if share == 1 else 2)
        rows += [*row, *[199] * (stride - len(row))] * count
    return np.array(rows, np.uint8)


FORMATS = "NV12 NV21 YUV420 YVU420 YUYV YVYU UYVY RGB888 BGR888 XRGB8888 XBGR8888"


@pytest.mark.parametrize("target", [Size(64, 48), Size(32, 24)], ids=str)
@pytest.mark.parametrize("rgb", [RED, GREEN, BLUE, (90, 140, 200)], ids=str)
@pytest.mark.parametrize("pixel_format", FORMATS.split())
def test_a_colour_is_itself_whatever_it_is_packed_in(
    pixel_format: str, rgb: tuple[int, int, int], target: Size
) -> None:
    layout = Layout(pixel_format, Size(64, 48), stride=320, matrix="Rec709")
    pixels = RgbConverter(layout, target).convert(flat(layout, rgb))
    assert pixels.shape == (target.height, target.width, 3)
    np.testing.assert_allclose(pixels.astype(int), np.full(pixels.shape, rgb), atol=4)


@pytest.mark.parametrize("full", [False, True], ids=["limited", "full"])
@pytest.mark.parametrize("matrix", ["Rec601", "Rec709"])
def test_colours_follow_what_the_camera_says_of_them(matrix: str, full: bool) -> None:
    layout = Layout("NV12", Size(64, 48), 64, matrix, full)
    for rgb in (RED, GREEN, BLUE, (250, 250, 250)):
        pixels = RgbConverter(layout, Size(64, 48)).convert(flat(layout, rgb))
        np.testing.assert_allclose(
            pixels.astype(int), np.full(pixels.shape, rgb), atol=4
        )


def test_a_picture_is_neither_turned_nor_mirrored() -> None:
    drawn = np.zeros((48, 64, 3), np.uint8)
    drawn[:24, :32], drawn[:24, 32:], drawn[24:, :32] = RED, GREEN, BLUE
    frame = av.VideoFrame.from_ndarray(drawn, "rgb24").reformat(format="yuv420p")
    memory = np.asarray(frame.to_ndarray(), np.uint8).reshape(-1)
    layout = Layout("YUV420", Size(64, 48), 64)
    pixels = RgbConverter(layout, Size(32, 24)).convert(memory)
    for (row, column), rgb in {
        (6, 8): RED,
        (6, 24): GREEN,
        (18, 8): BLUE,
        (18, 24): (0, 0, 0),
    }.items():
        np.testing.assert_allclose(pixels[row, column].astype(int), rgb, atol=6)


def test_two_pictures_share_no_memory() -> None:
    layout = Layout("YUV420", Size(64, 48), 64)
    converter = RgbConverter(layout, Size(64, 48))
    first = converter.convert(flat(layout, RED))
    converter.convert(flat(layout, BLUE))
    np.testing.assert_allclose(first[20, 20].astype(int), RED, atol=4)


@pytest.mark.parametrize("pixel_format", ["NV12", "BGR888"])
def test_nothing_of_a_picture_stays_in_the_converter(pixel_format: str) -> None:
    layout = Layout(pixel_format, Size(64, 48), 192)
    converter = RgbConverter(layout, Size(32, 24))
    converter.convert(flat(layout, GREEN))
    assert not any(plane.any() for plane in converter._planes)


@pytest.mark.parametrize("pixel_format", ["MJPEG", "SRGGB10", ""])
def test_a_format_that_cannot_be_read_is_refused_by_name(pixel_format: str) -> None:
    with pytest.raises(CameraUnavailableError, match=f"gives {pixel_format} at 64x48"):
        RgbConverter(Layout(pixel_format, Size(64, 48), 64), Size(64, 48))


@pytest.mark.parametrize("pixel_format", FORMATS.split())
@given(length=st.integers(0, 20_000), stride=st.integers(1, 400))
def test_a_buffer_is_never_read_past_its_end(
    pixel_format: str, length: int, stride: int
) -> None:
    layout = Layout(pixel_format, Size(64, 48), stride)
    memory = np.zeros(length, np.uint8)
    try:
        pixels = RgbConverter(layout, Size(64, 48)).convert(memory)
    except CameraUnavailableError as error:
        assert f"buffer of {length} bytes" in str(error)  # noqa: PT017
    else:
        assert pixels.shape == (48, 64, 3)


@pytest.mark.parametrize(
    ("scene", "fit", "size"),
    [
        pytest.param(Size(1280, 720), Size(320, 320), Size(320, 180), id="wide"),
        pytest.param(Size(1280, 720), Size(300, 300), Size(300, 168), id="odd height"),
        pytest.param(Size(720, 1280), Size(320, 320), Size(180, 320), id="tall"),
        pytest.param(Size(10_000, 10), Size(320, 320), Size(320, 2), id="a thread"),
        pytest.param(Size(160, 120), Size(320, 320), Size(320, 240), id="enlarged"),
    ],
)
def test_what_the_isp_is_asked_for_is_even_and_fits(
    scene: Size, fit: Size, size: Size
) -> None:
    assert fitted(scene, fit) == size


@pytest.mark.parametrize("pixel_format", FORMATS.split())
def test_a_part_of_a_buffer_is_that_part_of_its_picture(pixel_format: str) -> None:
    layout = Layout(pixel_format, Size(64, 48), stride=320, matrix="Rec709")
    memory = flat(layout, RED)
    half = flat(layout, BLUE)
    rows = {"NV12": 1.5, "NV21": 1.5, "YUV420": 1.5, "YVU420": 1.5}.get(pixel_format, 1)
    # the lower half of every plane is blue
    starts = {1.5: [(0, 48, 320)], 1: [(0, 48, 320)]}[rows]
    if pixel_format.startswith("NV"):
        starts.append((48 * 320, 24, 320))
    elif rows != 1:
        starts += [(48 * 320, 24, 160), (48 * 320 + 24 * 160, 24, 160)]
    for start, count, stride in starts:
        below = slice(start + count // 2 * stride, start + count * stride)
        memory[below] = half[below]

    upper, lower = (
        RgbConverter(layout, Size(32, 16), Region(8, top, 32, 16)).convert(memory)
        for top in (4, 28)
    )

    np.testing.assert_allclose(upper.astype(int), np.full(upper.shape, RED), atol=4)
    np.testing.assert_allclose(lower.astype(int), np.full(lower.shape, BLUE), atol=4)
