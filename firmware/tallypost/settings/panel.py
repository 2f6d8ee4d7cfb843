"""`[panel]`: the page for whoever stands at the device with a phone."""

from typing import Annotated

from pydantic import Field

from tallypost.settings.base import FilePath, Settings, Wish

Address = Annotated[
    str,
    Field(pattern=r"^(\d{1,3}(\.\d{1,3}){3}|\[[0-9a-fA-F:.]{2,45}\]):\d{1,5}$"),
    Wish('write a literal address and a port, as in "10.42.0.1:443"'),
]


class PanelSettings(Settings):
    """`[panel]`: the page for whoever stands at the device with a phone."""

    enabled: bool = Field(
        default=True,
        description="Whether there is one; not before the first start of a card has "
        "left the code of its label in `folder`.",
    )
    folder: FilePath = Field(
        default="/var/lib/tallypost/panel",
        validate_default=True,
        description="Where its code, its certificate and its socket to the half that "
        "speaks are.",
    )
    addresses: Annotated[tuple[Address, ...], Field(min_length=1, max_length=8)] = (
        Field(
            default=("10.42.0.1:443", "192.168.7.1:443"),
            strict=False,
            description="Where it listens, by `tallypost run`; they need not be there "
            "yet. By default a hotspot's own address and that of a USB cable.",
        )
    )
    open_after_start_s: Annotated[int, Field(ge=0, le=86_400)] = Field(
        default=900,
        description="For so long after power-up it opens without the button; 0 for "
        "never.",
    )
    open_max_s: Annotated[int, Field(ge=60, le=86_400)] = Field(
        default=7200,
        description="It ends after so long in any case, by `tallypost run`; the unit's "
        "own drop-in says so with `--open-max-s`.",
    )
