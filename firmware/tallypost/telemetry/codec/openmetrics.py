"""The latest figures as OpenMetrics text, for a scraper on the spot.

Running totals are counters; all else is a gauge of the last interval. What was not
counted has no sample at all: a scraper tells a gap from a zero.
Source: OpenMetrics 1.0.0, "Text format".
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tallypost.domain.records import KpiRecord
from tallypost.telemetry.codec.flat import Figure, figures
from tallypost.telemetry.codec.format import Format
from tallypost.telemetry.codec.place import Place

CONTENT_TYPE = "application/openmetrics-text; version=1.0.0; charset=utf-8"
UNITS = {
    "_ms_p99": ("_p99_seconds", "seconds", 1e-3),
    "_s": ("_seconds", "seconds", 1.0),
    "_kmh": ("_kilometers_per_hour", "kilometers_per_hour", 1.0),
    "_per_km": ("_per_kilometer", "per_kilometer", 1.0),
    "_per_m2": ("_per_square_meter", "per_square_meter", 1.0),
    "_m": ("_meters", "meters", 1.0),
}
"""By the last part of a key: how a family ends, its unit, and the factor to it."""
_TOTAL = "total"
_COUNTED_BY_TOTALS = {("lines", "forward"), ("lines", "backward")}
"""A counter carries these already, over any time that one asks for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One number of a family of metrics.

    Attributes:
        family: What it is, without suffix.
        labels: Whose it is.
        value: The number.
        unit: Its unit, empty where it has none.
        counter: Whether it only rises.
    """

    family: str
    labels: tuple[tuple[str, str], ...]
    value: float
    unit: str = ""
    counter: bool = False


def exposition(records: Iterable[KpiRecord]) -> Iterator[str]:
    """Yield the lines of a scrape, given the latest record of each device.

    Samples carry no time: a scraper dates what it reads, and refuses the old;
    `tallypost_interval_end_seconds` says of when they are, in seconds since 1970.
    """
    families: dict[str, list[Sample]] = {}
    for record in records:
        for sample in _samples(record):
            families.setdefault(sample.family, []).append(sample)
    for family, samples in sorted(families.items()):
        first = samples[0]
        yield f"# TYPE {family} {'counter' if first.counter else 'gauge'}"
        if first.unit:
            yield f"# UNIT {family} {first.unit}"
        suffix = "_total" if first.counter else ""
        for sample in samples:
            labels = ",".join(
                f'{name}="{_escaped(value)}"' for name, value in sample.labels
            )
            yield f"{family}{suffix}{{{labels}}} {_number(sample.value)}"
    yield "# EOF"


def _samples(record: KpiRecord) -> Iterator[Sample]:
    yield Sample(
        family="tallypost_interval_end_seconds",
        unit="seconds",
        labels=(("device", record.device),),
        value=record.interval.end_utc_s,
    )
    for figure in figures(record.interval):
        if figure.fields not in _COUNTED_BY_TOTALS and not isinstance(
            figure.value, str
        ):
            yield _sample(record.device, figure)


def _sample(device: str, figure: Figure) -> Sample:
    family = "_".join(
        ("tallypost", *(field for field in figure.fields if field != _TOTAL))
    )
    unit, factor = "", 1.0
    for ending, (spelled, its_unit, its_factor) in UNITS.items():
        if family.endswith(ending):
            family = family.removesuffix(ending) + spelled
            unit, factor = its_unit, its_factor
            break
    return Sample(
        family=family,
        unit=unit,
        labels=(("device", device), *_labels(figure)),
        value=float(figure.value) * factor,
        counter=_TOTAL in figure.fields,
    )


def _labels(figure: Figure) -> Iterator[tuple[str, str]]:
    """Yield what a figure's keys say; the second of a kind has a 2 behind its name."""
    seen: set[str] = set()
    for name, value in figure.keys:
        yield f"{name}2" if name in seen else name, value
        seen.add(name)


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


def _number(value: float) -> str:
    return f"{value:.6f}".rstrip("0").rstrip(".")


def _convert(records: Iterable[KpiRecord], place: Place) -> Iterator[str]:
    del place
    latest = {record.device: record for record in records}
    yield from exposition(latest.values())


OPENMETRICS = Format(
    told="the latest record of each device, as a scraper reads it", convert=_convert
)
