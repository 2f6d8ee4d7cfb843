"""What a device keeps for itself: a card may return anything after a power cut."""

import json
import zlib
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from scripts.fuzzing.parser import Parser, examples
from tallypost.board.simulated import SimulatedBoard
from tallypost.domain.dating import Stamp
from tallypost.errors import RecordError, RemoteStateError
from tallypost.settings.journal import STATE, Journal
from tallypost.telemetry.clock.anchor import Anchor
from tallypost.telemetry.clock.memory import SLOT_BYTES, Memory, Trusted
from tallypost.telemetry.codec import json_v1
from tallypost.telemetry.outbox.due import Due
from tallypost.telemetry.outbox.packing import pack, unpack
from tallypost.telemetry.outbox.spool import Spool, Spooled
from tallypost.telemetry.outbox.waiting import Waiting
from tallypost.telemetry.remote.keys import KeyRing
from tallypost.telemetry.remote.ledger import Ledger
from tallypost.telemetry.uplink.lorawan.duty import Budget
from tallypost.telemetry.uplink.lorawan.ledger import AirLedger
from tallypost.telemetry.uplink.lorawan.memory import Kept
from tallypost.telemetry.uplink.lorawan.memory import Memory as RadioMemory
from tallypost.telemetry.uplink.lorawan.regions import RULES
from tallypost.telemetry.uplink.modem.base import Region

KEYS = {"introduced": ["ab" * 32], "revoked": ["0123456789abcdef"]}
LEDGER = {"time": 1.5, "keys": {"ab": [[1, "d", "r"], [2, "e", None]]}}
SETTLED = {"standing": "settled", "revision": 1, "digest": "d", "faults": []}
RADIO = (
    json.dumps(
        asdict(
            Kept(
                session="ab",
                layout="cd:told",
                tags=(1, 2),
                uplink_counter=256,
                command="01",
                reply="02",
                air=((500_000, 1.5),),
                told=(("confirm_every", 4),),
            )
        )
    ).encode(),
)
JOURNALS = (
    {
        "settled": {"settings": 1, "identity": None},
        "trial": None,
        "starts": 0,
        "verdict": SETTLED,
    },
    {
        "settled": {"settings": 1, "identity": 2},
        "trial": {"settings": 3, "identity": 2},
        "starts": 1,
        "verdict": SETTLED | {"standing": "trial", "revision": 3, "faults": ["f"]},
        "identity": SETTLED,
    },
)


def kept_parsers(folder: Path) -> dict[str, Parser]:
    """Return the parsers of what is kept by their names.

    Args:
        folder: Where what they read is put.
    """

    def laid(path: Path, read: Callable[[Path], object]) -> Callable[[bytes], object]:
        def read_laid(data: bytes) -> object:
            path.write_bytes(data)
            return read(path)

        return read_laid

    def read_memory(path: Path) -> object:
        return Memory(path).read()

    def read_radio(path: Path) -> object:
        board = SimulatedBoard(utc_s=1.8e9)
        known = RadioMemory(path)
        AirLedger(Budget(RULES[Region.EU868], 30.0, board), known, board)
        return known.kept if known.kept != Kept() else None

    def read_spool(path: Path) -> object:
        return list(Waiting(path, SimulatedBoard())) or None

    memory, spool = folder / "memory", folder / "spool"
    journal = folder / "journal"
    journal.mkdir()
    summed_memory = laid(memory, read_memory)
    summed_spool = laid(spool, read_spool)
    return {
        "clock memory": Parser(_memory(memory), laid(memory, read_memory)),
        "clock memory, its sum right": Parser(
            _memory(memory), lambda data: summed_memory(_summed_memory(data))
        ),
        "spool": Parser(_spool(spool), laid(spool, read_spool)),
        "spool, its sums right": Parser(
            _spool(spool), lambda data: summed_spool(_summed_spool(data))
        ),
        "packed record": Parser(
            tuple(map(pack, examples("kpi-1.json"))), unpack, RecordError
        ),
        "radio memory": Parser(RADIO, laid(folder / "radio", read_radio)),
        "due": Parser((b"1-5 9 12- | 3-4 7",), _read_due),
        "keys": Parser(
            (_json(KEYS),),
            laid(folder / "keys.json", lambda path: KeyRing(path, [bytes(32)]).heeded),
            RemoteStateError,
        ),
        "ledger": Parser(
            (_json(LEDGER),),
            laid(folder / "ledger.json", _read_ledger),
            RemoteStateError,
        ),
        "journal": Parser(
            tuple(map(_json, JOURNALS)), laid(journal / STATE, _read_journal)
        ),
    }


def _json(value: object) -> bytes:
    return json.dumps(value).encode()


def _memory(path: Path) -> tuple[bytes, ...]:
    """Return a memory of one moment, and one of two."""
    memory, found = Memory(path), []
    for utc_s in (2e9, 2.1e9):
        memory.write(Trusted("boot", Anchor(1.0, utc_s, 0.5), rtc_agrees=True))
        found.append(path.read_bytes())
    return tuple(found)


def _summed_memory(data: bytes) -> bytes:
    slots = (
        data[place : place + SLOT_BYTES] for place in range(0, len(data), SLOT_BYTES)
    )
    lines = (slot.partition(b"\n")[0] for slot in slots)
    return b"".join(
        (line + b"\n%08x\n" % zlib.crc32(line)).ljust(SLOT_BYTES) for line in lines
    )


def _spool(path: Path) -> tuple[bytes, ...]:
    """Return a spool of a record that has its date, and of one that has none."""
    [kpi] = examples("kpi-1.json")
    spool = Spool(path)
    for stamp in (None, Stamp("boot", 1.5)):
        spool.append(Spooled(json_v1.decode(kpi), stamp is None, stamp))
    return (path.read_bytes(),)


def _summed_spool(data: bytes) -> bytes:
    texts = (line.partition(b" ")[2] for line in data.splitlines())
    return b"".join(b"\n%08x %s\n" % (zlib.crc32(text), text) for text in texts)


def _read_due(data: bytes) -> object:
    due = Due(data.decode("utf-8", "replace"))
    return str(due), list(due.ranges())


def _read_ledger(path: Path) -> object:
    ledger = Ledger(path)
    return ledger.interrupted(), ledger.last_counter("ab")


def _read_journal(path: Path) -> object:
    journal = Journal(path.parent)
    return [journal.place(*layer) for layer in journal.state().in_force.layers] or None
