"""How what comes from a modem is cut into lines."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from tallypost.telemetry.uplink.modem.splitting import LINE_BYTES_MAX, Splitter


def test_a_line_ends_at_either_end_and_empty_ones_are_none() -> None:
    assert Splitter().feed(b"\r\nOK\r\n\n\rJOINED\n\rAT_ERROR\n") == [
        "OK",
        "JOINED",
        "AT_ERROR",
    ]


def test_half_a_line_waits_for_the_rest() -> None:
    splitter = Splitter()

    assert splitter.feed(b"AT_BUSY_") == []
    assert splitter.feed(b"ERROR\r") == ["AT_BUSY_ERROR"]


def test_noise_cannot_spoil_a_log() -> None:
    assert Splitter().feed(b"\x1b[31m\xff\x00OK\r") == ["[31m??OK"]


def test_noise_before_a_line_and_behind_it_is_no_part_of_it() -> None:
    assert Splitter().feed(b"\0\xfe\xf8 +LW: LEN, 51 \0\r\0\xff\rOK\r") == [
        "+LW: LEN, 51",
        "OK",
    ]


def test_a_flood_without_an_end_is_thrown_away_as_it_comes() -> None:
    splitter = Splitter()
    for _ in range(100):
        assert splitter.feed(b"\x55" * 1000) == []
        assert len(splitter._half) <= LINE_BYTES_MAX

    assert splitter.feed(b"tail\rOK\r") == ["OK"]
    assert splitter.discarded == 1


def test_the_longest_downlink_is_a_line() -> None:
    line = b"+EVT:RX_1:-110:-10:UNICAST:223:" + b"ab" * 242

    assert Splitter().feed(line + b"\r\n") == [line.decode()]


@given(data=st.binary(max_size=3000), cuts=st.lists(st.integers(0, 3000), max_size=8))
def test_the_pieces_in_which_it_comes_do_not_matter(
    data: bytes, cuts: list[int]
) -> None:
    places = [0, *sorted(cuts), len(data)]
    pieces = [data[a:b] for a, b in itertools.pairwise(places)]
    in_pieces, at_once = Splitter(), Splitter()

    lines = [line for piece in pieces for line in in_pieces.feed(piece)]

    assert lines == at_once.feed(data)
