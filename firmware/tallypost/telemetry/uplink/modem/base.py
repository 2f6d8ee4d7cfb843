"""What the uplink asks of a LoRaWAN modem."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple, Protocol

from tallypost.errors import UplinkError

EUI_BYTES = 8
KEY_BYTES = 16
ADDRESS_BYTES = 4
SUB_BANDS = range(1, 9)
PORTS = range(1, 224)
"""Of applications. Source: LoRaWAN L2 1.0.4, 4.3.2 "Port field"."""


class Region(StrEnum):
    """Where a modem may speak, and how. Source: LoRaWAN RP002-1.0.4, chapter 2."""

    EU868 = "eu868"
    US915 = "us915"
    AU915 = "au915"
    AS923 = "as923"
    IN865 = "in865"


def _measure(what: str, value: bytes, wanted: int) -> None:
    """Refuse what is not as long as it must be; what it is stays untold."""
    if len(value) != wanted:
        raise UplinkError(
            f"{what}: has {len(value)} bytes; give the {wanted} of the network server"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who joins a network over the air (OTAA).

    Attributes:
        dev_eui: 8 bytes, most significant first; None for the modem's own.
        join_eui: 8 bytes, most significant first; once called AppEUI.
        app_key: 16 bytes, a secret.

    Raises:
        UplinkError: One of them is of another length.
    """

    dev_eui: bytes | None = None
    join_eui: bytes
    app_key: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if self.dev_eui is not None:
            _measure("dev_eui", self.dev_eui, EUI_BYTES)
        _measure("join_eui", self.join_eui, EUI_BYTES)
        _measure("app_key", self.app_key, KEY_BYTES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A session that was agreed on beforehand (ABP): nothing is joined.

    Attributes:
        dev_addr: 4 bytes, most significant first.
        nwk_skey: 16 bytes, a secret.
        app_skey: 16 bytes, a secret.
        counters: The frame counters that were last known; a modem that can be told
            goes on from them, and never back.

    Raises:
        UplinkError: One of them is of another length.
    """

    dev_addr: bytes
    nwk_skey: bytes = field(repr=False)
    app_skey: bytes = field(repr=False)
    counters: "Counters | None" = None

    def __post_init__(self) -> None:
        _measure("dev_addr", self.dev_addr, ADDRESS_BYTES)
        _measure("nwk_skey", self.nwk_skey, KEY_BYTES)
        _measure("app_skey", self.app_skey, KEY_BYTES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Radio:
    """How a modem is to speak.

    Attributes:
        region: Whose channels, data rates and limits hold.
        sub_band: 1..8, which eight channels of US915 or AU915 the network listens on;
            None for all of them. Other regions have none.
        adr: Whether the network may choose data rate and power.
        data_rate: Where to begin, by the region's own number; None for the modem's own
            choice.

    Raises:
        UplinkError: The sub-band is none, or the region has none.
    """

    region: Region
    sub_band: int | None = None
    adr: bool = True
    data_rate: int | None = None

    def __post_init__(self) -> None:
        if self.sub_band is None:
            return
        if self.region not in {Region.US915, Region.AU915}:
            raise UplinkError(
                f"sub_band: {self.region} has none; leave it out, or mend the region"
            )
        if self.sub_band not in SUB_BANDS:
            raise UplinkError(f"sub_band: is {self.sub_band}; name one of 1..8")


class Counters(NamedTuple):
    """The numbers of the last frames of a session, as the modem counts them."""

    uplink: int
    downlink: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ModemInfo:
    """What a modem says that it is.

    Attributes:
        model: The name by which settings call it: "rak3172", "rn2903" ...
        version: Of its firmware, in its own words.
        dev_eui: 8 bytes, most significant first; None where it has none of its own.
        keeps_nonce: Whether its DevNonce outlives a power cut, so that it never asks to
            be let in by a number that it used before. None where it draws them at
            random, so that this is rare, or where that depends on its firmware.
        keeps_counters: Whether the frame counters of an ABP session do. Where they do
            not, give the last known ones in `Session`.
        transmissions_max: How often a confirmed uplink may be on air that nobody
            answers: some modems try again by themselves, and cannot be kept from it.
    """

    model: str
    version: str
    dev_eui: bytes | None
    keeps_nonce: bool | None
    keeps_counters: bool
    transmissions_max: int = 1


class Heard(NamedTuple):
    """A downlink: its application port, its bytes, and how well it was heard."""

    port: int
    payload: bytes
    rssi_dbm: float | None = None
    snr_db: float | None = None


class Sent(NamedTuple):
    """What became of an uplink.

    Attributes:
        acknowledged: Whether the network said that it has it; None where it was not
            asked. That a frame has left the antenna proves nothing, and is not told.
    """

    acknowledged: bool | None


class LinkCheck(NamedTuple):
    """How well the network heard.

    Source: LoRaWAN L2 1.0.4, 5.1 "LinkCheckReq, LinkCheckAns".
    """

    margin_db: int
    gateways: int


class Modem(Protocol):
    """A modem that speaks LoRaWAN by itself; opens on construction.

    One caller at a time. What it hears is kept, whatever it is asked meanwhile.

    Every call may raise, beside what it names itself:
        ModemLostError: It was unplugged, or says nothing; open it afresh.
        ModemRestartedError: It started afresh by itself: configure and join again.
        ModemBusyError: It is still at something; ask again soon.
        ModemRefusedError: It will not do this as it is asked, now or later.
    """

    def info(self) -> ModemInfo:
        """Return what the modem says that it is."""
        ...

    def configure(self, identity: Identity | Session, radio: Radio) -> None:
        """Tell the modem who it is and how to speak; any session ends.

        Raises:
            ModemRefusedError: It takes a key, the region or the sub-band not.
        """
        ...

    def join(self, timeout_s: float) -> None:
        """Ask the network once to be let in; return when it has. ABP: at once.

        Raises:
            JoinRefusedError: Nobody answered, or the network said no.
            DutyCycleError: No airtime is left just now.
        """
        ...

    def joined(self) -> bool:
        """Return whether the modem believes that it is in a network."""
        ...

    def send(self, port: int, payload: bytes, *, confirmed: bool) -> Sent:
        """Send one uplink; return when the modem is ready for the next.

        Args:
            port: 1..223.
            payload: Not empty.
            confirmed: Whether to ask the network to say that it has it.

        Raises:
            PayloadTooLongError: It does not fit just now; some modems send an empty
                frame in its place, which takes along their answers to the network.
            DutyCycleError: No airtime is left just now; nothing was sent.
            NotJoinedError: The modem is in no network; nothing was sent.
        """
        ...

    def payload_max(self) -> int:
        """Return how many bytes fit into an uplink just now; 0 where none does."""
        ...

    def data_rate(self) -> int:
        """Return at what data rate the next uplink goes, by the region's number."""
        ...

    def heard(self) -> list[Heard]:
        """Return the downlinks since the last time it was asked, the oldest first."""
        ...

    def link_check(self) -> LinkCheck | None:
        """Return how well the network heard the last uplink that asked for it.

        A call before an uplink has it carry the question, and the first call after it
        only tells: so an uplink carries none that nobody asked, which would cost the
        network a downlink. None where there is no answer, and where the modem cannot
        ask.
        """
        ...

    def time_s(self) -> float | None:
        """Return the network's time, seconds since 1970 UTC, as it is at the return.

        Source: LoRaWAN L2 1.0.4, 5.9 "DeviceTimeReq, DeviceTimeAns". The question rides
        on the next uplink, as with `link_check`. None where there is no answer (yet).
        """
        ...

    def counters(self) -> Counters | None:
        """Return the frame counters; None where the modem does not tell them."""
        ...

    def sleep(self) -> None:
        """Have the modem use as little power as it can; any call wakes it."""
        ...

    def reset(self) -> None:
        """Start the modem afresh; it must be configured again, and join."""
        ...

    def close(self) -> None:
        """Let go of the port; closing twice is harmless."""
        ...
