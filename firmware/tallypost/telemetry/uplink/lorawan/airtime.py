"""How long a frame is on air, and how much fits into a given time."""

import math
from dataclasses import dataclass

PREAMBLE_SYMBOLS = 8
"""Source: LoRaWAN RP002-1.0.4, 2.4.2 and alike for each region."""
SLOW_SYMBOL_S = 0.016
"""Above it the low data rate optimisation is switched on. Source: Semtech SX1276
datasheet, 4.1.1.6 "Low Data Rate Optimization"."""
FRAME_BYTES = 13
"""What is around an application's payload: MHDR 1, DevAddr 4, FCtrl 1, FCnt 2, FPort 1,
MIC 4. Source: LoRaWAN L2 1.0.4, chapter 4."""
JOIN_REQUEST_BYTES = 23
"""Source: LoRaWAN L2 1.0.4, 6.2.4: MHDR 1, JoinEUI 8, DevEUI 8, DevNonce 2, MIC 4."""
OPTIONS_BYTES_MAX = 15
"""What answers to the network may take beside. Source: LoRaWAN L2 1.0.4, 4.3.1.6."""
FSK_FRAMING_BYTES = 5 + 3 + 1 + 2
"""Preamble, sync word, length, CRC. Source: LoRaWAN RP002-1.0.4, 2.4.3."""
FSK_BITS_PER_S = 50_000
CODING_RATE = 1
"""LoRaWAN's only one: 4 bits become 4 + 1."""


@dataclass(frozen=True, slots=True)
class Lora:
    """How a frame is modulated.

    Attributes:
        spreading_factor: 7..12: one symbol is 2 ** spreading_factor chips.
        bandwidth_hz: 125 000, 250 000 or 500 000 chips a second.
    """

    spreading_factor: int
    bandwidth_hz: int = 125_000

    @property
    def symbol_s(self) -> float:
        """Length of a symbol."""
        return float(2**self.spreading_factor / self.bandwidth_hz)

    def time_on_air_s(self, frame_bytes: int) -> float:
        """Return for how long a frame is on air, with a header and a CRC.

        Source: Semtech SX1276 datasheet, 4.1.1.7 "Time on air"; the same in AN1200.13.

        Args:
            frame_bytes: All of the frame: an application's payload and `FRAME_BYTES`.
        """
        slow = 2 if self.symbol_s > SLOW_SYMBOL_S else 0
        bits = 8 * frame_bytes - 4 * self.spreading_factor + 28 + 16
        groups = math.ceil(bits / (4 * (self.spreading_factor - slow)))
        payload_symbols = 8 + max(groups * (CODING_RATE + 4), 0)
        return (PREAMBLE_SYMBOLS + 4.25 + payload_symbols) * self.symbol_s


@dataclass(frozen=True, slots=True)
class Fsk:
    """How a frame is modulated at EU868's and AS923's data rate 7."""

    def time_on_air_s(self, frame_bytes: int) -> float:
        """Return for how long a frame is on air.

        Args:
            frame_bytes: All of the frame: an application's payload and `FRAME_BYTES`.
        """
        return (FSK_FRAMING_BYTES + frame_bytes) * 8 / FSK_BITS_PER_S


Modulation = Lora | Fsk


def uplink_s(modulation: Modulation, payload_bytes: int) -> float:
    """Return for how long an uplink is on air, without answers to the network.

    Args:
        modulation: How it goes.
        payload_bytes: Of the application.
    """
    return modulation.time_on_air_s(FRAME_BYTES + payload_bytes)


def payload_bytes_within(modulation: Modulation, air_s: float, bytes_max: int) -> int:
    """Return how long a payload may be to be on air no longer than so; 0 for none.

    Args:
        modulation: How it goes.
        air_s: For how long at most.
        bytes_max: What is too much anyhow.
    """
    fitting = (
        size for size in range(bytes_max, 0, -1) if uplink_s(modulation, size) <= air_s
    )
    return next(fitting, 0)
