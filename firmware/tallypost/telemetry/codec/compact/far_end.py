"""Adds up what one device's frames say, whichever of them arrive, in whatever order."""

from collections import deque
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from tallypost.domain.fields import instant, instant_text
from tallypost.errors import CodecError
from tallypost.telemetry.codec.compact.decoding import decode
from tallypost.telemetry.codec.compact.frame import Frame, Port
from tallypost.telemetry.codec.compact.layout import Layout, tag_of
from tallypost.telemetry.codec.compact.packing import Decoded
from tallypost.telemetry.codec.compact.record import (
    END_RING_MIN,
    NUMBER_RING,
    SEQ_RING,
)

WAITING_MAX = 4096
"""So many frames wait for the layout that names their figures."""
LAYOUTS_MAX = 16
_END_RING_S = 60 * END_RING_MIN


class _Told(NamedTuple):
    """A running total, and the number of the newest record that told it."""

    seq: int
    value: int


class FarEnd:
    """What is known of one device by its frames.

    A frame that tells less than the whole of a number is completed by what was heard
    before: a total is never below an earlier one, a record never ends before one with a
    smaller number. A total that seems to have grown by more than half of its ring has
    begun anew, and is taken as it is. It remembers one moment for each record.
    """

    def __init__(self) -> None:
        self._layouts: dict[int, Layout] = {}
        self._parts: dict[tuple[int, int], dict[int, int]] = {}
        self._waiting: deque[tuple[Frame, float]] = deque(maxlen=WAITING_MAX)
        self._told: dict[str, _Told] = {}
        self._ends: dict[int, int] = {}
        self._newest: int | None = None

    @property
    def totals(self) -> dict[str, int]:
        """Each running total by its name, as of the newest record that told it."""
        return {name: told.value for name, told in self._told.items()}

    @property
    def heard(self) -> frozenset[int]:
        """The numbers of all records that were heard, merged ones included."""
        return frozenset(self._ends)

    def missing(self) -> Iterator[range]:
        """Yield the numbers between the first and the newest that were not heard."""
        for before, after in pairwise(sorted(self._ends)):
            if after > before + 1:
                yield range(before + 1, after)

    def hear(self, frame: Frame, received_utc_s: float) -> list[Decoded]:
        """Return what is known now that was not: the frame's, and what waited for it.

        Args:
            frame: What arrived.
            received_utc_s: When, seconds since 1970.

        Raises:
            CodecError: It says nothing that we know.
        """
        found = decode(frame, None, received_utc_s)
        if frame.port == Port.LAYOUT:
            return [found, *self._learn(found)]
        if frame.port not in (Port.RECORD, Port.ALERT):
            return [found]
        layout = self._layouts.get(_whole(found["layout"]))
        if layout is None:
            self._waiting.append((frame, received_utc_s))
            return []
        named = decode(frame, layout, received_utc_s)
        return [named if frame.port == Port.ALERT else self._record(named, layout)]

    def _learn(self, part: Decoded) -> list[Decoded]:
        """Return what waited for the layout that this part completes."""
        tag, length = _whole(part["layout"]), _whole(part["length"])
        if len(self._parts) > LAYOUTS_MAX:
            self._parts.clear()
        parts = self._parts.setdefault((tag, length), {})
        chunk = bytes.fromhex(str(part["chunk"]))
        parts |= dict(enumerate(chunk, _whole(part["offset"])))
        if len(parts) < length:
            return []
        data = bytes(parts[place] for place in range(length))
        del self._parts[tag, length]
        if tag_of(data) != tag:
            raise CodecError(f"layout: parts with tag {tag} are of different layouts")
        self._layouts[tag] = Layout.read(data)
        waiting, self._waiting = self._waiting, deque(maxlen=WAITING_MAX)
        return [told for each in waiting for told in self.hear(*each)]

    def _record(self, found: Decoded, layout: Layout) -> Decoded:
        """Return a record with its numbers completed, and remember them."""
        seq = self._seq(found)
        end_s = self._end_s(seq, found, layout.interval_s)
        for number in range(seq - _whole(found.get("earlier", 0)), seq + 1):
            self._ends[number] = end_s
        self._newest = max(seq, self._newest or seq)
        slots = found["slots"]
        assert isinstance(slots, dict)
        names = {slot.name for slot in layout.slots[: layout.totals]}
        told = {
            name: self._total(name, seq, value) if name in names else value
            for name, value in slots.items()
        }
        return {**found, "seq": seq, "end": instant_text(end_s), "slots": told}

    def _seq(self, found: Decoded) -> int:
        """Return a record's whole number: the nearest to the newest that ends so."""
        newest = self._newest
        low, ring = (
            (_whole(found["seq_low"]), SEQ_RING)
            if "seq_low" in found
            else (_whole(found["seq"]), NUMBER_RING)
        )
        if newest is None:
            return low
        return newest + (low - newest + ring // 2) % ring - ring // 2

    def _end_s(self, seq: int, found: Decoded, interval_s: int) -> int:
        """Return when a record ended: by the record before it, or its reception."""
        if "end_s" in found:
            return _whole(found["end_s"])
        latest_s = int(instant(found["end"], "end"))
        before = self._before(seq)
        if before is None:
            return latest_s
        expected_s = self._ends[before] + (seq - before) * interval_s
        least_s = max(self._ends[before], expected_s - _END_RING_S // 2)
        return min(latest_s, least_s + (latest_s - least_s) % _END_RING_S)

    def _before(self, seq: int) -> int | None:
        """Return the greatest number below one that was heard."""
        if self._newest is not None and seq > self._newest:
            return self._newest
        return max((each for each in self._ends if each < seq), default=None)

    def _total(self, name: str, seq: int, low: int) -> int:
        """Return a whole total of which the low bits were told."""
        known = self._told.get(name)
        if known is None:
            value = low
        elif seq >= known.seq:
            grown = (low - known.value) % NUMBER_RING
            value = low if grown > NUMBER_RING // 2 else known.value + grown
        else:
            shrunk = (known.value - low) % NUMBER_RING
            value = low if shrunk > NUMBER_RING // 2 else known.value - shrunk
        if known is None or seq >= known.seq:
            self._told[name] = _Told(seq, value)
        return value


def _whole(value: object) -> int:
    assert isinstance(value, int)
    return value
