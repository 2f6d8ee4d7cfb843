"""Counts footage, or what was detected on it, in one process without a wall."""

from collections.abc import Callable, Iterator
from itertools import count

from tallypost.domain.figures.lines import LineTotals
from tallypost.domain.records import Interval, KpiRecord, Provenance
from tallypost.domain.totals import with_totals
from tallypost.domain.vision import Detections, Size
from tallypost.vision.counts import Counting, Told
from tallypost.vision.pipeline import Pipeline
from tallypost.vision.timeline import FootageTimeline


class Ledger:
    """Numbers intervals into records and keeps their running totals in memory.

    Args:
        device: Who measured.
        provenance: What is counted with, told in every record's quality.
    """

    def __init__(self, device: str, provenance: Provenance) -> None:
        self._device = device
        self._provenance = provenance
        self._numbers = count(1)
        self._totals: dict[str, LineTotals] = {}

    def record(self, interval: Interval) -> KpiRecord:
        """Return the next record."""
        stamped = interval.stamped(self._provenance)
        whole, self._totals = with_totals(stamped, self._totals)
        return KpiRecord(device=self._device, seq=next(self._numbers), interval=whole)


def replay_pictures(
    pipeline: Pipeline,
    ledger: Ledger,
    outlet: Callable[[KpiRecord], None],
    on_frame: Callable[[], None],
) -> None:
    """Count footage to its end.

    Args:
        pipeline: From camera to figures.
        ledger: Numbers the records.
        outlet: Takes every record as soon as its interval is over.
        on_frame: Called before each frame, for progress.

    Raises:
        CameraError: The rest of the footage cannot be read; what was counted until then
            has been handed out.
        ModelError: The detector fails.
    """

    def stop() -> bool:
        on_frame()
        return False

    def record(told: Told) -> None:
        if isinstance(told, Interval):
            outlet(ledger.record(told))

    pipeline.run(record, stop)


def replay_detections(
    frames: Iterator[Detections],
    *,
    counting: Counting,
    scene: Size,
    rate_hz: float,
    timeline: FootageTimeline,
) -> Iterator[Told]:
    """Count what somebody has detected; return intervals as they are over, and alerts.

    Args:
        frames: What was found on each frame, in order; an empty one was seen too.
        counting: What counts.
        scene: Size of the pictures that boxes are told in.
        rate_hz: How many frames make a second.
        timeline: When the first frame was taken.
    """
    for number, detections in enumerate(frames):
        time_s = number / rate_hz
        yield from counting.look(
            detections, scene=scene, time_s=time_s, moment=timeline.at(time_s)
        )
    yield from counting.finish()
