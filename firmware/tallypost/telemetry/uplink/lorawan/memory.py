"""What a radio link keeps through power cuts: a small file beside the outbox."""

import json
import logging
import threading
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from tallypost.durable import write_durably
from tallypost.telemetry.uplink.lorawan.duty import HOUR_S
from tallypost.telemetry.uplink.modem.base import Counters

FILE_BYTES_MAX = 16 * 1024
TAGS_MAX = 8
RANGES_MAX = 64
RANGE_NUMBERS_MAX = 4096
NUMBER_END = 2**32
REPLY_BYTES_MAX = 11
COUNTERS_AHEAD = 256
"""What is kept of frame counters runs so far ahead: no number is used twice, and the
card is not written to for each frame."""

_logger = logging.getLogger(__name__)


Range = tuple[int, int]
"""The first number and the last, both within."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What is remembered.

    Attributes:
        session: A hash of all that the modem was told; what is otherwise now needs
            another session.
        layout: A hash of the layout that the far side was told, and whose tag is the
            last of `tags`.
        tags: Tags of the layouts there were, the newest last.
        uplink_counter: No frame of an ABP session had this number or a higher one.
        downlink_counter: The last one's, of the same session.
        command: The bytes of the command that was heard last, as hexadecimal digits.
        reply: What was answered to it, likewise.
        air: Airtime in seconds by the hour since 1970 that it was used in.
        told: What was changed from afar, by the names of downlinks.
        unproven: Ranges of records, both ends within, that went out since the last
            answer.
        failed: How many questions in a row had no answer since then.
        asked: Ranges of records that are still to be told because they were asked for.
    """

    session: str = ""
    layout: str = ""
    tags: tuple[int, ...] = ()
    uplink_counter: int = 0
    downlink_counter: int = 0
    command: str = ""
    reply: str = ""
    air: tuple[tuple[int, float], ...] = ()
    told: tuple[tuple[str, int], ...] = ()
    unproven: tuple[Range, ...] = ()
    failed: int = 0
    asked: tuple[Range, ...] = ()


class Memory:
    """Keeps it in a file; without a disk that takes it, for as long as this runs.

    Any thread may call anything: one joins, another hears commands.

    Args:
        path: The file.

    Attributes:
        kept: What is remembered now.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._mutex = threading.RLock()
        self.kept = _read(path)

    def keep(self, **changes: Any) -> None:
        """Change what is remembered."""
        with self._mutex:
            changed = replace(self.kept, **changes)
            if changed == self.kept:
                return
            self.kept = changed
            try:
                write_durably(self._path, json.dumps(asdict(changed)).encode())
            except OSError as error:
                _logger.warning(
                    "radio state not kept file=%s reason=%s", self._path, error.strerror
                )

    def counted(self, counters: Counters | None) -> None:
        """Note how far frame counters are, where the modem tells."""
        if counters is None:
            return
        with self._mutex:
            ahead = self.kept.uplink_counter
            if counters.uplink + COUNTERS_AHEAD // 2 > ahead:
                ahead = counters.uplink + COUNTERS_AHEAD
            self.keep(uplink_counter=ahead, downlink_counter=counters.downlink)

    def tell(self, name: str, value: int) -> None:
        """Remember what was changed from afar."""
        with self._mutex:
            told = {**dict(self.kept.told), name: value}
            self.keep(told=tuple(sorted(told.items())))


def _read(path: Path) -> Kept:
    """Return what a file holds; nothing where there is none, or it is garbage."""
    try:
        with path.open("rb") as file:
            found = json.loads(file.read(FILE_BYTES_MAX))
        return Kept(
            session=str(found["session"]),
            layout=str(found["layout"]),
            tags=tuple(_whole(each) for each in found["tags"])[-TAGS_MAX:],
            uplink_counter=_whole(found["uplink_counter"]),
            downlink_counter=_whole(found["downlink_counter"]),
            command=str(found["command"]),
            reply=_reply(found["reply"]),
            air=tuple((_whole(hour), _seconds(air)) for hour, air in found["air"]),
            told=tuple((str(name), _whole(value)) for name, value in found["told"]),
            unproven=_ranges(found["unproven"]),
            failed=_whole(found["failed"]),
            asked=_ranges(found.get("asked", ())),
        )
    except FileNotFoundError:
        return Kept()
    except (OSError, ValueError, TypeError, KeyError, RecursionError) as error:
        _logger.warning("radio state unreadable file=%s reason=%s", path, error)
        return Kept()


def _whole(value: object) -> int:
    if isinstance(value, int) and 0 <= value < NUMBER_END:
        return value
    raise ValueError(f"{str(value)[:40]!a} is no number of ours")


def _ranges(values: Iterable[Iterable[object]]) -> tuple[Range, ...]:
    return tuple(_range(*each) for each in values)[-RANGES_MAX:]


def _range(first_seq: object, last_seq: object) -> Range:
    first, last = _whole(first_seq), _whole(last_seq)
    if 1 <= first <= last < first + RANGE_NUMBERS_MAX:
        return first, last
    raise ValueError(f"{first} to {last} is no range of ours")


def _seconds(value: object) -> float:
    """Return an hour's airtime in seconds."""
    if isinstance(value, int | float) and 0.0 <= value <= HOUR_S:
        return float(value)
    raise ValueError(f"{str(value)[:40]!a} is no airtime of an hour")


def _reply(value: object) -> str:
    octets = bytes.fromhex(str(value))
    if len(octets) > REPLY_BYTES_MAX:
        raise ValueError(f"reply: has {len(octets)} bytes")
    return octets.hex()
