"""Judges alerts: all of them arrive, once, and nothing is left going on."""

from collections.abc import Iterator, Mapping
from typing import Any

Document = dict[str, Any]


def lost(by_seq: Mapping[int, Document], kept: set[int]) -> Iterator[str]:
    """Yield every alert that never came, and every one whose partner is missing.

    Args:
        by_seq: What arrived, by number.
        kept: Numbers that the device said it keeps.
    """
    for seq in range(1, max(kept, default=0) + 1):
        if seq not in by_seq:
            yield f"alert {seq} never came"
    begun = {seq for seq, alert in by_seq.items() if alert["state"] == "begun"}
    ended = {
        alert["begun_seq"]: seq
        for seq, alert in sorted(by_seq.items())
        if alert["state"] == "ended"
    }
    for begun_seq, seq in ended.items():
        if begun_seq not in begun:
            yield f"alert {seq} ends {begun_seq}, which never began"
    for seq in sorted(begun - ended.keys()):
        if seq != max(begun):
            yield f"alert {seq} is left going on"
