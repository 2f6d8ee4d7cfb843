"""`[clock]`: who keeps this machine's calendar."""

from typing import Annotated

from pydantic import Field

from tallypost.settings.base import Settings


class ClockSettings(Settings):
    """`[clock]`: who keeps this machine's calendar."""

    host_uncertainty_s: Annotated[float, Field(ge=0.001, le=3600)] | None = Field(
        default=None,
        description="For a machine whose calendar is kept by its host, which tells the "
        "kernel nothing of it (some containers and virtual machines): by how much it "
        "may be off at most. Without it, records of a time when no time server kept "
        "the calendar wait until somebody tells the time.",
    )
