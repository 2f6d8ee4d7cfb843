"""How RUI3 says what became of an uplink, in the order in which its firmware says it.

Source: RAKwireless RAK-STM32-RUI, service_lora.c: McpsConfirm, MlmeConfirm,
McpsIndication.
"""

from typing import NamedTuple

from tallypost.simulated.lorawan.outcome import Exchange
from tallypost.simulated.modem.base import rssi_of, snr_of

FAILED_STATUS = 4
"""Neither window brought an answer."""


class Asked(NamedTuple):
    """What an uplink wanted to know."""

    confirmed: bool = False
    time: bool = False
    link: bool = False


def events(exchange: Exchange, asked: Asked) -> list[str]:
    """Return the lines."""
    lines = [_sent(exchange) if asked.confirmed else "+EVT:TX_DONE"]
    if asked.time:
        answered = exchange.network_utc_s is not None
        lines.append("+EVT:TIMEREQ_OK" if answered else "+EVT:TIMEREQ_FAILED")
    strength = "0:0"
    if (downlink := exchange.heard) is not None:
        strength = f"{rssi_of(downlink)}:{snr_of(downlink)}"
        told = f"UNICAST:{downlink.port}:{downlink.payload.hex()}"
        if downlink.payload:
            lines.append(f"+EVT:RX_{downlink.window}:{strength}:{told}")
    if asked.link:
        link = exchange.link
        told = "1:0:0:0:0" if link is None else f"0:{link[0]}:{link[1]}:{strength}"
        lines.append(f"+EVT:LINKCHECK:{told}")
    return lines


def _sent(exchange: Exchange) -> str:
    if exchange.acknowledged:
        return "+EVT:SEND_CONFIRMED_OK"
    return f"+EVT:SEND_CONFIRMED_FAILED({FAILED_STATUS})"
