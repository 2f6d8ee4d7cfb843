"""What a device and a network have agreed on."""

from dataclasses import dataclass, field

from tallypost.simulated.lorawan.crypto import Keys
from tallypost.simulated.lorawan.regions import RX1_DELAY_S, Channel, Region

SILENT_UPLINKS_MAX = 64
"""ADR_ACK_LIMIT. Source: LoRaWAN RP002-1.0.4, 2.4.7 and its like."""
PATIENCE_UPLINKS = 32
"""ADR_ACK_DELAY."""


@dataclass(kw_only=True)
class Session:
    """A device's side of it.

    Attributes:
        counter: Of the next uplink.
        counter_down: Of the last downlink; -1 before the first.
        enabled: The numbers of the channels that may be used.
        transmissions: How often an unconfirmed uplink goes out.
        silent_uplinks: How many have gone since a network was heard.
    """

    address: int
    keys: Keys
    channels: tuple[Channel, ...]
    enabled: frozenset[int]
    counter: int = 0
    counter_down: int = -1
    rx1_delay_s: float = RX1_DELAY_S
    rx1_offset: int = 0
    rx2_data_rate: int | None = None
    transmissions: int = 1
    silent_uplinks: int = 0
    acknowledges: bool = False
    answers: list[bytes] = field(default_factory=list)
    """What the network is to be told with the next uplink, each a whole command."""

    def rx2(self, region: Region) -> tuple[int, int]:
        """Return the data rate and the frequency of the second window."""
        rate, frequency_hz = region.rx2
        return (
            rate if self.rx2_data_rate is None else self.rx2_data_rate,
            frequency_hz,
        )


def backed_off(session: Session, data_rate: int, lowest: int) -> int:
    """Return the data rate after one more uplink that may not have been heard.

    Source: LoRaWAN L2 1.0.4, 4.3.1.1 "ADR": the first step raises the power, which is
    at its most here, so that each further step slows down.
    """
    over = session.silent_uplinks - SILENT_UPLINKS_MAX - PATIENCE_UPLINKS
    if over < 0 or over % PATIENCE_UPLINKS:
        return data_rate
    return max(data_rate - 1, lowest)
