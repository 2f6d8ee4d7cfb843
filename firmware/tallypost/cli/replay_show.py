"""Where a replay's records go, and what a person sees meanwhile."""

import sys
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import click
from rich.console import Console
from rich.live import Live
from rich.table import Table

from tallypost.board.base import Board
from tallypost.cli.live import alert_line
from tallypost.domain.alerts import AlertRecord
from tallypost.domain.records import KpiRecord
from tallypost.telemetry.codec import json_v1
from tallypost.vision.counting.events import Direction

REFRESH_S = 0.25


class Show:
    """Writes records as JSON, one a line; shows progress and alerts on standard error.

    Args:
        out_file: Where records go; None for standard output.
        alerts_file: Where alerts go; None where nobody keeps them.
        board: Whose monotonic clock tells how fast it goes.

    Raises:
        click.UsageError: A file cannot be written.
    """

    def __init__(
        self, out_file: Path | None, alerts_file: Path | None, board: Board
    ) -> None:
        self._board = board
        self._begun_s = self._shown_s = board.monotonic_s()
        self._console = Console(stderr=True)
        self._live = Live(console=self._console, auto_refresh=False, transient=True)
        self._records = 0
        self._frames = 0
        self._place = "standard output" if out_file is None else str(out_file)
        self._out = sys.stdout if out_file is None else _opened("--out", out_file)
        self._alerts = None if alerts_file is None else _opened("--alerts", alerts_file)
        self._alerts_count = 0

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._live.stop()
        if self._out is not sys.stdout:
            self._out.close()
        if self._alerts is not None:
            self._alerts.close()
        elapsed_s = max(self._board.monotonic_s() - self._begun_s, 1e-6)
        self._console.print(
            f"tallypost: {_many(self._frames, 'frame')} in {elapsed_s:.1f} s "
            f"({self._frames / elapsed_s:.1f} a second), "
            f"{_many(self._records, 'record')} to {self._place}, "
            f"{_many(self._alerts_count, 'alert')}",
            highlight=False,
            soft_wrap=True,
        )

    def write(self, made: KpiRecord | AlertRecord) -> None:
        """Write one record, or one alert where alerts go."""
        if isinstance(made, AlertRecord):
            self._tell(made)
            return
        _line(self._out, json_v1.encode(made))
        self._records += 1

    def _tell(self, record: AlertRecord) -> None:
        self._alerts_count += 1
        self._console.print(
            f"alert: {alert_line(record.alert)}", highlight=False, soft_wrap=True
        )
        if self._alerts is not None:
            _line(self._alerts, json_v1.encode_alert(record))

    def progress(
        self, frames: int, crossings: Mapping[tuple[str, Direction, str], int]
    ) -> None:
        """Show how far it has come, not more often than an eye can follow.

        Args:
            frames: How many were looked at.
            crossings: How many crossed, by line, direction and class.
        """
        self._frames = frames
        now_s = self._board.monotonic_s()
        if not self._live.is_started or now_s - self._shown_s < REFRESH_S:
            return
        self._shown_s = now_s
        rate_hz = frames / max(now_s - self._begun_s, 1e-6)
        table = Table(title=f"frame {frames}, {rate_hz:.0f} a second")
        for heading in ("line", "direction", "class", "count"):
            table.add_column(heading, justify="right" if heading == "count" else "left")
        for (line, direction, label), count in sorted(crossings.items()):
            table.add_row(line, direction, label, str(count))
        self._live.update(table, refresh=True)


def _opened(option: str, path: Path) -> IO[str]:
    try:
        return path.open("w", encoding="utf-8")
    except OSError as error:
        raise click.UsageError(
            f"{option} {path} cannot be written ({error.strerror}); "
            "name a file in a folder that is yours"
        ) from error


def _line(file: IO[str], payload: bytes) -> None:
    file.write(payload.decode() + "\n")
    file.flush()


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
