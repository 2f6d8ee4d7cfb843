"""What can become of an uplink."""

from typing import NamedTuple

from tallypost.simulated.lorawan.air import Signal


class NotJoined(NamedTuple):
    """Nothing was sent: there is no session."""


class TooLong(NamedTuple):
    """Nothing was sent: so many bytes of payload would have fitted."""

    payload_bytes_max: int


class Restricted(NamedTuple):
    """Nothing was sent: one has to be silent for so long."""

    wait_s: float


Refusal = NotJoined | TooLong | Restricted


class Downlink(NamedTuple):
    """What a network told, the application or the MAC alone.

    Attributes:
        port: 0 where nothing is for the application.
        payload: For the application.
        window: 1 or 2.
        pending: Whether it has more to tell.
    """

    port: int
    payload: bytes
    window: int
    signal: Signal
    data_rate: int
    pending: bool


class LinkAnswer(NamedTuple):
    """What a network said of how it heard the device."""

    margin_db: int
    gateways: int


class Exchange(NamedTuple):
    """What became of an uplink, or of asking to be let in.

    Attributes:
        ends_s: When the device is done, by the clock that it was told the time by.
        acknowledged: Whether the network said that it has it; None where not asked. For
            a join: whether it let the device in.
        heard: What it said, if anything, be it to the MAC alone.
        link: Its answer to a link check, if it was asked for one.
        network_utc_s: The time when the uplink had ended, if it was asked for.
        sent_s: When the last frame had gone out.
    """

    ends_s: float
    sent_s: float
    acknowledged: bool | None = None
    heard: Downlink | None = None
    link: LinkAnswer | None = None
    network_utc_s: float | None = None

    @property
    def downlink(self) -> Downlink | None:
        """What the network said to the application, if anything."""
        return self.heard if self.heard is not None and self.heard.port else None
