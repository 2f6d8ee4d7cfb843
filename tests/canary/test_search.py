"""Looking for a canary: every piece is found, however wrapped, and noise is not."""

import base64
import gzip
import json
import zlib
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tallypost.canary.elements import elements
from tallypost.canary.forms import forms
from tallypost.canary.layers import layers, pictures
from tallypost.canary.pattern import canary, fill
from tallypost.canary.search import PART_BYTES, Finder

SEED = 20_261_128
HEIGHT, WIDTH = 60, 80
PIXELS = canary((HEIGHT, WIDTH, 3), SEED, 0)
RAW = PIXELS.tobytes()
FINDER = Finder(forms([(0, HEIGHT, WIDTH)], SEED))
ALWAYS_FOUND_BYTES = 19


@given(
    at=st.integers(0, len(RAW) - ALWAYS_FOUND_BYTES),
    before=st.binary(max_size=40),
    after=st.binary(max_size=40),
)
def test_a_piece_of_19_bytes_is_found_wherever_it_begins(
    at: int, before: bytes, after: bytes
) -> None:
    piece = RAW[at : at + ALWAYS_FOUND_BYTES]

    [found] = FINDER.search(before + piece + after)

    assert found.form == "pixels"
    assert found.place <= len(before)
    assert found.size_bytes >= ALWAYS_FOUND_BYTES


@given(st.binary(max_size=5000))
def test_what_is_no_canary_is_not_found(noise: bytes) -> None:
    assert FINDER.search(noise) == []


def test_15_bytes_are_no_find() -> None:
    assert FINDER.search(RAW[:15] + bytes([RAW[15] ^ 1])) == []


def test_another_tests_canary_is_not_found() -> None:
    assert FINDER.search(canary((HEIGHT, WIDTH, 3), 9 * SEED, 0).tobytes()) == []


def test_a_piece_across_two_parts_is_told_once() -> None:
    held = bytearray(PART_BYTES + 1000)
    held[PART_BYTES - 300 : PART_BYTES + 300] = RAW[:600]

    [found] = FINDER.search(bytes(held))

    assert (found.place, found.size_bytes) == (PART_BYTES - 300, 600)


def test_a_whole_canary_is_counted_to_the_byte() -> None:
    [found] = FINDER.search(bytes(77) + RAW + bytes(9))

    assert (found.place, found.size_bytes) == (77, len(RAW))


def grey(pixels: np.ndarray) -> np.ndarray:
    light = pixels @ np.array([0.299, 0.587, 0.114])
    return np.asarray(np.rint(light).astype(np.uint8))


def half_as_large(pixels: np.ndarray) -> np.ndarray:
    blocks = pixels.reshape(HEIGHT // 2, 2, WIDTH // 2, 2, 3).mean(axis=(1, 3))
    return np.asarray(np.rint(blocks).astype(np.uint8))


SEEN_AS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "blue first": lambda pixels: pixels[..., ::-1],
    "with a fourth byte": lambda pixels: np.pad(
        pixels[..., ::-1], ((0, 0), (0, 0), (0, 1)), constant_values=255
    ),
    "one colour's plane": lambda pixels: pixels[..., 1],
    "int8 elements": lambda pixels: pixels.astype(np.int16).astype(np.int8) ^ -128,
    "luma": grey,
    "scaled to half": half_as_large,
    "a part of rows with padding": lambda pixels: np.pad(
        pixels, ((0, 0), (0, 3), (0, 0))
    ),
}


@pytest.mark.parametrize("made", SEEN_AS.values(), ids=SEEN_AS)
def test_a_canary_is_found_in_other_shapes(
    made: Callable[[np.ndarray], np.ndarray],
) -> None:
    content = np.ascontiguousarray(made(PIXELS)).tobytes()

    found = sum(each.size_bytes for each in FINDER.search(content))

    assert found > 0.9 * len(content) * (WIDTH - 1) / (WIDTH + 3)


LARGER: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "words of 2 bytes": lambda light: light.astype("<u2"),
    "words of 4 bytes": lambda light: light.astype("<i4"),
    "floats 0 to 255": lambda light: light.astype("<f4"),
    "floats 0 to 1": lambda light: (light / 255).astype("<f4"),
    "floats -1 to 1": lambda light: (light / 127.5 - 1).astype("<f4"),
}


@pytest.mark.parametrize("name", LARGER)
def test_a_canary_is_found_in_larger_elements(name: str) -> None:
    held = np.random.default_rng(0).bytes(8192)
    held += LARGER[name](PIXELS.reshape(-1)).tobytes()

    found = {label for label, part in elements(held) if FINDER.search(part)}

    assert found == {name}


WRAPPED: dict[str, bytes] = {
    "base64": b'"picture": "' + base64.b64encode(RAW[5:300]) + b'"',
    "base64 for addresses": b"?p=" + base64.urlsafe_b64encode(RAW[5:300]),
    "a text that began earlier": b"abcde" + base64.b64encode(RAW[:300]),
    "hexadecimal": b"counts=" + RAW[7:60].hex().encode() + b"\n",
    "capital hexadecimal": RAW[7:60].hex().upper().encode(),
    "deflated": b"..." + zlib.compress(RAW * 3),
    "gzip": gzip.compress(RAW),
    "base64 of deflated": base64.b64encode(zlib.compress(RAW[:900])),
    "figures of one byte": json.dumps([*RAW[:40]]).encode(),
    "figures of three bytes": json.dumps(
        {
            f"gate {at}": int.from_bytes(RAW[at : at + 3], "big")
            for at in range(0, 90, 3)
        }
    ).encode(),
}


@pytest.mark.parametrize("content", WRAPPED.values(), ids=WRAPPED)
def test_a_canary_is_found_in_its_wrapping(content: bytes) -> None:
    assert any(FINDER.search(inner) for _, inner in layers(content))


@given(st.binary(max_size=2000))
def test_any_bytes_can_be_unwrapped(noise: bytes) -> None:
    whole = noise + base64.b64encode(noise) + zlib.compress(noise)[:-3]

    assert not any(FINDER.search(inner) for _, inner in layers(whole))


@pytest.mark.parametrize(
    ("begun", "what"),
    [
        (b"\xff\xd8\xff\xe0\0\x10JFIF\0", "a JPEG"),
        (b"\x89PNG\r\n\x1a\n", "a PNG"),
        (b"RIFF\x10\0\0\0WEBPVP8 ", "a WebP"),
    ],
)
def test_the_beginning_of_any_picture_file_is_noticed(begun: bytes, what: str) -> None:
    assert [*pictures(b"before" + begun + b"after")] == [(what, 6)]


def test_planting_writes_into_the_buffer_that_is_there() -> None:
    buffer = np.zeros((HEIGHT, WIDTH + 8, 3), np.uint8)

    fill(buffer[:, :WIDTH], SEED, 0)

    np.testing.assert_array_equal(buffer[:, :WIDTH], PIXELS)
    assert not buffer[:, WIDTH:].any()


def test_canaries_of_one_test_differ() -> None:
    assert FINDER.search(canary((HEIGHT, WIDTH, 3), SEED, 1).tobytes()) == []
