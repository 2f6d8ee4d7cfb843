"""What the lights of a board say: by rhythm, never by colour."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from types import MappingProxyType

from tallypost.board.pins import STEP_S, Output, Pins

Rhythm = tuple[float, ...]
"""For how many seconds it is on, off, on, off, and so over and over; even in number."""

FLASH_S, GAP_S, PAUSE_S = 0.25, 0.35, 2.5
"""A flash, the dark between two of them, and the dark after which one counts anew."""
HEARTBEAT_S = 4.0
STEADY: Rhythm = (1.0, 0.0)
DARK: Rhythm = (0.0, 1.0)
# Below three flashes a second: WCAG 2.2, success criterion 2.3.1.
FLUTTER: Rhythm = (0.2, 0.2)
EVEN: Rhythm = (1.0, 1.0)
WINKS: Rhythm = (1.8, 0.2)
BREATHES: Rhythm = (3.0, 3.0)


class Code(IntEnum):
    """What the status light says, the most urgent first."""

    IDENTIFY = 1
    OPEN = 2
    STARTING = 3
    BLIND = 4
    STRAINED = 5
    TIMELESS = 6
    TRIAL = 7
    CUT_OFF = 8
    WELL = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the lights are about.

    Attributes:
        identify: Whether somebody wants to know which box it is.
        opened: Whether the panel is open, or somebody aims.
        watching: Whether the camera gives pictures; None before the first word of it.
        hidden: Whether the camera gives pictures and sees nothing: covered, or blinded.
        strained: Whether the processor is slowed down, or the supply too weak.
        timed: Whether it is known what time it is.
        linked: Whether the link is there; None where there is none to be.
        trial: Whether settings are on trial.
        quiet: Whether the buzzer shall be silent.
    """

    identify: bool = False
    opened: bool = False
    watching: bool | None = None
    hidden: bool = False
    strained: bool = False
    timed: bool = True
    linked: bool | None = None
    trial: bool = False
    quiet: bool = False


def flashes(count: int) -> Rhythm:
    """Return so many flashes to be counted, and the pause after them."""
    return (*(FLASH_S, GAP_S) * (count - 1), FLASH_S, PAUSE_S)


RHYTHMS: Mapping[Code, Rhythm] = MappingProxyType(
    {
        Code.IDENTIFY: FLUTTER,
        Code.OPEN: WINKS,
        Code.STARTING: EVEN,
        Code.TRIAL: BREATHES,
        Code.WELL: (FLASH_S, HEARTBEAT_S),
        Code.CUT_OFF: flashes(2),
        Code.BLIND: flashes(3),
        Code.TIMELESS: flashes(4),
        Code.STRAINED: flashes(5),
    }
)
"""How each looks."""


def code(facts: Facts) -> Code:
    """Return what the status light says of the facts: the most urgent of them."""
    holds = {
        Code.IDENTIFY: facts.identify,
        Code.OPEN: facts.opened,
        Code.STARTING: facts.watching is None,
        Code.BLIND: facts.hidden or facts.watching is False,
        Code.STRAINED: facts.strained,
        Code.TIMELESS: not facts.timed,
        Code.TRIAL: facts.trial,
        Code.CUT_OFF: facts.linked is False,
        Code.WELL: True,
    }
    return min(each for each, true in holds.items() if true)


def pattern(facts: Facts) -> dict[Output, Rhythm]:
    """Return how each light goes, and the buzzer."""
    chirps = facts.identify and not facts.quiet
    return {
        Output.STATUS: RHYTHMS[code(facts)],
        Output.LINK: {None: DARK, True: STEADY, False: EVEN}[facts.linked],
        Output.BUZZER: (0.1, 1.9) if chirps else DARK,
    }


@dataclass(slots=True)
class _Part:
    rhythm: Rhythm
    begun_s: float
    on: bool = False


class Player:
    """Plays rhythms on pins, all in the thread of whoever steps it.

    Args:
        pins: What is switched.

    Raises:
        PinsError: From each call: the pins are gone.
    """

    def __init__(self, pins: Pins) -> None:
        self._pins = pins
        self._parts: dict[Output, _Part] = {}
        self._beep_until_s = -math.inf
        self._beeps: Rhythm = ()
        self._beep_begun_s = 0.0

    def play(self, rhythms: Mapping[Output, Rhythm], now_s: float) -> None:
        """Begin with other rhythms; one that goes already goes on as it is."""
        for output, rhythm in rhythms.items():
            part = self._parts.get(output)
            if part is None or part.rhythm != rhythm:
                on = part is not None and part.on
                self._parts[output] = _Part(rhythm, now_s, on)

    def beep(self, count: int, now_s: float) -> None:
        """Sound so many times, over whatever the buzzer does."""
        self._beeps = (0.08, 0.12) * count
        self._beep_begun_s = now_s
        self._beep_until_s = now_s + sum(self._beeps)

    def step(self, now_s: float) -> float:
        """Switch what is due; return after how many seconds to come again."""
        next_s = math.inf
        for output, part in self._parts.items():
            rhythm, begun_s = part.rhythm, part.begun_s
            if output is Output.BUZZER and now_s < self._beep_until_s:
                rhythm, begun_s = self._beeps, self._beep_begun_s
            on, left_s = at(rhythm, now_s - begun_s)
            next_s = min(next_s, left_s)
            if on != part.on:
                self._pins.show(output, on=on)
                part.on = on
        return max(next_s, STEP_S)


def at(rhythm: Rhythm, passed_s: float) -> tuple[bool, float]:
    """Return whether a rhythm is on, and for how long that lasts.

    Args:
        rhythm: On and off in turn; one of both may be 0 for good.
        passed_s: How long ago it began.
    """
    if 0.0 in rhythm:
        return rhythm[0] > 0, math.inf
    left_s = passed_s % sum(rhythm)
    for place, length_s in enumerate(rhythm):
        if left_s < length_s:
            return place % 2 == 0, length_s - left_s
        left_s -= length_s
    return True, rhythm[0]  # a sum is not to the last digit what its parts are
