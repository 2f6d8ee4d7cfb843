"""What goes wrong on the line is what was asked for, and nothing stops the modem."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tallypost.simulated.modem.mishaps import Mishap, Mishaps
from tests.simulated.conversation import MODELS, REGION, Conversation, joined, send

lines = st.one_of(
    st.text(st.characters(max_codepoint=255), max_size=60).map(
        lambda text: text.encode("latin-1")
    ),
    st.from_regex(r"AT\+[A-Z0-9]{1,7}(=[ -~]{0,40})?", fullmatch=True).map(str.encode),
    st.from_regex(r"(mac|sys) [a-z ]{1,12}[ -~]{0,40}", fullmatch=True).map(str.encode),
)
KNOWN = [
    "AT+JOIN",
    "AT+JOIN=1:0:8:0",
    "AT+SEND=1:00",
    "AT+SEND=1:1:00",
    "AT+SENDB=1,2,1,00",
    "AT+MSGHEX=00",
    "AT+DR=3",
    "AT+BAND=5",
    "AT+MASK=0001",
    "AT+CFM=1,7,1",
    "AT+LW=ULDL,7,8",
    "AT+CH=NUM,8-15",
    "AT+SLEEP",
    "ATZ",
    "mac tx cnf 1 00",
    "mac join otaa",
    "mac set upctr 9",
    "sys sleep 100",
]


@pytest.mark.parametrize("model", MODELS)
@given(said=st.lists(st.one_of(lines, st.sampled_from(KNOWN).map(str.encode))))
@settings(max_examples=60, deadline=None)
def test_nothing_that_is_said_to_a_modem_stops_it(
    model: str, said: list[bytes]
) -> None:
    talk = Conversation(model, region=REGION.get(model, "eu868"))

    for line in said:
        talk.modem.feed(line + b"\r\n")
        talk.board.advance(7.0)
        assert talk.modem.take().isascii()


@pytest.mark.parametrize(
    ("mishap", "left"),
    [
        (Mishap.HALF, b"+EV"),
        (Mishap.MUTE, b""),
    ],
)
def test_an_answer_is_lost_in_part_or_whole(mishap: Mishap, left: bytes) -> None:
    modem = Conversation("rak3172").modem

    assert Mishaps({mishap: 1.0}).befall(modem, b"+EVT:X") == left


def test_noise_comes_before_an_answer() -> None:
    modem = Conversation("rak3172").modem

    said = Mishaps({Mishap.NOISE: 1.0}).befall(modem, b"OK\r\n")

    assert said.endswith(b"OK\r\n")
    assert len(said) > len(b"OK\r\n")


def test_what_is_not_asked_for_never_happens() -> None:
    modem = Conversation("rak3172").modem
    none = Mishaps({})

    assert all(none.befall(modem, b"OK") == b"OK" for _ in range(1000))
    assert modem.restarts == 0


@pytest.mark.parametrize("model", MODELS)
def test_a_brown_out_cuts_what_was_to_be_said_and_ends_the_session(model: str) -> None:
    talk = joined(model)
    send(talk, 2, b"\x01")

    Mishaps({Mishap.BROWN_OUT: 1.0}).befall(talk.modem, b"")

    assert b"\xfe" in talk.modem.take()
    assert talk.modem.restarts == 1
    said = talk.later()
    assert not any("DONE" in line or "mac_tx_ok" in line for line in said)


def test_a_stuck_modem_is_one_that_was_asked_for() -> None:
    talk = Conversation("rak3172")

    Mishaps({Mishap.STUCK: 1.0}).befall(talk.modem, b"OK")

    assert talk.say("AT") == []


def test_the_same_seed_has_the_same_mishaps() -> None:
    def befallen(seed: int) -> list[bytes]:
        modem = Conversation("rak3172").modem
        mishaps = Mishaps({Mishap.MUTE: 0.5, Mishap.NOISE: 0.5}, seed)
        return [mishaps.befall(modem, b"OK") for _ in range(40)]

    assert befallen(1) == befallen(1)
    assert befallen(1) != befallen(2)
