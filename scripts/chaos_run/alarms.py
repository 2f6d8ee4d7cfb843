"""Judges alerts: all of them arrive, once, and nothing is left going on."""

import math
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from scripts.chaos_run.evidence import Done

Document = dict[str, Any]
RESENT_S = 15.0
"""So long after a kill what was under way before it may come once more."""


def taken_along(
    came_s: Mapping[int, float], kept: set[int], kills: Iterable[Done]
) -> set[int]:
    """Return the alerts that a broker took along that was killed without warning.

    It had acknowledged them, so the device sends them no more, and nobody can ask for
    alerts again. Of those before such an alert the last came before the kill, or was
    under way; of those after it none did.

    Args:
        came_s: By number, when each first came.
        kept: Numbers that the device said it keeps.
        kills: Of such brokers.
    """
    numbers, faults = sorted(came_s), tuple(kills)

    def taken(seq: int) -> bool:
        place = bisect_left(numbers, seq)
        before_s = came_s[numbers[place - 1]] if place else -math.inf
        after_s = came_s[numbers[place]] if place < len(numbers) else math.inf
        return any(
            before_s <= kill.ended_s + RESENT_S and kill.begun_s <= after_s
            for kill in faults
        )

    missing = set(range(1, max(kept, default=0) + 1)) - came_s.keys()
    return {seq for seq in missing if taken(seq)}


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
