"""Writes what others are told, for its owner's eyes alone where it holds secrets."""

from pathlib import Path

import click

from tallypost.durable import write_durably
from tallypost_provisioning.errors import ProvisioningError

BYTES_MAX = 64 * 2**20


def write(path: Path, text: str, *, secret: bool, mode: int | None = None) -> None:
    """Write a file in place of another, and say so on standard error.

    Args:
        path: Which.
        text: All that it shall hold.
        secret: Whether secrets are in it: then only its owner may read it.
        mode: Who may, where that is not as usual.

    Raises:
        ProvisioningError: The disk refuses.
    """
    try:
        usual = 0o600 if secret else 0o644
        write_durably(path, text.encode(), usual if mode is None else mode)
    except OSError as error:
        raise ProvisioningError(
            f"{path}: cannot be written ({error.strerror}); name a place that is yours "
            "by --out, and has room"
        ) from error
    told = "holds secrets: only you may read it" if secret else "holds no secret"
    click.echo(f"{path}: {told}", err=True)


def read_before(path: Path) -> str:
    """Return what a file of ours held until now; "" where there is none.

    Raises:
        ProvisioningError: It is there, and cannot be read.
    """
    try:
        with path.open("rb") as file:
            raw = file.read(BYTES_MAX + 1)
        if len(raw) > BYTES_MAX:
            raise ProvisioningError(
                f"{path}: has more than {BYTES_MAX} bytes, and is none of ours; move "
                "it away"
            )
        return raw.decode()
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        raise ProvisioningError(
            f"{path}: is there, and cannot be read ({error}); move it away"
        ) from error
