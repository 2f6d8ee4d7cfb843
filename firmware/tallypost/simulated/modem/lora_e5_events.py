"""How a LoRa-E5 says what became of an uplink; the last line is "Done", whatever did.

Source: what drivers of others have recorded of firmware 4.0.11.
"""

from tallypost.simulated.lorawan.outcome import Exchange
from tallypost.simulated.modem.base import rssi_of


def outcome_told(exchange: Exchange) -> list[str]:
    """Return the lines, without the command's name before them."""
    lines = ["ACK Received"] if exchange.acknowledged else []
    if (downlink := exchange.heard) is not None:
        if downlink.pending:
            lines.append("FPENDING")
        signal = f"RSSI {rssi_of(downlink)}, SNR {downlink.signal.snr_db:.1f}"
        if downlink.port:
            payload = downlink.payload.hex().upper()
            lines.append(f'PORT: {downlink.port}; RX: "{payload}"')
        lines.append(f"RXWIN{downlink.window}, {signal}")
    if exchange.link is not None:
        margin, gateways = exchange.link
        lines.append(f"Link {margin}, {gateways}")
    return [*lines, "Done"]
