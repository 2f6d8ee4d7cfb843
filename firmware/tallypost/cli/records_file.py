"""Reads a file of records so that nothing in it is counted twice."""

import hashlib
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, NamedTuple

import click

from tallypost.domain.records import KpiRecord
from tallypost.domain.words import DAY_S, UTC_S_MAX
from tallypost.errors import RecordError
from tallypost.telemetry.codec.json_v1 import PAYLOAD_BYTES_MAX, decode

END_UTC_S_MAX = UTC_S_MAX + 1 - DAY_S
"""9999-12-31T00:00:00Z: what ends later may have no date somewhere on earth."""

_TOPIC = re.compile(rb"[^\s{]+/\S* \{")
_Span = tuple[int, int]
"""The first and the last number that a record stands for."""


class _Seen(NamedTuple):
    line: int
    digest: bytes


@contextmanager
def opened(path: Path) -> Iterator[IO[bytes]]:
    """Give a file that can be read twice; a pipe is copied first."""
    with path.open("rb") as file:
        if file.seekable():
            yield file
            return
        with tempfile.TemporaryFile() as copy:
            shutil.copyfileobj(file, copy)
            copy.seek(0)
            yield copy


def records_in(file: IO[bytes], path: Path) -> Iterator[KpiRecord]:
    """Return what a file tells, one record a line, in its order.

    The same record twice, as MQTT may deliver it, is taken once. A merged record
    replaces those that it stands for; blank lines are passed over.

    Args:
        file: Is read twice.
        path: What it is called in a message.

    Raises:
        click.UsageError: There is no record, a line is none, or two records tell
            different things under one number.
    """
    wanted = _wanted(file, path)
    file.seek(0)
    return (decode(line) for number, line in lines_of(file) if number in wanted)


def _wanted(file: IO[bytes], path: Path) -> set[int]:
    """Return the lines whose records no other one stands for."""
    devices: dict[str, dict[_Span, _Seen]] = {}
    for number, line in lines_of(file):
        place = f"{path}: line {number}"
        record = _decoded(line, place)
        span = record.numbers.start, record.seq
        here = _Seen(number, hashlib.sha256(line).digest())
        seen = devices.setdefault(record.device, {}).setdefault(span, here)
        if seen.digest != here.digest:
            raise click.UsageError(
                f"{place}: {record.device} numbers two different records "
                f"{record.seq}; give what it counted in one run"
            )
    if not devices:
        raise click.UsageError(f"no record in {path}; give a file that holds some")
    return {
        seen.line
        for device, spans in devices.items()
        for seen in _outermost(spans, device, path)
    }


def _outermost(
    spans: Mapping[_Span, _Seen], device: str, path: Path
) -> Iterator[_Seen]:
    last_seq = 0
    for first, seq in sorted(spans, key=lambda span: (span[0], -span[1])):
        seen = spans[first, seq]
        if first > last_seq:
            last_seq = seq
            yield seen
        elif seq > last_seq:
            raise click.UsageError(
                f"{path}: line {seen.line}: {device} tells of {first} to {seq}, of "
                f"which another record tells up to {last_seq}; give what it counted "
                "in one run"
            )


def _decoded(line: bytes, place: str) -> KpiRecord:
    try:
        record = decode(line)
    except RecordError as error:
        if _TOPIC.match(line):
            raise click.UsageError(
                f"{place}: a topic stands before the record; let mosquitto_sub write "
                "without -v"
            ) from None
        raise click.UsageError(f"{place}: {error}") from None
    if record.interval.end_utc_s > END_UTC_S_MAX:
        raise click.UsageError(
            f"{place}: start, duration_s: end after 9999-12-30; look after the clock "
            "that it was counted by"
        )
    return record


def lines_of(file: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    """Give number and text of each line that is not blank.

    Of a line that is far too long it is the beginning.
    """
    number = 0
    while line := file.readline(PAYLOAD_BYTES_MAX + 2):
        number += 1
        if line.strip():
            yield number, line.rstrip(b"\r\n")
