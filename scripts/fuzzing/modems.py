"""What a modem says: by its line anybody may speak who can reach the wire."""

from collections.abc import Callable

from scripts.fuzzing.parser import Parser
from tallypost.telemetry.uplink.modem import la66, lora_e5, rak3172, rn2483, stm32wl
from tallypost.telemetry.uplink.modem.notes import Notes
from tallypost.telemetry.uplink.modem.opening import identify
from tallypost.telemetry.uplink.modem.splitting import Splitter
from tallypost.telemetry.uplink.modem.words import Said, Started, Told, Words

GOOD: dict[str, tuple[Callable[[str], Said], tuple[bytes, ...]]] = {
    "rak3172": (
        rak3172.read,
        (
            b"+EVT:JOINED\r\nOK\r\n+EVT:TX_DONE\r\nRestricted_Wait_2500_ms\r\n",
            b"AT_BUSY_ERROR\r\n+EVT:LINKCHECK:0:21:1:-60:11\r\n",
            b"+EVT:RX_1:-46:10:UNICAST:10:ff01\r\n+EVT:SEND_CONFIRMED_FAILED(4)\r\n",
        ),
    ),
    "stm32wl": (
        stm32wl.read,
        (
            b"\r\nOK\r\n+EVT:10:02:ff01\r\n+EVT:RX_1, DR 5, RSSI -43, SNR 10\r\n",
            b"+EVT:RX_2, PORT 1, DR 0, RSSI -43, SNR 10, DMODM 21, GWN 2\r\n",
            b"AT_ERROR\r\n+EVT:SEND_CONFIRMED\r\n###### OTAA ######\r\n",
        ),
    ),
    "la66": (
        la66.read,
        (
            b"JOINED\n\r\r\nOK\r\nRun AT+RECVB=? to see detail\r\n10:ff01\r\n",
            b"uplink payload oversize at current data rate\n\rDragino LA66 Device\n\r",
        ),
    ),
    "lora_e5": (
        lora_e5.read,
        (
            b'+MSGHEX: Start\r\n+MSGHEX: PORT: 8; RX: "12345678"\r\n',
            b"+MSGHEX: RXWIN1, RSSI -43, SNR 10.0\r\n+MSGHEX: Link 20, 1\r\n",
            b"+MSGHEX: Length error 11\r\n+MSGHEX: No band in 13469ms\r\n",
            b"+JOIN: Joined already\r\n+AT: ERROR(-24)\r\n+MSGHEX: Done\r\n",
        ),
    ),
    "rn2483": (
        rn2483.read,
        (
            b"ok\r\nmac_rx 10 FF01\r\nmac_tx_ok\r\naccepted\r\n",
            b"RN2483 1.0.5 Oct 31 2018 15:06:52\r\ninvalid_data_len\r\n",
        ),
    ),
}


def modem_parsers() -> dict[str, Parser]:
    """Return the grammars of modems by their names; each takes anything."""
    return {
        f"modem {model}": Parser(good, _reader(read))
        for model, (read, good) in GOOD.items()
    }


def _reader(read: Callable[[str], Said]) -> Callable[[bytes], object]:
    def heed(data: bytes) -> object:
        lines = Splitter().feed(data + b"\r")
        identify(lines)
        said = [each for each in map(read, lines) if not isinstance(each, Words)]
        notes = Notes()
        for each in said:
            if not isinstance(each, Told | Started):
                notes.note(each)
        return said or None

    return heed
