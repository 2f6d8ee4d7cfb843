"""The torture set: every scene, once."""

from tests.torture import (
    scenes_hiding,
    scenes_seeing,
    scenes_speed,
    scenes_stopping,
    scenes_zones,
)
from tests.torture.language import Scene

SCENES: tuple[Scene, ...] = (
    *scenes_stopping.SCENES,
    *scenes_speed.SCENES,
    *scenes_hiding.SCENES,
    *scenes_seeing.SCENES,
    *scenes_zones.SCENES,
)
BY_NAME = {scene.name: scene for scene in SCENES}
