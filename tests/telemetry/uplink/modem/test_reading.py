"""What each grammar makes of a line, whatever the line is."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tallypost.telemetry.uplink.modem import la66, lora_e5, rak3172, rn2483, stm32wl
from tallypost.telemetry.uplink.modem.base import Heard, LinkCheck
from tallypost.telemetry.uplink.modem.opening import identify
from tallypost.telemetry.uplink.modem.words import (
    Checked,
    Finished,
    Joined,
    JoinFailed,
    Oversize,
    Received,
    Restricted,
    Said,
    Signal,
    Started,
    Timed,
    Told,
    Verdict,
    Waiting,
    Words,
)

Reader = Callable[[str], Said]
READERS: dict[str, Reader] = {
    "rak3172": rak3172.read,
    "stm32wl": stm32wl.read,
    "la66": la66.read,
    "lora_e5": lora_e5.read,
    "rn2483": rn2483.read,
}
AT_VERDICTS = {
    "OK": Verdict.DONE,
    "AT_ERROR": Verdict.ERROR,
    "AT_PARAM_ERROR": Verdict.PARAMETER,
    "AT_BUSY_ERROR": Verdict.BUSY,
    "AT_TEST_PARAM_OVERFLOW": Verdict.PARAMETER,
    "AT_NO_CLASSB_ENABLE": Verdict.WRONG_MODE,
    "AT_NO_NETWORK_JOINED": Verdict.NOT_JOINED,
    "AT_NO_NET_JOINED": Verdict.NOT_JOINED,
    "AT_RX_ERROR": Verdict.ERROR,
    "AT_MODE_NO_SUPPORT": Verdict.WRONG_MODE,
    "AT_COMMAND_NOT_FOUND": Verdict.UNKNOWN,
    "AT_UNSUPPORTED_BAND": Verdict.REGION,
    "AT_DUTYCYCLE_RESTRICTED": Verdict.AIRTIME,
    "AT_DUTYCYCLE_RESTRICTION": Verdict.AIRTIME,
    "AT_CRYPTO_ERROR": Verdict.ERROR,
    "error unknown": Verdict.ERROR,
}
SAID: dict[str, dict[str, Said]] = {
    "rak3172": {
        "+EVT:JOINED": Joined(),
        "+EVT:JOIN_FAILED_RX_TIMEOUT": JoinFailed(),
        "+EVT:JOIN_FAILED_8": JoinFailed(),
        "+EVT:JOIN FAILED": JoinFailed(),
        "+EVT:TX_DONE": Finished(None),
        "+EVT:SEND_CONFIRMED_OK": Finished(acknowledged=True),
        "+EVT:SEND CONFIRMED OK": Finished(acknowledged=True),
        "+EVT:SEND_CONFIRMED_FAILED(4)": Finished(acknowledged=False),
        "+EVT:RX_1:-46:10:UNICAST:111:48454c4c4f0a": Received(
            Heard(111, b"HELLO\n", -46.0, 10.0)
        ),
        "+EVT:RX_C:-110:-5:MULTICAST:10:": Received(Heard(10, b"", -110.0, -5.0)),
        "+EVT:LINKCHECK:0:21:1:-60:11": Checked(LinkCheck(21, 1)),
        "+EVT:LINKCHECK:0,21,1,-60,11": Checked(LinkCheck(21, 1)),
        "+EVT:LINKCHECK:1:0:0:0:0": Checked(None),
        "+EVT:TIMEREQ_OK": Timed(),
        "Restricted_Wait_3343902_ms": Restricted(3343.902),
        "Current Work Mode: LoRaWAN.": Started("Current Work Mode: LoRaWAN."),
        "???Current Work Mode: LoRaWAN.": Started("???Current Work Mode: LoRaWAN."),
        "+EVT:RX_1:-46:10:UNICAST:111:484": Words("+EVT:RX_1:-46:10:UNICAST:111:484"),
        "+EVT:RX_1:-46:10:UNICAST:0:48": Words("+EVT:RX_1:-46:10:UNICAST:0:48"),
        "+EVT:RX_1:-46:10:UNICAST:256:48": Words("+EVT:RX_1:-46:10:UNICAST:256:48"),
    },
    "stm32wl": {
        "+EVT:JOINED": Joined(),
        "+EVT:JOIN FAILED": JoinFailed(),
        "+EVT:SEND_CONFIRMED": Finished(acknowledged=True),
        "+EVT:10:02:ff01": Received(Heard(10, b"\xff\x01")),
        "+EVT:10:03:ff01": Words("+EVT:10:03:ff01"),
        "+EVT:RX_1, DR 5, RSSI -43, SNR 10": Signal(-43.0, 10.0),
        "+EVT:RX_1, PORT 10, DR 5, RSSI -43, SNR -4": Signal(-43.0, -4.0),
        "+EVT:RX_2, DR 0, RSSI -43, SNR 10, DMODM 21, GWN 2": Checked(LinkCheck(21, 2)),
        "###### AppKey: 2B 7E 15": Started("###### AppKey: 2B 7E 15"),
    },
    "la66": {
        "JOINED": Joined(),
        "Run AT+RECVB=? to see detail": Waiting(),
        "uplink payload oversize at current data rate": Oversize(),
        "Dragino LA66 Device": Started("Dragino LA66 Device"),
        "txDone": Words("txDone"),
    },
    "lora_e5": {
        "+JOIN: Network joined": Joined(),
        "+JOIN: Join failed": JoinFailed(),
        "+JOIN: Done": Finished(None),
        "+JOIN: Start": Words("+JOIN: Start"),
        "+JOIN: Joined already": Told(Verdict.DONE),
        "+JOIN: LoRaWAN modem is busy": Told(Verdict.BUSY),
        "+MSGHEX: Please join network first": Told(Verdict.NOT_JOINED),
        "+MSGHEX: No free channel": Told(Verdict.AIRTIME),
        "+MSGHEX: No band in 13469ms": Told(Verdict.AIRTIME, wait_s=13.469),
        "+MSGHEX: Length error 11": Told(Verdict.TOO_LONG, bytes_max=11),
        "+MSGHEX: Done": Finished(None),
        "+CMSGHEX: ACK Received": Finished(acknowledged=True),
        "+CMSGHEX: Wait ACK": Words("+CMSGHEX: Wait ACK"),
        '+MSGHEX: PORT: 8; RX: "1234 5678"': Received(Heard(8, b"\x12\x34\x56\x78")),
        "+MSGHEX: RXWIN1, RSSI -43, SNR 10.0": Signal(-43.0, 10.0),
        "+MSGHEX: Link 20, 1": Checked(LinkCheck(20, 1)),
        "+AT: ERROR(-10)": Told(Verdict.UNKNOWN),
        "+KEY: ERROR(-1)": Told(Verdict.PARAMETER),
        "+MSG: ERROR(-12)": Told(Verdict.WRONG_MODE),
        "+MSG: ERROR(-24)": Told(Verdict.ERROR),
        "+RESET: OK": Started("+RESET: OK"),
        "+DR: EU868": Words("+DR: EU868"),
        "+ID: Done": Words("+ID: Done"),
    },
    "rn2483": {
        "ok": Told(Verdict.DONE),
        "invalid_param": Told(Verdict.PARAMETER),
        "not_joined": Told(Verdict.NOT_JOINED),
        "no_free_ch": Told(Verdict.AIRTIME),
        "silent": Told(Verdict.SILENCED),
        "frame_counter_err_rejoin_needed": Told(Verdict.NOT_JOINED),
        "busy": Told(Verdict.BUSY),
        "mac_paused": Told(Verdict.BUSY),
        "invalid_data_len": Told(Verdict.TOO_LONG),
        "keys_not_init": Told(Verdict.PARAMETER),
        "accepted": Joined(),
        "denied": JoinFailed(),
        "mac_tx_ok": Finished(acknowledged=True),
        "mac_err": Finished(acknowledged=False),
        "mac_rx 10 FF01": Received(Heard(10, b"\xff\x01")),
        "mac_rx 10 FF0": Words("mac_rx 10 FF0"),
        "RN2483 1.0.5 Oct 31 2018 15:06:52": Started(
            "RN2483 1.0.5 Oct 31 2018 15:06:52"
        ),
        "okay": Words("okay"),
    },
}
CASES = [
    pytest.param(READERS[model], line, meaning, id=f"{model} {line}")
    for model, lines in SAID.items()
    for line, meaning in lines.items()
]
LINES = [line for lines in SAID.values() for line in lines] + list(AT_VERDICTS)


@pytest.mark.parametrize(("read", "line", "meaning"), CASES)
def test_a_line_means_what_its_vendor_says(
    read: Reader, line: str, meaning: Said
) -> None:
    assert read(line) == meaning


@pytest.mark.parametrize("model", ["rak3172", "stm32wl", "la66"])
@pytest.mark.parametrize(("line", "verdict"), AT_VERDICTS.items())
def test_each_status_word_ends_a_command(
    model: str, line: str, verdict: Verdict
) -> None:
    assert READERS[model](line) == Told(verdict)


@pytest.mark.parametrize("read", READERS.values(), ids=READERS)
@given(line=st.text(st.characters(min_codepoint=32, max_codepoint=126)))
def test_any_line_means_something(read: Reader, line: str) -> None:
    assert read(line) is not None


@pytest.mark.parametrize("read", READERS.values(), ids=READERS)
@given(line=st.sampled_from(LINES), cut=st.integers(0, 40), junk=st.text('0:-,?(" '))
def test_a_line_that_was_cut_or_grew_means_something(
    read: Reader, line: str, cut: int, junk: str
) -> None:
    assert read(line[:cut] + junk + line[cut + 1 :]) is not None


@pytest.mark.parametrize(
    ("line", "model"),
    [
        ("AT+VER=RUI_4.1.0_RAK3172-E", "rak3172"),
        ("APP_VERSION:        V1.3.0", "stm32wl"),
        ("MW_LORAWAN_VERSION: V2.5.0", "stm32wl"),
        ("EU868 v1.3", "la66"),
        ("+VER: 4.0.11", "lora_e5"),
        ("RN2483 1.0.5 Oct 31 2018 15:06:52", "rn2483"),
        ("RN2903 AU0.9.7rc7 Oct 21 2016 12:17:22", "rn2483"),
        ("$GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,*47", None),
        ("ok T:20.0 /0.0", None),
        ("V1.0.4", None),
    ],
)
def test_a_modem_is_known_by_its_version(line: str, model: str | None) -> None:
    assert identify(["noise", line]) == model
