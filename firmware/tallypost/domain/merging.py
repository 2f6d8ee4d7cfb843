"""Merges records of neighbouring intervals into one of the time they cover together."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from tallypost.domain.records import ClockTrust, Interval, KpiRecord, Quality
from tallypost.domain.shape import Hint, Kind, WordType, hints
from tallypost.domain.words import MeanBy, Merge
from tallypost.errors import RecordError

SLACK_S = 0.001
"""Times are told in thousandths."""
_SEVERITY = tuple(ClockTrust)


def follows(record: KpiRecord, after: KpiRecord) -> bool:
    """Return whether one record can be merged with the one before it.

    Its number must be the next, its time must not begin before the other's ends, and
    both must have been counted with the same things.
    """
    gap_s = record.interval.start_utc_s - after.interval.end_utc_s
    return (
        record.device == after.device
        and record.numbers.start == after.numbers.stop
        and gap_s >= -SLACK_S
        and _provenance(record.interval.quality) == _provenance(after.interval.quality)
    )


def merged(records: Sequence[KpiRecord]) -> KpiRecord:
    """Return one record that stands for all of these.

    It has the last one's number and tells the first one's; counts are summed, running
    totals are the last, and what cannot be known of the whole, as quantiles, is absent.

    Args:
        records: One or more, each of which `follows` the one before it.

    Raises:
        RecordError: They do not follow each other.
    """
    if not records:
        raise RecordError("of no records there is nothing to merge; give one or more")
    for after, record in pairwise(records):
        if not follows(record, after):
            raise RecordError(
                f"seq {record.seq} does not follow seq {after.seq}; merge what does"
            )
    first, last = records[0], records[-1]
    if first is last:
        return last
    parts = [
        _Part(record.interval, record.interval.quality.observed_s) for record in records
    ]
    times = {
        "start_utc_s": first.interval.start_utc_s,
        "duration_s": last.interval.end_utc_s - first.interval.start_utc_s,
    }
    return replace(
        last,
        first_seq=first.numbers.start,
        interval=Interval(**_fields(Interval, parts) | times),
    )


def _provenance(quality: Quality) -> tuple[object, ...]:
    return (
        quality.model,
        quality.site,
        quality.firmware,
        quality.privacy_epsilon_per_day,
        quality.accuracy,
    )


@dataclass(frozen=True, slots=True)
class _Part:
    """What one interval has of a word or of a figure, and for how long it was watched.

    Attributes:
        value: The word, the mapping or the number.
        observed_s: The interval's observed time.
        count: The figure of the same word by which a mean is weighted.
    """

    value: Any
    observed_s: float
    count: Any = None


def _fields(word: WordType, parts: Sequence[_Part]) -> dict[str, Any]:
    """Return the fields of one word made of several."""
    return {
        name: _field(hint, hint.merge, _parts_of(name, hint, parts))
        for name, hint in hints(word).items()
    }


def _parts_of(name: str, hint: Hint, parts: Sequence[_Part]) -> list[_Part]:
    return [
        _Part(
            value,
            part.observed_s,
            getattr(part.value, hint.merge.count)
            if isinstance(hint.merge, MeanBy)
            else None,
        )
        for part in parts
        if (value := getattr(part.value, name)) is not None or hint.merge is Merge.BOUND
    ]


def _field(hint: Hint, rule: Merge | MeanBy | None, parts: Sequence[_Part]) -> Any:
    if hint.mapping is not None:
        return _mapping(hint.mapping[1], rule, parts)
    if not parts:
        return None
    if hint.is_word:
        return hint.plain(**_fields(hint.plain, parts))
    if rule is None and hint.kind is Kind.COUNT:
        rule = Merge.SUM
    return None if rule is None else _figure(hint, rule, parts)


def _mapping(
    hint: Hint, rule: Merge | MeanBy | None, parts: Sequence[_Part]
) -> dict[str, Any]:
    if rule is Merge.LAST:
        return dict(parts[-1].value) if parts else {}
    keys = dict.fromkeys(key for part in parts for key in part.value)
    found = {
        key: _field(hint, rule or hint.merge, _parts_under(key, rule, parts))
        for key in keys
    }
    return {key: value for key, value in found.items() if value is not None}


def _parts_under(
    key: str, rule: Merge | MeanBy | None, parts: Iterable[_Part]
) -> list[_Part]:
    """Return what each interval has under a key; in a mean over time none is 0."""
    if rule is Merge.MEAN:
        return [_Part(part.value.get(key, 0.0), part.observed_s) for part in parts]
    return [
        _Part(part.value[key], part.observed_s) for part in parts if key in part.value
    ]


def _figure(hint: Hint, rule: Merge | MeanBy, parts: Sequence[_Part]) -> Any:
    values = [part.value for part in parts]
    match rule:
        case MeanBy():
            return _mean((part.value, part.count or 0) for part in parts)
        case Merge.MEAN:
            return _mean((part.value, part.observed_s) for part in parts)
        case Merge.SUM:
            total = sum(values)
            return min(total, type(total)(hint.high))
        case _:
            return _CHOICES[rule](parts)


def _mean(weighted: Iterable[tuple[float, float]]) -> float | None:
    """Return a weighted mean; the plain one where nothing has any weight."""
    pairs = list(weighted)
    weight = sum(each for _, each in pairs)
    if not weight:
        return sum(value for value, _ in pairs) / len(pairs)
    return sum(value * each for value, each in pairs) / weight


def _worst(parts: Sequence[_Part]) -> Any:
    return max((part.value for part in parts), key=_rank)


def _rank(value: Any) -> Any:
    return _SEVERITY.index(value) if isinstance(value, ClockTrust) else value


def _bound(parts: Sequence[_Part]) -> float | None:
    values = [part.value for part in parts]
    return None if None in values else max(values)


def _same(parts: Sequence[_Part]) -> Any:
    values = {part.value for part in parts}
    return values.pop() if len(values) == 1 else None


def _most(parts: Sequence[_Part]) -> Any:
    seconds: dict[Any, float] = {}
    for part in parts:
        seconds[part.value] = seconds.get(part.value, 0.0) + part.observed_s
    return max(seconds, key=lambda value: seconds[value])


_CHOICES: Mapping[Merge, Callable[[Sequence[_Part]], Any]] = {
    Merge.MIN: lambda parts: min(part.value for part in parts),
    Merge.MAX: _worst,
    Merge.BOUND: _bound,
    Merge.LAST: lambda parts: parts[-1].value,
    Merge.SAME: _same,
    Merge.MOST: _most,
}
