"""The parsers of what others write: what each takes, and how it says no."""

import os
import tempfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tallypost.domain.alerts import Alert, AlertKind, AlertState
from tallypost.domain.commands import COMMANDS, Order, Outcome, Reply
from tallypost.domain.desired import Reported, Standing
from tallypost.domain.document import from_document
from tallypost.domain.records import ClockTrust
from tallypost.domain.vision import Size
from tallypost.errors import (
    CodecError,
    RecordError,
    RecordingError,
    SettingsError,
    WallError,
)
from tallypost.settings.device import DeviceSettings
from tallypost.settings.reading import accept, parse_table
from tallypost.settings.site import Site
from tallypost.telemetry.codec import command_v1, json_v1, settings_v1, signed
from tallypost.telemetry.codec.compact.alert import encode_alert
from tallypost.telemetry.codec.compact.decoding import decode
from tallypost.telemetry.codec.compact.downlink import (
    Downlink,
    Resend,
    SetSetting,
    TimeIs,
    encode_downlink,
    encode_reply,
    parse_downlink,
)
from tallypost.telemetry.codec.compact.frame import Frame, Port
from tallypost.telemetry.codec.compact.health import encode_health
from tallypost.telemetry.codec.compact.layout import Layout, encode_layout
from tallypost.telemetry.codec.compact.record import encode_record
from tallypost.vision.detection.recording import read_recording
from tallypost.wall.frame import CRC, FRAME_BYTES, Alphabet, State
from tallypost.wall.reader import WallReader
from tallypost.wall.writer import WallWriter

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "docs" / "examples"
ALPHABET = Alphabet(
    classes=("bicycle", "car", "person"),
    elements={"lines": {"gate": ()}, "zones": {"platform": ()}},
)
"""Of the example of a record."""
ARGUMENTS = {
    "report": {"first_seq": 1, "last_seq": 9},
    "identify": {"duration_s": 60},
    "log_level": {"level": "debug", "duration_s": 60},
    "update": {"version": "2.0"},
    "trust_key": {"public_key": "00" * 32},
    "revoke_key": {"key": "0123456789abcdef"},
    "take_certificate": {"certificate": "-----BEGIN CERTIFICATE-----\n"},
}


@dataclass(frozen=True, slots=True)
class Parser:
    """One of them.

    Attributes:
        good: Inputs that it takes.
        read: Reads one.
        refusal: What it raises for what it does not take; anything else is a fault.
    """

    good: tuple[bytes, ...]
    read: Callable[[bytes], object]
    refusal: type[Exception]


@contextmanager
def parsers() -> Iterator[dict[str, Parser]]:
    """Give all parsers by their names."""
    records = json_v1.decode, json_v1.decode_alert
    kpi, alert = (EXAMPLES / f"{name}-1.json" for name in ("kpi", "alert"))
    with tempfile.TemporaryDirectory() as folder:
        yield {
            "wall": Parser(_frames(), _read_wall, WallError),
            "wall, its sums right": Parser(_frames(), _read_summed, WallError),
            "kpi": Parser((kpi.read_bytes(),), records[0], RecordError),
            "alert": Parser((alert.read_bytes(),), records[1], RecordError),
            "envelope": Parser(_envelopes(), _read_envelope, RecordError),
            "command": Parser(_orders(), command_v1.decode_order, RecordError),
            "reply": Parser(_replies(), command_v1.decode_reply, RecordError),
            "desired": Parser(_desired(), settings_v1.decode_desired, RecordError),
            "reported": Parser(_reported(), settings_v1.decode_reported, RecordError),
            "site": Parser(
                _toml("site.toml", "campus-site.toml"), _read_site, SettingsError
            ),
            "device": Parser(_toml("tallypost.toml"), _read_device, SettingsError),
            "mot": Parser(
                (b"1,1,10,10,5,5,0.9,1\n2,1,11,10,5,5,0.8,person\n",),
                _read_mot(Path(folder) / "det.txt"),
                RecordingError,
            ),
            "uplink": Parser(_uplinks(), _read_uplink, CodecError),
            "downlink": Parser(_downlinks(), _read_downlink, CodecError),
        }


def _frames() -> tuple[bytes, ...]:
    """Return what a vision half says, as its own writer writes it."""
    read_end, write_end = os.pipe()
    writer = WallWriter(write_end, ALPHABET)
    writer.tell(State.WATCHING)
    writer.send(
        Alert(
            kind=AlertKind.CAMERA_DARK,
            state=AlertState.BEGUN,
            time_utc_s=1e9,
            clock=ClockTrust.SYNCED,
        )
    )
    writer.send(json_v1.decode((EXAMPLES / "kpi-1.json").read_bytes()).interval)
    writer.flush()
    frames = os.read(read_end, 65_536)
    for descriptor in (read_end, write_end):
        os.close(descriptor)
    return (frames, frames[:64], frames * 3)


def _read_wall(data: bytes) -> object:
    return WallReader(ALPHABET, 120.0).feed(data, 0.0)


def _read_summed(data: bytes) -> object:
    """Read frames whose checksums say nothing of what was done to them."""
    whole = [
        data[place : place + FRAME_BYTES - CRC.size]
        for place in range(0, len(data) - FRAME_BYTES + 1, FRAME_BYTES)
    ]
    return _read_wall(b"".join(each + CRC.pack(zlib.crc32(each)) for each in whole))


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
    key = Ed25519PrivateKey.from_private_bytes(bytes(32))
    return tuple(signed.seal(each, signed.Purpose.COMMAND, key) for each in _orders())


def _read_envelope(data: bytes) -> object:
    return signed.read_envelope(data, signed.Purpose.COMMAND, bytes_max=32_768)


def _replies() -> tuple[bytes, ...]:
    refused = Reply(device="tp-1", outcome=Outcome.REFUSED, reason="no", counter=7)
    done = Reply(device="tp-1", outcome=Outcome.DONE, key="k", records=3)
    return tuple(map(command_v1.encode_reply, (refused, done)))


def _desired() -> tuple[bytes, ...]:
    text = (EXAMPLES / "site.toml").read_text("utf-8")
    return (
        settings_v1.encode_desired("tp-1", 5, site=text, settings="interval_s = 60"),
        settings_v1.encode_desired("tp-1", 5, site=None, settings=None),
    )


def _reported() -> tuple[bytes, ...]:
    reported = Reported(
        device="tp-1", standing=Standing.REFUSED, revision=5, faults=("a", "b")
    )
    return (settings_v1.encode_reported(reported),)


def _toml(*names: str) -> tuple[bytes, ...]:
    return tuple((EXAMPLES / name).read_bytes() for name in names)


def _read_site(data: bytes) -> object:
    return accept(Path("site.toml"), parse_table(Path("site.toml"), data), Site)


def _read_device(data: bytes) -> object:
    path = Path("tallypost.toml")
    return accept(path, parse_table(path, data), DeviceSettings)


def _read_mot(path: Path) -> Callable[[bytes], object]:
    def read(data: bytes) -> object:
        path.write_bytes(data)
        return read_recording(path, size=Size(768, 576))

    return read


RADIO = Layout.of({"lines": {"gate": ("bicycle", "car")}, "intrusions": {"tracks": ()}})
"""Of the examples, as a radio tells them."""


def _uplinks() -> tuple[bytes, ...]:
    """Return a frame of each kind, its port before it."""
    record, alert, health = (
        (EXAMPLES / f"{name}-1.json").read_bytes()
        for name in ("kpi", "alert", "health")
    )
    frames = (
        encode_record(json_v1.decode(record), RADIO, 11),
        encode_record(json_v1.decode(record), RADIO, 51),
        encode_alert(json_v1.decode_alert(alert), RADIO),
        *encode_layout(RADIO, 51),
        encode_health(json_v1.decode_health(health)),
        encode_reply(_commands()[0], Outcome.DONE, 12),
    )
    return tuple(bytes([frame.port]) + frame.payload for frame in frames)


def _read_uplink(data: bytes) -> object:
    return decode(Frame(data[0] if data else 0, data[1:]), RADIO, 1e9)


def _commands() -> tuple[Downlink, ...]:
    return (
        Downlink(1, Resend(first_seq_low=1, last_seq_low=9)),
        Downlink(2, SetSetting(setting="confirm_every", value=12)),
        Downlink(3, TimeIs(utc_s=1_790_000_000.5)),
    )


def _downlinks() -> tuple[bytes, ...]:
    return tuple(encode_downlink(each).payload for each in _commands())


def _read_downlink(data: bytes) -> object:
    return parse_downlink(Port.COMMAND, data)
