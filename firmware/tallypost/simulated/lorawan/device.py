"""An end device of class A: joins, sends, listens twice. Source: LoRaWAN L2 1.0.4."""

import random
from dataclasses import dataclass, field

from tallypost.simulated.lorawan.air import Air, Signal, Transmission
from tallypost.simulated.lorawan.commands import Command, Said, parsed, utc_of
from tallypost.simulated.lorawan.crypto import Keys, session_keys
from tallypost.simulated.lorawan.frames import (
    OPTIONS_BYTES_MAX,
    Data,
    Flags,
    JoinAccept,
    JoinRequest,
)
from tallypost.simulated.lorawan.obeying import Tuning, obey
from tallypost.simulated.lorawan.outcome import (
    Exchange,
    LinkAnswer,
    NotJoined,
    Refusal,
    Restricted,
    TooLong,
)
from tallypost.simulated.lorawan.radio import Heard, Radio, delivered, silent_until_s
from tallypost.simulated.lorawan.regions import (
    EU868,
    JOIN_DELAY_S,
    Channel,
    Region,
    is_fixed,
    sub_band_channels,
)
from tallypost.simulated.lorawan.session import (
    SILENT_UPLINKS_MAX,
    Session,
    backed_off,
)

CONFIRMED_TRIES = 8
NONCES = 0x10000


@dataclass
class EndDevice:
    """The part of a modem that speaks LoRaWAN, without its serial line.

    Nothing in it waits: each call is told what time it is, and tells when it would have
    ended. So a program that moves a simulated clock to `Exchange.ends_s` runs through
    years in minutes.

    Attributes:
        air: What carries the frames.
        join_eui: 8 bytes, most significant first, as is `dev_eui`.
        data_rate: Of the next uplink, by the region's number.
        sub_band: 1..8 for those regions that have them; None for all channels.
        duty_cycle: Whether the law's limits are heeded.
        keeps_nonce: Whether `dev_nonce` survives a power cut.
        keeps_counters: Whether a session of ABP does.
        dev_nonce: Of the next request to be let in.
        draws_nonce: Whether it is drawn by chance instead, as before LoRaWAN 1.0.4.
        personal: Whether the session was agreed on beforehand (ABP).
        asks: What the next uplink asks the network: LinkCheck, DeviceTime.
        begins_s: When it was switched on.
    """

    air: Air
    region: Region = EU868
    dev_eui: bytes = bytes.fromhex("ac1f09fffe000001")
    join_eui: bytes = bytes(8)
    app_key: bytes = field(default=bytes(16), repr=False)
    data_rate: int = 0
    sub_band: int | None = None
    adr: bool = True
    duty_cycle: bool = True
    keeps_nonce: bool = True
    keeps_counters: bool = True
    confirmed_tries: int = CONFIRMED_TRIES
    seed: int = 0
    dev_nonce: int = 0
    draws_nonce: bool = False
    session: Session | None = None
    personal: bool = False
    asks: set[Command] = field(default_factory=set)
    begins_s: float = 0.0

    def __post_init__(self) -> None:
        self._chances = random.Random(self.seed)  # noqa: S311  # chances, no secrets
        self._switch_on()

    def move(self, region: Region) -> None:
        """Speak as another region does; any session ends."""
        self.region = region
        self.session, self.personal = None, False
        self._switch_on()

    def power_cycle(self, now_s: float) -> None:
        """Lose power, and get it back: what is not kept is gone."""
        self.begins_s = now_s
        self.asks.clear()
        if not self.keeps_nonce:
            self.dev_nonce = 0
        if self.session is not None and self.personal:
            if not self.keeps_counters:
                self.session.counter, self.session.counter_down = 0, -1
        else:
            self.session = None
        self._switch_on()

    def personalise(self, address: int, keys: Keys) -> None:
        """Begin a session that was agreed on beforehand (ABP)."""
        self.personal = True
        self.session = self._begun(address, keys)

    def payload_bytes_max(self) -> int:
        """Return how many bytes of an application fit into the next uplink."""
        room = self.region.up[self.data_rate].payload_bytes_max
        return max(room - len(self._options()), 0)

    def join(self, now_s: float) -> Exchange | Restricted:
        """Ask to be let in, once."""
        rates = self.region.join_data_rates
        rate = rates[self._attempts % len(rates)]
        channels = self._chosen(self.region.defaults)
        channel = self._radio.channel(now_s, rate, channels, joining=True)
        if isinstance(channel, Restricted):
            return channel
        self._attempts += 1
        self.session, self.personal, self.data_rate = None, False, rate
        nonce = self._nonce()
        asked = JoinRequest(self.join_eui, self.dev_eui, nonce).sealed(self.app_key)
        uplink, reply = self._radio.transmit(now_s, channel, rate, asked, joining=True)
        heard = self._radio.heard(uplink, reply, JOIN_DELAY_S)
        accept = heard and JoinAccept.opened(heard.transmission.octets, self.app_key)
        if heard is None or accept is None:
            silent_s = silent_until_s(uplink, JOIN_DELAY_S)
            return Exchange(silent_s, uplink.ends_s, acknowledged=False)
        self._let_in(accept, nonce)
        return Exchange(heard.transmission.ends_s, uplink.ends_s, acknowledged=True)

    def send(
        self, now_s: float, port: int | None, payload: bytes, *, confirmed: bool = False
    ) -> Exchange | Refusal:
        """Send an uplink, as often as it takes; with no port, the head alone."""
        session = self.session
        if session is None:
            return NotJoined()
        if len(payload) > (room := self.payload_bytes_max()):
            return TooLong(room)
        channel = self._radio.channel(now_s, self.data_rate, self._enabled(session))
        if isinstance(channel, Restricted):
            return channel
        frame = self._frame(session, port, payload, confirmed=confirmed)
        exchange = self._insist(session, frame, now_s, channel)
        session.counter += 1
        if self.adr:
            slowest = min(self.region.usable())
            self.data_rate = backed_off(session, self.data_rate, slowest)
        return exchange

    def _switch_on(self) -> None:
        self._attempts = 0
        self._radio = Radio(
            self.air,
            self.region,
            begins_s=self.begins_s,
            chances=self._chances,
            limited=self.duty_cycle,
        )
        if self.data_rate not in self.region.usable():
            self.data_rate = min(self.region.usable())

    def _nonce(self) -> int:
        if self.draws_nonce:
            return self._chances.randrange(NONCES)
        nonce, self.dev_nonce = self.dev_nonce, (self.dev_nonce + 1) % NONCES
        return nonce

    def _let_in(self, accept: JoinAccept, nonce: int) -> None:
        keys = session_keys(self.app_key, accept.join_nonce, accept.net_id, nonce)
        told = self.region.told_channels(accept.channels)
        session = self._begun(accept.address, keys, told)
        session.rx1_offset = accept.rx1_offset
        session.rx1_delay_s = float(accept.rx1_delay_s)
        session.rx2_data_rate = accept.rx2_data_rate
        self.session = session
        self._attempts = 0

    def _begun(
        self, address: int, keys: Keys, told: tuple[Channel, ...] = ()
    ) -> Session:
        channels = (*self.region.defaults, *told)
        enabled = frozenset(channel.number for channel in self._chosen(channels))
        return Session(address=address, keys=keys, channels=channels, enabled=enabled)

    def _chosen(self, channels: tuple[Channel, ...]) -> tuple[Channel, ...]:
        if is_fixed(self.region) and self.sub_band is not None:
            return sub_band_channels(self.region, self.sub_band)
        return channels

    @staticmethod
    def _enabled(session: Session) -> tuple[Channel, ...]:
        return tuple(one for one in session.channels if one.number in session.enabled)

    def _options(self) -> bytes:
        answers = b"".join(self.session.answers if self.session else ())
        asks = b"".join(Said(ask).encoded() for ask in sorted(self.asks))
        return (answers + asks)[:OPTIONS_BYTES_MAX]

    def _frame(
        self, session: Session, port: int | None, payload: bytes, *, confirmed: bool
    ) -> Data:
        session.silent_uplinks += 1
        insists = self.adr and session.silent_uplinks > SILENT_UPLINKS_MAX
        frame = Data(
            up=True,
            address=session.address,
            counter=session.counter,
            confirmed=confirmed,
            flags=Flags(self.adr, insists, session.acknowledges),
            options=self._options(),
            port=port,
            payload=payload,
        )
        session.acknowledges = False
        session.answers.clear()
        self.asks.clear()
        return frame

    def _insist(
        self, session: Session, frame: Data, begins_s: float, channel: Channel
    ) -> Exchange:
        """Send the same frame until it was answered, or often enough."""
        octets = frame.sealed(session.keys)
        tries = self.confirmed_tries if frame.confirmed else session.transmissions
        channels = self._enabled(session)
        while True:
            uplink, reply = self._radio.transmit(
                begins_s, channel, self.data_rate, octets
            )
            heard = self._radio.heard(uplink, reply, session.rx1_delay_s, session)
            exchange = self._taken(session, uplink, heard, confirmed=frame.confirmed)
            answered = session.silent_uplinks == 0
            tries -= 1
            if tries <= 0 or (answered and exchange.acknowledged is not False):
                return exchange
            begins_s, channel = self._radio.again(
                exchange.ends_s, self.data_rate, channels
            )

    def _taken(
        self,
        session: Session,
        uplink: Transmission,
        heard: Heard | None,
        *,
        confirmed: bool,
    ) -> Exchange:
        """Take what came back; what is not for this session is as if nothing came."""
        frame = heard and Data.opened(
            heard.transmission.octets, session.keys, session.counter_down
        )
        if heard is None or frame is None or not self._is_new(session, frame):
            silent_s = silent_until_s(uplink, session.rx1_delay_s)
            return Exchange(silent_s, uplink.ends_s, False if confirmed else None)
        session.counter_down = frame.counter
        session.silent_uplinks = 0
        session.acknowledges = frame.confirmed
        said = parsed(frame.payload if frame.port == 0 else frame.options, up=False)
        self._obey(session, said, heard.signal)
        answers = {one.command: one.octets for one in said}
        link = answers.get(Command.LINK_CHECK)
        told = answers.get(Command.DEVICE_TIME)
        return Exchange(
            ends_s=heard.transmission.ends_s,
            sent_s=uplink.ends_s,
            acknowledged=frame.flags.ack if confirmed else None,
            heard=delivered(frame, heard),
            link=None if link is None else LinkAnswer(link[0], link[1]),
            network_utc_s=None if told is None else utc_of(told),
        )

    @staticmethod
    def _is_new(session: Session, frame: Data) -> bool:
        ours = not frame.up and frame.address == session.address
        return ours and frame.counter > session.counter_down

    def _obey(self, session: Session, said: list[Said], signal: Signal) -> None:
        before = Tuning(self.data_rate, self._radio.duty.share_max)
        after = obey(said, self.region, session, before, signal.snr_db)
        self._radio.duty.share_max = after.share_max
        self.data_rate = after.data_rate
