"""The whole of it: device, network, broker and card, and how each fault is done."""

import signal
import time
import uuid
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from random import Random

from scripts.chaos_run.broker import HOST, Broker
from scripts.chaos_run.card import Card, RamDisk
from scripts.chaos_run.clock import HurriedBoard, World
from scripts.chaos_run.device import Device
from scripts.chaos_run.faults import Fault, Kind
from scripts.chaos_run.listener import Listener
from scripts.chaos_run.lossy import Lossy
from scripts.chaos_run.operator import Operator
from scripts.chaos_run.places import Places
from scripts.chaos_run.proxy import Proxy
from tallypost.domain.records import ClockTrust

EPOCH_UTC_S = 1_900_000_000.0
STEPS_S = (0.4, 0.9, 5.0, 600.0, 86_400.0, 400 * 86_400.0)
"""How far a calendar that nobody keeps may be off, at most."""
UNCERTAINTIES_S = (0.01, 0.05, 0.3, 0.9)
HELD_S = 0.05
AWAY_S = 0.08
"""Shorter than the far side takes to come back: what comes meanwhile is lost."""


class Street:
    """Everything that runs, and everything that can befall it.

    Args:
        folder: Of the run.
        speed: How much faster than ours the world's time goes.
        random: Where all chance comes from.
        path: Between device and broker; None is a good one.
    """

    def __init__(
        self, folder: Path, speed: float, random: Random, path: Lossy | None = None
    ) -> None:
        self.places = Places(folder)
        self.ram = RamDisk(self.places.ram)
        self.card = Card(self.places.disk, folder / "card.img")
        self.broker = Broker(folder / "broker")
        self.broker.start()
        self.listener = Listener(self.broker)
        self.listener.await_subscribed()
        host, prefix = (path.host, path.prefix) if path else (HOST, ())
        self.proxy = Proxy(self.broker.port, host)
        self._operator = Operator(self.places.operator_key)
        self.device = Device(self.places, prefix)
        self.device.configure(host, self.proxy.port)
        self._random = random
        now_s = time.monotonic()
        self._world = World(
            epoch_s=now_s,
            epoch_utc_s=EPOCH_UTC_S,
            speed=speed,
            boot=self._boot_name(),
            boot_s=now_s,
        )
        self._turn_clock()

    def begin(self, fault: Fault) -> bool:
        """Do what a fault does first; return whether it found what it hurts."""
        match fault.kind:
            case Kind.TELEMETRY:
                return self.device.kill_half("telemetry-half")
            case Kind.VISION:
                return self.device.kill_half("vision-half")
            case Kind.TORN:
                return self.device.kill_and_tear(self._random)
            case Kind.CUT:
                self.proxy.cut_within_packet(self._random.random())
            case _:
                self._take_away(fault.kind)
        return True

    def end(self, fault: Fault) -> None:
        """Give back what a fault has taken."""
        match fault.kind:
            case Kind.BROKER | Kind.BLIND | Kind.RESTART:
                self.broker.start()
                self.listener.await_subscribed()
                self.proxy.shut = False
            case Kind.STALL:
                self.proxy.stalled = False
            case Kind.FULL:
                self.card.free()
            case Kind.JUMP | Kind.REBOOT:
                self._set_clock()
            case _:
                pass

    def close(self) -> None:
        """End all that is left."""
        self.device.kill()
        self.listener.close()
        self.proxy.close()
        self.broker.end()
        self.card.close()

    def _take_away(self, kind: Kind) -> None:
        match kind:
            case Kind.BROKER:
                self._hold_back()
                self._kill_broker()
            case Kind.BLIND:
                self.listener.drop()
                time.sleep(AWAY_S)
                self._kill_broker()
            case Kind.RESTART:
                self.proxy.shut = True
                self.broker.end()
            case Kind.STALL:
                self.proxy.stalled = True
            case Kind.FULL:
                self.card.fill()
            case Kind.JUMP:
                self._lose_clock()
            case Kind.REBOOT:
                self._reboot()
            case _:
                raise ValueError(kind)

    def ask_again(self, subject: str, missing: Iterable[int]) -> None:
        """Have the device send records or alerts again, as its operator may."""
        utc_s = HurriedBoard(self.places.clock).reading().true_utc_s
        for command in self._operator.reports(subject, missing, utc_s):
            self.listener.send("command", command)

    def _hold_back(self) -> None:
        """Return when the far side has all that the device was told the broker has.

        Mosquitto says that it has a message before that is on its disk or with a
        subscriber: of what it takes along when it is killed, no device can know. So
        its last answers are held back, as a slow network does.
        """
        self.proxy.holding = True
        time.sleep(HELD_S)
        self.listener.await_quiet()

    def _kill_broker(self) -> None:
        self.proxy.shut = True
        self.broker.end(signal.SIGKILL)
        self.proxy.reset()
        self.proxy.holding = False

    def _reboot(self) -> None:
        self.device.kill()
        self.ram.forget()
        self._world = replace(
            self._world, boot=self._boot_name(), boot_s=time.monotonic()
        )
        self._lose_clock()
        self.device.start()

    def _lose_clock(self) -> None:
        step_s = self._random.choice(STEPS_S)
        self._turn_clock(
            offset_s=self._random.uniform(-step_s, step_s),
            trust=ClockTrust.UNSYNCED,
            uncertainty_s=None,
        )

    def _set_clock(self) -> None:
        uncertainty_s = self._random.choice(UNCERTAINTIES_S)
        self._turn_clock(
            offset_s=self._random.uniform(-uncertainty_s, uncertainty_s),
            trust=ClockTrust.SYNCED,
            uncertainty_s=uncertainty_s,
        )

    def _turn_clock(self, **told: object) -> None:
        self._world = replace(self._world, **told)  # type: ignore[arg-type]
        self._world.write(self.places.clock)

    def _boot_name(self) -> str:
        return str(uuid.UUID(int=self._random.getrandbits(128), version=4))
