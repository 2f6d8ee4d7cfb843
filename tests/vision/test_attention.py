"""What is worth a look, and what must not be counted: on a drawn street."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pytest

from tallypost.assembly.counting import counting
from tallypost.assembly.detector import Threshold
from tallypost.board.simulated import SimulatedBoard
from tallypost.domain.alerts import Alert, AlertKind, AlertState
from tallypost.domain.records import Interval
from tallypost.domain.vision import Detections, Fault, Frame, Pixels, Size
from tallypost.domain.words import Light
from tallypost.settings.site import Line, Site, Zone
from tallypost.vision.attention import Attention
from tallypost.vision.camera.base import Camera
from tallypost.vision.camera.synthetic import SyntheticCamera
from tallypost.vision.camera.traffic import Truth
from tallypost.vision.detection.base import Detector
from tallypost.vision.gate.motion import MotionGate
from tallypost.vision.pipeline import Pipeline
from tallypost.vision.scrutiny.scrutiny import Scrutiny
from tallypost.vision.timeline import FootageTimeline
from tests.vision.scrutiny.scenes import STREET, noisy, street

CLASSES = ("person", "bicycle", "car")
ACROSS = ((0.0, 0.5), (1.0, 0.5))
DOWN = ((0.5, 0.0), (0.5, 1.0))
EVERYWHERE = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
SITE = Site(
    lines=(
        Line(name="across", start=ACROSS[0], end=ACROSS[1]),
        Line(name="down", start=DOWN[0], end=DOWN[1]),
    ),
    zones=(Zone(name="all", polygon=EVERYWHERE),),
)
PARKED = [100.0, 60.0, 180.0, 110.0]


@dataclass
class Known:
    """A detector that knows the truth of each moment, and how often it was asked."""

    told: Callable[[float], Detections]
    classes: tuple[str, ...] = CLASSES
    input_size: Size = Size(320, 320)  # noqa: RUF009  a tuple
    looks: list[float] = field(default_factory=list)

    def detect(
        self, frame: Frame, meanwhile: Callable[[], None] | None = None
    ) -> Detections:
        if meanwhile is not None:
            meanwhile()
        self.looks.append(frame.time_s)
        return self.told(frame.time_s)

    def close(self) -> None: ...


@dataclass
class Shown:
    """A camera that shows a scene, second by second."""

    scene_at: Callable[[float], Pixels]
    seconds: float
    rate_hz: float = 5.0
    scene: Size = Size(320, 192)  # noqa: RUF009  a tuple
    dropped: int = 0
    number: int = 0

    @property
    def ended(self) -> bool:
        return self.number >= self.seconds * self.rate_hz

    def read(self, timeout_s: float) -> Frame | None:  # noqa: ARG002  a Camera
        time_s = self.number / self.rate_hz
        self.number += 1
        pixels = noisy(self.scene_at(time_s), 1.0, self.number)
        return Frame(pixels, self.scene, time_s, 0.0)

    def close(self) -> None: ...


def pipeline(
    camera: Camera,
    detector: Detector,
    board: SimulatedBoard,
    *,
    scrutiny: Scrutiny | None = None,
    rest: bool = False,
) -> Pipeline:
    return Pipeline(
        camera=camera,
        attention=Attention(
            detector, scrutiny=scrutiny, gate=MotionGate() if rest else None
        ),
        counting=counting(
            SITE,
            place="site.toml",
            classes=CLASSES,
            threshold=Threshold(0.4),
            interval_s=60.0,
            rest=rest,
        ),
        timeline=FootageTimeline(),
        board=board,
    )


def run(line: Pipeline) -> tuple[list[Interval], list[Alert]]:
    intervals: list[Interval] = []
    alerts: list[Alert] = []

    def outlet(told: Interval | Alert) -> None:
        if isinstance(told, Alert):
            alerts.append(told)
        else:
            intervals.append(told)

    line.run(outlet, lambda: False)
    return intervals, alerts


def detections(truth: Truth) -> Detections:
    count = len(truth.ids)
    return Detections(
        np.asarray(truth.boxes, np.float32).reshape(count, 4),
        np.full(count, 0.9, np.float32),
        np.array([CLASSES.index(name) for name in truth.classes], np.int64),
    )


def parked(_time_s: float) -> Detections:
    return Detections(
        np.array([PARKED], np.float32), np.array([0.9], np.float32), np.array([2])
    )


def quiet_street(
    board: SimulatedBoard, seed: int, rate_hz: float
) -> tuple[SyntheticCamera, Known]:
    """Somebody comes every twelve seconds."""
    camera = SyntheticCamera(
        fit=Size(320, 320),
        board=board,
        rate_hz=rate_hz,
        duration_s=180.0,
        seed=seed,
        interval_s=12.0,
    )
    found = {truth.time_s: detections(truth) for truth in camera.truth()}
    return camera, Known(found.__getitem__)


@pytest.mark.parametrize(("seed", "rate_hz"), [(1, 2.0), (2, 5.0), (3, 10.0)])
def test_a_detector_that_rests_counts_what_one_that_does_not_counts(
    board: SimulatedBoard, seed: int, rate_hz: float
) -> None:
    camera, detector = quiet_street(board, seed, rate_hz)
    resting, _ = run(pipeline(camera, detector, board, rest=True))
    camera, other = quiet_street(board, seed, rate_hz)
    awake, _ = run(pipeline(camera, other, board))

    assert [each.lines for each in resting] == [each.lines for each in awake]
    assert [each.zones for each in resting] == [each.zones for each in awake]
    rested = sum(each.quality.frames_rested or 0 for each in resting)
    assert len(detector.looks) + rested == len(other.looks)
    assert rested > 0.1 * len(other.looks)
    assert all(each.quality.frames_rested is None for each in awake)


def test_parked_cars_need_a_look_a_second_and_stay_where_they_are(
    board: SimulatedBoard,
) -> None:
    detector = Known(parked)
    [first, second], _ = run(
        pipeline(Shown(lambda _: STREET, 120.0), detector, board, rest=True)
    )

    assert len(detector.looks) < 150
    assert second.quality.frames_rested > 0.75 * second.quality.frames  # type: ignore[operator]
    assert first.zones["all"].entries == {"car": 1}
    assert second.zones["all"].entries == {}
    assert second.zones["all"].exits == {}
    assert second.zones["all"].occupancy_mean["car"] == pytest.approx(1.0)


def test_a_single_false_alarm_does_not_live_on_rests(board: SimulatedBoard) -> None:
    """What one look alone has found is not repeated until it is believed."""

    def told(time_s: float) -> Detections:
        return parked(time_s) if time_s == 20.0 else Detections.none()

    [interval], _ = run(
        pipeline(Shown(lambda _: STREET, 60.0), Known(told), board, rest=True)
    )

    assert interval.zones["all"].entries == {}


def test_what_a_moved_camera_shows_is_absent_and_not_zero(
    board: SimulatedBoard,
) -> None:
    def scene(time_s: float) -> Pixels:
        return street(right=14) if 90.0 <= time_s < 210.0 else STREET

    detector = Known(parked)
    intervals, alerts = run(
        pipeline(Shown(scene, 240.0), detector, board, scrutiny=Scrutiny())
    )

    assert [each.kind for each in alerts] == [AlertKind.CAMERA_MOVED] * 2
    assert [each.state for each in alerts] == [AlertState.BEGUN, AlertState.ENDED]
    assert alerts[0].time_utc_s == pytest.approx(94.0, abs=0.5)
    assert alerts[0].element is None
    moved = [each.quality.camera_moved for each in intervals]
    assert moved == [False, True, True, True]
    observed_s = [each.quality.observed_s for each in intervals]
    assert observed_s == pytest.approx([60.0, 30.0, 0.0, 26.0], abs=0.5)
    assert [bool(each.zones) for each in intervals] == [True, True, False, True]
    assert not any(90.0 <= each < 210.0 for each in detector.looks)


def test_the_time_of_each_fault_is_in_the_interval(board: SimulatedBoard) -> None:
    def scene(time_s: float) -> Pixels:
        return np.full_like(STREET, 60) if 80.0 <= time_s < 100.0 else STREET

    [first, second], alerts = run(
        pipeline(Shown(scene, 120.0), Known(parked), board, scrutiny=Scrutiny())
    )

    assert [each.kind for each in alerts] == [AlertKind.CAMERA_COVERED] * 2
    assert first.quality.camera_covered_s == 0.0
    assert second.quality.camera_covered_s == pytest.approx(18.0, abs=1.0)
    assert second.quality.observed_s == pytest.approx(37.0, abs=1.0)
    assert second.quality.light is Light.DAY
    assert second.quality.camera_dark_s == 0.0
    assert second.quality.camera_dirty is False


def test_who_does_not_judge_the_camera_tells_nothing_of_it(
    board: SimulatedBoard,
) -> None:
    [interval], _ = run(
        pipeline(Shown(lambda _: np.zeros_like(STREET), 60.0), Known(parked), board)
    )

    quality = interval.quality
    assert (quality.light, quality.camera_moved, quality.camera_dark_s) == (None,) * 3
    assert quality.observed_s == pytest.approx(60.0, abs=0.3)


def test_neither_room_keeps_a_picture_that_is_not_trusted(
    board: SimulatedBoard,
) -> None:
    gate = MotionGate()
    attention = Attention(Known(parked), scrutiny=Scrutiny(), gate=gate)

    def see(pixels: Pixels, time_s: float) -> Detections | None:
        frame = Frame(pixels, Size(320, 192), time_s, board.monotonic_s())
        return attention.see(frame, lambda: None, lambda _: True).detections

    assert see(STREET, 0.0) is not None
    kept = gate._known
    assert kept is not None
    assert kept.any()
    assert see(np.zeros_like(STREET), 1.0) is None
    assert not kept.any()
    assert attention._scrutiny is not None
    assert attention._scrutiny.condition.faults == set()


def test_a_fault_has_an_alert_and_a_field_of_its_name() -> None:
    for fault in Fault:
        assert AlertKind(fault.value)
