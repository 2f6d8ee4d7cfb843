"""An outbox in memory: what its seam promises, and no more."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from tallypost.domain.dating import Dating, Stamp, Undated
from tallypost.domain.records import Interval, KpiRecord
from tallypost.errors import OutboxUnavailableError


@dataclass
class Shelf:
    """What was put, in order, and what waits for a date."""

    covered_until_utc_s: float | None = None
    kept: list[KpiRecord] = field(default_factory=list)
    full: bool = False
    broken: bool = False
    stamps: dict[int, Stamp] = field(default_factory=dict)

    @property
    def refusing(self) -> bool:
        return self.full

    def put(
        self, interval: Interval, device: str, undated: Stamp | None = None
    ) -> KpiRecord | None:
        assert interval.start_monotonic_s is None, "never leaves the device"
        record = KpiRecord(device=device, seq=len(self.kept) + 1, interval=interval)
        self.kept.append(record)
        if undated is None:
            self._cover(interval.end_utc_s)
        else:
            self.stamps[record.seq] = undated
        return None if self.full else record

    def undated(self) -> list[Undated]:
        self._ask()
        return [
            Undated(seq, *stamp, self.kept[seq - 1].interval.duration_s)
            for seq, stamp in sorted(self.stamps.items())
        ]

    def date(self, dates: Mapping[int, Dating]) -> int:
        self._ask()
        for seq, dating in dates.items():
            del self.stamps[seq]  # a second date is a KeyError
            self._date(seq, dating)
        return len(dates)

    def dated(self) -> list[KpiRecord]:
        """What may leave."""
        return [record for record in self.kept if record.seq not in self.stamps]

    def _date(self, seq: int, dating: Dating) -> None:
        record = self.kept[seq - 1]
        quality = replace(
            record.interval.quality,
            clock_uncertainty_s=dating.uncertainty_s,
            dated=dating.how,
        )
        interval = replace(
            record.interval, start_utc_s=dating.start_utc_s, quality=quality
        )
        self.kept[seq - 1] = replace(record, interval=interval)
        self._cover(interval.end_utc_s)

    def _cover(self, end_utc_s: float) -> None:
        self.covered_until_utc_s = max(end_utc_s, self.covered_until_utc_s or 0.0)

    def _ask(self) -> None:
        if self.broken:
            raise OutboxUnavailableError("shelf: no room")
