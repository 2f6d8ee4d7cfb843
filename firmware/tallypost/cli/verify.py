"""`tallypost verify`: whether records are what their device has signed."""

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tallypost.exits import FAILED, OK

if TYPE_CHECKING:
    from tallypost.telemetry.codec.evidence import Chain, Verdict

FAULTS_SHOWN = 20


class PublicKey(click.ParamType[bytes]):
    """A public key: 64 hexadecimal digits, or a file that holds it in PEM."""

    name = "key"

    def convert(
        self, value: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> bytes:
        """Return the 32 bytes."""
        from tallypost.telemetry.codec.signed import KEY_BYTES, public_key_of

        try:
            key = bytes.fromhex(value)
        except ValueError:
            key = b""
        if len(key) == KEY_BYTES:
            return key
        try:
            with Path(value).open("rb") as file:
                found = public_key_of(file.read(4096))
        except OSError as error:
            self.fail(
                f"{value}: is not 64 hexadecimal digits, and no file that can be read "
                f"({error.strerror})",
                param,
                ctx,
            )
        if found is None:
            self.fail(f"{value}: holds no public key of Ed25519 in PEM", param, ctx)
        return found


@click.command(
    "verify", short_help="Tell whether records are what their device signed."
)
@click.argument(
    "files",
    metavar="FILE...",
    nargs=-1,
    required=True,
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
)
@click.option(
    "--key",
    "keys",
    type=PublicKey(),
    multiple=True,
    required=True,
    help="A public key that you believe, as on the device's label: 64 hexadecimal "
    "digits or a PEM file; may be repeated.",
)
def command(files: tuple[Path, ...], keys: tuple[bytes, ...]) -> int:
    """Weigh the records and signed batches of FILE..., one a line, in any order.

    It ends with 0 only where each record is as it was signed, each that was signed is
    there, and no batch is missing; with 1 otherwise. It needs neither the device nor a
    network.

    \b
    tallypost history --signed > gate.jsonl          on the device
    tallypost verify gate.jsonl --key signing.pub    anywhere

    What `tallypost privacy-test --out` and `tallypost acceptance --out` wrote is told,
    too: then 0 also means that the device has passed.
    """
    from tallypost.cli.records_file import lines_of, opened
    from tallypost.cli.verify_statement import weigh
    from tallypost.telemetry.codec.evidence import Evidence, is_batch
    from tallypost.telemetry.codec.statement import is_statement

    evidence = Evidence(keys)
    statements: list[bool] = []
    records = 0
    with ExitStack() as stack:
        opened_files = [stack.enter_context(opened(path)) for path in files]
        for batches in (True, False):
            for path, file in zip(files, opened_files, strict=True):
                file.seek(0)
                for number, line in lines_of(file):
                    place = f"{path}: line {number}"
                    if is_statement(line):
                        if batches:
                            statements.append(weigh(line, place, keys))
                    elif is_batch(line) is batches:
                        records += 1
                        evidence.take(line, place)
    if not records and statements:
        return OK if all(statements) else FAILED
    return max(_of_records(evidence.verdict()), OK if all(statements) else FAILED)


def _of_records(verdict: "Verdict") -> int:
    for chain in verdict.chains:
        click.echo(_told(chain))
    for note in verdict.notes:
        click.echo(f"note: {note}")
    return _concluded(verdict)


def _told(chain: "Chain") -> str:
    from tallypost.domain.fields import instant_text
    from tallypost.telemetry.codec.signed import key_id

    first, last = chain.batches[0], chain.batches[-1]
    moment = last.batch.signed_utc_s
    when = "nobody knew when" if moment is None else instant_text(moment)
    claims = last.batch.provenance
    return (
        f"{last.batch.device!a}, key {key_id(last.public_key)}, "
        f"chain {last.batch.chain.hex()}: "
        f"batches {first.batch.number} to {last.batch.number}, the last signed {when}\n"
        f"  with firmware {claims.firmware!a}, model {claims.model!a}, "
        f"site {claims.site!a}"
    )


def _concluded(verdict: "Verdict") -> int:
    for fault in verdict.faults[:FAULTS_SHOWN]:
        click.echo(f"tallypost: {fault}", err=True)
    more = len(verdict.faults) - FAULTS_SHOWN
    if more > 0:
        click.echo(f"tallypost: and {more} faults more", err=True)
    if not verdict.chains:
        click.echo("tallypost: there is no batch that can be believed", err=True)
    proven = f"{verdict.proven} records are as they were signed"
    if verdict.faults or not verdict.chains:
        click.echo(f"{proven}; not all is proven")
        return FAILED
    click.echo(f"{proven}, and all that was signed is here")
    return OK
