"""A simulated street, a device on it, and what is true of both."""

import math
from dataclasses import dataclass, field
from pathlib import Path

from tallypost.board.base import BUILT_UTC_S, UNSYNCED, ClockReading
from tallypost.board.simulated import SimulatedBoard
from tallypost.domain.alerts import Alert, AlertRecord
from tallypost.domain.figures.lines import LineFigures
from tallypost.domain.records import ClockTrust, Interval, KpiRecord, Provenance
from tallypost.telemetry.clock.memory import Memory
from tallypost.telemetry.clock.reckoner import Reckoner
from tallypost.telemetry.intake import Intake
from tallypost.vision.kpi.running import STEP_S
from tallypost.vision.kpi.window import Moment, Window
from tests.telemetry.shelf import Shelf

FRAME_S = 5.0
INTERVAL_S = 60.0
MAXERROR_S = 16.0
MAXERROR_RATE = 500e-6
PROVENANCE = Provenance(model="sha256:aa", site="sha256:bb", firmware="0.1.0")


class NoAlerts:
    """Nobody tells any."""

    def put(self, alert: Alert, device: str) -> AlertRecord | None:
        raise AssertionError((alert, device))

    def end_all(
        self, device: str, *, time_utc_s: float, clock: ClockTrust
    ) -> list[AlertRecord]:
        raise AssertionError((device, time_utc_s, clock))


@dataclass
class Street(Shelf):
    """A store without alerts."""

    alerts: NoAlerts = field(default_factory=NoAlerts)


class DriftingBoard(SimulatedBoard):
    """A board whose second is not quite one, and whose kernel's doubt grows."""

    drift = 0.0
    battery_drift = 0.0

    def pass_true(self, seconds: float) -> None:
        """Let true time pass."""
        before_s = self.battery_s
        self.advance(seconds * (1.0 + self.drift))
        if before_s is not None:
            self.battery_s = before_s + seconds * (1.0 + self.battery_drift)
        doubt_s = self.reading.uncertainty_s
        if doubt_s is None:
            return
        doubt_s += MAXERROR_RATE * seconds
        self.reading = (
            UNSYNCED
            if doubt_s >= MAXERROR_S
            else ClockReading(ClockTrust.SYNCED, doubt_s)
        )


class Gate:
    """A line that somebody crosses with each frame."""

    name = "gate"
    crossed = 0

    def elapse(self, seconds: float) -> None:
        del seconds

    def take(self, observed_s: float) -> LineFigures:
        del observed_s
        crossed, self.crossed = self.crossed, 0
        return LineFigures(forward={"car": crossed} if crossed else {})


@dataclass
class World:
    """True time, the device, and where in true time each of its records belongs."""

    folder: Path
    true_s: float = BUILT_UTC_S + 1e6 + 17.0
    store: Street = field(default_factory=Street)
    truth: dict[int, float] = field(default_factory=dict)
    crossed: int = 0
    lost: int = 0
    saved_utc_s: float = 0.0

    def __post_init__(self) -> None:
        self.board = DriftingBoard(utc_s=0.0, trust=ClockTrust.UNSYNCED)
        self.started_true_s = self.true_s
        self.open_vision()
        self.open_telemetry()

    def open_vision(self) -> None:
        self.gate = Gate()
        self.window = Window(
            interval_s=INTERVAL_S,
            gatherers={"lines": [self.gate]},
            blind_s=2 * FRAME_S,
            trimmed=True,
        )

    def open_telemetry(self) -> None:
        self.reckoner = Reckoner(self.board, Memory(self.folder / "clock"))
        self.intake = Intake(
            store=self.store,
            device="tp-1",
            provenance=PROVENANCE,
            interval_s=INTERVAL_S,
            board=self.board,
            reckoner=self.reckoner,
        )

    # --- what happens -------------------------------------------------------

    def watch(self, frames: int) -> None:
        """Let so many cars pass, one a frame."""
        for _ in range(frames):
            self.wait(FRAME_S)
            told = self.window.look(self.now())
            self.gate.crossed += 1
            self.crossed += 1
            self.hear(told)
            self.intake.tick()

    def wait(self, seconds: float) -> None:
        """Let true time pass; nobody looks."""
        self.true_s += seconds
        self.board.pass_true(seconds)
        if self.board.reading.trust is ClockTrust.SYNCED and (
            self.board.battery_s is not None
        ):
            self.board.battery_s = self.board.utc_s()  # the kernel, every 11 minutes

    def now(self) -> Moment:
        board = self.board
        return Moment(board.monotonic_s(), board.utc_s(), board.clock())

    def hear(self, told: list[Interval]) -> None:
        for interval in told:
            assert interval.start_monotonic_s is not None
            self.intake.take(interval)
            self.truth[len(self.store.kept)] = self.true_of(interval.start_monotonic_s)

    def true_of(self, monotonic_s: float) -> float:
        return self.started_true_s + monotonic_s / (1.0 + self.board.drift)

    def sync(self, error_s: float, doubt_s: float) -> None:
        """A time server is heard, and the calendar is set."""
        self.board.jump(self.true_s + error_s - self.board.utc_s())
        self.board.reading = ClockReading(ClockTrust.SYNCED, doubt_s)

    def set_by_hand(self, step_s: float) -> None:
        self.board.jump(max(step_s, -self.board.utc_s()))
        self.board.reading = UNSYNCED

    def cut_power(
        self, off_s: float, calendar: str, drift: float, battery_drift: float
    ) -> None:
        """Let everything end in mid-air, and start again later."""
        self.lost += self.gate.crossed
        saved_utc_s = self.board.utc_s()
        self.true_s += off_s
        self.board.battery_drift = battery_drift
        battery_s = self.board.battery_s
        if battery_s is not None:
            battery_s += off_s * (1.0 + battery_drift)
        utc_s = {
            "1970": 0.0,
            "saved": saved_utc_s,
            "battery": math.floor(battery_s) if battery_s is not None else 0.0,
        }[calendar]
        self.board.reboot(utc_s=utc_s)
        self.board.battery_s = battery_s
        self.board.drift = drift
        self.started_true_s = self.true_s
        self.wait(3.0)
        self.open_vision()
        self.open_telemetry()

    def restart_vision(self, *, crash: bool) -> None:
        if crash:
            self.lost += self.gate.crossed
        else:
            self.hear(self.window.finish())
        self.open_vision()

    # --- what must be so ----------------------------------------------------

    def check(self) -> None:
        dated = self.store.dated()
        for record in dated:
            self.check_date(record)
        counted = sum(
            record.interval.lines["gate"].forward.get("car", 0)
            for record in self.store.kept
            if record.interval.lines
        )
        assert counted + self.lost + self.gate.crossed == self.crossed
        self.check_order(dated)

    def check_date(self, record: KpiRecord) -> None:
        doubt_s = record.interval.quality.clock_uncertainty_s
        assert doubt_s is not None, f"seq {record.seq} has a date without a bound"
        if record.seq in self.truth:
            off_s = record.interval.start_utc_s - self.truth[record.seq]
            assert abs(off_s) <= doubt_s + 0.002, f"seq {record.seq}: {off_s} {doubt_s}"

    def check_order(self, dated: list[KpiRecord]) -> None:
        """No two of them tell of the same time, as far as they are certain."""
        spans = sorted(
            (each.interval.start_utc_s, each.interval.end_utc_s, each.seq)
            for each in dated
        )
        doubts_s = {
            each.seq: each.interval.quality.clock_uncertainty_s or 0.0 for each in dated
        }
        open_spans: list[tuple[float, int]] = []
        for start_utc_s, end_utc_s, seq in spans:
            for before_utc_s, before in open_spans:
                allowed_s = doubts_s[seq] + doubts_s[before] + STEP_S
                shared_s = min(before_utc_s, end_utc_s) - start_utc_s
                assert shared_s <= allowed_s, f"seq {before} and {seq} share {shared_s}"
            open_spans = [span for span in open_spans if span[0] > start_utc_s]
            open_spans.append((end_utc_s, seq))
