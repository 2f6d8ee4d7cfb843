"""`[privacy]`: what is counted for, and which numbers are too small to be told."""

from collections.abc import Mapping
from typing import Annotated, Literal, get_args

from pydantic import Field

from tallypost.settings.base import Fault, Settings

Profile = Literal["open", "standard", "strict"]
K_BY_PROFILE: Mapping[Profile, int] = {"open": 1, "standard": 3, "strict": 10}
"""Why these: docs/decisions/0011-small-numbers.md."""
PROFILE_DEFAULT: Profile = "standard"
Purpose = Literal["operations", "statistics"]
PURPOSES: tuple[Purpose, ...] = get_args(Purpose)
"""The laxer first. Why these: docs/decisions/0028-what-it-is-for.md."""


def _no_looser_than_the_profile(raw: Mapping[str, object]) -> list[Fault]:
    profile, k_min = raw.get("profile", PROFILE_DEFAULT), raw.get("k_min")
    if not isinstance(k_min, int):
        return []
    for name, k in K_BY_PROFILE.items():
        if name == profile and k_min < k:
            told = (
                f'is below the {k} of the profile "{name}"; write {k} or more, or '
                "choose another profile"
            )
            return [Fault(("k_min",), told)]
    return []


def _statistics_are_not_open(raw: Mapping[str, object]) -> list[Fault]:
    if raw.get("purpose") != "statistics" or raw.get("profile") != "open":
        return []
    told = (
        '"open" withholds nothing, and statistics tell of nobody alone; write '
        '"standard" or "strict", or leave it out'
    )
    return [Fault(("profile",), told)]


class Privacy(Settings):
    """Numbers that a single person could be found in are withheld."""

    relations = (_no_looser_than_the_profile, _statistics_are_not_open)

    purpose: Purpose = Field(
        default="operations",
        description="What is counted for. `operations`: whoever looks after the place "
        "is told at once what the site draws alarms for. `statistics`: figures alone, "
        "and alerts about crowds, traffic and the camera; whatever would point at one "
        "person or vehicle is refused.",
    )
    profile: Profile = Field(
        default=PROFILE_DEFAULT,
        description="`open` withholds nothing but cells of heat maps that fewer than 3 "
        "stood in; `standard` withholds trips, stays and waits of fewer than 3, "
        "`strict` of fewer than 10.",
    )
    k_min: Annotated[int, Field(ge=1, le=1000)] | None = Field(
        default=None, description="Fewer than so many; the profile's number or more."
    )
    epsilon_per_day: Annotated[float, Field(ge=0.01, le=100)] | None = Field(
        default=None,
        description="Adds noise to trips and heat maps, and leaves stays and waits "
        "out: one day of figures is differentially private with this budget. Wants "
        "long intervals: see docs/elements/privacy.md.",
    )

    @property
    def k(self) -> int:
        """Trips, stays and waits of fewer than so many are withheld."""
        return self.k_min or K_BY_PROFILE[self.profile]


def noise_wants_classes(raw: Mapping[str, object]) -> list[Fault]:
    """Return a fault for each junction of a raw site whose noise would know no bounds.

    Noise goes to every combination of gates and classes, also to those of which there
    was nobody: otherwise the noise itself would tell who was there.
    """
    privacy, movements = raw.get("privacy"), raw.get("movements")
    if not isinstance(privacy, dict) or privacy.get("epsilon_per_day") is None:
        return []
    told = "is missing; noise is added by class: name those that shall be told"
    return [
        Fault(("movements", place, "classes"), told)
        for place, each in enumerate(movements if isinstance(movements, list) else [])
        if isinstance(each, dict) and "classes" not in each
    ]
