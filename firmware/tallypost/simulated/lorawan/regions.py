"""Where and how fast one may speak. Source: LoRaWAN RP002-1.0.4, chapter 2.

The tables stand here once more, beside those that the uplink goes by, so that each can
be held against the other: whoever shares a table shares its mistakes.
"""

import math
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import NamedTuple

PREAMBLE_SYMBOLS = 8
STEP_BYTES, STEP_HZ = 3, 100
RX1_DELAY_S = 1.0
JOIN_DELAY_S = 5.0
RX2_AFTER_S = 1.0
NARROW_CHANNELS = 64
SUB_BAND_CHANNELS = 8
DOWN_FIRST_HZ, DOWN_STEP_HZ = 923_300_000, 600_000
"""Where networks answer in US915 and AU915."""
FLOOR_DB = {7: -7.5, 8: -10.0, 9: -12.5, 10: -15.0, 11: -17.5, 12: -20.0}
"""The SNR below which nothing is made out. Source: SX1276 datasheet, table 13."""


class DataRate(NamedTuple):
    """How fast, and how much.

    Attributes:
        spreading_factor: 7..12.
        bandwidth_hz: Of the chirp.
        payload_bytes_max: Of the application, where no MAC command rides along; 0 where
            the region's dwell time lets nothing through.
    """

    spreading_factor: int
    bandwidth_hz: int
    payload_bytes_max: int


class Channel(NamedTuple):
    """A place on the band, by its number."""

    number: int
    frequency_hz: int


class Band(NamedTuple):
    """A part of the spectrum, and which part of the time one may speak in it."""

    low_hz: int
    high_hz: int
    duty: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """What holds in a part of the world.

    Attributes:
        up: Data rates of a device, by number.
        down: Data rates of a network, by number.
        join_data_rates: What a device asks to be let in with, in turn.
        rx1_step: What a network's data rate in the first window is above the device's.
        rx2: Data rate and frequency of the second window.
        defaults: The channels that every device knows.
        added: The channels that a network tells of when it lets somebody in.
        bands: Where the law limits the time on air; empty where it does not.
        dwell_s: The longest that one frame may last; None for no limit.
    """

    name: str
    up: dict[int, DataRate]
    down: dict[int, DataRate]
    join_data_rates: tuple[int, ...]
    rx1_step: int = 0
    rx2: tuple[int, int]
    defaults: tuple[Channel, ...]
    added: tuple[Channel, ...] = ()
    bands: tuple[Band, ...] = ()
    dwell_s: float | None = None

    def channel_list(self) -> bytes:
        """Return the CFList that tells of the added channels; empty where none are.

        Source: 2.4.4 "EU863-870 JoinAccept CFList": three bytes each, in 100 Hz.
        """
        if not self.added:
            return b""
        steps = (one.frequency_hz // STEP_HZ for one in self.added)
        return b"".join(step.to_bytes(STEP_BYTES, "little") for step in steps) + b"\0"

    def told_channels(self, channel_list: bytes) -> tuple[Channel, ...]:
        """Return the channels that a CFList tells of."""
        steps = (
            int.from_bytes(channel_list[place : place + STEP_BYTES], "little")
            for place in range(0, len(channel_list) - 1, STEP_BYTES)
        )
        first = len(self.defaults)
        return tuple(
            Channel(first + index, step * STEP_HZ) for index, step in enumerate(steps)
        )

    def usable(self) -> tuple[int, ...]:
        """Return a device's data rates that may carry a payload, the slowest first."""
        return tuple(
            number for number, rate in self.up.items() if rate.payload_bytes_max
        )

    def rx1_data_rate(self, data_rate: int, offset: int) -> int:
        """Return a network's data rate in the first window.

        Args:
            data_rate: The device's.
            offset: RX1DROffset, as the network chose it.
        """
        usable = [number for number, one in self.down.items() if one.payload_bytes_max]
        wanted = data_rate + self.rx1_step - offset
        return min(max(wanted, min(usable)), max(usable))

    def rx1_frequency_hz(self, frequency_hz: int) -> int:
        """Return where a network answers in the first window."""
        if not is_fixed(self):
            return frequency_hz
        number = next(
            one.number for one in self.defaults if one.frequency_hz == frequency_hz
        )
        return DOWN_FIRST_HZ + number % SUB_BAND_CHANNELS * DOWN_STEP_HZ

    def band_of(self, frequency_hz: int) -> Band | None:
        """Return the band whose limit holds at a frequency."""
        return next(
            (band for band in self.bands if band.low_hz <= frequency_hz < band.high_hz),
            None,
        )


def time_on_air_s(rate: DataRate, octets: int, *, checked: bool = True) -> float:
    """Return how long a frame lasts.

    Args:
        rate: How fast.
        octets: All bytes of the frame, from MHDR to MIC.
        checked: Whether a checksum ends it: uplinks have one, downlinks do not.

    Source: Semtech SX1276 datasheet, 4.1.1.7 "Time on air"; coding 4/5, a header.
    """
    factor = rate.spreading_factor
    symbol_s = (1 << factor) / rate.bandwidth_hz
    slow = symbol_s > 0.016  # noqa: PLR2004  # low data rate optimisation, 4.1.1.6
    bits = 8 * octets - 4 * factor + 28 + 16 * checked
    blocks = max(math.ceil(bits / (4 * (factor - 2 * slow))), 0)
    return (PREAMBLE_SYMBOLS + 4.25 + 8 + blocks * 5) * symbol_s


def _rates(
    spreading: tuple[tuple[int, int], ...], sizes: tuple[int, ...], first: int = 0
) -> dict[int, DataRate]:
    return {
        first + index: DataRate(factor, bandwidth_hz, size)
        for index, ((factor, bandwidth_hz), size) in enumerate(
            zip(spreading, sizes, strict=True)
        )
    }


def _even(
    count: int, first_hz: int, step_hz: int, number: int = 0
) -> tuple[Channel, ...]:
    return tuple(
        Channel(number + index, first_hz + index * step_hz) for index in range(count)
    )


_SLOW = tuple((factor, 125_000) for factor in (12, 11, 10, 9, 8, 7))
_WIDE = tuple((factor, 500_000) for factor in (12, 11, 10, 9, 8, 7))
_USUAL = (*_SLOW, (7, 250_000))

_EU868 = _rates(_USUAL, (51, 51, 51, 115, 242, 242, 242))
EU868 = Region(
    name="eu868",
    up=_EU868,
    down=_EU868,
    join_data_rates=(5, 4, 3, 2, 1, 0),
    rx2=(0, 869_525_000),
    defaults=_even(3, 868_100_000, 200_000),
    added=_even(5, 867_100_000, 200_000, 3),
    bands=(
        Band(865_000_000, 868_000_000, 0.01),
        Band(868_000_000, 868_600_000, 0.01),
        Band(868_700_000, 869_200_000, 0.001),
        Band(869_400_000, 869_650_000, 0.1),
    ),
)

_IN865 = _rates(_SLOW, (51, 51, 51, 115, 242, 242))
IN865 = Region(
    name="in865",
    up=_IN865,
    down=_IN865,
    join_data_rates=(5, 4, 3, 2, 1, 0),
    rx2=(2, 866_550_000),
    defaults=(
        Channel(0, 865_062_500),
        Channel(1, 865_402_500),
        Channel(2, 865_985_000),
    ),
)

# Both dwell times are on, as they are in a modem that nobody has told anything else.
AS923 = Region(
    name="as923",
    up=_rates(_USUAL, (0, 0, 11, 53, 125, 242, 242)),
    down=_rates(_USUAL, (0, 0, 11, 53, 125, 242, 242)),
    join_data_rates=(5, 4, 3, 2),
    rx2=(2, 923_200_000),
    defaults=_even(2, 923_200_000, 200_000),
    added=_even(5, 922_200_000, 200_000, 2),
    bands=(Band(920_000_000, 928_000_000, 0.01),),
    dwell_s=0.4,
)

_DOWN_WIDE = _rates(_WIDE, (53, 129, 242, 242, 242, 242), 8)
US915 = Region(
    name="us915",
    up=_rates((*_SLOW[2:], (8, 500_000)), (11, 53, 125, 242, 242)),
    down=_DOWN_WIDE,
    join_data_rates=(0, 4),
    rx1_step=10,
    rx2=(8, 923_300_000),
    defaults=_even(64, 902_300_000, 200_000) + _even(8, 903_000_000, 1_600_000, 64),
    dwell_s=0.4,
)

AU915 = Region(
    name="au915",
    up=_rates((*_SLOW, (8, 500_000)), (0, 0, 11, 53, 125, 242, 242)),
    down=_DOWN_WIDE,
    join_data_rates=(2, 6),
    rx1_step=8,
    rx2=(8, 923_300_000),
    defaults=_even(64, 915_200_000, 200_000) + _even(8, 915_900_000, 1_600_000, 64),
    dwell_s=0.4,
)

REGIONS = {region.name: region for region in (EU868, US915, AU915, AS923, IN865)}


def sub_band_channels(region: Region, sub_band: int) -> tuple[Channel, ...]:
    """Return the nine channels of one of eight sub-bands: eight narrow, one wide."""
    first = (sub_band - 1) * SUB_BAND_CHANNELS
    wide = NARROW_CHANNELS + sub_band - 1
    return (
        *region.defaults[first : first + SUB_BAND_CHANNELS],
        region.defaults[wide],
    )


def sub_band_of(region: Region, numbers: AbstractSet[int]) -> int | None:
    """Return the sub-band that these channels are; None where they are none."""
    if not is_fixed(region):
        return None
    for sub_band in range(1, SUB_BAND_CHANNELS + 1):
        if {one.number for one in sub_band_channels(region, sub_band)} == numbers:
            return sub_band
    return None


def is_fixed(region: Region) -> bool:
    """Return whether the channels stand in the region's plan, and are masked only."""
    return len(region.defaults) > NARROW_CHANNELS
