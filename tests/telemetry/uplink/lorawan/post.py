"""A device that counts and speaks over LoRaWAN, in simulated time, with its far end."""

from functools import partial
from pathlib import Path

from tallypost.board.simulated import SimulatedBoard
from tallypost.telemetry.codec.compact.decoding import decode
from tallypost.telemetry.codec.compact.downlink import (
    Command,
    Downlink,
    encode_downlink,
)
from tallypost.telemetry.codec.compact.frame import Frame
from tallypost.telemetry.codec.compact.layout import Layout
from tallypost.telemetry.codec.message import Message
from tallypost.telemetry.delivery import Delivery
from tallypost.telemetry.outbox import ledger
from tallypost.telemetry.outbox.asked import due_within
from tallypost.telemetry.outbox.outbox import Outbox
from tallypost.telemetry.tray import Tray
from tallypost.telemetry.uplink.lorawan.duty import Budget
from tallypost.telemetry.uplink.lorawan.memory import Memory
from tallypost.telemetry.uplink.lorawan.regions import RULES
from tallypost.telemetry.uplink.lorawan.station import Station
from tallypost.telemetry.uplink.lorawan.uplink import LorawanUplink
from tallypost.telemetry.uplink.lorawan.words import Habits
from tallypost.telemetry.uplink.modem.base import Radio, Region
from tests.telemetry.uplink.lorawan.direct import IDENTITY, Far

LAYOUT = Layout.of({"lines": {"gate": ["car", "bicycle"]}})
CLASSES = ("car", "bicycle")


class Deeds:
    """What the house was asked to do."""

    def __init__(self, outbox: Outbox) -> None:
        self.outbox = outbox
        self.asked: list[tuple[int, int]] = []
        self.intervals_s: list[int] = []
        self.reboots = self.renewals = 0
        self.times: list[tuple[float, float]] = []
        self.failing: Exception | None = None

    def ask_again(self, first_seq: int, last_seq: int) -> int:
        self.asked.append((first_seq, last_seq))
        return self.outbox.ask_again(first_seq, last_seq)

    def due(self, first_seq: int, last_seq: int) -> tuple[int, Message | None]:
        work = partial(due_within, first_seq=first_seq, last_seq=last_seq)
        return self.outbox.look(work)

    def newest_seq(self) -> int:
        return self.outbox.look(ledger.last_seq) or 0

    def set_interval(self, interval_s: int) -> None:
        if self.failing is not None:
            raise self.failing
        self.intervals_s.append(interval_s)

    def renew(self) -> None:
        self.renewals += 1

    def reboot(self) -> None:
        self.reboots += 1

    def time_is(self, utc_s: float, uncertainty_s: float) -> None:
        self.times.append((utc_s, uncertainty_s))


class Post:
    """A device: outbox, delivery, radio.

    Args:
        far: What is in reach.
        folder: Where it keeps things.
        board: Whose clock all goes by.
        fair_use_s: What the network grants in a day.
        confirm_every: One record in so many is confirmed.
        record_s: At least so long from one new record to the next.
        fallback: Whether it stands in for another link.
        data_rate: Where to begin.
    """

    def __init__(
        self,
        far: Far,
        folder: Path,
        board: SimulatedBoard,
        *,
        region: Region = Region.EU868,
        fair_use_s: float | None = 30.0,
        confirm_every: int = 16,
        record_s: float = 900.0,
        fallback: bool = False,
        data_rate: int | None = 5,
    ) -> None:
        self.far, self.board, self.folder = far, board, folder
        self.outbox = Outbox(folder / "outbox.db", board=board)
        self.deeds = Deeds(self.outbox)
        self.tray = Tray(self.outbox.arrived)
        self.budget = Budget(RULES[region], fair_use_s, board)
        self.memory = Memory(folder / "outbox.db.radio")
        radio = Radio(region=region, data_rate=data_rate, adr=False)
        self.station = Station(
            far.open,
            identity=IDENTITY,
            radio=radio,
            budget=self.budget,
            memory=self.memory,
            board=board,
        )
        self.habits = Habits(confirm_every)
        self.uplink = LorawanUplink(
            self.station,
            LAYOUT,
            self.deeds,
            radio=radio,
            budget=self.budget,
            memory=self.memory,
            habits=self.habits,
            record_s=record_s,
            fallback=fallback,
            board=board,
        )
        self.delivery = Delivery(self.outbox, self.uplink, board, self.tray)

    def run(self, seconds: float, step_s: float = 60.0) -> None:
        """Let so much time pass, and do what there is to do in it."""
        until_s = self.board.monotonic_s() + seconds
        while (left_s := until_s - self.board.monotonic_s()) > 0.0:
            self.station.keep()
            if self.delivery.step() > 0.0:
                self.board.advance(min(step_s, left_s))

    def close(self) -> None:
        """Let go of everything, as before a power cut."""
        self.uplink.close()
        self.outbox.close()

    def tell(self, command: Command, counter: int = 1) -> None:
        """Have the network's keeper ask for something."""
        self.far.tell(*encode_downlink(Downlink(counter, command)))


def told(far: Far, port: int) -> list[dict[str, object]]:
    """Return what the far end decoded of the uplinks on a port."""
    return [
        dict(decode(Frame(each.port, each.payload), LAYOUT))
        for each in far.network.received
        if each.port == port
    ]
