"""What a site that counts for statistics may not ask for."""

from collections.abc import Iterator, Mapping
from typing import Any

from tallypost.settings.base import Fault

GROUP_MIN = 3
"""Fewer are no crowd, no queue and no traffic, but somebody."""

_WISH = 'or write purpose = "operations", if the host has agreed to that'
COUNT_INSTEAD = {
    "intrusions": "draw [[zones]], which count",
    "stops": "draw [[approaches]], which tell how traffic flows",
    "wrong_ways": "draw [[lines]], which count both ways",
}
"""Elements that do nothing but point at somebody, and what counts in their place."""


def statistics_point_at_nobody(raw: Mapping[str, object]) -> list[Fault]:
    """Return a fault for each thing in a raw site that would point at somebody.

    Where it counts for operations, there is none.
    """
    privacy = raw.get("privacy")
    if not isinstance(privacy, Mapping) or privacy.get("purpose") != "statistics":
        return []
    return [*_alarms(raw), *_single_vehicles(raw), *_small_groups(raw)]


def _alarms(raw: Mapping[str, object]) -> Iterator[Fault]:
    for kind, instead in COUNT_INSTEAD.items():
        for place, _ in _tables(raw, kind):
            told = "would point at whoever does it, which statistics do not"
            yield Fault((kind, place), f"{told}; {instead}, {_WISH}")


def _single_vehicles(raw: Mapping[str, object]) -> Iterator[Fault]:
    for place, park in _tables(raw, "car_parks"):
        for key, asked in (
            ("stay_max_s", "stay_max_s" in park),
            ("by_space", park.get("by_space") is True),
        ):
            if asked:
                told = f"would tell of single vehicles; leave it out, {_WISH}"
                yield Fault(("car_parks", place, key), told)


def _small_groups(raw: Mapping[str, object]) -> Iterator[Fault]:
    """Yield alarms that go off for so few that they are about somebody."""
    for kind, key, too_low in (
        ("crowds", "persons_max", GROUP_MIN - 1),
        ("queues", "long_from", GROUP_MIN),
        ("approaches", "congested_count_min", GROUP_MIN),
    ):
        for place, each in _tables(raw, kind):
            number = each.get(key)
            if isinstance(number, int) and number < too_low:
                yield Fault(
                    (kind, place, key),
                    f"{number} would tell of fewer than {GROUP_MIN}, which statistics "
                    f"do not; write {too_low} or more, {_WISH}",
                )
    for place, each in _tables(raw, "crowds"):
        density, area_m2 = each.get("density_max_per_m2"), each.get("area_m2")
        if (
            isinstance(density, int | float)
            and isinstance(area_m2, int | float)
            and density * area_m2 < GROUP_MIN - 1
        ):
            yield Fault(
                ("crowds", place, "density_max_per_m2"),
                f"{density:g} on {area_m2:g} m2 would tell of fewer than {GROUP_MIN}, "
                f"which statistics do not; write a higher one, {_WISH}",
            )


def _tables(
    raw: Mapping[str, object], kind: str
) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Yield the elements of a kind and their places; what is none is told elsewhere."""
    found = raw.get(kind)
    for place, each in enumerate(found if isinstance(found, list | tuple) else ()):
        yield place, each if isinstance(each, Mapping) else {}
