"""The speaking side of the wall: takes nothing but frames of the closed schema."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from tallypost.domain.aiming import Aiming
from tallypost.domain.document import Document, from_document
from tallypost.domain.records import Interval, Quality, collections
from tallypost.domain.words import UTC_S_MAX
from tallypost.errors import RecordError, WallError
from tallypost.wall import frame as layout
from tallypost.wall.aimed import AimedReader, continues
from tallypost.wall.budget import budgets
from tallypost.wall.figures import Names, completed, join
from tallypost.wall.frame import (
    AIMED,
    FRAME_BYTES,
    Alphabet,
    Frame,
    Hello,
    Kind,
    unpack,
)
from tallypost.wall.single import alert_of, element_of, row_of, state_of
from tallypost.wall.spelling import Told, spelled

Something = TypeVar("Something", bound=Told)
_MILLI = 1000
INTERVAL_S_MAX = 3600.0
"""The longest interval that settings may ask for."""
STRETCH_MAX = 2.0
"""So many times longer one may become while the calendar is set."""
MONOTONIC_S_MAX = 1e10
"""Three hundred years: no board runs for longer without a start."""
ROUNDED_S = 0.001
"""Both pass in thousandths, each rounded for itself."""


@dataclass(slots=True)
class _Gathering:
    """One interval, while its followers come in."""

    sequence: int
    start_utc_s: float
    duration_s: float
    start_monotonic_s: float | None
    missing: int
    frames: list[Frame]
    quality: Document = field(default_factory=dict)
    figures: defaultdict[str, dict[str, Document]] = field(
        default_factory=lambda: defaultdict(dict)
    )


class WallReader:
    """Turns bytes into intervals, alerts and states, and more while somebody aims.

    Args:
        alphabet: What both halves know.
        intervals_per_minute: How many intervals may come, in the mean.
        paced: Whether time passes by the calendar, not as fast as footage goes.
        interval_s: How long they are, by the settings.
        aiming: How long somebody aims; None: nobody does.
    """

    def __init__(
        self,
        alphabet: Alphabet,
        intervals_per_minute: float,
        *,
        paced: bool = True,
        interval_s: float = INTERVAL_S_MAX,
        aiming: Aiming | None = None,
    ) -> None:
        self._alphabet = alphabet
        self._aimed = AimedReader(alphabet, aiming, paced=paced)
        self._budgets = budgets(alphabet, intervals_per_minute, paced=paced)
        self._followers_max = alphabet.interval_frames_max - 1
        self._duration_s_max = STRETCH_MAX * interval_s
        self._buffer = bytearray()
        self._sequence: int | None = None
        self._gathering: _Gathering | None = None

    def feed(self, data: bytes, now_s: float) -> list[Told]:
        """Return what has become whole with these bytes.

        Args:
            data: What was read; need not end where a frame ends.
            now_s: Monotonic seconds, for the budgets.

        Raises:
            WallError: These bytes are not what a vision half of ours sends.
        """
        self._buffer += data
        told: list[Told] = []
        while len(self._buffer) >= FRAME_BYTES:
            frame = unpack(bytes(self._buffer[:FRAME_BYTES]))
            del self._buffer[:FRAME_BYTES]
            self._aimed.allow(frame, now_s)
            if frame.kind not in AIMED:
                self._budgets[frame.kind].spend(now_s)
            whole = self._take(frame)
            if whole is not None:
                told.append(whole)
        return told

    def _take(self, frame: Frame) -> Told | None:
        if frame.kind is Kind.HELLO:
            if frame.sequence:
                raise WallError(f"wall: frame {frame.sequence} begins; only 0 may")
            self._gathering, self._sequence = None, 0
            self._aimed.forget()
            return self._checked(Hello(), [frame])
        if self._sequence is None:
            # A reader that starts anew comes in the middle of what was being said: wait
            # for the beginning of a sentence.
            if frame.kind is Kind.FIGURES or continues(frame):
                return None
        elif frame.sequence != (self._sequence + 1) % 2**32:
            raise WallError(
                f"wall: frame {frame.sequence} after {self._sequence}; one was lost"
            )
        self._sequence = frame.sequence
        return self._read(frame)

    def _read(self, frame: Frame) -> Told | None:
        if frame.kind is Kind.STATE:
            return self._checked(state_of(frame), [frame])
        if frame.kind is Kind.ALERT:
            return self._checked(alert_of(frame, self._alphabet), [frame])
        if frame.kind is Kind.FIGURES:
            return self._follow(frame)
        if frame.kind in AIMED:
            whole = self._aimed.take(frame)
            return None if whole is None else self._checked(*whole)
        self._begin(frame)
        return None

    def _begin(self, frame: Frame) -> None:
        if self._gathering is not None:
            raise WallError(f"wall: frame {frame.sequence} begins before one has ended")
        start_ms, duration_ms, monotonic_ms, followers = layout.INTERVAL.unpack_from(
            frame.body
        )
        start_utc_s, duration_s = start_ms / _MILLI, duration_ms / _MILLI
        monotonic_s = None if monotonic_ms == layout.NO_TIME else monotonic_ms / _MILLI
        if not (
            0 < duration_s <= self._duration_s_max
            and start_utc_s <= UTC_S_MAX
            and (monotonic_s is None or abs(monotonic_s) <= MONOTONIC_S_MAX)
        ):
            raise WallError(
                f"wall: frame {frame.sequence} holds an impossible interval"
            )
        if not 0 < followers <= self._followers_max:
            raise WallError(f"wall: frame {frame.sequence} promises {followers} frames")
        self._gathering = _Gathering(
            frame.sequence,
            start_utc_s,
            duration_s,
            monotonic_s,
            missing=followers,
            frames=[frame],
        )

    def _follow(self, frame: Frame) -> Interval | None:
        gathering = self._gathering
        if gathering is None:
            raise WallError(f"wall: frame {frame.sequence} follows nothing")
        collection, row = row_of(frame)
        if collection == layout.QUALITY:
            join(Quality, gathering.quality, row, Names((), ()))
        else:
            name = element_of(frame, collection, self._alphabet)
            key = layout.COLLECTIONS[collection]
            names = Names(self._alphabet.classes, self._alphabet.elements[key][name])
            figures = gathering.figures[key].setdefault(name, {})
            join(collections()[key], figures, row, names)
        gathering.frames.append(frame)
        gathering.missing -= 1
        if gathering.missing:
            return None
        self._gathering = None
        return self._checked(_interval(gathering, self._alphabet), gathering.frames)

    def _checked(self, told: Something, frames: list[Frame]) -> Something:
        """Return what was told, if its frames are those that say it.

        Raises:
            WallError: They are not: what else they say is nobody's business.
        """
        heard = [replace(frame, sequence=0) for frame in frames]
        if heard != spelled(told, self._alphabet):
            raise WallError(
                f"wall: frame {frames[-1].sequence} ends what is said in other frames "
                "than ours are; numbers, their order and what is between are given"
            )
        return told


def _interval(gathering: _Gathering, alphabet: Alphabet) -> Interval:
    """Return what has come; elements stand in the alphabet's order.

    Raises:
        WallError: The schema does not allow it.
    """
    try:
        interval = Interval(
            start_utc_s=gathering.start_utc_s,
            duration_s=gathering.duration_s,
            **({"lines": {}, "zones": {}} | _told(gathering, alphabet)),
            quality=from_document(Quality, gathering.quality, "quality"),
            start_monotonic_s=gathering.start_monotonic_s,
        )
    except RecordError as error:
        raise WallError(f"wall: frame {gathering.sequence}: {error}") from error
    if interval.quality.observed_s > interval.duration_s + ROUNDED_S:
        raise WallError(
            f"wall: frame {gathering.sequence} observed more than there was"
        )
    return interval


def _told(gathering: _Gathering, alphabet: Alphabet) -> dict[str, Mapping[str, Any]]:
    return {
        key: {
            name: from_document(word, completed(word, found[name]), f"{key}.{name}")
            for name in alphabet.names(key)
            if name in found
        }
        for key, word in collections().items()
        if (found := gathering.figures.get(key))
    }
