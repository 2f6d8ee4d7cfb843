"""What signing every hour costs a card, a link and a processor.

Each hour's batch is followed by a `sync`: a file system commits far more often than
once an hour, and what it adds of its own is in the figure.
"""

import time

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from scripts.benchmarks.card import disk
from scripts.benchmarks.minutes import BEGIN_UTC_S, COMMON, interval
from scripts.benchmarks.page import ROOT, put, table, where
from tallypost.board.simulated import SimulatedBoard
from tallypost.domain.records import KpiRecord, Provenance
from tallypost.telemetry.codec import json_v1
from tallypost.telemetry.codec.evidence import Evidence
from tallypost.telemetry.notary.book import lines_in
from tallypost.telemetry.notary.key import own_key
from tallypost.telemetry.notary.notary import EVERY_S, Notary
from tallypost.telemetry.outbox.numbers import Numbers
from tallypost.telemetry.outbox.signable import Signable

PAGE = ROOT / "docs" / "signed.md"
HOURS = 24
RECORDS = 60
HASH = "sha256:" + "0" * 64


def main() -> None:
    """Measure a day, and write it."""
    payloads = [
        json_v1.encode(
            KpiRecord(
                device="tp-7f3a91", seq=minute + 1, interval=interval(minute, COMMON)
            )
        )
        for minute in range(HOURS * RECORDS)
    ]

    def find(until: int, _: Numbers, limit: int) -> Signable:
        end = min(until + min(RECORDS, limit), len(payloads))
        found = [(seq, payloads[seq - 1]) for seq in range(until + 1, end + 1)]
        return Signable(found, end, Numbers())

    with disk() as made:
        board = SimulatedBoard(utc_s=BEGIN_UTC_S)
        provenance = Provenance(model=HASH, site=HASH, firmware="0.1.0")
        notary = Notary(
            find,
            made.folder / "signing",
            device="tp-7f3a91",
            provenance=provenance,
            board=board,
        )
        made.sync()
        device_before = made.device_bytes
        took_s = 0.0
        for _ in range(HOURS):
            board.advance(EVERY_S)
            begin_s = time.monotonic()
            notary.tick()
            took_s += time.monotonic() - begin_s
            notary.book.delivered([each.seq for each in notary.book.head(8)])
            made.sync()
        to_device = made.device_bytes - device_before
        lines = [line for _, line in lines_in(made.folder / "signing")]
        verified_s = _verified_s(own_key(made.folder / "signing"), [*lines, *payloads])
    told = sum(map(len, lines))
    records = sum(map(len, payloads))
    headings = ["of a day", "figure"]
    rows = [
        ["batches", f"{len(lines)} of {RECORDS} records"],
        ["bytes of a batch as it leaves", f"{told / len(lines):.0f}"],
        ["beside the records' own bytes", f"{told / records:.1%}"],
        [
            "written to the device with ext4's own, MB",
            f"**{to_device / 1e6:.2f}**" if made.statistics else "not measured",
        ],
        ["to sign one and keep it, ms", f"{took_s / len(lines) * 1e3:.1f}"],
        ["verified, records/s", f"{len(payloads) / verified_s:.0f}"],
    ]
    put("signing", f"{table(headings, rows)}\n\n{where()}", PAGE)


def _verified_s(key: Ed25519PrivateKey, lines: list[bytes]) -> float:
    """Return how long it takes to verify a day."""
    begin_s = time.monotonic()
    evidence = Evidence([key.public_key().public_bytes_raw()])
    for number, line in enumerate(lines):
        evidence.take(line, f"line {number}")
    verdict = evidence.verdict()
    assert (verdict.proven, verdict.faults) == (HOURS * RECORDS, [])
    return time.monotonic() - begin_s
