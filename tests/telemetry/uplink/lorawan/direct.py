"""A modem without a serial line, in simulated time: the MAC of the simulated device."""

from collections.abc import Callable

from tallypost.board.simulated import SimulatedBoard
from tallypost.errors import (
    DutyCycleError,
    JoinRefusedError,
    ModemRestartedError,
    NotJoinedError,
    PayloadTooLongError,
)
from tallypost.simulated.lorawan.air import Air
from tallypost.simulated.lorawan.commands import Command
from tallypost.simulated.lorawan.crypto import Keys
from tallypost.simulated.lorawan.device import EndDevice
from tallypost.simulated.lorawan.network import Network
from tallypost.simulated.lorawan.outcome import (
    Exchange,
    NotJoined,
    Refusal,
    Restricted,
    TooLong,
)
from tallypost.simulated.lorawan.regions import REGIONS
from tallypost.telemetry.uplink.modem.base import (
    Counters,
    Heard,
    Identity,
    LinkCheck,
    ModemInfo,
    Radio,
    Sent,
    Session,
)

APP_KEY = bytes(range(16))
DEV_EUI = bytes.fromhex("ac1f09fffe000001")
IDENTITY = Identity(join_eui=bytes(8), app_key=APP_KEY)


class DirectModem:
    """Does what the seam asks by an `EndDevice`; each call lets the time pass.

    Attributes:
        device: What speaks.
        configured: How often it was configured.
        resets: How often it was started afresh by somebody else than us.
        tells_room: Whether it knows what its answers to the network leave of the room.
        tells_counters: Whether it tells its frame counters.
        room_bytes: What it says of it, whatever there is; None for the truth.
    """

    def __init__(self, device: EndDevice, board: SimulatedBoard) -> None:
        self.device = device
        self.configured = 0
        self.resets = 0
        self.tells_room = self.tells_counters = True
        self.room_bytes: int | None = None
        self._size = 0
        self._board = board
        self._heard: list[Heard] = []
        self._fresh = False
        self._link: LinkCheck | None = None
        self._utc: tuple[float, float] | None = None
        self._restarted = False
        self._identity: Identity | Session = IDENTITY
        self._data_rate: int | None = None

    def power_cycle(self) -> None:
        """Start afresh, as modems do when the supply is weak."""
        self.resets += 1
        self.device.power_cycle(self._board.monotonic_s())
        self._restarted = True

    def info(self) -> ModemInfo:
        return ModemInfo(
            model="direct",
            version="1",
            dev_eui=self.device.dev_eui,
            keeps_nonce=True,
            keeps_counters=False,
        )

    def configure(self, identity: Identity | Session, radio: Radio) -> None:
        self.configured += 1
        self._restarted = False
        self._identity = identity
        self.device.session = None
        if isinstance(identity, Identity):
            self.device.app_key = identity.app_key
            self.device.join_eui = identity.join_eui
            self.device.dev_eui = identity.dev_eui or self.device.dev_eui
        self.device.sub_band, self.device.adr = radio.sub_band, radio.adr
        self._data_rate = radio.data_rate

    def join(self, timeout_s: float) -> None:
        del timeout_s
        self._look()
        if isinstance(self._identity, Session):
            self._personalise(self._identity)
            return
        exchange = self._passed(self.device.join(self._board.monotonic_s()))
        if not exchange.acknowledged:
            raise JoinRefusedError("direct: nobody answered; see to the gateway")
        if self._data_rate is not None:
            self.device.data_rate = self._data_rate

    def _personalise(self, session: Session) -> None:
        address = int.from_bytes(session.dev_addr)
        self.device.personalise(address, Keys(session.nwk_skey, session.app_skey))
        if session.counters is not None and self.device.session is not None:
            self.device.session.counter = session.counters.uplink

    def joined(self) -> bool:
        return self.device.session is not None

    def send(self, port: int, payload: bytes, *, confirmed: bool) -> Sent:
        self._look()
        self._size = len(payload)
        told = self.device.send(
            self._board.monotonic_s(), port, payload, confirmed=confirmed
        )
        exchange = self._passed(told)
        self._fresh = True
        if (down := exchange.downlink) is not None:
            self._heard.append(
                Heard(down.port, down.payload, down.signal.rssi_dbm, down.signal.snr_db)
            )
        if exchange.link is not None:
            self._link = LinkCheck(*exchange.link)
        if exchange.network_utc_s is not None:
            self._utc = exchange.network_utc_s, exchange.sent_s
        return Sent(exchange.acknowledged)

    def payload_max(self) -> int:
        self._look()
        if self.room_bytes is not None:
            return self.room_bytes
        device = self.device
        if not self.tells_room:
            return device.region.up[device.data_rate].payload_bytes_max
        return device.payload_bytes_max()

    def data_rate(self) -> int:
        return self.device.data_rate

    def heard(self) -> list[Heard]:
        heard, self._heard = self._heard, []
        return heard

    def link_check(self) -> LinkCheck | None:
        check, self._link = self._link, None
        fresh, self._fresh = self._fresh, False
        if check is None and not fresh:  # the first call after an uplink only tells
            self.device.asks.add(Command.LINK_CHECK)
        return check

    def time_s(self) -> float | None:
        if self._utc is None:
            self.device.asks.add(Command.DEVICE_TIME)
            return None
        (utc_s, at_s), self._utc = self._utc, None
        return utc_s + self._board.monotonic_s() - at_s

    def counters(self) -> Counters | None:
        session = self.device.session
        if session is None or not self.tells_counters:
            return None
        return Counters(session.counter, session.counter_down + 1)

    def sleep(self) -> None:
        pass

    def reset(self) -> None:
        self.device.power_cycle(self._board.monotonic_s())

    def close(self) -> None:
        pass

    def _look(self) -> None:
        if self._restarted:
            self._restarted = False
            raise ModemRestartedError("direct: has started afresh; join again")

    def _passed(self, told: Exchange | Refusal) -> Exchange:
        match told:
            case Exchange():
                passed_s = max(told.ends_s - self._board.monotonic_s(), 0.0)
                self._board.advance(passed_s)
                return told
            case TooLong(room):
                bytes_max = room if self.tells_room else self._size - 1
                raise PayloadTooLongError("direct: too long", bytes_max)
            case Restricted(wait_s):
                raise DutyCycleError("direct: has no airtime", wait_s)
            case NotJoined():
                raise NotJoinedError("direct: is in no network; join first")


class Far:
    """A gateway, a network, and the modem that is in its reach.

    Args:
        board: Whose clock all of it goes by.
        region: By its name.
        loss: Which part of all frames is lost.
        seed: Of all chances.
    """

    def __init__(
        self,
        board: SimulatedBoard,
        region: str = "eu868",
        loss: float = 0.0,
        seed: int = 0,
    ) -> None:
        where = REGIONS[region]
        self.network = Network(board, where)
        self.network.enrol(DEV_EUI, bytes(8), APP_KEY)
        self.air = Air(self.network, loss=loss, seed=seed)
        self.device = EndDevice(
            self.air,
            where,
            dev_eui=DEV_EUI,
            confirmed_tries=1,
            keeps_counters=False,
            seed=seed,
            begins_s=board.monotonic_s(),
        )
        self.modem = DirectModem(self.device, board)
        self.opened = 0

    def open(self) -> DirectModem:
        """Open the modem."""
        self.opened += 1
        return self.modem

    def tell(self, port: int, payload: bytes) -> None:
        """Have the device told something when it has spoken next."""
        self.network.queue(DEV_EUI, port, payload)


Opener = Callable[[], DirectModem]
