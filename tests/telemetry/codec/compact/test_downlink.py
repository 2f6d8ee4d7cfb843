"""Commands over the air: a closed list, each within its bounds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tallypost.domain.commands import Outcome
from tallypost.errors import CodecError
from tallypost.telemetry.codec.compact.decoding import decode
from tallypost.telemetry.codec.compact.downlink import (
    COMMANDS,
    AskLayout,
    Downlink,
    Reboot,
    Rejoin,
    Resend,
    SetDataRate,
    SetInterval,
    SetSetting,
    TimeIs,
    encode_downlink,
    encode_reply,
    parse_downlink,
)
from tallypost.telemetry.codec.compact.frame import Frame
from tallypost.telemetry.codec.compact.table import COMMAND_NAMES, SETTINGS

lows = st.integers(0, 65_535)
commands = st.one_of(
    st.builds(SetInterval, interval_min=st.integers(1, 1440)),
    st.builds(SetDataRate, adr=st.booleans(), data_rate=st.none() | st.integers(0, 15)),
    st.builds(Resend, first_seq_low=lows, last_seq_low=lows),
    st.builds(SetSetting, setting=st.sampled_from(SETTINGS[1:]), value=lows),
    st.builds(TimeIs, utc_s=st.integers(0, 2**40 - 1).map(lambda ticks: ticks / 256)),
    st.builds(Rejoin),
    st.builds(Reboot),
    st.builds(AskLayout),
)
downlinks = st.builds(Downlink, counter=st.integers(0, 255), command=commands)


@given(downlinks)
def test_a_command_is_read_as_it_was_given_and_fits_eleven_bytes(
    downlink: Downlink,
) -> None:
    frame = encode_downlink(downlink)

    assert len(frame.payload) <= 11
    assert parse_downlink(*frame) == downlink


@given(st.integers(1, 20), st.binary(max_size=20))
def test_any_bytes_are_a_command_that_can_be_said_again_or_a_codec_error(
    port: int, payload: bytes
) -> None:
    try:
        read = parse_downlink(port, payload)
    except CodecError:
        return
    assert parse_downlink(*encode_downlink(read)) == read


@pytest.mark.parametrize("payload", [b"", b"\0" * 6, b"\xff" * 6])
def test_what_a_blank_memory_holds_commands_nothing(payload: bytes) -> None:
    with pytest.raises(CodecError):
        parse_downlink(10, payload)


def test_a_command_with_anything_behind_it_is_none() -> None:
    frame = encode_downlink(Downlink(1, Reboot()))

    with pytest.raises(CodecError, match="8 bits behind its end"):
        parse_downlink(10, frame.payload + b"\xff")


def test_a_length_out_of_bounds_is_refused_with_them() -> None:
    with pytest.raises(CodecError, match=r"interval_min: 2000 is not within 1\.\.1440"):
        encode_downlink(Downlink(1, SetInterval(interval_min=2000)))


@pytest.mark.parametrize("interval", [b"\0\0", b"\x05\xa1"], ids=["0", "1441"])
def test_a_length_out_of_bounds_is_no_command(interval: bytes) -> None:
    with pytest.raises(CodecError, match="interval_min"):
        parse_downlink(10, b"\x41\x01" + interval)


def test_every_command_of_the_table_has_a_word() -> None:
    assert tuple(COMMANDS) == COMMAND_NAMES[1:]


@pytest.mark.parametrize(
    ("first", "last", "newest", "numbers"),
    [
        (10, 12, 20, range(10, 13)),
        (10, 12, 65_550, range(65_546, 65_549)),
        (65_530, 2, 65_600, range(65_530, 65_539)),
        (65_530, 2, 100, range(1, 3)),
    ],
)
def test_a_range_is_of_the_newest_records_that_end_so(
    first: int, last: int, newest: int, numbers: range
) -> None:
    resend = Resend(first_seq_low=first, last_seq_low=last)

    assert resend.numbers(newest) == numbers


@given(downlinks, st.none() | st.integers(0, 10**6))
def test_an_answer_says_to_what(downlink: Downlink, records: int | None) -> None:
    found = decode(encode_reply(downlink, Outcome.DONE, records), None)

    assert found["counter"] == downlink.counter
    assert found["outcome"] == "done"
    assert found.get("records") == records


def test_an_answer_to_nothing_that_can_be_believed_is_none() -> None:
    with pytest.raises(CodecError):
        encode_reply(Downlink(1, Reboot()), Outcome.REPLAYED)


def test_another_port_gives_no_command() -> None:
    with pytest.raises(CodecError, match="port: 2 is not the 10"):
        parse_downlink(*Frame(2, b"\x46\x01"))
