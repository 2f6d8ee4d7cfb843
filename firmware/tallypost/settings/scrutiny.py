"""`[scrutiny]`: judging the camera by its own pictures."""

from typing import Literal

from pydantic import Field

from tallypost.settings.base import Settings

FaultName = Literal["moved", "blinded", "covered", "dark", "defocused", "dirty"]


class ScrutinySettings(Settings):
    """`[scrutiny]`: which faults of the camera are told, and heeded."""

    ignored: tuple[FaultName, ...] = Field(
        default=(),
        strict=False,
        description="Faults that are neither told nor heeded: `moved` for a camera "
        "that turns by itself, `dark` for a hall whose lights go out at night. While "
        "one that blinds (`moved`, `blinded`, `covered`, `dark`) is seen and is not "
        "ignored, nothing is counted.",
    )
