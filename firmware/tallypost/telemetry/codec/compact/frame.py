"""What goes over the air at once: a port, and some bytes."""

from enum import IntEnum
from typing import NamedTuple


class Port(IntEnum):
    """What a frame is about: its LoRaWAN port."""

    RECORD = 1
    ALERT = 2
    LAYOUT = 3
    HEALTH = 4
    REPLY = 5
    COMMAND = 10
    """The only one that goes down."""


class Frame(NamedTuple):
    """One uplink or downlink.

    Attributes:
        port: One of `Port`.
        payload: The application's bytes, before encryption.
    """

    port: int
    payload: bytes
