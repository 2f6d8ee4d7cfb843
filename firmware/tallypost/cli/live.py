"""What a person sees while it counts."""

from collections.abc import Iterator, Mapping
from types import TracebackType
from typing import Self

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table

from tallypost.domain import fields
from tallypost.domain.alerts import Alert, AlertRecord
from tallypost.domain.figures.lines import LineFigures, LineTotals
from tallypost.domain.figures.zones import ZoneFigures
from tallypost.domain.records import KpiRecord

NOTHING = LineTotals()


class LiveRecords:
    """A table of the latest record and alert on standard output, while somebody looks.

    Args:
        enabled: Whether there is anybody; without, nothing is written.
    """

    def __init__(self, *, enabled: bool) -> None:
        self._live = (
            Live(console=Console(), auto_refresh=False, transient=False)
            if enabled
            else None
        )
        self._record: Table | str = ""
        self._alert = ""

    def __enter__(self) -> Self:
        if self._live is not None:
            self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._live is not None:
            self._live.stop()

    def show(self, record: KpiRecord | AlertRecord) -> None:
        """Show one record in place of the one before, and so one alert."""
        if self._live is None:
            return
        if isinstance(record, AlertRecord):
            self._alert = f"last alert: {alert_line(record.alert)}"
        else:
            self._record = record_table(record)
        self._live.update(Group(self._record, self._alert), refresh=True)


def alert_line(alert: Alert) -> str:
    """Return an alert in one line: when, what, where, who."""
    time = fields.instant_text(round(alert.time_utc_s, 1))
    place = f" at {alert.element}" if alert.element else ""
    label = f" by {alert.label}" if alert.label else ""
    value = "" if alert.value is None else f" ({alert.value:g})"
    what = alert.kind.value.replace("_", " ")
    return f"{time} {what} {alert.state.value}{place}{label}{value}"


def record_table(record: KpiRecord) -> Table:
    """Return a table of one record: this interval's counts, and the totals so far."""
    interval = record.interval
    quality = interval.quality
    table = Table(
        title=f"{record.device}  record {record.seq}",
        caption=f"watched {quality.observed_s:.1f} of {interval.duration_s:.0f} s, "
        f"{quality.frames} frames, {quality.frames_dropped} dropped",
        title_justify="left",
        caption_justify="left",
    )
    for heading in ("where", "who"):
        table.add_column(heading)
    for heading in ("forward", "backward", "total: both ways", "inside"):
        table.add_column(heading, justify="right")
    for name, line in interval.lines.items():
        for row in line_rows(name, line):
            table.add_row(*row, "")
    for name, zone in interval.zones.items():
        for name_, label, inside in zone_rows(name, zone):
            table.add_row(name_, label, "", "", "", inside)
    return table


def line_rows(name: str, line: LineFigures) -> Iterator[tuple[str, ...]]:
    """Return a line's rows: where, who, forward, backward, total both ways."""
    total = line.total or NOTHING
    for label in _labels(line.forward, line.backward, total.forward, total.backward):
        both = f"{total.forward.get(label, 0)} / {total.backward.get(label, 0)}"
        yield (
            name,
            label,
            str(line.forward.get(label, 0)),
            str(line.backward.get(label, 0)),
            both if line.total is not None else "",
        )


def zone_rows(name: str, zone: ZoneFigures) -> Iterator[tuple[str, str, str]]:
    """Return a zone's rows: where, who, how many inside."""
    for label in _labels(zone.occupancy_max, zone.exits):
        mean = zone.occupancy_mean.get(label, 0.0)
        yield name, label, f"{mean:.1f}, at most {zone.occupancy_max.get(label, 0)}"


def _labels(*counts: Mapping[str, int]) -> list[str]:
    return sorted({label for each in counts for label in each}) or ["-"]
