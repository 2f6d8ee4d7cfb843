"""What is between a device and a network: distance, noise, other people's frames."""

import random
from collections.abc import Callable
from typing import NamedTuple, Protocol

from tallypost.simulated.lorawan.regions import (
    FLOOR_DB,
    DataRate,
    Region,
    time_on_air_s,
)

RSSI_AT_ZERO_SNR_DBM = -117.0
"""Thermal noise in 125 kHz, with a receiver's own 6 dB."""


class Transmission(NamedTuple):
    """One frame on the air.

    Attributes:
        begins_s: When its first symbol goes out, by the board's monotonic clock.
        octets: The frame, from MHDR to MIC.
    """

    region: Region
    up: bool
    begins_s: float
    frequency_hz: int
    data_rate: int
    octets: bytes

    @property
    def rate(self) -> DataRate:
        """How fast it goes."""
        return (self.region.up if self.up else self.region.down)[self.data_rate]

    @property
    def airtime_s(self) -> float:
        """How long it lasts."""
        return time_on_air_s(self.rate, len(self.octets), checked=self.up)

    @property
    def ends_s(self) -> float:
        """When its last symbol has gone out."""
        return self.begins_s + self.airtime_s


class Signal(NamedTuple):
    """How well a frame was heard."""

    rssi_dbm: float
    snr_db: float

    def margin_db(self, rate: DataRate) -> float:
        """Return by how much it was above what can just be made out."""
        return self.snr_db - FLOOR_DB[rate.spreading_factor]


class Carried(NamedTuple):
    """A frame that was on the air, heard or not."""

    transmission: Transmission
    heard: bool


class Listener(Protocol):
    """Who hears the devices: a gateway with the network behind it."""

    def hear(self, uplink: Transmission, signal: Signal) -> Transmission | None:
        """Return what is said back, if anything; it goes out by itself, later on."""
        ...


class Air:
    """Carries frames, and loses some.

    Args:
        listener: Who hears the devices.
        loss: Which part of all frames is lost either way, 0..1.
        seed: Of the chances; the same seed loses the same frames.
        snr_db: How well both sides hear each other in the mean. Below -7.5 the fastest
            data rates fall silent one by one, below -20 all do.
        fading_db: By how much that goes up and down from frame to frame.

    Attributes:
        away: While true nothing is carried: the gateway is gone.
        lost: How many frames were lost.
        on_frame: Told of every frame, also of those that nobody hears.
    """

    def __init__(
        self,
        listener: Listener,
        *,
        loss: float = 0.0,
        seed: int = 0,
        snr_db: float = 6.0,
        fading_db: float = 0.0,
    ) -> None:
        self._chances = random.Random(seed)  # noqa: S311  # chances, no secrets
        self.loss = loss
        self.snr_db = snr_db
        self.fading_db = fading_db
        self.away = False
        self.lost = 0
        self.on_frame: Callable[[Carried], None] | None = None
        self._listener = listener

    def exchange(self, uplink: Transmission) -> tuple[Transmission, Signal] | None:
        """Send a device's frame; return what it can hear in answer."""
        signal = self._carry(uplink)
        reply = None if signal is None else self._listener.hear(uplink, signal)
        if reply is None:
            return None
        answered = self._carry(reply)
        return None if answered is None else (reply, answered)

    def _carry(self, transmission: Transmission) -> Signal | None:
        signal = self._chance(transmission)
        self.lost += signal is None
        if self.on_frame is not None:
            self.on_frame(Carried(transmission, signal is not None))
        return signal

    def _chance(self, transmission: Transmission) -> Signal | None:
        snr_db = self.snr_db + self._chances.uniform(-1, 1) * self.fading_db
        signal = Signal(RSSI_AT_ZERO_SNR_DBM + snr_db, snr_db)
        drowned = self._chances.random() < self.loss
        deaf = self.away or drowned or signal.margin_db(transmission.rate) < 0
        return None if deaf else signal
