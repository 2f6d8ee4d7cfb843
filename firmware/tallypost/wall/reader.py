"""The speaking side of the wall: takes nothing but frames of the closed schema."""

import math
from dataclasses import dataclass, field

from tallypost.domain.records import Interval, LineFigures, Quality, ZoneFigures
from tallypost.errors import RecordError, WallError
from tallypost.wall import frame as layout
from tallypost.wall.frame import (
    FRAME_BYTES,
    PIPE_FRAMES,
    Alphabet,
    Frame,
    Kind,
    State,
    unpack,
)

STATES_PER_MINUTE = 30
DAYS_MAX_S = 7 * 86_400.0
"""The longest interval that is believed."""
INTERVAL_S_MIN = 1.0


@dataclass(slots=True)
class _Gathering:
    """One interval, while its followers come in."""

    head: Interval
    missing: int
    forward: dict[int, dict[str, int]] = field(default_factory=dict)
    backward: dict[int, dict[str, int]] = field(default_factory=dict)
    zones: dict[int, dict[str, tuple[float, ...]]] = field(default_factory=dict)


class Budget:
    """So many frames a minute and no more: a bucket that fills with time.

    Args:
        frames_per_minute: How fast it fills.
        frames_max: How much it holds.
    """

    def __init__(self, frames_per_minute: float, frames_max: float) -> None:
        self._rate_hz = frames_per_minute / 60.0
        self._frames_max = self._left = frames_max
        self._filled_s: float | None = None

    def spend(self, now_s: float) -> None:
        """Pay for one frame.

        Raises:
            WallError: The sender says more than it may.
        """
        if self._filled_s is not None:
            gained = max(now_s - self._filled_s, 0.0) * self._rate_hz
            self._left = min(self._left + gained, self._frames_max)
        self._filled_s = now_s
        if self._left < 1.0:
            raise WallError(
                f"wall: more than {self._rate_hz * 60:.0f} frames a minute; "
                "the sender says more than it may"
            )
        self._left -= 1.0


class WallReader:
    """Turns bytes into intervals and states.

    Args:
        alphabet: What both halves know.
        intervals_per_minute: How many intervals may come, in the mean.
    """

    def __init__(self, alphabet: Alphabet, intervals_per_minute: float) -> None:
        self._alphabet = alphabet
        frames = alphabet.interval_frames_max
        self._budget = Budget(
            frames * intervals_per_minute + STATES_PER_MINUTE,
            alphabet.backlog_frames_max + PIPE_FRAMES + STATES_PER_MINUTE,
        )
        self._buffer = bytearray()
        self._sequence: int | None = None
        self._gathering: _Gathering | None = None

    def feed(self, data: bytes, now_s: float) -> list[Interval | State]:
        """Return what has become whole with these bytes.

        Args:
            data: What was read; need not end where a frame ends.
            now_s: Monotonic seconds, for the budget.

        Raises:
            WallError: These bytes are not what a vision half of ours sends.
        """
        self._buffer += data
        told: list[Interval | State] = []
        while len(self._buffer) >= FRAME_BYTES:
            frame = unpack(bytes(self._buffer[:FRAME_BYTES]))
            del self._buffer[:FRAME_BYTES]
            self._budget.spend(now_s)
            whole = self._take(frame)
            if whole is not None:
                told.append(whole)
        return told

    def _take(self, frame: Frame) -> Interval | State | None:
        if frame.kind is Kind.HELLO:
            self._gathering = None
            self._sequence = frame.sequence
            return None
        if self._sequence is None:
            # A reader that starts anew comes in the middle of what was being said: wait
            # for the beginning of a sentence.
            if frame.kind not in (Kind.INTERVAL, Kind.STATE):
                return None
        elif frame.sequence != (self._sequence + 1) % 2**32:
            raise WallError(
                f"wall: frame {frame.sequence} after {self._sequence}; one was lost"
            )
        self._sequence = frame.sequence
        match frame.kind:
            case Kind.STATE:
                return _state(frame)
            case Kind.INTERVAL:
                return self._begin(frame)
            case Kind.LINE | Kind.ZONE:
                return self._follow(frame)

    def _begin(self, frame: Frame) -> Interval | None:
        if self._gathering is not None:
            raise WallError(f"wall: frame {frame.sequence} begins before one has ended")
        head, followers = _head(frame)
        if followers >= self._alphabet.interval_frames_max:
            raise WallError(f"wall: frame {frame.sequence} promises {followers} frames")
        self._gathering = _Gathering(head, followers)
        return self._finish()

    def _follow(self, frame: Frame) -> Interval | None:
        gathering = self._gathering
        if gathering is None:
            raise WallError(f"wall: frame {frame.sequence} follows nothing")
        names = (
            self._alphabet.lines if frame.kind is Kind.LINE else self._alphabet.zones
        )
        if frame.element >= len(names) or frame.class_id >= len(self._alphabet.classes):
            raise WallError(
                f"wall: frame {frame.sequence} names {frame.kind.name.lower()} "
                f"{frame.element} and class {frame.class_id}, which nobody drew"
            )
        label = self._alphabet.classes[frame.class_id]
        if frame.kind is Kind.LINE:
            forward, backward = layout.LINE.unpack_from(frame.body)
            gathering.forward.setdefault(frame.element, {})[label] = forward
            gathering.backward.setdefault(frame.element, {})[label] = backward
        else:
            figures = layout.ZONE.unpack_from(frame.body)
            _check_zone(frame, figures)
            gathering.zones.setdefault(frame.element, {})[label] = figures
        gathering.missing -= 1
        return self._finish()

    def _finish(self) -> Interval | None:
        gathering = self._gathering
        if gathering is None or gathering.missing:
            return None
        self._gathering = None
        head = gathering.head
        watched = head.quality.frames > 0
        return Interval(
            start_utc_s=head.start_utc_s,
            duration_s=head.duration_s,
            lines={
                name: LineFigures(
                    forward=_counted(gathering.forward.get(element, {})),
                    backward=_counted(gathering.backward.get(element, {})),
                )
                for element, name in enumerate(self._alphabet.lines)
                if watched
            },
            zones={
                name: _zone(gathering.zones.get(element, {}))
                for element, name in enumerate(self._alphabet.zones)
                if watched
            },
            quality=head.quality,
        )


def _state(frame: Frame) -> State:
    (code,) = layout.STATE.unpack_from(frame.body)
    try:
        return State(code)
    except ValueError:
        raise WallError(f"wall: frame {frame.sequence} tells state {code}") from None


def _head(frame: Frame) -> tuple[Interval, int]:
    start, duration, observed, frames, dropped, lifetime, clock, uncertainty, more = (
        layout.INTERVAL.unpack_from(frame.body)
    )
    plausible = (
        INTERVAL_S_MIN <= duration <= DAYS_MAX_S
        and 0 <= observed <= duration
        and clock < len(layout.CLOCKS)
        and not (lifetime < 0 or uncertainty < 0)
    )
    if not plausible:
        raise WallError(f"wall: frame {frame.sequence} holds an impossible interval")
    quality = Quality(
        observed_s=observed,
        frames=frames,
        frames_dropped=dropped,
        frame_lifetime_ms_p99=_known(lifetime),
        clock=layout.CLOCKS[clock],
        clock_uncertainty_s=_known(uncertainty),
    )
    try:
        head = Interval(
            start_utc_s=start, duration_s=duration, lines={}, zones={}, quality=quality
        )
    except RecordError as error:
        raise WallError(f"wall: frame {frame.sequence}: {error}") from error
    return head, more


def _check_zone(frame: Frame, figures: tuple[float, ...]) -> None:
    mean, most, *_, dwell_mean_s, dwell_max_s = figures
    stays = [stay for stay in (dwell_mean_s, dwell_max_s) if not math.isnan(stay)]
    if not 0 <= mean <= most or not all(0 <= stay < math.inf for stay in stays):
        raise WallError(f"wall: frame {frame.sequence} holds an impossible zone")


def _zone(by_class: dict[str, tuple[float, ...]]) -> ZoneFigures:
    def column(place: int) -> dict[str, float]:
        return {
            label: figures[place]
            for label, figures in by_class.items()
            if not math.isnan(figures[place]) and figures[place] != 0
        }

    def counts(place: int) -> dict[str, int]:
        return {label: int(figure) for label, figure in column(place).items()}

    return ZoneFigures(
        occupancy_mean=column(0),
        occupancy_max=counts(1),
        entries=counts(2),
        exits=counts(3),
        dwell_mean_s=column(4),
        dwell_max_s=column(5),
    )


def _counted(counts: dict[str, int]) -> dict[str, int]:
    return {label: count for label, count in counts.items() if count}


def _known(value: float) -> float | None:
    return None if math.isnan(value) else value
