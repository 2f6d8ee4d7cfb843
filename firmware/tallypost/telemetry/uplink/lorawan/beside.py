"""What goes out beside records: answers, and the layout that makes sense of them."""

from collections import deque
from collections.abc import Callable
from dataclasses import replace
from hashlib import blake2b

from tallypost.errors import CodecError, PayloadTooLongError, UplinkUnavailableError
from tallypost.telemetry.codec.compact.frame import Frame
from tallypost.telemetry.codec.compact.layout import Layout, encode_layout
from tallypost.telemetry.uplink.lorawan.heeding import Heeding
from tallypost.telemetry.uplink.lorawan.memory import TAGS_MAX, Memory
from tallypost.telemetry.uplink.lorawan.station import Station

FRAMES_MAX = 4
"""So many go out behind one record at most: more would hold up an alert."""

TOLD = ":told"
"""Ends the hash of a layout that the far side has."""
VARIANTS = 16


def named(layout: Layout, memory: Memory) -> Layout:
    """Return a layout whose tag no other layout of this device had lately.

    Where the site is another than before, the tag of now is remembered.
    """
    kept = memory.kept
    digest = blake2b(replace(layout, variant=0).data, digest_size=8).hexdigest()
    if kept.tags and kept.layout.removesuffix(TOLD) == digest:
        for variant in range(VARIANTS):
            found = replace(layout, variant=variant)
            if found.tag == kept.tags[-1]:
                return found
    fresh = layout.unlike(kept.tags)
    memory.keep(layout=digest, tags=(*kept.tags, fresh.tag)[-TAGS_MAX:])
    return fresh


class Beside:
    """Sends what waits beside records, a few frames behind each of them.

    Args:
        station: What sends.
        heeding: What answers downlinks.
        layout: Of the site.
        memory: Which layout the far side was told.
    """

    def __init__(
        self, station: Station, heeding: Heeding, layout: Layout, memory: Memory
    ) -> None:
        self._station = station
        self._heeding = heeding
        self._site = layout
        self._memory = memory
        self._answers: deque[Frame] = deque()
        self._layout: deque[Frame] = deque()
        self._telling = False

    def follow(self, stopping: Callable[[], bool]) -> int:
        """Hear what came, answer, tell the layout; return how many frames went out."""
        went = 0
        while True:
            self._hear()
            waiting = self._answers or self._layout
            if not waiting or went >= FRAMES_MAX or stopping():
                break
            try:
                # A layout is sent once: it is worth asking whether it has arrived.
                confirmed = waiting is self._layout
                if self._station.transmit(waiting[0], confirmed=confirmed) is False:
                    went += 1
                    break
            except UplinkUnavailableError:
                break
            except PayloadTooLongError:
                if waiting is self._layout:
                    # The data rate has changed: it is cut anew.
                    self._layout.clear()
                    self._telling = False
                break  # an answer waits for more room
            waiting.popleft()
            went += 1
        if not self._answers:
            self._heeding.afterwards()
        return went

    def _hear(self) -> None:
        for heard in self._station.heard():
            if heard.port and (answer := self._heeding.hear(heard)) is not None:
                self._answers.append(answer)
        if self._telling and not self._layout:
            self._telling = False
            self._memory.keep(layout=self._memory.kept.layout.removesuffix(TOLD) + TOLD)
        if not self._telling and self._wanted:
            self._cut()

    @property
    def _wanted(self) -> bool:
        """Whether the far side asked for the layout, or was never told it."""
        told = self._memory.kept.layout.endswith(TOLD)
        return self._heeding.layout_asked or not told

    def _cut(self) -> None:
        try:
            frames = encode_layout(self._site, self._station.room_bytes())
        except (CodecError, UplinkUnavailableError):
            return  # with more room, later
        self._heeding.layout_asked = False
        self._telling = True
        self._layout.extend(frames)
