"""Keeps a device silent for as long as the law and the standard ask."""

from tallypost.simulated.lorawan.air import Transmission
from tallypost.simulated.lorawan.regions import Band, Channel, Region

JOIN_DUTIES = ((3_600.0, 0.01), (39_600.0, 0.001), (float("inf"), 0.0001))
"""Until when after the start a device may spend which part of its time with asking to
be let in. Source: LoRaWAN L2 1.0.4, chapter 7 "Retransmissions back-off"."""


class Duty:
    """When a device may speak next; after each frame it waits its share.

    Args:
        region: Whose limits hold.
        begins_s: When the device was started.
    """

    def __init__(self, region: Region, begins_s: float) -> None:
        self._region = region
        self._begins_s = begins_s
        self._free_s: dict[Band, float] = {}
        self._join_free_s = begins_s
        self._all_free_s = begins_s
        self.share_max = 1.0
        """Of all its time, as a network asked for by DutyCycleReq."""

    def spend(self, transmission: Transmission, *, joining: bool) -> None:
        """Note that a frame went out."""
        airtime_s, ends_s = transmission.airtime_s, transmission.ends_s
        band = self._region.band_of(transmission.frequency_hz)
        if band is not None:
            self._free_s[band] = ends_s + _silence_s(airtime_s, band.duty)
        self._all_free_s = ends_s + _silence_s(airtime_s, self.share_max)
        if joining:
            since_s = ends_s - self._begins_s
            duty = next(duty for until_s, duty in JOIN_DUTIES if since_s < until_s)
            self._join_free_s = ends_s + _silence_s(airtime_s, duty)

    def free_s(self, channel: Channel, *, joining: bool) -> float:
        """Return from when on one may speak on a channel."""
        band = self._region.band_of(channel.frequency_hz)
        free_s = self._begins_s if band is None else self._free_s.get(band, 0.0)
        return max(free_s, self._all_free_s, self._join_free_s if joining else free_s)


def _silence_s(airtime_s: float, duty: float) -> float:
    return airtime_s * (1 / duty - 1)
