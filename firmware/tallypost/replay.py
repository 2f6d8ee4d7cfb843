"""Counts footage, or what was detected on it, in one process without a wall."""

from collections.abc import Callable, Iterator
from itertools import count

from tallypost.domain.alerts import Alert, AlertRecord, AlertState, begun_by
from tallypost.domain.figures.lines import LineTotals
from tallypost.domain.records import Interval, KpiRecord, Provenance
from tallypost.domain.totals import with_totals
from tallypost.domain.vision import Detections, Size
from tallypost.vision.counts import Counting, Told
from tallypost.vision.pipeline import Pipeline
from tallypost.vision.timeline import FootageTimeline

Made = KpiRecord | AlertRecord
"""What leaves a replay."""


class Ledger:
    """Numbers intervals and alerts into records and keeps running totals in memory.

    Args:
        device: Who measured.
        provenance: What is counted with, told in every record's quality.
    """

    def __init__(self, device: str, provenance: Provenance) -> None:
        self._device = device
        self._provenance = provenance
        self._numbers = count(1)
        self._totals: dict[str, LineTotals] = {}
        self._alert_numbers = count(1)
        self._ongoing: dict[int, Alert] = {}

    def note(self, told: Told) -> Made:
        """Return what a told interval or alert becomes when it leaves."""
        return self.alert(told) if isinstance(told, Alert) else self.record(told)

    def alert(self, alert: Alert) -> AlertRecord:
        """Return the next alert."""
        seq, begun_seq = next(self._alert_numbers), None
        if alert.state is AlertState.BEGUN:
            self._ongoing[seq] = alert
        else:
            begun_seq = begun_by(alert, self._ongoing)
            assert begun_seq is not None, "an end of what never began"
            del self._ongoing[begun_seq]
        return AlertRecord(
            device=self._device, seq=seq, alert=alert, begun_seq=begun_seq
        )

    def record(self, interval: Interval) -> KpiRecord:
        """Return the next record."""
        stamped = interval.stamped(self._provenance)
        whole, self._totals = with_totals(stamped, self._totals)
        return KpiRecord(device=self._device, seq=next(self._numbers), interval=whole)


def replay_pictures(
    pipeline: Pipeline,
    ledger: Ledger,
    outlet: Callable[[Made], None],
    on_frame: Callable[[], None],
) -> None:
    """Count footage to its end.

    Args:
        pipeline: From camera to figures.
        ledger: Numbers the records.
        outlet: Takes every record as soon as its interval is over, and every alert at
            once.
        on_frame: Called before each frame, for progress.

    Raises:
        CameraError: The rest of the footage cannot be read; what was counted until then
            has been handed out.
        ModelError: The detector fails.
    """

    def stop() -> bool:
        on_frame()
        return False

    pipeline.run(lambda told: outlet(ledger.note(told)), stop)


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
