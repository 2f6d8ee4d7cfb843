"""A network that lets devices in, hears them, and answers: a far end for tests."""

from typing import NamedTuple

from tallypost.board.base import Board
from tallypost.simulated.lorawan.air import Signal, Transmission
from tallypost.simulated.lorawan.commands import (
    Command,
    Said,
    device_time,
    link_adr,
    parsed,
)
from tallypost.simulated.lorawan.crypto import MIC_BYTES, Keys, mic, session_keys
from tallypost.simulated.lorawan.frames import (
    Data,
    JoinAccept,
    JoinRequest,
    Kind,
    address_of,
    kind_of,
)
from tallypost.simulated.lorawan.masks import adr_masks
from tallypost.simulated.lorawan.member import Member, Queued
from tallypost.simulated.lorawan.regions import (
    EU868,
    JOIN_DELAY_S,
    RX1_DELAY_S,
    RX2_AFTER_S,
    Region,
    is_fixed,
    sub_band_channels,
)

NET_ID = 0x13
ADDRESS_FIRST = 0x26_01_00_01
MARGIN_MAX = 254
SECOND_WINDOW = 2


class Received(NamedTuple):
    """An uplink as an application at the far end gets it, each of them once.

    Attributes:
        ends_s: When it had arrived, by the clock that it was sent by.
    """

    dev_eui: bytes
    port: int
    payload: bytes
    counter: int
    confirmed: bool
    ends_s: float
    data_rate: int


class Network:
    """One gateway and all that stands behind it.

    Args:
        board: Its clock is the one that devices are told.
        region: Whose channels the gateway listens on.
        sub_band: Which eight channels of a region that has so many; None for all.

    Attributes:
        received: What the application has got, the oldest first.
        members: By DevEUI.
        window: In which of a device's two windows it answers.
        refuses_joins: Whether nobody is let in.
        mute: Whether nothing is answered at all, though it is heard.
        adr_data_rate: What devices that allow it are told to use; None for no advice.
        refused: Why requests to be let in were not granted, the newest last.
    """

    def __init__(
        self, board: Board, region: Region = EU868, *, sub_band: int | None = None
    ) -> None:
        self._board = board
        self._region = region
        self._sub_band = sub_band
        channels = (*region.defaults, *region.added)
        if is_fixed(region) and sub_band is not None:
            channels = sub_band_channels(region, sub_band)
        self._frequencies_hz = {channel.frequency_hz for channel in channels}
        self.received: list[Received] = []
        self.members: dict[bytes, Member] = {}
        self.window = 1
        self.refuses_joins = False
        self.mute = False
        self.adr_data_rate: int | None = None
        self.refused: list[str] = []

    def enrol(self, dev_eui: bytes, join_eui: bytes, app_key: bytes) -> Member:
        """Let a device join over the air from now on."""
        member = Member(dev_eui, join_eui, app_key)
        self.members[dev_eui] = member
        return member

    def personalise(self, dev_eui: bytes, address: int, keys: Keys) -> Member:
        """Begin a session that was agreed on beforehand (ABP)."""
        member = Member(dev_eui)
        member.begin(address, keys)
        self.members[dev_eui] = member
        return member

    def queue(
        self, dev_eui: bytes, port: int, payload: bytes, *, confirmed: bool = False
    ) -> None:
        """Tell a device something when it has spoken next."""
        self.members[dev_eui].queue.append(Queued(port, payload, confirmed))

    def hear(self, uplink: Transmission, signal: Signal) -> Transmission | None:
        """Return what is said back, if anything."""
        if uplink.region is not self._region:
            return None
        if uplink.frequency_hz not in self._frequencies_hz:
            return None
        if kind_of(uplink.octets) is Kind.JOIN_REQUEST:
            answer, delay_s = self._let_in(uplink), JOIN_DELAY_S
        else:
            answer, delay_s = self._take(uplink, signal), RX1_DELAY_S
        return None if answer is None else self._reply(uplink, answer, delay_s)

    def _answers_at(self, uplink: Transmission) -> tuple[int, int]:
        """Return data rate and frequency of what is said back."""
        if self.window == SECOND_WINDOW:
            return self._region.rx2
        data_rate = self._region.rx1_data_rate(uplink.data_rate, 0)
        return data_rate, self._region.rx1_frequency_hz(uplink.frequency_hz)

    def _reply(
        self, uplink: Transmission, octets: bytes, delay_s: float
    ) -> Transmission:
        data_rate, frequency_hz = self._answers_at(uplink)
        after_s = RX2_AFTER_S if self.window == SECOND_WINDOW else 0.0
        return Transmission(
            region=self._region,
            up=False,
            begins_s=uplink.ends_s + delay_s + after_s,
            frequency_hz=frequency_hz,
            data_rate=data_rate,
            octets=octets,
        )

    def _let_in(self, uplink: Transmission) -> bytes | None:
        """Grant a request, if it is from a member and not one that was heard before."""
        request = JoinRequest.read(uplink.octets)
        member = None if request is None else self.members.get(request.dev_eui)
        fault = self._fault(uplink.octets, request, member)
        if fault is not None or request is None or member is None:
            self.refused.append(fault or "no request")
            return None
        member.nonces.add(request.dev_nonce)
        member.join_nonce += 1
        if not member.address:
            member.address = ADDRESS_FIRST + len(self.members)
        keys = session_keys(
            member.app_key, member.join_nonce, NET_ID, request.dev_nonce
        )
        member.begin(member.address, keys)
        accept = JoinAccept(
            join_nonce=member.join_nonce,
            net_id=NET_ID,
            address=member.address,
            rx1_offset=0,
            rx2_data_rate=self._region.rx2[0],
            rx1_delay_s=int(RX1_DELAY_S),
            channels=self._region.channel_list(),
        )
        return accept.sealed(member.app_key)

    def _fault(
        self, octets: bytes, request: JoinRequest | None, member: Member | None
    ) -> str | None:
        """Return why a request is not granted. Source: LoRaWAN L2 1.0.4, 6.2.5."""
        if request is None or member is None or not member.app_key:
            return "unknown DevEUI"
        if request.join_eui != member.join_eui:
            return "another JoinEUI"
        if mic(member.app_key, octets[:-MIC_BYTES]) != octets[-MIC_BYTES:]:
            return "wrong AppKey"
        if request.dev_nonce in member.nonces:
            return "DevNonce was used before"
        return "nobody is let in" if self.refuses_joins else None

    def _take(self, uplink: Transmission, signal: Signal) -> bytes | None:
        """Take a frame of data; return what is said back."""
        address = address_of(uplink.octets)
        for member in self.members.values():
            if member.address != address or member.keys is None:
                continue
            frame = Data.opened(uplink.octets, member.keys, member.counter)
            if frame is not None and frame.up and frame.counter >= member.counter:
                return self._heed(member, frame, uplink, signal)
        return None

    def _heed(
        self, member: Member, frame: Data, uplink: Transmission, signal: Signal
    ) -> bytes | None:
        if frame.counter > member.counter:
            member.settle(acknowledged=frame.flags.ack)
            if frame.port:
                self._deliver(member, frame, uplink)
        member.counter = frame.counter
        if self.mute:
            return None
        options = frame.payload if frame.port == 0 else frame.options
        self._answer(member, parsed(options, up=True), uplink, signal)
        if frame.flags.adr:
            self._advise(member, uplink)
        rate = self._region.down[self._answers_at(uplink)[0]]
        return member.speak(
            ack=frame.confirmed or frame.flags.adr_ack_request,
            payload_bytes_max=rate.payload_bytes_max,
        )

    def _deliver(self, member: Member, frame: Data, uplink: Transmission) -> None:
        assert frame.port is not None
        self.received.append(
            Received(
                dev_eui=member.dev_eui,
                port=frame.port,
                payload=frame.payload,
                counter=frame.counter,
                confirmed=frame.confirmed,
                ends_s=uplink.ends_s,
                data_rate=uplink.data_rate,
            )
        )

    def _answer(
        self,
        member: Member,
        said: list[Said],
        uplink: Transmission,
        signal: Signal,
    ) -> None:
        for one in said:
            if one.command is Command.LINK_CHECK:
                margin = min(max(int(signal.margin_db(uplink.rate)), 0), MARGIN_MAX)
                member.commands.append(Said(one.command, bytes([margin, 1])))
            elif one.command is Command.DEVICE_TIME:
                since_s = uplink.ends_s - self._board.monotonic_s()
                member.commands.append(device_time(self._board.utc_s() + since_s))
            else:
                member.answers.append(one)

    def _advise(self, member: Member, uplink: Transmission) -> None:
        """Tell a device at what data rate to speak, and on which channels."""
        wanted = self.adr_data_rate
        if wanted is None or wanted == uplink.data_rate:
            return
        for mask, control in adr_masks(self._region, self._sub_band):
            member.commands.append(link_adr(wanted, mask=mask, control=control))
