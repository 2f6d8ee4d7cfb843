"""What slots are: told over the air, and never read by another's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tallypost.errors import CodecError
from tallypost.telemetry.codec.compact.decoding import decode
from tallypost.telemetry.codec.compact.layout import HEAD_BYTES, Layout, encode_layout
from tests.telemetry.codec.compact.world import STREET, Site, sites


@given(sites, st.integers(1, 86_400))
def test_a_layout_is_read_as_it_was_written(site: Site, interval_s: int) -> None:
    layout = Layout.of(site, interval_s)

    assert Layout.read(layout.data) == layout


@given(sites, st.integers(6, 242))
def test_parts_of_any_size_make_the_whole(site: Site, room_bytes: int) -> None:
    layout = Layout.of(site)

    parts = [decode(frame, None) for frame in encode_layout(layout, room_bytes)]

    assert b"".join(bytes.fromhex(str(part["chunk"])) for part in parts) == layout.data
    assert {part["layout"] for part in parts} == {layout.tag}


def test_a_street_is_told_by_one_frame_of_europe_s_slowest_rate() -> None:
    [frame] = encode_layout(STREET, 51)

    assert decode(frame, None)["elements"] == ["lines/north", "lines/south"]


def test_many_classes_keep_road_users_apart_and_sum_the_rest() -> None:
    coco = tuple(f"thing {number}" for number in range(78))

    layout = Layout.of({"lines": {"gate": ("car", "person", *coco)}})

    assert layout.classes == ("person", "car", "other")
    assert len(layout.slots) == 6


def test_a_site_that_frames_cannot_tell_is_refused_with_what_to_do() -> None:
    classes = tuple(f"thing {number}" for number in range(14))
    site = {"lines": {f"line {number}": classes for number in range(10)}}

    with pytest.raises(CodecError, match=r"280 figures .* 256 .* fewer"):
        Layout.of(site)


def test_a_changed_layout_can_be_given_a_tag_that_was_never_used() -> None:
    other = STREET.unlike([STREET.tag])

    assert other.tag != STREET.tag
    assert other.slots == STREET.slots
    assert Layout.read(other.data) == other


def test_a_frame_without_room_for_any_of_it_is_refused() -> None:
    with pytest.raises(CodecError, match=f"want {HEAD_BYTES + 1} or more"):
        encode_layout(STREET, HEAD_BYTES)


@pytest.mark.parametrize("offset", [1, 4, 16_383])
def test_a_part_that_ends_behind_the_whole_is_refused(offset: int) -> None:
    [whole] = encode_layout(STREET, 51)
    moved = bytearray(whole.payload)
    moved[1:4] = (int.from_bytes(moved[1:4]) & ~0x0FFFC0 | offset << 6).to_bytes(3)

    with pytest.raises(CodecError, match="ends behind the whole"):
        decode(whole._replace(payload=bytes(moved)), None)


@given(st.binary(max_size=100))
def test_no_bytes_but_a_layout_s_are_one(data: bytes) -> None:
    try:
        layout = Layout.read(data)
    except CodecError:
        return
    assert Layout.read(layout.data).slots == layout.slots
