"""Each simulated modem, by the words of its maker."""

import pytest

from tests.simulated.conversation import (
    IDENTIFY,
    JOIN,
    KEY,
    MODELS,
    REGION,
    Conversation,
    joined,
    send,
)

UNDER_WAY = {
    "rak3172": ["OK"],
    "stm32wl": ["OK"],
    "la66": ["OK"],
    "lora_e5": ["+MSGHEX: Start"],
    "rn2483": ["ok"],
    "rn2903": ["ok"],
}
HEARD = {
    "rak3172": ["+EVT:TX_DONE", "+EVT:RX_1:-111:6:UNICAST:10:ff01"],
    "stm32wl": ["+EVT:10:02:FF01", "+EVT:RX_1, PORT 10, DR 0, RSSI -111, SNR 6"],
    "la66": ["txDone", "Run AT+RECVB=? to see detail"],
    "lora_e5": [
        '+MSGHEX: PORT: 10; RX: "FF01"',
        "+MSGHEX: RXWIN1, RSSI -111, SNR 6.0",
        "+MSGHEX: Done",
    ],
    "rn2483": ["mac_rx 10 FF01"],
    "rn2903": ["mac_rx 10 FF01"],
}
NOT_JOINED = {
    "rak3172": ["AT_NO_NETWORK_JOINED"],
    "stm32wl": ["AT_NO_NETWORK_JOINED"],
    "la66": ["AT_NO_NET_JOINED"],
    "lora_e5": ["+MSGHEX: Please join network first"],
    "rn2483": ["not_joined"],
    "rn2903": ["not_joined"],
}
BUSY = {
    "rak3172": ["AT_BUSY_ERROR"],
    "stm32wl": ["AT_BUSY_ERROR"],
    "la66": ["AT_BUSY_ERROR"],
    "lora_e5": ["+MSGHEX: LoRaWAN modem is busy"],
    "rn2483": ["busy"],
    "rn2903": ["busy"],
}
REFUSED = {
    "rak3172": ["+EVT:JOIN_FAILED_RX_TIMEOUT"],
    "stm32wl": ["+EVT:JOIN FAILED"],
    "la66": [],
    "lora_e5": ["+JOIN: Join failed", "+JOIN: Done"],
    "rn2483": ["denied"],
    "rn2903": ["denied"],
}


@pytest.mark.parametrize("model", MODELS)
def test_a_payload_arrives_and_its_answer_comes_back(model: str) -> None:
    talk = joined(model)
    if model not in REGION:
        talk.device.data_rate = 0
    talk.network.queue(talk.device.dev_eui, 10, b"\xff\x01")

    assert send(talk, 2, b"\x01\x02") == UNDER_WAY[model]
    assert talk.later() == HEARD[model]

    arrived = [(one.port, one.payload) for one in talk.network.received]
    assert arrived == [(2, b"\x01\x02")]


@pytest.mark.parametrize("model", MODELS)
def test_nothing_is_sent_before_a_network_has_let_one_in(model: str) -> None:
    talk = Conversation(model, region=REGION.get(model, "eu868"))

    assert send(talk, 2, b"\x01") == NOT_JOINED[model]


@pytest.mark.parametrize("model", MODELS)
def test_a_second_payload_waits_until_the_first_one_is_through(model: str) -> None:
    talk = joined(model)

    send(talk, 2, b"\x01")

    assert send(talk, 2, b"\x02") == BUSY[model]
    talk.later()
    assert [one.payload for one in talk.network.received] == [b"\x01"]


@pytest.mark.parametrize("model", MODELS)
def test_who_is_not_let_in_is_told_so(model: str) -> None:
    talk = Conversation(model, region=REGION.get(model, "eu868"))
    talk.network.refuses_joins = True
    for line in IDENTIFY[model]:
        talk.say(line)

    talk.say(JOIN[model])

    assert talk.later() == REFUSED[model]
    assert talk.network.refused == ["nobody is let in"]


@pytest.mark.parametrize("model", MODELS)
def test_a_restart_ends_the_session(model: str) -> None:
    talk = joined(model)

    talk.modem.restart()

    assert talk.device.session is None or model == "la66"  # which joins by itself
    talk.lines()


@pytest.mark.parametrize("model", MODELS)
def test_a_stuck_modem_says_nothing_until_it_is_started_afresh(model: str) -> None:
    talk = joined(model)
    talk.modem.stuck = True

    assert send(talk, 2, b"\x01") == []
    talk.modem.restart()

    assert send(talk, 2, b"\x01") == []  # it is not up yet
    talk.later()
    assert send(talk, 2, b"\x01") != []


@pytest.mark.parametrize("model", MODELS)
def test_noise_is_answered_with_a_refusal_or_not_at_all(model: str) -> None:
    talk = joined(model)

    talk.modem.feed(bytes(range(256)) * 20 + b"\r\n")

    for line in talk.later():
        assert line.isascii()
    assert send(talk, 2, b"\x01") == UNDER_WAY[model]


def too_long(model: str) -> tuple[Conversation, list[str]]:
    talk = joined(model)
    if model not in REGION:
        talk.device.data_rate = 0
    size = talk.device.payload_bytes_max() + 1
    return talk, send(talk, 2, bytes(size))


@pytest.mark.parametrize(
    ("model", "answer", "events"),
    [
        ("rak3172", ["AT_PARAM_ERROR"], ["+EVT:TX_DONE"]),
        ("stm32wl", ["AT_ERROR"], []),
        ("la66", ["uplink payload oversize at current data rate", "OK"], ["txDone"]),
    ],
)
def test_too_long_a_payload_sends_an_empty_frame(
    model: str, answer: list[str], events: list[str]
) -> None:
    talk, said = too_long(model)

    assert said == answer
    assert talk.later() == events
    assert talk.device.session is not None
    assert talk.device.session.counter == 1
    assert talk.network.received == []


@pytest.mark.parametrize(
    ("model", "answer"),
    [
        ("lora_e5", ["+MSGHEX: Length error 51"]),
        ("rn2483", ["invalid_data_len"]),
        ("rn2903", ["invalid_data_len"]),
    ],
)
def test_too_long_a_payload_sends_nothing(model: str, answer: list[str]) -> None:
    talk, said = too_long(model)

    assert said == answer
    assert talk.later() == []
    assert talk.device.session is not None
    assert talk.device.session.counter == 0


@pytest.mark.parametrize(
    ("model", "answer"),
    [
        ("rak3172", "Restricted_Wait_"),
        ("stm32wl", "AT_DUTYCYCLE_RESTRICTED"),
        ("la66", "AT_BUSY_ERROR"),
        ("lora_e5", "+MSGHEX: No band in "),
        ("rn2483", "no_free_ch"),
    ],
)
def test_where_no_airtime_is_left_it_says_so(model: str, answer: str) -> None:
    talk = joined(model)
    if model == "la66":
        talk.say("AT+DCS=1")
    talk.device.data_rate = 0
    for _ in range(2):  # one a band
        send(talk, 2, bytes(51))
        talk.later(10)

    said = send(talk, 2, bytes(51))

    assert said[0].startswith(answer)


def test_a_rak_says_that_it_is_done_also_when_nobody_heard_it() -> None:
    talk = joined("rak3172")
    talk.air.away = True

    send(talk, 2, b"\x01")

    assert talk.later() == ["+EVT:TX_DONE"]
    assert talk.network.received == []


def test_a_rak_sends_an_empty_frame_by_itself_after_a_confirmed_downlink() -> None:
    talk = joined("rak3172")
    talk.network.queue(talk.device.dev_eui, 10, b"\x01", confirmed=True)

    send(talk, 2, b"\x01")

    assert talk.later() == [
        "+EVT:TX_DONE",
        "+EVT:RX_1:-111:6:UNICAST:10:01",
        "+EVT:TX_DONE",
    ]
    assert talk.network.members[talk.device.dev_eui].unacknowledged is None


def test_a_modem_of_st_fetches_by_itself_what_waits_and_is_busy_meanwhile() -> None:
    talk = joined("stm32wl")
    for payload in (b"\x01", b"\x02"):
        talk.network.queue(talk.device.dev_eui, 10, payload)

    send(talk, 2, b"\x01")
    first, second = talk.later(2.0), talk.say("AT+SEND=2:0:01")

    assert first[0] == "+EVT:10:01:01"
    assert second == ["AT_BUSY_ERROR"]
    assert talk.later()[0] == "+EVT:10:01:02"


def test_a_rak_answers_a_link_check_and_tells_the_time() -> None:
    talk = joined("rak3172")
    talk.say("AT+LINKCHECK=1")
    talk.say("AT+TIMEREQ=1")

    send(talk, 2, b"\x01")

    assert talk.later() == [
        "+EVT:TX_DONE",
        "+EVT:TIMEREQ_OK",
        "+EVT:LINKCHECK:0:26:1:-111:6",
    ]
    assert talk.say("AT+LTIME=?")[0].startswith("AT+LTIME=")


def test_a_session_of_abp_says_that_it_is_joined_before_the_ok() -> None:
    talk = Conversation("rak3172")
    for line in ("NJM=0", "DEVADDR=26011bda", f"NWKSKEY={KEY}", f"APPSKEY={KEY}"):
        assert talk.say(f"AT+{line}") == ["OK"]

    assert talk.say("AT+JOIN") == ["+EVT:JOINED", "OK"]

    send(talk, 2, b"\x07")
    assert [one.payload for one in talk.network.received] == [b"\x07"]


def test_an_stm32wl_that_kept_nothing_is_refused_for_its_old_nonce() -> None:
    talk = joined("stm32wl")
    talk.modem.restart()
    talk.later()
    for line in IDENTIFY["stm32wl"]:
        talk.say(line)
    talk.say(JOIN["stm32wl"])

    assert talk.later() == ["+EVT:JOIN FAILED"]
    assert talk.network.refused == ["DevNonce was used before"]


def test_an_stm32wl_that_was_told_to_keep_it_is_let_in_again() -> None:
    talk = joined("stm32wl")
    talk.say("AT+CS")
    talk.modem.restart()
    assert any(KEY[:2].upper() in line for line in talk.later())  # it shows its keys

    talk.say(JOIN["stm32wl"])

    assert talk.later() == ["+EVT:JOINED"]


def test_an_la66_does_not_answer_at_alone() -> None:
    assert Conversation("la66").say("AT") == []


def test_an_la66_is_started_afresh_by_a_downlink_that_looks_like_its_own() -> None:
    talk = joined("la66")
    talk.network.queue(talk.device.dev_eui, 10, b"\x04\xff")

    send(talk, 2, b"\x01")
    talk.later()

    assert "Dragino LA66 Device" in talk.later()
    assert talk.modem.restarts == 1


def test_only_a_counter_tells_that_an_la66_was_heard() -> None:
    talk = joined("la66")
    before = talk.say("AT+FCD=?")[0]

    talk.say("AT+SENDB=1,2,1,07")

    assert talk.later() == ["txDone"]
    assert int(talk.say("AT+FCD=?")[0]) == int(before) + 1


def test_a_lora_e5_wants_a_line_feed() -> None:
    assert Conversation("lora_e5", line_end="\r").say("AT") == []
    assert Conversation("lora_e5", line_end="\n").say("AT") == ["+AT: OK"]


def test_a_lora_e5_says_how_much_fits() -> None:
    talk = joined("lora_e5")
    talk.say("AT+DR=DR0")
    talk.say("AT+LW=LCR")

    assert talk.say("AT+LW=LEN") == ["+LW: LEN, 50"]


def test_a_lora_e5_tells_the_time_of_the_network() -> None:
    talk = joined("lora_e5")
    talk.say("AT+LW=DTR")
    send(talk, 2, b"\x01")
    talk.later()

    assert talk.say("AT+RTC=UTCMS")[0].startswith("+RTC: 2026-11-")


def test_an_rn2483_knows_the_other_one_is_for_america() -> None:
    assert Conversation("rn2903", region="us915").say("mac reset 868") == [
        "invalid_param"
    ]
    assert Conversation("rn2483").say("mac reset 868") == ["ok"]


def test_an_rn2903_speaks_on_the_channels_that_are_left() -> None:
    talk = Conversation("rn2903", region="us915", sub_band=2)
    for channel in {*range(72)} - {*range(8, 16), 65}:
        assert talk.say(f"mac set ch status {channel} off") == ["ok"]

    assert talk.device.sub_band == 2


@pytest.mark.parametrize(
    ("model", "line", "answer"),
    [
        ("rak3172", "AT+NONSENSE=1", ["AT_COMMAND_NOT_FOUND"]),
        ("rak3172", "AT+APPKEY=00", ["AT_PARAM_ERROR"]),
        ("rak3172", "AT+BAND=7", ["AT_UNSUPPORTED_BAND"]),
        ("rak3172", "AT+SEND=0:00", ["AT_PARAM_ERROR"]),
        ("rak3172", "AT+SEND=1:0", ["AT_PARAM_ERROR"]),
        ("rak3172", "AT+DR=9", ["AT_PARAM_ERROR"]),
        ("stm32wl", "AT+NONSENSE=1", ["AT_ERROR"]),
        ("stm32wl", "AT+NWKKEY=00:01", ["AT_PARAM_ERROR"]),
        ("stm32wl", "AT+DR=3", ["AT_ERROR"]),
        ("stm32wl", "AT+BAND=5", ["OK"]),
        ("la66", "AT+NONSENSE=1", ["AT_ERROR"]),
        ("la66", "AT+DEVADDR=26011bda", ["AT_ERROR"]),
        ("la66", "AT+DADDR=26011bda", ["OK"]),
        ("la66", "AT+SENDB=0,1,2,00", ["AT_PARAM_ERROR"]),
        ("lora_e5", "AT+NONSENSE=1", ["+NONSENSE: ERROR(-10)"]),
        ("lora_e5", 'AT+KEY=APPKEY,"00"', ["+KEY: ERROR(-1)"]),
        ("lora_e5", "nonsense", ["+AT: ERROR(-11)"]),
        ("lora_e5", 'AT+MSGHEX="0"', ["+MSGHEX: ERROR(-23)"]),
        ("rn2483", "mac nonsense", ["invalid_param"]),
        ("rn2483", "mac set appkey 00", ["invalid_param"]),
        ("rn2483", "mac set upctr 12345678901", ["invalid_param"]),
        ("rn2483", "mac get appkey", ["invalid_param"]),
        ("rn2483", "mac join otaa", ["keys_not_init"]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_makes_no_sense_is_refused_in_its_own_words(
    model: str, line: str, answer: list[str]
) -> None:
    assert Conversation(model).say(line) == answer


def test_a_rak_asks_again_as_often_as_it_was_told_to() -> None:
    talk = Conversation("rak3172")
    talk.network.refuses_joins = True
    talk.say(f"AT+APPKEY={KEY}")
    talk.say("AT+JOIN=1:0:10:2")

    said = [line for _ in range(20) for line in talk.later(10)]

    assert said == ["+EVT:JOIN_FAILED_RX_TIMEOUT"] * 3


def test_a_rak_that_is_no_lorawan_modem_just_now_says_so() -> None:
    talk = joined("rak3172")

    assert talk.say("AT+NWM=0") == []
    assert talk.later() == ["Current Work Mode: LoRa P2P."]
    assert talk.say("AT+JOIN") == ["AT_MODE_NO_SUPPORT"]
    assert talk.say("AT+NWM=1") == []
    assert talk.later() == ["Current Work Mode: LoRaWAN."]
    assert talk.say("AT+NJS=?") == ["AT+NJS=0", "OK"]


@pytest.mark.parametrize("model", MODELS)
def test_a_modem_that_forgets_its_nonce_is_refused_unless_it_draws_it(
    model: str,
) -> None:
    talk = joined(model, keeps_nonce=False)
    talk.modem.restart()
    talk.later()
    for line in IDENTIFY[model]:
        talk.say(line)
    talk.say(JOIN[model])
    talk.later()

    draws = talk.device.draws_nonce
    assert talk.network.refused == ([] if draws else ["DevNonce was used before"])
