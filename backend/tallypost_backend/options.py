"""What operators say with every command: who signs, and where it goes."""

import functools
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tallypost.errors import SettingsError
from tallypost.settings.secret import read_secret
from tallypost_backend.broker import Address
from tallypost_backend.keys import is_encrypted, read_private_key

_FILE = click.Path(path_type=Path)


_ADDRESS = (
    *("host", "port", "no_tls", "ca_file"),
    *("tls_certificate_file", "tls_key_file", "username", "password_file"),
)


@dataclass(frozen=True, slots=True)
class Way:
    """Where a message goes.

    Attributes:
        address: The broker; None where it is only to be printed.
        topic_prefix: What its topics begin with.
        wait_s: For how long to wait for an answer.
    """

    address: Address | None
    topic_prefix: str
    wait_s: float

    def topic(self, device: str, last: str) -> str:
        """Return one of a device's topics."""
        return f"{self.topic_prefix}/{device}/{last}"


def signing(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command `--key`; it takes the key itself as `key`."""

    @click.option("--key", "key_file", type=_FILE, required=True, help="Who signs.")
    @click.option(
        "--passphrase-file",
        type=_FILE,
        help="A file whose one line opens the key; without it, you are asked.",
    )
    @functools.wraps(function)
    def command(*, key_file: Path, passphrase_file: Path | None, **others: Any) -> Any:
        return function(key=_key(key_file, passphrase_file), **others)

    return command


def sending(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the broker's options; it takes them as `way`."""

    @click.option(
        "--host",
        type=Filled(),
        help="The broker; without it, what is signed is printed.",
    )
    @click.option("--port", type=click.IntRange(1, 65535), help="Its port.")
    @click.option("--no-tls", is_flag=True, help="Leave the link in the clear.")
    @click.option("--ca-file", type=_FILE, help="Who signed the broker's certificate.")
    @click.option("--tls-certificate-file", type=_FILE, help="Your own certificate.")
    @click.option("--tls-key-file", type=_FILE, help="The key of your own certificate.")
    @click.option("--username", help="Who logs in.")
    @click.option("--password-file", type=_FILE, help="A file that holds the password.")
    @click.option(
        "--topic-prefix", type=Prefix(), default="tallypost", show_default=True
    )
    @click.option(
        "--wait-s",
        type=click.FloatRange(0, 3600),
        default=30.0,
        show_default=True,
        help="For how long to wait for an answer.",
    )
    @functools.wraps(function)
    def command(*, topic_prefix: str, wait_s: float, **others: Any) -> Any:
        told = {name: others.pop(name) for name in _ADDRESS}
        way = Way(_address(**told) if told["host"] else None, topic_prefix, wait_s)
        return function(way=way, **others)

    return command


class Filled(click.ParamType[str]):
    """A text that is not empty, as one is that a shell made of a variable unset."""

    name = "TEXT"

    def convert(self, value: Any, param: Any, ctx: Any) -> str:
        """Return the text, where there is one."""
        if not value:
            self.fail("is empty", param, ctx)
        return str(value)


class Prefix(Filled):
    """What topics begin with: no wildcard, or a command would go who knows where."""

    def convert(self, value: Any, param: Any, ctx: Any) -> str:
        """Return the prefix, where it may begin a topic."""
        if set(value) & set("+#\0"):
            self.fail(f"{value} has a letter that no topic may have", param, ctx)
        return super().convert(value, param, ctx)


def _key(path: Path, passphrase_file: Path | None) -> Ed25519PrivateKey:
    passphrase = ""
    if passphrase_file is not None:
        passphrase = read_secret(passphrase_file)
    elif is_encrypted(path):
        passphrase = click.prompt(f"Passphrase of {path}", hide_input=True)
    return read_private_key(path, passphrase)


def _address(
    *, host: str, port: int | None, no_tls: bool, ca_file: Path | None, **login: Any
) -> Address:
    password_file = login["password_file"]
    own = login["tls_certificate_file"], login["tls_key_file"]
    tls = None if no_tls else _tls(ca_file, *own)
    return Address(
        host=host,
        port=port or (1883 if no_tls else 8883),
        tls=tls,
        username=login["username"],
        password=read_secret(password_file) if password_file else None,
    )


def _tls(
    ca_file: Path | None, certificate_file: Path | None, key_file: Path | None
) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=ca_file)
        if certificate_file is not None:
            context.load_cert_chain(certificate_file, key_file)
    except (OSError, ssl.SSLError) as error:
        place = str(certificate_file or ca_file)
        raise SettingsError(place, [f"cannot be used for TLS ({error})"]) from error
    return context
