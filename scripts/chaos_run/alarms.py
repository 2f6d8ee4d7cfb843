"""Judges alerts: all of them arrive, once, and nothing is left going on."""

from collections.abc import Iterator, Mapping
from typing import Any

Document = dict[str, Any]
TAKEN_PER_KILL = 2
"""More alerts than that are never between a broker and its subscriber."""


def taken_along(
    by_seq: Mapping[int, Document], kept: set[int], blind_kills: int
) -> set[int]:
    """Return the alerts that a broker took along that was killed without warning.

    Args:
        by_seq: What arrived, by number.
        kept: Numbers that the device said it keeps.
        blind_kills: How often that happened. More can be missing than it explains;
            then none is excused.
    """
    missing = set(range(1, max(kept, default=0) + 1)) - by_seq.keys()
    return missing if len(missing) <= TAKEN_PER_KILL * blind_kills else set()


def lost(
    by_seq: Mapping[int, Document], kept: set[int], taken: set[int]
) -> Iterator[str]:
    """Yield every alert that never came, and every one whose partner is missing.

    Args:
        by_seq: What arrived, by number.
        kept: Numbers that the device said it keeps.
        taken: Numbers of those that the broker took along.
    """
    for seq in range(1, max(kept, default=0) + 1):
        if seq not in by_seq and seq not in taken:
            yield f"alert {seq} never came"
    begun = {seq for seq, alert in by_seq.items() if alert["state"] == "begun"}
    ended = {
        alert["begun_seq"]: seq
        for seq, alert in sorted(by_seq.items())
        if alert["state"] == "ended"
    }
    for begun_seq, seq in ended.items():
        if begun_seq not in begun | taken:
            yield f"alert {seq} ends {begun_seq}, which never began"
    endless = [seq for seq in sorted(begun - ended.keys()) if seq != max(begun)]
    for seq in endless[len(taken) :]:
        yield f"alert {seq} is left going on"
