"""Messages: what a broker, or whoever may publish there, can send."""

import base64
import json
from functools import partial
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from scripts.fuzzing.parser import Parser, examples
from tallypost.board.simulated import SimulatedBoard
from tallypost.domain.commands import COMMANDS, Order, Outcome, Reply
from tallypost.domain.desired import Reported, Standing
from tallypost.domain.document import from_document
from tallypost.domain.records import ClockTrust, Provenance
from tallypost.errors import RecordError
from tallypost.telemetry.clock.asking import Asking
from tallypost.telemetry.clock.memory import Memory
from tallypost.telemetry.clock.reckoner import Reckoner
from tallypost.telemetry.codec import (
    cbor,
    cloudevents,
    command_v1,
    json_v1,
    settings_v1,
    signed,
    sparkplug,
)
from tallypost.telemetry.codec.batch import MEDIA_TYPE, Batch, line_of, read_line
from tallypost.telemetry.codec.batch import SCHEMA as BATCH_SCHEMA
from tallypost.telemetry.codec.cose import read_sign1, sign
from tallypost.telemetry.codec.evidence import Evidence
from tallypost.telemetry.codec.message import Message, Subject

ARGUMENTS = {
    "report": {"first_seq": 1, "last_seq": 9},
    "report_alerts": {"first_seq": 1, "last_seq": 9},
    "identify": {"duration_s": 60},
    "log_level": {"level": "debug", "duration_s": 60},
    "update": {"version": "2.0"},
    "trust_key": {"public_key": "00" * 32},
    "revoke_key": {"key": "0123456789abcdef"},
    "take_certificate": {"certificate": "-----BEGIN CERTIFICATE-----\n"},
}
_KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
NONCE = b"NONCE"
"""Stands in an answer about the time for what was asked."""


def message_parsers() -> dict[str, Parser]:
    """Return the parsers of messages by their names."""
    kpi, alert, health = (
        examples(f"{name}-1.json") for name in ("kpi", "alert", "health")
    )
    event = cloudevents.envelope(Message(Subject.KPI, 1, *kpi))
    read = {
        "kpi": (kpi, json_v1.decode),
        "alert": (alert, json_v1.decode_alert),
        "health": (health, json_v1.decode_health),
        "cloudevent": ((event,), cloudevents.opened),
        "batch": (_batches(), read_line),
        "batch, signed anew": (_payloads(), _read_payload),
        "cbor": (_payloads(), cbor.decode),
        "evidence": (kpi + _batches(), _weighed),
        "envelope": (_envelopes(), _read_envelope),
        "command": (_orders(), command_v1.decode_order),
        "reply": (_replies(), command_v1.decode_reply),
        "desired": (_desired(), settings_v1.decode_desired),
        "reported": (_reported(), settings_v1.decode_reported),
    }
    return {
        name: Parser(good, each, RecordError) for name, (good, each) in read.items()
    } | {
        "time": Parser((_TIME,), _read_time),
        "rebirth": Parser((_rebirth(),), _read_rebirth),
    }


_TIME = b'{"nonce":"%s","utc":"2026-11-22T10:15:00.5Z"}' % NONCE


def _read_time(data: bytes) -> object:
    """Return what time a device believes it is that asked; None where it does not."""
    board = SimulatedBoard(trust=ClockTrust.UNSYNCED)
    reckoner = Reckoner(board, Memory(Path("/nonexistent")), built_utc_s=0.0)
    asked: list[bytes] = []
    asking = Asking(reckoner, board, asked.append)
    asking.tick()
    nonce = asked[0].split(b'"')[3]
    asking.hear(data.replace(NONCE, nonce))
    reckoner.look()
    return reckoner.anchor


def _rebirth() -> bytes:
    metric = partial(sparkplug.Metric, datatype=sparkplug.DataType.BOOLEAN, time_ms=1)
    names = ("Node Control/Reboot", sparkplug.REBIRTH)
    asked = [metric(name=name, value=True) for name in names]
    return sparkplug.payload(asked, time_ms=1, seq=None)


def _read_rebirth(data: bytes) -> object:
    return sparkplug.asks_for_rebirth(data) or None


def _orders() -> tuple[bytes, ...]:
    return tuple(
        command_v1.encode_order(
            Order(
                device="tp-1",
                counter=7,
                issued_utc_s=1_790_000_000.0,
                expires_utc_s=1_790_000_600.0,
                command=from_document(kind, ARGUMENTS.get(name, {})),
            )
        )
        for name, kind in COMMANDS.items()
    )


def _envelopes() -> tuple[bytes, ...]:
    return tuple(signed.seal(each, signed.Purpose.COMMAND, _KEY) for each in _orders())


def _read_envelope(data: bytes) -> object:
    return signed.read_envelope(data, signed.Purpose.COMMAND, bytes_max=32_768)


def _batch(number: int) -> Batch:
    return Batch(
        device="tp-1",
        chain=bytes(8),
        number=number,
        before=bytes(32) if number > 1 else None,
        signed_utc_s=1_790_000_000 if number > 1 else None,
        provenance=Provenance(model="sha256:0", site="sha256:1", firmware="1.0"),
        until=300,
        undated=((2, 3), (5, 5)),
        records=((1, bytes(32)), (300, bytes(32))),
    )


def _batches() -> tuple[bytes, ...]:
    return tuple(line_of(_batch(number), _KEY) for number in (1, 2))


def _payloads() -> tuple[bytes, ...]:
    lines = (json.loads(line)["cose"] for line in _batches())
    return tuple(
        read_sign1(base64.b64decode(each), MEDIA_TYPE).payload for each in lines
    )


def _read_payload(data: bytes) -> object:
    """Return what a batch says that a key has signed, whatever it is."""
    cose = base64.b64encode(sign(data, MEDIA_TYPE, _KEY)).decode()
    line = {"schema": BATCH_SCHEMA, "device": "tp-1", "cose": cose}
    return read_line(json.dumps(line).encode())


def _weighed(data: bytes) -> object:
    """Return what can be told of lines; whatever is wrong with them is told, too."""
    evidence = Evidence([_KEY.public_key().public_bytes_raw()])
    for number, line in enumerate(data.splitlines()):
        evidence.take(line, f"line {number}")
    return evidence.verdict()


def _replies() -> tuple[bytes, ...]:
    refused = Reply(device="tp-1", outcome=Outcome.REFUSED, reason="no", counter=7)
    done = Reply(device="tp-1", outcome=Outcome.DONE, key="k", records=3)
    return tuple(map(command_v1.encode_reply, (refused, done)))


def _desired() -> tuple[bytes, ...]:
    [site] = examples("site.toml")
    text = site.decode()
    return (
        settings_v1.encode_desired("tp-1", 5, site=text, settings="interval_s = 60"),
        settings_v1.encode_desired("tp-1", 5, site=None, settings=None),
    )


def _reported() -> tuple[bytes, ...]:
    reported = Reported(
        device="tp-1", standing=Standing.REFUSED, revision=5, faults=("a", "b")
    )
    return (settings_v1.encode_reported(reported),)
