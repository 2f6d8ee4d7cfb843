"""The radio of an end device: one channel at a time, and two windows to listen in."""

import random
from typing import NamedTuple

from tallypost.simulated.lorawan.air import Air, Signal, Transmission
from tallypost.simulated.lorawan.duty import Duty
from tallypost.simulated.lorawan.frames import Data
from tallypost.simulated.lorawan.outcome import Downlink, Restricted
from tallypost.simulated.lorawan.regions import (
    NARROW_CHANNELS,
    RX2_AFTER_S,
    Channel,
    Region,
    is_fixed,
)
from tallypost.simulated.lorawan.session import Session

RX_WINDOW_S = 0.2
"""How long a device listens where it hears nothing."""
TOLERANCE_S = 0.02
NARROW_HZ = 125_000
RETRY_S = (1.0, 3.0)
"""RETRANSMIT_TIMEOUT. Source: LoRaWAN RP002-1.0.4, 2.4.7 and its like."""


class Heard(NamedTuple):
    """A frame that came in one of the two windows."""

    transmission: Transmission
    signal: Signal
    window: int


class Radio:
    """Sends on a channel that is free, and listens to what comes back.

    Args:
        air: What carries the frames.
        region: Whose rules hold.
        begins_s: When it was switched on.
        chances: Which channel is next, and how long until the next try.
        limited: Whether the law's limits are heeded.
    """

    def __init__(
        self,
        air: Air,
        region: Region,
        *,
        begins_s: float,
        chances: random.Random,
        limited: bool,
    ) -> None:
        self._air = air
        self._region = region
        self._chances = chances
        self._limited = limited
        self.duty = Duty(region, begins_s)

    def channel(
        self,
        now_s: float,
        data_rate: int,
        channels: tuple[Channel, ...],
        *,
        joining: bool = False,
    ) -> Channel | Restricted:
        """Return a channel that is free at that moment, or how long none is."""
        fitting = self.fitting(data_rate, channels)
        free_s = {one: self._free_s(one, joining=joining) for one in fitting}
        free = [channel for channel in fitting if free_s[channel] <= now_s]
        if not free:
            return Restricted(min(free_s.values(), default=now_s) - now_s)
        return self._chances.choice(free)

    def fitting(
        self, data_rate: int, channels: tuple[Channel, ...]
    ) -> tuple[Channel, ...]:
        """Return the channels that are as wide as a data rate needs."""
        if not is_fixed(self._region):
            return channels
        narrow = self._region.up[data_rate].bandwidth_hz == NARROW_HZ
        return tuple(
            channel
            for channel in channels
            if (channel.number < NARROW_CHANNELS) is narrow
        )

    def again(
        self, after_s: float, data_rate: int, channels: tuple[Channel, ...]
    ) -> tuple[float, Channel]:
        """Return when, and on which channel, an uplink goes out once more."""
        channel = self._chances.choice(self.fitting(data_rate, channels))
        due_s = after_s + self._chances.uniform(*RETRY_S)
        return max(due_s, self._free_s(channel, joining=False)), channel

    def transmit(
        self,
        begins_s: float,
        channel: Channel,
        data_rate: int,
        octets: bytes,
        *,
        joining: bool = False,
    ) -> tuple[Transmission, tuple[Transmission, Signal] | None]:
        """Send; return the frame as it went out, and what comes back some day."""
        uplink = Transmission(
            self._region,
            True,  # noqa: FBT003  # up
            begins_s,
            channel.frequency_hz,
            data_rate,
            octets,
        )
        self.duty.spend(uplink, joining=joining)
        return uplink, self._air.exchange(uplink)

    def heard(
        self,
        uplink: Transmission,
        reply: tuple[Transmission, Signal] | None,
        delay_s: float,
        session: Session | None = None,
    ) -> Heard | None:
        """Return a reply that comes when, where and as fast as one is waited for."""
        if reply is None:
            return None
        transmission, signal = reply
        offset = 0 if session is None else session.rx1_offset
        rx2 = self._region.rx2 if session is None else session.rx2(self._region)
        windows = (
            (0.0, self._region.rx1_data_rate(uplink.data_rate, offset), None),
            (RX2_AFTER_S, *rx2),
        )
        for number, (after_s, data_rate, frequency_hz) in enumerate(windows, 1):
            late_s = transmission.begins_s - uplink.ends_s - delay_s - after_s
            if (
                abs(late_s) <= TOLERANCE_S
                and transmission.data_rate == data_rate
                and frequency_hz in {None, transmission.frequency_hz}
            ):
                return Heard(transmission, signal, number)
        return None

    def _free_s(self, channel: Channel, *, joining: bool) -> float:
        if not self._limited:
            return 0.0
        return self.duty.free_s(channel, joining=joining)


def silent_until_s(uplink: Transmission, delay_s: float) -> float:
    """Return when a device stops to listen where nothing came."""
    return uplink.ends_s + delay_s + RX2_AFTER_S + RX_WINDOW_S


def delivered(frame: Data, heard: Heard) -> Downlink:
    """Return what of a frame matters to whoever has the device."""
    return Downlink(
        port=frame.port or 0,
        payload=frame.payload if frame.port else b"",
        window=heard.window,
        signal=heard.signal,
        data_rate=heard.transmission.data_rate,
        pending=frame.flags.pending,
    )
