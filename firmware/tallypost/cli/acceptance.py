"""`tallypost acceptance`: a device's certificate on paper, and whether it holds."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tallypost.cli import options
from tallypost.cli.verify import PublicKey
from tallypost.exits import FAILED, OK

if TYPE_CHECKING:
    from tallypost.acceptance.certificate import Certificate
    from tallypost.settings.device import DeviceSettings

SOCKET, WAIT_S, ANSWER_BYTES_MAX = "house.sock", 30.0, 2**20
FILE_BYTES_MAX = 256 * 1024


def printed(certificate: Certificate, language: str) -> bytes:
    """Return a certificate as a PDF.

    Raises:
        PaperError: This machine has no letters for it.
    """
    from tallypost.documents.acceptance.page import certificate_pdf

    return certificate_pdf(certificate, language)


@click.command("acceptance", short_help="Print a device's acceptance certificate.")
@options.SETTINGS_FILE
@options.OUT_FOLDER
@click.option(
    "--technician",
    help="Have the running device look at everything and sign it anew, with this name "
    "under it; without, the newest certificate is taken.",
)
@click.option("--remarks", default="", help="What else shall be signed.")
@options.languages("the PDF")
@click.option(
    "--check",
    "check_file",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="Write nothing; tell whether this certificate, or what a telephone has read "
    "off it, holds.",
)
@click.option(
    "--key",
    type=PublicKey(),
    help="Whose word is believed by --check; by default, this device's own.",
)
def command(  # noqa: PLR0913, PLR0917  # click's
    settings_file: Path,
    out_folder: Path | None,
    technician: str | None,
    remarks: str,
    languages: tuple[str, ...],
    check_file: Path | None,
    key: bytes | None,
) -> int:
    """Write the certificate of this device, as its own key has signed it.

    The PDF carries the signed statement, and its code holds it, too. Anybody who knows
    the device's public key can check either, without us.

    \b
    tallypost acceptance --technician "R. Example" --out certificate
    tallypost acceptance --check certificate/certificate.jsonl
    """
    if (out_folder is None) == (check_file is None):
        raise click.UsageError("give --out to write it, or --check to check one")
    if check_file is not None:
        return _checked(check_file, key or _own_key(settings_file))
    assert out_folder is not None
    from tallypost.acceptance.proof import stored_certificate
    from tallypost.assembly.acceptance import keeping
    from tallypost.settings.overlay import read_settings_in_force

    settings = read_settings_in_force(settings_file)
    if technician is not None:
        _sign_anew(settings, technician, remarks)
    return _written(out_folder, stored_certificate(keeping(settings)), languages)


def _sign_anew(settings: DeviceSettings, technician: str, remarks: str) -> None:
    """Have the half that speaks look at everything and sign it.

    Raises:
        AcceptanceError: It does not answer, or refuses.
    """
    from tallypost.domain import fields
    from tallypost.domain.json_text import parse
    from tallypost.errors import AcceptanceError, RecordError

    path = Path(settings.panel.folder) / SOCKET
    question = {"id": 1, "ask": "accept", "technician": technician, "remarks": remarks}
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as there:
            there.settimeout(WAIT_S)
            there.connect(str(path))
            there.sendall(json.dumps(question).encode() + b"\n")
            with there.makefile("rb") as lines:
                line = lines.readline(ANSWER_BYTES_MAX)
        answer = fields.mapping(parse(line, bytes_max=ANSWER_BYTES_MAX), "answer")
    except (OSError, RecordError) as error:
        raise AcceptanceError(
            f"{path}: nobody answers ({error}); start tallypost, with [panel] enabled, "
            "and ask as a user who may use that socket"
        ) from error
    if answer.get("ok") is not True:
        faults = answer.get("faults")
        told = faults if isinstance(faults, list) else ["it refuses, and says not why"]
        raise AcceptanceError("; ".join(map(str, told)))


def _written(folder: Path, certificate: Certificate, languages: tuple[str, ...]) -> int:
    """Write all files; where a PDF cannot be, say so and write the others."""
    from tallypost.errors import PaperError

    code = OK
    try:
        folder.mkdir(parents=True, exist_ok=True)
        statement = folder / "certificate.jsonl"
        statement.write_bytes(certificate.line + b"\n")
        click.echo(statement)
        for language in languages:
            place = folder / f"certificate.{language}.pdf"
            place.unlink(missing_ok=True)  # an older one would be taken for this one
            try:
                place.write_bytes(printed(certificate, language))
                click.echo(place)
            except PaperError as error:
                click.echo(f"{place}: is not written: {error}", err=True)
                code = FAILED
    except OSError as error:
        raise click.UsageError(
            f"--out {folder} cannot be written ({error.strerror}); name a folder that "
            "is yours"
        ) from error
    return code


def _checked(file: Path, key: bytes) -> int:
    from tallypost.acceptance.certificate import WHOLE, line_of_code
    from tallypost.cli.verify_statement import weigh
    from tallypost.errors import RecordError

    with file.open("rb") as opened:
        line = opened.read(FILE_BYTES_MAX).strip()
    if line.startswith(WHOLE[:3].encode()):
        try:
            line = line_of_code(line.decode("ascii", "replace"))
        except RecordError as error:
            click.echo(f"tallypost: {file}: {error}", err=True)
            return FAILED
    return OK if weigh(line, str(file), (key,)) else FAILED


def _own_key(settings_file: Path) -> bytes:
    from tallypost.assembly.signing import signing_folder
    from tallypost.errors import SigningError
    from tallypost.settings.overlay import read_settings_in_force
    from tallypost.telemetry.codec.signed import public_key_of
    from tallypost.telemetry.notary.key import public_pem

    found = public_key_of(
        public_pem(signing_folder(read_settings_in_force(settings_file)))
    )
    if found is None:
        raise SigningError("the device's public key is none of Ed25519; give --key")
    return found
