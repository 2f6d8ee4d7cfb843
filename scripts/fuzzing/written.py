"""Files that a person, or another program, writes for a device."""

import io
from pathlib import Path

import click

from scripts.fuzzing.parser import Parser, examples
from tallypost.cli.records_file import records_in
from tallypost.domain.vision import Size
from tallypost.errors import RecordError, RecordingError, SettingsError
from tallypost.settings.device import DeviceSettings
from tallypost.settings.reading import accept, parse_table
from tallypost.settings.site import Site
from tallypost.telemetry.codec.formats import FORMATS
from tallypost.telemetry.codec.place import Location, Place
from tallypost.telemetry.codec.signed import public_key_of
from tallypost.vision.detection.recording import read_recording

MOT = b"1,1,10,10,5,5,0.9,1\n2,1,11,10,5,5,0.8,person\n"
PLACE = Place(
    location=Location(latitude_deg=48.38594, longitude_deg=-4.49008, country="FR")
)
OPERATOR_KEY = (
    b"-----BEGIN PUBLIC KEY-----\n"
    b"MCowBQYDK2VwAyEAO2onvM62pC1io6jQKm8Nc2UyFXcd4kOmOsBIoYtZ2ik=\n"
    b"-----END PUBLIC KEY-----\n"
)


def written_parsers(folder: Path) -> dict[str, Parser]:
    """Return the parsers of files that others write by their names.

    Args:
        folder: Where what they read is put.
    """

    def read_mot(data: bytes) -> object:
        path = folder / "det.txt"
        path.write_bytes(data)
        return read_recording(path, size=Size(768, 576))

    return {
        "site": Parser(
            examples("site.toml", "campus-site.toml"), _read_site, SettingsError
        ),
        "device": Parser(examples("tallypost.toml"), _read_device, SettingsError),
        "operator key": Parser((OPERATOR_KEY,), public_key_of),
        "mot": Parser((MOT,), read_mot, RecordingError),
        "records, to all formats": Parser(
            examples("formats.jsonl"),
            _convert,
            (click.UsageError, RecordError),
        ),
    }


def _read_site(data: bytes) -> object:
    return accept(Path("site.toml"), parse_table(Path("site.toml"), data), Site)


def _read_device(data: bytes) -> object:
    path = Path("tallypost.toml")
    return accept(path, parse_table(path, data), DeviceSettings)


def _convert(data: bytes) -> object:
    """Spell records in all formats of cities, as `tallypost convert` does."""
    records = list(records_in(io.BytesIO(data), Path("records.jsonl")))
    return [list(each.convert(records, PLACE)) for each in FORMATS.values()]
