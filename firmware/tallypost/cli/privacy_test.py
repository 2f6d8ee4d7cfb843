"""`tallypost privacy-test`: whether any picture can leave this device."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tallypost.cli import options
from tallypost.exits import FAILED, OK

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from rich.console import Console

    from tallypost.canary.findings import Findings
    from tallypost.settings.camera import CameraSettings
    from tallypost.settings.device import DeviceSettings

SYNTHETIC = "synthetic"


@click.command("privacy-test", short_help="Prove that no picture leaves this device.")
@options.SETTINGS_FILE
@click.option(
    "--source",
    help="Pictures from elsewhere than the settings' camera: a file, an image "
    f"sequence, an RTSP address, a device (/dev/video0), or `{SYNTHETIC}`.",
)
@click.option(
    "--frames",
    type=click.IntRange(2, 10_000),
    default=30,
    show_default=True,
    help="How many canaries to show.",
)
@click.option(
    "--aiming",
    is_flag=True,
    help="As while somebody aims: sketches leave the half that sees, blank ones.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.option(
    "--out",
    "out_file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the report there, signed by this device's key.",
)
def command(
    settings_file: Path,
    source: str | None,
    frames: int,
    *,
    aiming: bool,
    as_json: bool,
    out_file: Path | None,
) -> int:
    """Show the real pipeline pictures that nobody has seen, and look for them.

    The half that sees is locked in as ever, with the settings' camera, model and site;
    each picture of the camera is overwritten with noise. Then every byte that left it,
    every file, and the memory of both halves is searched for that noise, and from
    inside it is tried to get out. Ends with 0 only if nothing was found and no way out
    was open. Run it as root, and stop tallypost before, or give a --source: two cannot
    have one camera.

    \b
    sudo tallypost privacy-test --out report.jsonl
    tallypost verify report.jsonl --key signing.pub       anywhere
    """
    from rich.console import Console

    from tallypost.canary.report import report
    from tallypost.canary.trial import SKETCHES_S, Trial, hold
    from tallypost.settings.overlay import read_settings_in_force
    from tallypost.telemetry.codec.statement import statement_line

    if out_file is not None:
        _spare(out_file)
    settings = read_settings_in_force(settings_file)
    camera = settings.camera if source is None else _camera(source)
    key = None if out_file is None else _key(settings)
    with Console(stderr=True).status("") as shown:
        trial = Trial(
            settings=settings,
            camera=camera,
            frames=frames,
            aiming_s=SKETCHES_S if aiming else 0.0,
            on_step=shown.update,
        )
        findings, handover = hold(trial)
    told = report(findings, handover, camera.kind, _signed_utc_s(settings))
    if as_json:
        click.echo(json.dumps({"device": handover.device, **told}))
    else:
        _show(Console(), findings)
    if out_file is not None and key is not None:
        _write(out_file, statement_line(handover.device, told, key), key)
    return OK if findings.passed else FAILED


def _signed_utc_s(settings: DeviceSettings) -> float | None:
    """Return the time; None where the device does not know it."""
    from tallypost.assembly.board import board
    from tallypost.domain.records import ClockTrust

    here = board(settings.clock.host_uncertainty_s)
    return here.utc_s() if here.clock().trust is ClockTrust.SYNCED else None


def _spare(file: Path) -> None:
    """Refuse to write over what is no report.

    Raises:
        click.UsageError: It is something else.
    """
    from tallypost.telemetry.codec.statement import WITHIN_BYTES, is_statement

    with suppress(OSError), file.open("rb") as there:
        begins = there.read(WITHIN_BYTES)
        if begins and not is_statement(begins):
            raise click.UsageError(
                f"--out {file} is there and holds no report; name another file"
            )


def _camera(source: str) -> CameraSettings:
    from tallypost.settings.camera import SyntheticSettings, VideoSettings
    from tallypost.settings.reading import accept

    if source == SYNTHETIC:
        return SyntheticSettings(kind="synthetic")
    table = {"kind": "video", "source": source, "loop": True}
    return accept(Path("--source"), table, VideoSettings)


def _key(settings: DeviceSettings) -> Ed25519PrivateKey:
    from tallypost.assembly.signing import signing_folder
    from tallypost.telemetry.notary.key import own_key, public_pem

    folder = signing_folder(settings)
    if folder.parent.exists() and folder.parent.stat().st_uid != os.geteuid():
        # Made by us, the key would be ours, and tallypost could not read it.
        public_pem(folder)
    return own_key(folder)


def _write(file: Path, line: bytes, key: Ed25519PrivateKey) -> None:
    from tallypost.telemetry.codec.signed import key_id

    try:
        file.write_bytes(line + b"\n")
    except OSError as error:
        raise click.UsageError(
            f"--out {file} cannot be written ({error.strerror}); name a file in a "
            "folder that is yours"
        ) from error
    name = key_id(key.public_key().public_bytes_raw())
    click.echo(f"{file}: signed by the key {name}", err=True)


def _show(console: Console, findings: Findings) -> None:
    from rich.table import Table

    table = Table()
    table.add_column("searched", no_wrap=True)
    for heading in ("bytes", "of the canary"):
        table.add_column(heading, justify="right")
    for place in findings.places:
        size = "-" if place.size_bytes is None else f"{place.size_bytes:,}"
        table.add_row(place.name, size, f"{place.leaked_bytes:,}")
    console.print(table)
    refused = sum(way.refused for way in findings.ways)
    console.print(f"canaries shown: {findings.frames}")
    if findings.lifetime is not None:
        lifetime = findings.lifetime
        console.print(
            f"lifetime of a frame: p50 {lifetime.p50_ms:.1f} ms, p99 "
            f"{lifetime.p99_ms:.1f} ms, max {lifetime.max_ms:.1f} ms"
        )
    console.print(f"ways out: {len(findings.ways)} tried, {refused} refused")
    console.print(f"core dump: {'one was left' if findings.dumped else 'none'}")
    for fault in findings.faults:
        console.print(f"FAULT {fault}", markup=False, highlight=False)
    console.print("passed" if findings.passed else "not passed")
