"""How long an uplink's payload may be, where a modem cannot be asked.

What the modem itself has to tell the network goes along with a payload and takes from
its room, up to 15 bytes: these are the most, not what is left just now.
"""

from collections.abc import Mapping

from tallypost.telemetry.uplink.modem.base import Region

# Source: LoRaWAN RP002-1.0.4, "Maximum payload size", column N of the tables that hold
# beside a repeater: what any network takes.
_BY_SPREADING = (51, 51, 51, 115, 222, 222)
_DWELLING = (0, 0, 11, 53, 125, 222, 222)
"""Where one uplink may be on air for 400 ms at most, the two slowest cannot be used."""
PAYLOAD_BYTES_MAX: Mapping[Region, tuple[int, ...]] = {
    Region.EU868: (*_BY_SPREADING, 222, 222),
    Region.US915: (11, 53, 125, 222, 222),
    Region.AU915: _DWELLING,
    Region.AS923: (*_DWELLING, 222),
    Region.IN865: (*_BY_SPREADING, 0, 222),
}
"""By region and data rate; 0 where a data rate cannot be used."""


def payload_bytes_max(region: Region, data_rate: int) -> int:
    """Return how many bytes the longest payload has; 0 where none may be sent.

    Args:
        region: Whose limits hold; a limit of time on air that a network may lift is
            taken to be there.
        data_rate: By the region's own number; one that the region does not have for
            uplinks carries nothing.
    """
    sizes = PAYLOAD_BYTES_MAX[region]
    return sizes[data_rate] if 0 <= data_rate < len(sizes) else 0
