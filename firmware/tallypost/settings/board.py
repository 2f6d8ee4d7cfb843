"""`[board]`: its lights, its buzzer, its button and the switch at its lid."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from tallypost.settings.base import Fault, FilePath, Settings, Text, Wish, refuse

ROLES = ("status", "link", "buzzer", "button", "tamper")


def _no_number(line: str) -> str:
    if line.isdecimal():
        refuse(
            f"{line} is a number, which is another line on another chip; write the "
            "line's name, as in GPIO17"
        )
    return line


Line = Annotated[
    Text,
    Field(min_length=1, max_length=32, pattern=r"^[A-Za-z0-9_.:+-]*$"),
    Wish("write the name of a line, as in GPIO17"),
    AfterValidator(_no_number),
]
Role = Literal["status", "link", "buzzer", "button", "tamper"]


def _each_line_once(raw: Mapping[str, object]) -> list[Fault]:
    owners: dict[object, str] = {}
    faults = []
    for role in ROLES:
        line = raw.get(role)
        if isinstance(line, str) and owners.setdefault(line, role) != role:
            told = f"is {line}, as `{owners[line]}` is; give each a line of its own"
            faults.append(Fault((role,), told))
    return faults


def _active_low_is_wired(raw: Mapping[str, object]) -> list[Fault]:
    roles = raw.get("active_low")
    if not isinstance(roles, list):
        return []
    return [
        Fault(("active_low", place), f"names {role}, which has no line; give it one")
        for place, role in enumerate(roles)
        if role in ROLES and role not in raw
    ]


class BoardBase(Settings):
    """What every kind of board can be told."""

    reboots: bool = Field(
        default=True,
        description="Whether the machine is started anew where neither starting the "
        "camera nor starting delivery afresh has helped; seldom, and ever more seldom.",
    )


class NoBoardSettings(BoardBase):
    """`[board]` with `kind = "none"`: nothing is wired."""

    kind: Literal["none"] = Field(default="none", description="This kind of board.")


class WiredSettings(BoardBase):
    """What lines are wired to."""

    relations = (_each_line_once, _active_low_is_wired)

    status: Line | None = Field(
        default=None, description="The line of the status light; see docs/board.md."
    )
    link: Line | None = Field(
        default=None, description="The line of the light that tells of the link."
    )
    buzzer: Line | None = Field(default=None, description="The line of the buzzer.")
    button: Line | None = Field(
        default=None, description="The line of the button; the other side is ground."
    )
    tamper: Line | None = Field(
        default=None,
        description="The line of the switch at the lid, which is shut to ground while "
        "the lid is: a wire that is cut tells what an open lid does.",
    )
    active_low: Annotated[tuple[Role, ...], Field(strict=False, max_length=5)] = Field(
        default=("button",),
        description="Which of them are active while their voltage is low: lit, "
        "sounding, pressed, opened. Whatever is felt is pulled up.",
    )


class GpiozeroSettings(WiredSettings):
    """`[board]` with `kind = "gpiozero"`: a Raspberry Pi, by its pins' names."""

    kind: Literal["gpiozero"] = Field(description="This kind of board.")


class GpiodSettings(WiredSettings):
    """`[board]` with `kind = "gpiod"`: any board, by the kernel's names of lines."""

    kind: Literal["gpiod"] = Field(description="This kind of board.")


class SimulatedBoardSettings(BoardBase):
    """`[board]` with `kind = "simulated"`: everything there is, and nobody sees it."""

    kind: Literal["simulated"] = Field(description="This kind of board.")
    folder: FilePath = Field(
        description="Where a file called `button` presses and one called `tamper` "
        "opens, as long as it is there; `lights` holds what is lit."
    )


BoardSettings = Annotated[
    GpiozeroSettings | GpiodSettings | SimulatedBoardSettings | NoBoardSettings,
    Field(discriminator="kind"),
    Wish("choose a kind of board"),
]
