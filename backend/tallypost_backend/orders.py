"""Signs commands and settings, sends them, and tells what became of them."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tallypost.domain.commands import (
    COMMAND_SCHEMA,
    COMMANDS,
    EVERYBODY,
    FOR_EVERYBODY,
    LIFETIME_S_MAX,
    Order,
    Outcome,
)
from tallypost.domain.desired import REVISION_MAX, Reported, Standing
from tallypost.domain.fields import instant_text
from tallypost.domain.shape import Kind, WordType, hints
from tallypost.errors import RecordError, SettingsError
from tallypost.exits import FAILED, OK, UPLINK
from tallypost.settings.file import read_file
from tallypost.telemetry.codec.command_v1 import (
    decode_order,
    decode_reply,
    encode_order,
)
from tallypost.telemetry.codec.settings_v1 import (
    BODY_BYTES_MAX,
    decode_desired,
    decode_reported,
    encode_desired,
)
from tallypost.telemetry.codec.signed import Purpose, seal
from tallypost_backend.asking import ask
from tallypost_backend.broker import Heard
from tallypost_backend.clock import utc_s
from tallypost_backend.options import Way, sending, signing

DEVICE = re.compile(r"[a-z0-9][a-z0-9-]{1,31}|\*")
NUMBER = re.compile(r"-?\d{1,99}")
"""What is told as a number; whether it is in its range, the schema says."""
_FILE = click.Path(path_type=Path)


class Device(click.ParamType[str]):
    """A device's name, or `*` for all."""

    name = "DEVICE"

    def convert(self, value: Any, param: Any, ctx: Any) -> str:
        """Return the name, where it is one."""
        if not DEVICE.fullmatch(value):
            self.fail(f"{value} is no name of a device", param, ctx)
        return str(value)


device = click.option(
    "--device", type=Device(), required=True, help="Who shall heed it."
)


@click.command(
    "command",
    short_help="Have a device do something once.",
    epilog=f"NAME is one of {', '.join(COMMANDS)}.",
)
@click.argument("name", metavar="NAME", type=click.Choice(list(COMMANDS)))
@click.argument("arguments", nargs=-1, metavar="[KEY=VALUE]...")
@device
@click.option(
    "--to",
    type=Device(),
    multiple=True,
    help="With --device '*': a device to send it to; may be repeated.",
)
@click.option(
    "--expires-in-s",
    type=click.IntRange(1, LIFETIME_S_MAX),
    default=3600,
    show_default=True,
    help="A device that hears of it later does nothing.",
)
@signing
@sending
def command(  # noqa: PLR0913  # what is typed
    *,
    name: str,
    arguments: tuple[str, ...],
    device: str,
    to: tuple[str, ...],
    expires_in_s: int,
    key: Ed25519PrivateKey,
    way: Way,
) -> int:
    """Sign the command NAME, send it, and print the answer.

    \b
    tallypost-backend command identify duration_s=60 --device tp-1 --key me --host HOST
    tallypost-backend command report first_seq=100 last_seq=220 ...
    tallypost-backend command report_alerts first_seq=7 last_seq=9 ...
    tallypost-backend command take_certificate certificate=@tp-1.crt ...

    A VALUE that begins with @ is read from that file. Without --host, what is signed is
    printed: any MQTT client may publish it to PREFIX/DEVICE/command.
    """
    if to and device != EVERYBODY:
        raise click.UsageError("--to goes with --device '*' alone")
    order = _order(name, arguments, device, expires_in_s)
    if device == EVERYBODY and not isinstance(order.command, FOR_EVERYBODY):
        raise click.UsageError(f"{name} must be asked of one device, by its name")
    envelope = seal(encode_order(order), Purpose.COMMAND, key)
    if way.address is None:
        click.echo(envelope)
        return OK
    if device == EVERYBODY and not to:
        raise click.UsageError("with --device '*', say --to DEVICE for each one")
    return max(_command(way, each, order, envelope) for each in to or (device,))


@click.command("settings", short_help="Have a device set otherwise, for good.")
@device
@click.option("--site", "site_file", type=_FILE, help="A whole site.toml.")
@click.option(
    "--settings", "settings_file", type=_FILE, help="The part of tallypost.toml."
)
@click.option(
    "--revision",
    type=click.IntRange(1, REVISION_MAX),
    help="Above all before; without it, the seconds since 1970.",
)
@signing
@sending
def settings(  # what is typed
    *,
    device: str,
    site_file: Path | None,
    settings_file: Path | None,
    revision: int | None,
    key: Ed25519PrivateKey,
    way: Way,
) -> int:
    """Sign settings, have the broker keep them for a device, and print what it reports.

    What is left out is as the device's own files say; with neither --site nor
    --settings, all is. Waits until the device has tried them: give --wait-s more than
    its `remote.confirm_within_s`.
    """
    body = encode_desired(
        device,
        revision or int(utc_s()),
        site=None if site_file is None else _text(site_file),
        settings=None if settings_file is None else _text(settings_file),
    )
    envelope = seal(body, Purpose.SETTINGS, key)
    if way.address is None:
        click.echo(envelope)
        return OK
    return _settings(way, device, body, envelope)


def _order(
    name: str, arguments: tuple[str, ...], device: str, expires_in_s: int
) -> Order:
    """Return a command as it was typed.

    Raises:
        click.UsageError: Its arguments are not those of this command.
    """
    now_s = utc_s()
    document = {
        "schema": COMMAND_SCHEMA,
        "device": device,
        "counter": int(now_s * 1000),
        "issued": instant_text(now_s),
        "expires": instant_text(now_s + expires_in_s),
        "command": name,
        "arguments": _arguments(name, arguments),
    }
    try:
        return decode_order(json.dumps(document).encode())
    except RecordError as error:
        raise click.UsageError(str(error)) from error


def _arguments(name: str, words: tuple[str, ...]) -> Mapping[str, object]:
    kind: WordType = COMMANDS[name]
    known = hints(kind)
    told: dict[str, object] = {}
    for word in words:
        key, equals, value = word.partition("=")
        if not equals or key not in known:
            wanted = ", ".join(f"{each}=..." for each in known) or "nothing"
            raise click.UsageError(f"{word}: {name} takes {wanted}")
        text = _text(Path(value[1:])) if value.startswith("@") else value
        whole = known[key].kind is Kind.COUNT and NUMBER.fullmatch(text)
        told[key] = int(text) if whole else text
    return told


def _command(way: Way, device: str, order: Order, envelope: bytes) -> int:
    """Send a command and print the answer; return the exit code."""

    def is_ours(heard: Heard) -> bool:
        reply = decode_reply(heard.payload)
        return reply.counter in (order.counter, None)

    sent = way.topic(device, "command")
    heard = way.topic(device, "reply")
    payload = ask(way, sent, envelope, heard, is_ours, retain=False)
    if payload is None:
        click.echo(f"{device}: no answer within {way.wait_s:g} s", err=True)
        return UPLINK
    click.echo(payload)
    return OK if decode_reply(payload).outcome is Outcome.DONE else FAILED


def _settings(way: Way, device: str, body: bytes, envelope: bytes) -> int:
    """Send settings and print what the device reports; return the exit code."""
    digest = decode_desired(body).digest

    def is_final(heard: Heard) -> bool:
        reported = decode_reported(heard.payload)
        if reported.digest == digest:
            return reported.standing is not Standing.TRIAL
        # An earlier refusal of the same settings says nothing: keys may have changed.
        return not heard.kept and _is_refused(reported, digest)

    sent = way.topic(device, "desired")
    heard = way.topic(device, "reported")
    payload = ask(way, sent, envelope, heard, is_final, retain=True)
    if payload is None:
        told = "reports nothing final of these settings"
        click.echo(f"{device}: {told} within {way.wait_s:g} s", err=True)
        return UPLINK
    click.echo(payload)
    reported = decode_reported(payload)
    if reported.digest == digest:
        return OK if reported.standing is Standing.SETTLED else FAILED
    assert reported.refused is not None
    click.echo(f"{device}: not heeded: {reported.refused.reason}", err=True)
    return FAILED


def _is_refused(reported: Reported, digest: str) -> bool:
    return reported.refused is not None and reported.refused.digest == digest


def _text(path: Path) -> str:
    """Return what a file holds that is to be sent.

    Raises:
        SettingsError: It cannot be read, is no text, or holds a private key.
    """
    raw, _ = read_file(path, bytes_max=BODY_BYTES_MAX, wish="name a file of text")
    if b"PRIVATE KEY" in raw:
        raise SettingsError(str(path), ["holds a private key; nobody may be sent one"])
    try:
        return raw.decode()
    except UnicodeDecodeError:
        raise SettingsError(str(path), ["is not UTF-8"]) from None
