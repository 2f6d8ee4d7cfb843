"""Tracking and line counts on real recordings, in short."""

from collections.abc import Sequence
from statistics import mean

from scripts.benchmarks.accuracy import RATES_HZ, Row, measure
from scripts.benchmarks.page import table


def report() -> str:
    """Measure all recordings, write docs/accuracy.md, and return the means."""
    rows = measure()
    best_hz = {
        name: max(row.rate_hz for row in rows if row.recording == name)
        for name in {row.recording for row in rows}
    }
    told = _means("full", [r for r in rows if r.rate_hz == best_hz[r.recording]])
    for rate_hz in RATES_HZ:
        told += _means(f"{rate_hz:g}", [r for r in rows if round(r.rate_hz) == rate_hz])
    headings = ["rate", "by", "MOTA", "IDF1", "HOTA", "lines", "by direction"]
    return table(headings, told)


def _means(rate: str, rows: Sequence[Row]) -> list[list[str]]:
    """Return a line for each of them: means over recordings, each of equal weight."""
    told = []
    for by in dict.fromkeys(row.by for row in rows):
        mine = [row for row in rows if row.by == by]
        figures = zip(*(row[3:8] for row in mine), strict=True)
        told.append([rate, by, *(f"{mean(each):.3f}" for each in figures)])
    return told
