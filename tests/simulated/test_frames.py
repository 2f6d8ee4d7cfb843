"""Frames of LoRaWAN as they are on the air, by the vectors of others."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tallypost.simulated.lorawan import commands
from tallypost.simulated.lorawan.commands import Command, Said, parsed
from tallypost.simulated.lorawan.crypto import Keys, mic, session_keys
from tallypost.simulated.lorawan.frames import (
    Data,
    Flags,
    JoinAccept,
    JoinRequest,
    address_of,
    kind_of,
)

KEYS = Keys(
    bytes.fromhex("44024241ed4ce9a68c6a8bc055233fd3"),
    bytes.fromhex("ec925802ae430ca77fd3dd73cb2cc588"),
)
FORTY = (
    "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411"
)
keys = st.builds(Keys, st.binary(min_size=16, max_size=16), st.just(KEYS.application))
euis = st.binary(min_size=8, max_size=8)
data = st.builds(
    Data,
    up=st.booleans(),
    address=st.integers(0, 2**32 - 1),
    counter=st.integers(0, 2**32 - 1),
    confirmed=st.booleans(),
    flags=st.builds(Flags, *[st.booleans()] * 4),
    options=st.binary(max_size=15),
    port=st.integers(0, 255),
    payload=st.binary(max_size=242),
)


@pytest.mark.parametrize(
    ("message", "wanted"),
    [
        ("", "bb1d6929"),
        ("6bc1bee22e409f96e93d7e117393172a", "070a16b4"),
        (FORTY, "dfa66747"),
    ],
    ids=["0 bytes", "16 bytes", "40 bytes"],
)
def test_a_proof_is_the_beginning_of_the_cmac_of_rfc_4493(
    message: str, wanted: str
) -> None:
    """Source: RFC 4493, chapter 4 "Test Vectors"."""
    key = bytes.fromhex("2b7e151628aed2a6abf7158809cf4f3c")

    assert mic(key, bytes.fromhex(message)).hex() == wanted


def test_a_frame_of_somebody_else_s_opens_and_is_sealed_again() -> None:
    """Source: the vector that lora-packet's page shows."""
    octets = bytes.fromhex("40F17DBE4900020001954378762B11FF0D")

    frame = Data.opened(octets, KEYS, -1)

    assert frame == Data(
        up=True, address=0x49BE7DF1, counter=2, port=1, payload=b"test"
    )
    assert frame.sealed(KEYS) == octets


def test_a_join_of_somebody_else_s_gives_the_keys_that_he_has() -> None:
    """Source: lora-packet's own tests, "should generate valid session keys"."""
    made = session_keys(
        bytes.fromhex("b6b53f4a168a7a88bdf7ea135ce9cfca"), 0xE5063A, 0x000013, 0xCC85
    )

    assert made.network.hex() == "2c96f7028184bb0be8aa49275290d4fc"
    assert made.application.hex() == "f3a5c8f0232a38c144029c165865802c"


@given(data, keys)
def test_what_was_sealed_opens_as_it_was(frame: Data, chosen: Keys) -> None:
    assert Data.opened(frame.sealed(chosen), chosen, frame.counter) == frame


@given(data, st.integers(0, 2**16), st.integers(0, 7))
def test_a_frame_that_was_changed_does_not_open(
    frame: Data, place: int, bit: int
) -> None:
    octets = bytearray(frame.sealed(KEYS))
    octets[place % len(octets)] ^= 1 << bit

    assert Data.opened(bytes(octets), KEYS, frame.counter) is None


@pytest.mark.parametrize(
    ("last", "counter"),
    [(-1, 0), (7, 7), (0xFFFF, 0x10000), (0x1_FFFE, 0x2_0001), (0x1_0000, 0x1_7FFF)],
)
def test_the_upper_half_of_a_counter_follows_from_the_last_one(
    last: int, counter: int
) -> None:
    octets = Data(up=True, address=1, counter=counter, port=1).sealed(KEYS)
    opened = Data.opened(octets, KEYS, last)
    assert opened is not None
    assert opened.counter == counter


@given(euis, euis, st.integers(0, 65535))
def test_who_asks_to_be_let_in_is_read_from_the_air(
    join_eui: bytes, dev_eui: bytes, nonce: int
) -> None:
    request = JoinRequest(join_eui, dev_eui, nonce)

    assert JoinRequest.read(request.sealed(KEYS.network)) == request


@given(st.integers(0, 2**24 - 1), st.sampled_from([b"", bytes(range(16))]))
def test_only_its_key_opens_what_was_granted(nonce: int, channels: bytes) -> None:
    accept = JoinAccept(nonce, 0x13, 0x26010001, 3, 8, 1, channels)

    octets = accept.sealed(KEYS.network)

    assert JoinAccept.opened(octets, KEYS.network) == accept
    assert JoinAccept.opened(octets, KEYS.application) is None


@given(st.binary(max_size=80))
def test_noise_is_no_frame(octets: bytes) -> None:
    kind_of(octets)
    assert JoinRequest.read(octets) is None or len(octets) == 23
    assert JoinAccept.opened(octets, KEYS.network) is None
    assert Data.opened(octets, KEYS, -1) is None
    address_of(octets)


def test_keys_are_never_shown() -> None:
    assert KEYS.network.hex() not in repr(KEYS)
    assert "44024241" not in str(KEYS)


@given(st.lists(st.sampled_from([*Command])), st.booleans())
def test_commands_are_read_as_they_were_said(said: list[Command], up: bool) -> None:
    lengths = commands.UP_BYTES if up else commands.DOWN_BYTES
    told = [Said(one, bytes(range(lengths[one]))) for one in said]

    assert parsed(b"".join(one.encoded() for one in told), up=up) == told


def test_what_follows_an_unknown_command_is_not_read() -> None:
    octets = Said(Command.DEV_STATUS).encoded() + b"\x80" + b"\x06"

    assert parsed(octets, up=False) == [Said(Command.DEV_STATUS)]


def test_a_command_that_is_cut_off_is_not_read() -> None:
    assert parsed(b"\x06\x03\x50\xff", up=False) == [Said(Command.DEV_STATUS)]


@given(st.floats(1.6e9, 4.0e9))
def test_a_time_arrives_to_the_fraction_of_a_second(utc_s: float) -> None:
    told = commands.device_time(utc_s)

    assert commands.utc_of(told.octets) == pytest.approx(utc_s, abs=1 / 256)
