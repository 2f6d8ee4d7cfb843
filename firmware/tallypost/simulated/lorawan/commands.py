"""What MAC layers tell each other. Source: LoRaWAN L2 1.0.4, chapter 5."""

from enum import IntEnum
from typing import NamedTuple

GPS_EPOCH_UTC_S = 315_964_800
"""1980-01-06T00:00:00Z."""
LEAP_SECONDS = 18
"""By which GPS is ahead of UTC since 2017."""
FRACTIONS = 256
KEEP = 0x0F
"""A data rate or a power that stays as it is."""


class Command(IntEnum):
    """The first byte of each."""

    LINK_CHECK = 0x02
    LINK_ADR = 0x03
    DUTY_CYCLE = 0x04
    RX_PARAM_SETUP = 0x05
    DEV_STATUS = 0x06
    NEW_CHANNEL = 0x07
    RX_TIMING_SETUP = 0x08
    TX_PARAM_SETUP = 0x09
    DL_CHANNEL = 0x0A
    DEVICE_TIME = 0x0D


DOWN_BYTES = {
    Command.LINK_CHECK: 2,
    Command.LINK_ADR: 4,
    Command.DUTY_CYCLE: 1,
    Command.RX_PARAM_SETUP: 4,
    Command.DEV_STATUS: 0,
    Command.NEW_CHANNEL: 5,
    Command.RX_TIMING_SETUP: 1,
    Command.TX_PARAM_SETUP: 1,
    Command.DL_CHANNEL: 4,
    Command.DEVICE_TIME: 5,
}
"""How many bytes follow what a network says."""
UP_BYTES = {
    Command.LINK_CHECK: 0,
    Command.LINK_ADR: 1,
    Command.DUTY_CYCLE: 0,
    Command.RX_PARAM_SETUP: 1,
    Command.DEV_STATUS: 2,
    Command.NEW_CHANNEL: 1,
    Command.RX_TIMING_SETUP: 0,
    Command.TX_PARAM_SETUP: 0,
    Command.DL_CHANNEL: 1,
    Command.DEVICE_TIME: 0,
}
"""How many bytes follow what a device says."""


class Said(NamedTuple):
    """One command with what follows it."""

    command: Command
    octets: bytes = b""

    def encoded(self) -> bytes:
        """Return it as it goes on the air."""
        return bytes([self.command]) + self.octets


def parsed(octets: bytes, *, up: bool) -> list[Said]:
    """Return what was said, up to the first command that nobody knows, or that is cut.

    Source: chapter 5: what follows an unknown command cannot be told from it.
    """
    lengths = UP_BYTES if up else DOWN_BYTES
    said: list[Said] = []
    place = 0
    while place < len(octets):
        command = next((one for one in Command if one == octets[place]), None)
        if command is None:
            break
        end = place + 1 + lengths[command]
        if end > len(octets):
            break
        said.append(Said(command, octets[place + 1 : end]))
        place = end
    return said


def link_adr(
    data_rate: int, power: int = KEEP, mask: int = 0, control: int = 6
) -> Said:
    """Ask a device for a data rate.

    Args:
        data_rate: The region's number; 15 for as it is.
        power: The same.
        mask: Of the channels that `control` names, one bit each.
        control: 6 for all channels of EU868 and its like: no mask then.
    """
    return Said(
        Command.LINK_ADR,
        bytes([data_rate << 4 | power])
        + mask.to_bytes(2, "little")
        + bytes([control << 4]),
    )


def device_time(utc_s: float) -> Said:
    """Tell a device the time. Source: 5.9 "DeviceTimeReq, DeviceTimeAns"."""
    gps = utc_s - GPS_EPOCH_UTC_S + LEAP_SECONDS
    whole = int(gps)
    return Said(
        Command.DEVICE_TIME,
        whole.to_bytes(4, "little") + bytes([int((gps - whole) * FRACTIONS)]),
    )


def utc_of(octets: bytes) -> float:
    """Return the seconds since 1970 that a network told."""
    gps = int.from_bytes(octets[:4], "little") + octets[4] / FRACTIONS
    return gps + GPS_EPOCH_UTC_S - LEAP_SECONDS
