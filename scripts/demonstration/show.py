"""What the demonstration shows: every record as it arrives, and the sums."""

import json
import re
from collections import Counter, defaultdict
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from rich.console import Console
from rich.live import Live
from rich.table import Table

PICTURES = {
    "JPEG": re.compile(rb"\xff\xd8\xff[\xc0-\xfe]"),
    "PNG": re.compile(rb"\x89PNG\r\n\x1a\n"),
    "WebP": re.compile(rb"RIFF.{4}WEBP", re.DOTALL),
    "AVI": re.compile(rb"RIFF.{4}AVI ", re.DOTALL),
}
"""How pictures begin, where the beginning is long enough to stand for nothing else.

Bare pixels, and kinds that begin with little (BMP: two letters), are not found so.
"""


def searched(folder: Path) -> list[str]:
    """Return what a search through all files of a run for pictures has found."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    found = {path.name: pictures_in(path.read_bytes()) for path in files}
    held = [f"{name} ({', '.join(kinds)})" for name, kinds in found.items() if kinds]
    who = ", ".join(held) or "none of them"
    *first, last = PICTURES
    what = f"the beginning of a {', '.join(first)} or {last}"
    return [
        f"The run wrote {', '.join(found)}.",
        f"Searched from end to end, {who} holds {what}.",
    ]


def pictures_in(content: bytes) -> list[str]:
    """Return which kinds of pictures begin anywhere in a file."""
    return [kind for kind, beginning in PICTURES.items() if beginning.search(content)]


class Tally:
    """Adds up delivered records.

    Args:
        topic: Where they were published.
    """

    def __init__(self, topic: str) -> None:
        self.records: list[dict[str, Any]] = []
        self._topic = topic
        self._console = Console()
        self._live = Live(console=self._console, auto_refresh=False, transient=True)
        self._crossings: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._inside: dict[str, dict[str, int]] = {}

    def __enter__(self) -> Self:
        self._console.print(f"[bold]records on {self._topic}[/bold], as delivered:")
        self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._live.stop()

    def take(self, line: str) -> None:
        """Take one payload, as the subscriber printed it."""
        try:
            record = json.loads(line)
        except ValueError:
            self._console.print(f"no JSON: {line!r}", style="red")
            return
        self.records.append(record)
        self._console.print(line.strip(), style="dim", highlight=False, soft_wrap=True)
        for name, figures in record["lines"].items():
            for direction in ("forward", "backward"):
                for label, count in figures[direction].items():
                    self._crossings[name][f"{direction} {label}"] += count
        self._inside = {
            name: zone["occupancy_max"] for name, zone in record["zones"].items()
        }
        self._live.update(self._table(), refresh=True)

    def _table(self) -> Table:
        table = Table(title=f"counted so far, {len(self.records)} records")
        for heading in ("where", "who", "how many"):
            table.add_column(heading)
        for name, counts in sorted(self._crossings.items()):
            for who, count in sorted(counts.items()):
                table.add_row(name, who, str(count))
        for name, inside in sorted(self._inside.items()):
            for label, count in sorted(inside.items()):
                table.add_row(name, label, f"at most {count} at once, just now")
        return table

    def sum_up(self, folder: Path) -> None:
        """Say what was counted, and what became of the pictures.

        Args:
            folder: Where the run kept its files.
        """
        qualities = [record["quality"] for record in self.records]
        frames = sum(quality["frames"] for quality in qualities)
        dropped = sum(quality["frames_dropped"] for quality in qualities)
        lifetimes = [
            quality["frame_lifetime_ms_p99"]
            for quality in qualities
            if "frame_lifetime_ms_p99" in quality
        ]
        say = self._console.print
        say(self._table())
        numbers = [record["seq"] for record in self.records]
        once = set(numbers)
        missing = max(once) - min(once) + 1 - len(once) if once else 0
        say(
            f"{len(numbers)} records delivered, {missing} missing, "
            f"{len(numbers) - len(once)} twice."
        )
        say(f"{frames} frames were looked at, {dropped} were dropped unseen.")
        if lifetimes:
            say(f"99 of 100 were overwritten within {max(lifetimes):.0f} ms.")
        for sentence in searched(folder):
            say(sentence)
