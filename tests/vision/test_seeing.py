"""What several views of one picture give, and what is drawn of it for who aims."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from tallypost.domain.vision import Closer, Detections, Frame, Region, Size
from tallypost.vision.aiming.sketch import Sketcher
from tallypost.vision.seeing import look
from tests.vision.aiming.world import cells

SCENE = Size(640, 480)
LEFT = Region(0, 0, 320, 480)
PERSON = (230.0, 120.0, 400.0, 400.0)
STEP_S = 0.5


class Half:
    """Finds the half of a person that a region shows."""

    classes = ("person",)
    input_size = Size(320, 320)

    def close(self) -> None:
        pass

    def detect(
        self, frame: Frame, meanwhile: Callable[[], None] | None = None
    ) -> Detections:
        del frame
        if meanwhile is not None:
            meanwhile()
        x1, y1, _, y2 = PERSON
        return Detections(
            np.array([[x1, y1, 320, y2]], np.float32),
            np.array([0.9], np.float32),
            np.zeros(1, np.int64),
        )


def drawn(seed: int) -> NDArray[np.bool_]:
    """A street by the regions' camera, and somebody who stands on the border."""
    looks = np.random.default_rng(seed).integers(0, 256, (480, 640, 3), np.uint8)
    x1, y1, x2, y2 = (round(side) for side in PERSON)
    sketcher = Sketcher()
    for time_s in np.arange(0, 12, STEP_S).tolist():
        pixels = np.full((480, 640, 3), 120, np.uint8)
        pixels[240:] = 60  # the kerb
        pixels[y1:y2, x1:x2] = looks[y1:y2, x1:x2]
        region = Closer(LEFT, pixels[:, : LEFT.width].copy())
        frame = Frame(pixels, SCENE, time_s, time_s, closer=(region,), whole=False)
        found = look(Half(), frame, lambda: None)
        assert len(found) == 0, "who sees a half does not count it"
        sketcher.look(pixels, found, SCENE, time_s)
    return cells(sketcher.take(1e6))


def test_half_a_person_at_a_region_s_border_is_not_counted_and_not_drawn() -> None:
    one, other = drawn(1), drawn(2)

    assert one[:, :20].any(), "the kerb is"
    np.testing.assert_array_equal(one, other)
    assert not one[:, 23:].any()
