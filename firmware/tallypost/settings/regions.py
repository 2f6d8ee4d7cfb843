"""`[regions]`: looking closer where it matters, for small things far away."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from tallypost.settings.base import Fault, Settings

NO_REGIONS = (
    "a camera of the kind gstreamer gives the whole picture and no regions of it; use "
    "the kind video (USB, RTSP, files) or libcamera, or leave [regions] out"
)


class RegionsSettings(Settings):
    """`[regions]`: looking closer round lines and zones, for small things far away."""

    looks_max: Annotated[int, Field(ge=1, le=16)] = Field(
        default=1,
        description="How many times one picture is looked at, at most: once as a "
        "whole, and closer round what the site draws. Each look costs the model's "
        "time.",
    )
    whole: Literal["always", "in turns", "never"] = Field(
        default="always",
        description="Whether each picture is looked at as a whole too. `in turns` "
        "takes the whole and the regions one after another; `never` may lose what is "
        "larger than a third of a region.",
    )
    zoom_min: Annotated[float, Field(ge=1, le=16)] = Field(
        default=1.2,
        description="How many times as large as in the whole picture things are shown "
        "to the model, at least; where this takes more looks than there are, regions "
        "take turns from picture to picture.",
    )

    @property
    def wanted(self) -> bool:
        """Whether there is any region to look at."""
        return self.looks_max > 1 or self.whole != "always"


def no_regions_there(raw: Mapping[str, object]) -> list[Fault]:
    """Return a fault where a camera is asked for regions that it cannot give."""
    camera, regions = raw.get("camera"), raw.get("regions")
    if not isinstance(camera, dict) or not isinstance(regions, dict):
        return []
    whole_alone = (
        regions.get("looks_max", 1) == 1 and regions.get("whole", "always") == "always"
    )
    if camera.get("kind") != "gstreamer" or whole_alone:
        return []
    return [Fault(("regions",), NO_REGIONS)]
