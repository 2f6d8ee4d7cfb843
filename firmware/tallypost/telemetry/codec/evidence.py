"""Weighs signed batches and records: what is proven, and everything that is not.

Integrity and completeness are told apart: a record may be genuine while another one is
missing. What no chain can tell is that its newest batches were held back: whoever
verifies looks at when the last was signed.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby, pairwise

from tallypost.domain import fields
from tallypost.domain.json_text import parse
from tallypost.errors import RecordError
from tallypost.telemetry.codec import json_v1
from tallypost.telemetry.codec.batch import Range, Signed, digest, read_line
from tallypost.telemetry.codec.signed import key_id

FAULTS_MAX = 1000
RANGES_SHOWN = 8
BATCH_WITHIN_BYTES = 200
"""So soon says a batch that it is one, however its keys are ordered."""
_BATCH = b'"tallypost.batch/'
_Chain = tuple[str, bytes]
"""A device and the chain that it drew."""


@dataclass(frozen=True, slots=True)
class Chain:
    """One chain, as far as it is here.

    Attributes:
        batches: By their numbers, rising, each once.
    """

    batches: tuple[Signed, ...]


@dataclass(slots=True)
class Verdict:
    """What came of it.

    Attributes:
        chains: Those that are here.
        proven: How many records are as their device signed them.
        faults: What was altered, is missing or not signed, a sentence each.
        notes: What is to be known, and no fault.
    """

    chains: list[Chain] = field(default_factory=list)
    proven: int = 0
    faults: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Seen:
    """A record that is here: its place, its numbers, and what it may have hashed to."""

    place: str
    numbers: range
    digests: frozenset[bytes]


def is_batch(line: bytes) -> bool:
    """Return whether a line says that it is a batch."""
    return _BATCH in line[:BATCH_WITHIN_BYTES]


class Evidence:
    """Takes lines in any order, and then weighs them.

    It keeps some 500 bytes for each record, and no more; batches first is quicker.

    Args:
        keys: The public keys that are believed, 32 bytes each.
    """

    def __init__(self, keys: Collection[bytes]) -> None:
        self._keys = frozenset(keys)
        self._faults: list[str] = []
        self._batches: dict[_Chain, dict[bytes, Signed]] = {}
        self._signed: set[bytes] = set()
        self._records: dict[str, dict[int, _Seen]] = {}

    def take(self, line: bytes, place: str) -> None:
        """Take one line: a record or a batch; anything else is a fault.

        Args:
            line: JSON, as it was sent, or a record that a database has spelled anew.
            place: Where it stands, for a message.

        Raises:
            RecordError: So many lines are at fault that nobody need read on.
        """
        try:
            if is_batch(line):
                self._take_batch(read_line(line))
            else:
                self._take_record(line, place)
        except RecordError as error:
            self._faults.append(f"{place}: {error}")
            if len(self._faults) > FAULTS_MAX:
                raise RecordError(
                    f"{place}: {error}; so are {FAULTS_MAX} lines before it: give what "
                    "`tallypost history --signed` wrote, or what a broker passed on"
                ) from None

    def verdict(self) -> Verdict:
        """Return what all of it comes to."""
        told = Verdict(faults=[*self._faults])
        signed: dict[str, dict[int, set[bytes]]] = {}
        for batches in self._batches.values():
            chain = _in_order(batches.values(), told)
            told.chains.append(chain)
            known = signed.setdefault(chain.batches[0].batch.device, {})
            for each in chain.batches:
                for seq, told_digest in each.batch.records:
                    known.setdefault(seq, set()).add(told_digest)
        for device in {**signed, **self._records}:
            here = self._records.get(device, {})
            _weigh(here, signed.get(device, {}), device, told)
        return told

    def _take_batch(self, signed: Signed) -> None:
        if signed.public_key not in self._keys:
            raise RecordError(
                f"is signed by the key {key_id(signed.public_key)}, which is none that "
                "you believe"
            )
        batch = signed.batch
        chain = self._batches.setdefault((batch.device, batch.chain), {})
        chain[signed.digest] = signed
        self._signed.update(told for _, told in batch.records)

    def _take_record(self, line: bytes, place: str) -> None:
        left = digest(line)
        device, numbers, digests = (
            (*_head(line), frozenset({left}))
            if left in self._signed
            else _told_anew(line, left)
        )
        seen = _Seen(place, numbers, digests)
        here = self._records.setdefault(device, {})
        before = here.setdefault(numbers[-1], seen)
        if not before.digests & seen.digests:
            raise RecordError(
                f"tells something else of {_ascii(device)} {numbers[-1]} than "
                f"{before.place}"
            )


def _head(line: bytes) -> tuple[str, range]:
    """Return whose record it is that a device has signed, and its numbers."""
    told = fields.mapping(parse(line, bytes_max=json_v1.PAYLOAD_BYTES_MAX), "")
    device = fields.name(fields.member(told, "", "device"), "device")
    seq = fields.whole(told.get("seq"), "seq", low=1, high=json_v1.SEQ_MAX)
    first = fields.whole(told.get("first_seq", seq), "first_seq", low=1, high=seq)
    return device, range(first, seq + 1)


def _told_anew(line: bytes, left: bytes) -> tuple[str, range, frozenset[bytes]]:
    """Return the same of a line that nobody has signed, and what it may have been.

    Whoever keeps records in a database gives the keys back in another order, or 60 for
    60.0. It is the same record if it says the same, to the last key, as what our own
    spelling of it says.
    """
    record = json_v1.decode(line)
    spelled = json_v1.encode(record)
    size = json_v1.PAYLOAD_BYTES_MAX
    same = parse(line, bytes_max=size) == parse(spelled, bytes_max=size)
    digests = frozenset({left, digest(spelled)} if same else {left})
    return record.device, record.numbers, digests


def _in_order(found: Iterable[Signed], told: Verdict) -> Chain:
    """Return a chain, its numbers rising, and tell what is wrong with it."""
    numbered = sorted(found, key=lambda each: each.batch.number)
    batches: list[Signed] = []
    for number, twins in groupby(numbered, key=lambda each: each.batch.number):
        first, *others = twins
        batches.append(first)
        if others:
            told.faults.append(
                f"{_name(first)}: there are {len(others) + 1} different batches "
                f"{number}: the key has signed two stories"
            )
    for before, after in pairwise(batches):
        _follows(before, after, told)
    if batches[0].batch.number > 1:
        told.notes.append(
            f"{_name(batches[0])}: begins with batch {batches[0].batch.number}; what "
            "came before is not shown"
        )
    return Chain(tuple(batches))


def _follows(before: Signed, after: Signed, told: Verdict) -> None:
    first, last = before.batch.number + 1, after.batch.number - 1
    if first <= last:
        told.faults.append(
            f"{_name(after)}: batches {_spelled([(first, last)])} are missing, and "
            "whatever they vouch for"
        )
    elif after.batch.before != before.digest:
        told.faults.append(
            f"{_name(after)}: batch {after.batch.number} follows another batch "
            f"{before.batch.number} than the one that is here"
        )


def _weigh(
    here: dict[int, _Seen],
    signed: dict[int, set[bytes]],
    device: str,
    told: Verdict,
) -> None:
    """Tell which records are proven, altered, unsigned or missing."""
    shown = _ascii(device)
    unsigned: list[int] = []
    for seq, seen in sorted(here.items()):
        if seq not in signed:
            unsigned.append(seq)
        elif signed[seq] & seen.digests:
            told.proven += 1
        elif len(seen.numbers) > 1:
            unsigned.append(seq)
        else:
            told.faults.append(
                f"{seen.place}: {shown} {seq} is not what was signed: it was altered"
            )
    if unsigned:
        told.faults.append(
            f"{shown}: records {_spelled(_ranges(unsigned))} are not signed by any "
            "batch that is here (those of the last hour may be yet; merged ones are "
            "not)"
        )
    present = {seq for seen in here.values() for seq in seen.numbers}
    missing = [seq for seq in sorted(signed) if seq not in present]
    first = min(present, default=0)
    earlier = [seq for seq in missing if seq < first]
    if earlier:
        told.notes.append(
            f"{shown}: records {_spelled(_ranges(earlier))} were signed, and are older "
            "than what is shown"
        )
    if later := missing[len(earlier) :]:
        told.faults.append(
            f"{shown}: records {_spelled(_ranges(later))} were signed, and are missing"
        )


def _ranges(numbers: Sequence[int]) -> list[Range]:
    """Return rising numbers as ranges."""
    found: list[Range] = []
    for number in numbers:
        if found and found[-1][1] == number - 1:
            found[-1] = (found[-1][0], number)
        else:
            found.append((number, number))
    return found


def _spelled(ranges: Sequence[Range]) -> str:
    return ", ".join(_spelled_some(ranges))


def _spelled_some(ranges: Sequence[Range]) -> Iterator[str]:
    for first, last in ranges[:RANGES_SHOWN]:
        yield f"{first} to {last}" if first < last else f"{first}"
    if len(ranges) > RANGES_SHOWN:
        yield f"and {len(ranges) - RANGES_SHOWN} ranges more"


def _name(signed: Signed) -> str:
    return f"{_ascii(signed.batch.device)}, chain {signed.batch.chain.hex()}"


def _ascii(text: str) -> str:
    """Return a name that may come from anybody as a terminal can bear it."""
    return f"{text!a}"[1:-1]
