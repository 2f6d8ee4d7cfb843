"""Stands in for the vision half: real windows, real wall, counts that name themselves.

Each interval that was watched has a serial number, told as so many cars, and a mark
that follows from it. What it makes it writes down before it speaks, so that whoever
checks knows what there was to tell, and when that truly happened.
"""

import os
import time
from collections.abc import Callable
from pathlib import Path

from scripts.chaos_run.clock import HurriedBoard, Reading
from scripts.chaos_run.places import CAR, CROWD, INTERVAL_S, LINE, MARK, Places, mark
from tallypost.daemon.halves import read_handover, stop_on_signal
from tallypost.domain.alerts import Alert, AlertKind, AlertState
from tallypost.domain.figures.lines import LineFigures
from tallypost.domain.records import Interval
from tallypost.exits import FAILED
from tallypost.vision.kpi.window import Moment, Window
from tallypost.wall.frame import BACKLOG_INTERVALS, Alphabet, State
from tallypost.wall.writer import WallWriter

LOOKS_PER_INTERVAL = 2
ALERT_EVERY = 16
"""So many intervals lie between what begins and its end, and the next beginning."""
BLIND_S = 20.0
"""A third of a second of this machine: it has other things to do."""


class Journal:
    """What was made and what was handed over, a line each, whole or not at all.

    Args:
        file: Grows.
    """

    def __init__(self, file: Path) -> None:
        lines = file.read_text("ascii").splitlines() if file.exists() else []
        self.last_serial = max(
            (int(words[1]) for line in lines if len(words := line.split()) > 1),
            default=0,
        )
        self._file = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def note(self, what: str, *facts: float) -> None:
        """Write one line; the kernel has it on return, whoever is killed then."""
        told = " ".join(f"{fact:.6f}".rstrip("0").rstrip(".") for fact in facts)
        os.write(self._file, f"{what} {told}\n".encode())


class Tally:
    """Counts looks, and gives each interval that had some a serial number.

    Args:
        journal: Told of each.
    """

    name = LINE

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._looks_true_s: list[float] = []
        self._serial = journal.last_serial

    def look(self, true_utc_s: float) -> None:
        """Note a look into the street."""
        self._looks_true_s.append(true_utc_s)

    def elapse(self, seconds: float) -> None:
        """Note that time has passed; nobody stands here."""

    def take(self, observed_s: float) -> LineFigures | None:
        """Return the interval's figures, and begin anew."""
        del observed_s
        looks, self._looks_true_s = self._looks_true_s, []
        if not looks:
            return None
        self._serial += 1
        self._journal.note("made", self._serial, looks[0], looks[-1])
        return LineFigures(
            forward={CAR: self._serial}, backward={MARK: mark(self._serial)}
        )


class Mouth:
    """Hands intervals over, and notes which the kernel has.

    The wall promises to keep so many intervals while its reader is away; past that the
    stand-in keeps silent itself, so that what is let go of is known.

    Args:
        writer: Of the wall.
        journal: Told of each interval that is through.
    """

    def __init__(self, writer: WallWriter, journal: Journal) -> None:
        self._writer = writer
        self._journal = journal
        self._waiting: list[int] = []
        self._crowd = 0

    def say(self, interval: Interval) -> None:
        """Hand an interval over, if the wall is sure to take it."""
        self.flush()
        if self._crowd >= BACKLOG_INTERVALS:
            return
        self._crowd += 1
        self._writer.send(interval)
        if LINE in interval.lines:
            self._waiting.append(interval.lines[LINE].forward[CAR])
        self.flush()

    def flush(self) -> None:
        """Write what passes just now."""
        if self._writer.flush():
            for serial in self._waiting:
                self._journal.note("handed", serial, time.monotonic())
            self._waiting.clear()
            self._crowd = 0


class Alarm:
    """Tells now and then that something begins, and later that it is over.

    Args:
        writer: Of the wall.
    """

    def __init__(self, writer: WallWriter) -> None:
        self._writer = writer
        self._intervals = 0

    def note(self, now: Reading) -> None:
        """Note that an interval is over."""
        self._intervals += 1
        turn, rest = divmod(self._intervals, ALERT_EVERY)
        if rest:
            return
        self._writer.send(
            Alert(
                kind=AlertKind.OVERCROWDING,
                state=AlertState.BEGUN if turn % 2 else AlertState.ENDED,
                time_utc_s=now.utc_s,
                collection="crowds",
                element=CROWD,
                value=float(self._intervals) if turn % 2 else None,
                clock=now.clock.trust,
            )
        )


def be(places: Places, outlet: int) -> int:
    """Watch until the daemon says stop; return the exit code.

    Args:
        places: Of the run.
        outlet: The wall's descriptor.

    Raises:
        WallError: The telemetry half is gone.
    """
    handover = read_handover()
    stop = stop_on_signal(handover.daemon)
    see(places, outlet, handover.alphabet, stop.is_set)
    return FAILED


def see(
    places: Places, outlet: int, alphabet: Alphabet, stopped: Callable[[], bool]
) -> None:
    """Watch until somebody says stop.

    Args:
        places: Of the run.
        outlet: The wall's descriptor.
        alphabet: What both halves know.
        stopped: Asked at each look.
    """
    board = HurriedBoard(places.clock)
    writer = WallWriter(outlet, alphabet)
    writer.tell(State.WATCHING)
    journal = Journal(places.made)
    mouth, tally, alarm = Mouth(writer, journal), Tally(journal), Alarm(writer)
    window = Window(
        interval_s=INTERVAL_S,
        gatherers={"lines": [tally]},
        blind_s=BLIND_S,
        trimmed=True,
    )
    while not stopped():
        if places.evening.exists():
            mouth.flush()
        else:
            now = board.reading()
            for interval in window.look(Moment(now.monotonic_s, now.utc_s, now.clock)):
                mouth.say(interval)
                alarm.note(now)
            tally.look(now.true_utc_s)
        board.wait(INTERVAL_S / LOOKS_PER_INTERVAL)
