"""What each region's rules ask of an end device.

Source: LoRaWAN RP002-1.0.4, "Data Rate" and "Duty Cycle" of each region; the duty cycle
of Europe is ETSI EN 300 220-2, annex B, bands L, M and O (1 % of any hour).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tallypost.telemetry.uplink.lorawan.airtime import Fsk, Lora, Modulation
from tallypost.telemetry.uplink.modem.base import Region

DWELL_S = 0.4
"""How long one uplink may be on air where there is a dwell time."""
_TWELVE_TO_SEVEN = tuple(Lora(factor) for factor in range(12, 6, -1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What a region asks.

    A modem chooses the channel by itself, so no sub-band can be reckoned with alone:
    all uplinks are counted as if they went through the one with the least room.

    Attributes:
        data_rates: How a frame is modulated, by the region's own number.
        duty_cycle: Which share of any hour one sub-band may be used for; None for no
            limit.
        dwell_s: For how long one uplink may be on air; None for no limit.
    """

    data_rates: Sequence[Modulation]
    duty_cycle: float | None = None
    dwell_s: float | None = None

    def modulation(self, data_rate: int) -> Modulation:
        """Return how a frame is modulated; the slowest way where nobody knows it."""
        if 0 <= data_rate < len(self.data_rates):
            return self.data_rates[data_rate]
        return self.data_rates[0]


RULES: Mapping[Region, Rules] = {
    Region.EU868: Rules(
        data_rates=(*_TWELVE_TO_SEVEN, Lora(7, 250_000), Fsk()), duty_cycle=0.01
    ),
    Region.US915: Rules(
        data_rates=(*(Lora(factor) for factor in range(10, 6, -1)), Lora(8, 500_000)),
        dwell_s=DWELL_S,
    ),
    Region.AU915: Rules(
        data_rates=(*_TWELVE_TO_SEVEN, Lora(8, 500_000)), dwell_s=DWELL_S
    ),
    Region.AS923: Rules(
        data_rates=(*_TWELVE_TO_SEVEN, Lora(7, 250_000), Fsk()),
        duty_cycle=0.01,
        dwell_s=DWELL_S,
    ),
    Region.IN865: Rules(data_rates=_TWELVE_TO_SEVEN),
}
