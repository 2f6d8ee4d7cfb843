"""What vendors' firmware does that nobody would expect."""

import threading

import pytest

from tallypost.errors import (
    DutyCycleError,
    JoinRefusedError,
    ModemBusyError,
    ModemError,
    ModemLostError,
    ModemRefusedError,
    ModemRestartedError,
    NotJoinedError,
    PayloadTooLongError,
)
from tallypost.telemetry.uplink.modem.base import (
    Counters,
    Heard,
    LinkCheck,
    Radio,
    Region,
    Sent,
)
from tallypost.telemetry.uplink.modem.opening import Model
from tests.telemetry.uplink.modem.rig import IDENTITY, JOIN_S
from tests.telemetry.uplink.modem.scripted import MODELS, Script, scripted

US915 = Radio(region=Region.US915, sub_band=2)
SEND = {
    "rak3172": "AT+SEND",
    "stm32wl": "AT+SEND",
    "la66": "AT+SENDB",
    "lora_e5": "AT+MSGHEX",
    "rn2483": "mac tx",
}
REFUSALS: list[tuple[Model, list[str], type[ModemError]]] = [
    ("rak3172", ["AT_ERROR"], ModemRefusedError),
    ("rak3172", ["AT_BUSY_ERROR"], ModemBusyError),
    ("rak3172", ["AT_NO_NETWORK_JOINED"], NotJoinedError),
    ("rak3172", ["AT_MODE_NO_SUPPORT"], ModemRefusedError),
    ("rak3172", ["AT_COMMAND_NOT_FOUND"], ModemRefusedError),
    ("rak3172", ["AT_UNSUPPORTED_BAND"], ModemRefusedError),
    ("rak3172", ["Restricted_Wait_2500_ms", "AT_BUSY_ERROR"], DutyCycleError),
    ("stm32wl", ["AT_BUSY_ERROR"], ModemBusyError),
    ("stm32wl", ["AT_NO_NETWORK_JOINED"], NotJoinedError),
    ("stm32wl", ["AT_DUTYCYCLE_RESTRICTED"], DutyCycleError),
    ("stm32wl", ["AT_CRYPTO_ERROR"], PayloadTooLongError),
    ("stm32wl", ["AT_PARAM_ERROR"], ModemRefusedError),
    ("la66", ["AT_BUSY_ERROR"], ModemBusyError),
    ("la66", ["AT_NO_NET_JOINED"], NotJoinedError),
    ("la66", ["AT_PARAM_ERROR"], ModemRefusedError),
    ("lora_e5", ["+MSGHEX: Please join network first"], NotJoinedError),
    ("lora_e5", ["+MSGHEX: No free channel"], DutyCycleError),
    ("lora_e5", ["+MSGHEX: LoRaWAN modem is busy"], ModemBusyError),
    ("lora_e5", ["+MSGHEX: ERROR(-1)"], ModemRefusedError),
    ("lora_e5", ["+MSGHEX: ERROR(-22)"], ModemRefusedError),
    ("rn2483", ["not_joined"], NotJoinedError),
    ("rn2483", ["frame_counter_err_rejoin_needed"], NotJoinedError),
    ("rn2483", ["no_free_ch"], DutyCycleError),
    ("rn2483", ["busy"], ModemBusyError),
    ("rn2483", ["mac_paused"], ModemBusyError),
    ("rn2483", ["silent"], ModemRefusedError),
    ("rn2483", ["invalid_param"], ModemRefusedError),
    ("rn2483", ["keys_not_init"], ModemRefusedError),
    ("rn2483", ["ok", "mac_err"], ModemBusyError),
    ("rn2483", ["ok", "invalid_data_len"], PayloadTooLongError),
]


@pytest.mark.parametrize(("model", "answer", "error"), REFUSALS)
def test_each_refusal_says_what_to_do_by_its_class(
    model: Model, answer: list[str], error: type[ModemError]
) -> None:
    with (
        scripted(model, {SEND[model]: answer}) as (modem, _),
        pytest.raises(error) as refused,
    ):
        modem.send(1, b"\x01", confirmed=False)

    assert str(refused.value).startswith(f"{model} on /dev/scripted: ")


@pytest.mark.parametrize(
    ("model", "command"),
    [
        ("rak3172", "AT+RETY=0"),
        ("la66", "AT+CFM=0,0,0"),
        ("lora_e5", "AT+REPT=1"),
        ("lora_e5", "AT+RETRY=0"),
        ("rn2483", "mac set retx 0"),
    ],
)
def test_a_modem_is_told_to_try_nothing_twice_by_itself(
    model: Model, command: str
) -> None:
    with scripted(model) as (_, port):
        assert command in port.heard


def test_rui3_says_done_of_a_frame_that_was_empty() -> None:
    changes: Script = {"AT+SEND": ["AT_PARAM_ERROR", "+EVT:TX_DONE"]}
    with scripted("rak3172", changes) as (modem, port):
        with pytest.raises(PayloadTooLongError) as refused:
            modem.send(1, bytes(100), confirmed=False)
        assert refused.value.max_bytes == 99

        port.script["AT+SEND"] = ["OK"]
        port.script["AT+DR=?"] = ["AT+DR=0", "OK"]
        assert modem.payload_max() == 51
        assert modem.send(1, b"\x01", confirmed=True) == Sent(acknowledged=False)


def test_the_modem_is_free_again_when_a_payload_was_too_long() -> None:
    with scripted("rak3172", {"AT+SEND": ["AT_PARAM_ERROR"]}) as (modem, port):
        done = threading.Timer(0.05, lambda: port.say("+EVT:TX_DONE"))
        done.start()

        with pytest.raises(PayloadTooLongError):
            modem.send(1, bytes(100), confirmed=False)

        assert done.finished.is_set()  # the empty frame's end, which is not the next's


def test_what_is_too_long_by_the_table_is_never_said_to_the_modem() -> None:
    with scripted("rak3172", {"AT+DR=?": ["AT+DR=0", "OK"]}) as (modem, port):
        with pytest.raises(PayloadTooLongError) as refused:
            modem.send(1, bytes(52), confirmed=False)
        assert refused.value.max_bytes == 51
        assert not [each for each in port.heard if each.startswith("AT+SEND")]


def test_the_end_of_a_frame_that_went_by_itself_is_no_acknowledgement() -> None:
    changes: Script = {"AT+SEND": ["+EVT:TX_DONE", "OK", "+EVT:TX_DONE"]}
    with scripted("rak3172", changes) as (modem, port):
        port.say("+EVT:SEND_CONFIRMED_OK")  # of an uplink that is over

        assert modem.send(1, b"\x01", confirmed=True) == Sent(acknowledged=False)


def test_an_acknowledgement_may_come_before_the_answer_to_the_command() -> None:
    changes: Script = {"AT+SEND": ["+EVT:SEND_CONFIRMED_OK", "OK"]}
    with scripted("rak3172", changes) as (modem, _):
        assert modem.send(1, b"\x01", confirmed=True) == Sent(acknowledged=True)


def test_how_long_there_is_no_airtime_is_told() -> None:
    restricted = ["Restricted_Wait_2500_ms", "AT_BUSY_ERROR"]
    with scripted("rak3172", {"AT+SEND": restricted}) as (modem, _):
        with pytest.raises(DutyCycleError) as refused:
            modem.send(1, b"\x01", confirmed=False)
        assert refused.value.wait_s == 2.5
    spoken: Script = {"AT+MSGHEX": ["+MSGHEX: No band in 13469ms"]}
    with scripted("lora_e5", spoken) as (modem, _):
        with pytest.raises(DutyCycleError) as refused:
            modem.send(1, b"\x01", confirmed=False)
        assert refused.value.wait_s == 13.469


def test_rui3_spells_the_month_before_the_day() -> None:
    with scripted("rak3172") as (modem, port):
        assert modem.time_s() is None
        port.say("+EVT:TIMEREQ_OK")
        modem.send(1, b"\x01", confirmed=False)

        assert modem.time_s() == 1_797_520_135.5  # 2026-12-17T15:08:55Z, and a half
        assert modem.time_s() is None


@pytest.mark.parametrize(
    "told", ["15h08m55s on 12/17/2019", "15h08m55s on 13/17/2026", "99h99m99s on 1"]
)
def test_a_time_that_cannot_be_is_none(told: str) -> None:
    with scripted("rak3172", {"AT+LTIME=?": [f"AT+LTIME={told}", "OK"]}) as (
        modem,
        port,
    ):
        port.say("+EVT:TIMEREQ_OK")
        modem.send(1, b"\x01", confirmed=False)

        assert modem.time_s() is None


def test_a_modem_of_another_mode_is_switched_to_lorawan() -> None:
    with scripted("rak3172", {"AT+NWM=?": ["AT+NWM=0", "OK"]}) as (modem, port):
        modem.configure(IDENTITY, US915)

        assert "AT+NWM=1" in port.heard
        assert "AT+MASK=0002" in port.heard


def test_the_la66_acknowledges_by_what_it_heard() -> None:
    heard: Script = {"AT+SENDB": ["OK", "txDone", "Run AT+RECVB=? to see detail"]}
    with scripted("la66", heard) as (modem, port):
        counter = iter("3456")
        answer = port._answer
        port._answer = lambda command: (  # type: ignore[method-assign]
            [next(counter), "OK"] if command == "AT+FCD=?" else answer(command)
        )

        assert modem.send(1, b"\x01", confirmed=True) == Sent(acknowledged=True)
        assert modem.heard() == [Heard(10, b"\xff\x01", -43.0, 9.0)]

    with scripted("la66") as (modem, _):
        assert modem.send(1, b"\x01", confirmed=True) == Sent(acknowledged=False)
        assert modem.counters() == Counters(7, 3)


def test_the_la66_says_ok_to_a_payload_that_it_does_not_send() -> None:
    said = ["uplink payload oversize at current data rate", "OK"]
    with scripted("la66", {"AT+SENDB": said}) as (modem, _):
        with pytest.raises(PayloadTooLongError) as refused:
            modem.send(1, bytes(20), confirmed=False)
        assert refused.value.max_bytes == 19


def test_a_modem_of_another_region_is_refused_with_both_names() -> None:
    for model in ("la66", "rn2483"):
        with (
            scripted(model) as (modem, _),
            pytest.raises(ModemRefusedError, match="eu868, not us915"),
        ):
            modem.configure(IDENTITY, US915)


def test_a_sub_band_of_the_la66_counts_after_a_start() -> None:
    changes: Script = {"AT+VER=?": ["US915 v1.3", "OK"], "ATZ": ["Dragino LA66 Device"]}
    with scripted("la66", changes) as (modem, port):
        modem.configure(IDENTITY, US915)

        assert port.heard.index("AT+CHE=2") < port.heard.index("ATZ")


def test_the_stm32wl_has_no_command_for_sub_bands() -> None:
    with (
        scripted("stm32wl") as (modem, _),
        pytest.raises(ModemRefusedError, match="sub_band"),
    ):
        modem.configure(IDENTITY, US915)


def test_the_port_of_the_lora_e5_is_set_only_when_it_is_another() -> None:
    with scripted("lora_e5") as (modem, port):
        for number in (1, 1, 2, 1):
            modem.send(number, b"\x01", confirmed=False)

        ports = [each for each in port.heard if each.startswith("AT+PORT")]
        assert ports == ["AT+PORT=1", "AT+PORT=2", "AT+PORT=1"]


def test_the_lora_e5_says_what_fits() -> None:
    said: Script = {"AT+MSGHEX": ["+MSGHEX: Length error 11"]}
    with scripted("lora_e5", said) as (modem, _):
        with pytest.raises(PayloadTooLongError) as refused:
            modem.send(1, bytes(20), confirmed=False)
        assert refused.value.max_bytes == 11


def test_the_clock_of_the_lora_e5_is_believed_once_the_network_answered() -> None:
    with scripted("lora_e5") as (modem, port):
        assert modem.time_s() is None
        modem.send(1, b"\x01", confirmed=True)
        assert modem.time_s() is None  # nobody answered
        port.script["AT+CMSGHEX"] = [
            "+CMSGHEX: Start",
            "+CMSGHEX: ACK Received",
            "+CMSGHEX: RXWIN1, RSSI -43, SNR 10.0",
            "+CMSGHEX: Done",
        ]
        modem.send(1, b"\x01", confirmed=True)
        assert modem.time_s() == 1_797_520_135.25


@pytest.mark.parametrize("answer", [["invalid_data_len"], ["ok", "invalid_data_len"]])
def test_the_rn2483_says_that_less_fits_and_not_how_much(answer: list[str]) -> None:
    with scripted("rn2483", {"mac tx": answer}) as (modem, _):
        with pytest.raises(PayloadTooLongError) as refused:
            modem.send(1, bytes(20), confirmed=False)
        assert refused.value.max_bytes == 19


def test_a_downlink_in_place_of_its_word_is_the_rn2483s_acknowledgement() -> None:
    with scripted("rn2483", {"mac tx": ["ok", "mac_rx 10 FF01"]}) as (modem, _):
        assert modem.send(1, b"\x01", confirmed=True) == Sent(acknowledged=True)
        assert modem.heard() == [Heard(10, b"\xff\x01")]


def test_the_rn2903_is_left_the_channels_of_one_sub_band() -> None:
    version = ["RN2903 1.0.5 Nov 06 2018 10:45:27"]
    with scripted("rn2483", {"sys get ver": version}) as (modem, port):
        modem.configure(IDENTITY, US915)

        on = [each for each in port.heard if each.endswith(" on")]
        assert [int(each.split()[4]) for each in on if " ch " in each] == [
            *range(8, 16),
            65,
        ]


def test_the_firmware_of_the_rn2903_decides_whose_channels_it_has() -> None:
    australian = ["RN2903 AU0.9.7rc7 Oct 21 2016 12:17:22"]
    with scripted("rn2483", {"sys get ver": australian}) as (modem, port):
        modem.configure(IDENTITY, Radio(region=Region.AU915, sub_band=2))
        assert modem.info().model == "rn2903"
        assert port.heard.count("mac reset") == 1

        with pytest.raises(ModemRefusedError, match="au915, not us915"):
            modem.configure(IDENTITY, US915)


def test_the_margin_of_the_rn2483_is_told_once_something_came_down() -> None:
    with scripted("rn2483") as (modem, port):
        assert modem.link_check() is None
        modem.send(1, b"\x01", confirmed=False)
        assert modem.link_check() is None  # 21 dB, but of a question of before

        assert modem.link_check() is None
        modem.send(1, b"\x01", confirmed=False)
        port.script["mac get dnctr"] = ["4"]
        assert modem.link_check() == LinkCheck(21, 2)
        assert port.heard.count("mac set linkchk 1") == 2
        assert port.heard.count("mac set linkchk 0") == 2


@pytest.mark.parametrize("model", MODELS)
def test_noise_and_half_lines_do_not_count_as_answers(model: Model) -> None:
    with scripted(model) as (modem, port):
        port.say(raw=b"\xff\xfe\x00\x80\r\nAT_ERR\r+EVT:RX_1:-\nmac_r\n+MSGHEX: \r\n")
        port.say(raw=b"\x00\xff half a line")

        assert modem.send(1, b"\x01", confirmed=False) == Sent(None)
        assert modem.heard() == []


@pytest.mark.parametrize("model", MODELS)
def test_a_mute_modem_is_lost_in_bounded_time(model: Model) -> None:
    with scripted(model) as (modem, port):
        port.script = {}

        with pytest.raises(ModemLostError, match="says nothing to"):
            modem.payload_max()


@pytest.mark.parametrize("model", MODELS)
def test_an_answer_that_cannot_be_read_is_refused(model: Model) -> None:
    odd = {"AT+DR=?": ["what?", "OK"], "mac get dr": ["what?", "ok"]}
    if model == "lora_e5":
        odd = {"AT+DR": ["+DR: what?", "+DR: ERROR(-1)"]}
    with (
        scripted(model, odd) as (modem, _),
        pytest.raises(ModemRefusedError) as refused,
    ):
        modem.data_rate()

    assert "dr" in str(refused.value).lower()


@pytest.mark.parametrize("model", MODELS)
def test_a_command_that_was_not_heard_is_said_once_more(model: Model) -> None:
    with scripted(model) as (modem, port):
        answer = port._answer
        deaf = iter([True])
        port._answer = lambda command: (  # type: ignore[method-assign]
            [] if next(deaf, False) else answer(command)
        )

        assert modem.data_rate() in {0, 5}


@pytest.mark.parametrize("model", MODELS)
def test_an_uplink_is_never_said_twice(model: Model) -> None:
    with scripted(model, {SEND[model]: []}) as (modem, port):
        with pytest.raises(ModemLostError):
            modem.send(1, b"\x01", confirmed=False)

        assert len([each for each in port.heard if each.startswith(SEND[model])]) == 1


@pytest.mark.parametrize("model", MODELS)
def test_a_key_is_never_part_of_an_error(model: Model) -> None:
    refused: Script = {
        "AT+APPKEY": ["AT_PARAM_ERROR"],
        "AT+KEY": ["+KEY: ERROR(-1)"],
        "mac set appkey": ["invalid_param"],
    }
    with scripted(model, refused) as (modem, _):
        with pytest.raises(ModemRefusedError) as error:
            modem.configure(IDENTITY, Radio(region=Region.EU868))

        shown = str(error.value).lower()
        key = IDENTITY.app_key
        assert "key" in shown
        assert key.hex() not in shown
        assert key.hex(":") not in shown


BANNERS: dict[Model, str] = {
    "rak3172": "Current Work Mode: LoRaWAN.",
    "stm32wl": "###### OTAA ######",
    "la66": "Dragino LA66 Device",
    "lora_e5": "+RESET: OK",
    "rn2483": "RN2483 1.0.5 Oct 31 2018 15:06:52",
}


@pytest.mark.parametrize("model", MODELS)
def test_a_start_amid_an_uplink_is_noticed(model: Model) -> None:
    with scripted(model, {SEND[model]: [BANNERS[model]]}) as (modem, _):
        with pytest.raises(ModemRestartedError):
            modem.send(1, b"\x01", confirmed=False)
        modem.configure(IDENTITY, Radio(region=Region.EU868))
        modem.join(JOIN_S)


@pytest.mark.parametrize("model", MODELS)
def test_a_start_between_two_calls_is_noticed_by_the_next(model: Model) -> None:
    with scripted(model) as (modem, port):
        port.say(BANNERS[model])

        with pytest.raises(ModemRestartedError):
            modem.send(1, b"\x01", confirmed=False)


@pytest.mark.parametrize("model", MODELS)
def test_a_join_that_nobody_answers_ends_in_time(model: Model) -> None:
    silent: Script = {
        "AT+JOIN": ["+JOIN: Start"] if model == "lora_e5" else ["OK"],
        "mac join": ["ok"],
        "AT+NJS=?": ["0", "OK"],
    }
    with (
        scripted(model, silent) as (modem, _),
        pytest.raises(JoinRefusedError, match="nobody answered"),
    ):
        modem.join(0.2)
