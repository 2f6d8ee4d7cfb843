"""From light to figures, on a drawn street whose true counts are known."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pytest

from tallypost.assembly.counting import counting
from tallypost.assembly.detector import Threshold
from tallypost.board.simulated import SimulatedBoard
from tallypost.domain.records import Interval
from tallypost.domain.vision import Closer, Detections, Frame, Region, Size, Views
from tallypost.errors import CameraUnavailableError, ModelError
from tallypost.settings.site import Line, Site, Zone
from tallypost.vision.attention import Attention
from tallypost.vision.camera.synthetic import SyntheticCamera
from tallypost.vision.camera.traffic import Truth
from tallypost.vision.counts import Counting, Told
from tallypost.vision.detection.scripted import ScriptedDetector
from tallypost.vision.gate.motion import MotionGate
from tallypost.vision.gaze.interest import Interest
from tallypost.vision.gaze.turns import Turns, Whole
from tallypost.vision.pipeline import Pipeline
from tallypost.vision.timeline import FootageTimeline, LiveTimeline

CLASSES = ("person", "bicycle", "car")
FIT = Size(320, 320)
ACROSS = ((0.0, 0.5), (1.0, 0.5))
DOWN = ((0.5, 0.0), (0.5, 1.0))
EVERYWHERE = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
SITE = Site(
    lines=(
        Line(name="across", start=ACROSS[0], end=ACROSS[1]),
        Line(name="down", start=DOWN[0], end=DOWN[1], classes=("car",)),
    ),
    zones=(Zone(name="all", polygon=EVERYWHERE),),
)


def intervals_of(told: Sequence[Told]) -> list[Interval]:
    return [each for each in told if isinstance(each, Interval)]


def into(intervals: list[Interval]) -> Callable[[Told], None]:
    return lambda told: intervals.extend(intervals_of([told]))


def told(truth: Truth) -> Detections:
    """What a detector without fault would tell."""
    count = len(truth.ids)
    return Detections(
        np.asarray(truth.boxes, np.float32).reshape(count, 4),
        np.full(count, 0.9, np.float32),
        np.array([CLASSES.index(name) for name in truth.classes], np.int64),
    )


def counters(interval_s: float = 60.0) -> Counting:
    return counting(
        SITE,
        place="site.toml",
        classes=CLASSES,
        threshold=Threshold(0.4),
        interval_s=interval_s,
    )


def street(board: SimulatedBoard, *, seed: int, rate_hz: float) -> SyntheticCamera:
    return SyntheticCamera(
        fit=FIT, board=board, rate_hz=rate_hz, duration_s=120.0, seed=seed
    )


def run(
    board: SimulatedBoard, *, seed: int, rate_hz: float
) -> tuple[SyntheticCamera, list[Interval]]:
    camera = street(board, seed=seed, rate_hz=rate_hz)
    script = [told(truth) for truth in camera.truth()]
    pipeline = Pipeline(
        camera=camera,
        attention=Attention(ScriptedDetector(script, classes=CLASSES)),
        counting=counters(),
        timeline=FootageTimeline(),
        board=board,
    )
    intervals: list[Interval] = []
    pipeline.run(into(intervals), lambda: False)
    return camera, intervals


def total(intervals: list[Interval], line: str, way: str, label: str) -> int:
    return sum(getattr(each.lines[line], way).get(label, 0) for each in intervals)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("rate_hz", "seed"), [(25.0, 1), (10.0, 1), (10.0, 2), (10.0, 3)]
)
def test_what_a_perfect_detector_sees_is_counted_exactly(
    board: SimulatedBoard, seed: int, rate_hz: float
) -> None:
    camera, intervals = run(board, seed=seed, rate_hz=rate_hz)
    across = camera.crossings(*ACROSS)
    down = camera.crossings(*DOWN)

    assert sum(across[0].values()) + sum(across[1].values()) > 10
    for true, way in zip(across, ("forward", "backward"), strict=True):
        assert total(intervals, "across", way, "person") == true.get("person", 0)
    for true, way in zip(down, ("forward", "backward"), strict=True):
        assert total(intervals, "down", way, "car") == true.get("car", 0)
        assert total(intervals, "down", way, "person") == 0


def test_intervals_hold_every_frame_and_follow_each_other(
    board: SimulatedBoard,
) -> None:
    _, intervals = run(board, seed=1, rate_hz=10.0)

    assert [each.start_utc_s for each in intervals] == [0.0, 60.0]
    assert [each.quality.frames for each in intervals] == [600, 600]


@dataclass
class OneFrame:
    """A camera that gives one frame again and again, and says what became of it."""

    board: SimulatedBoard
    scene: Size = FIT
    dropped: int = 0
    ended: bool = False
    silent: bool = False
    released: int = 0

    def __post_init__(self) -> None:
        self.pixels = np.full((8, 8, 3), 200, np.uint8)

    def read(self, timeout_s: float) -> Frame | None:
        if self.silent:
            self.board.advance(timeout_s)
            return None
        self.pixels[...] = 200
        now_s = self.board.monotonic_s()
        return Frame(self.pixels, self.scene, now_s, now_s, self._release)

    def _release(self) -> None:
        self.released += 1

    def close(self) -> None:
        self.ended = True


class Peeking:
    """A detector that takes its time, and may fail."""

    classes = CLASSES
    input_size = FIT

    def __init__(self, board: SimulatedBoard, error: Exception | None = None) -> None:
        self.board = board
        self.error = error
        self.seen: list[int] = []

    def detect(
        self, frame: Frame, meanwhile: Callable[[], None] | None = None
    ) -> Detections:
        assert meanwhile is not None
        meanwhile()
        self.seen.append(int(frame.pixels.max()))
        self.board.advance(0.05)
        if self.error is not None:
            raise self.error
        return Detections.none()

    def close(self) -> None: ...


Build = Callable[..., tuple[OneFrame, Peeking, Pipeline]]


@pytest.fixture
def build(board: SimulatedBoard) -> Build:
    def make(
        error: Exception | None = None, rate_hz_max: float | None = None
    ) -> tuple[OneFrame, Peeking, Pipeline]:
        camera, detector = OneFrame(board), Peeking(board, error)
        pipeline = Pipeline(
            camera=camera,
            attention=Attention(detector),
            counting=counters(),
            timeline=LiveTimeline(board),
            board=board,
            rate_hz_max=rate_hz_max,
        )
        return camera, detector, pipeline

    return make


def test_a_picture_is_overwritten_and_given_back_once_it_was_looked_at(
    build: Build,
) -> None:
    camera, detector, pipeline = build()
    pipeline.step()

    assert detector.seen == [200]
    assert camera.pixels.max() == 0
    assert camera.released == 1


def test_a_picture_is_overwritten_also_where_the_detector_fails(build: Build) -> None:
    camera, _, pipeline = build(ModelError("model: fails; want another"))

    with pytest.raises(ModelError):
        pipeline.step()
    assert camera.pixels.max() == 0
    assert camera.released == 1


def test_a_record_tells_how_long_pictures_existed(
    build: Build, board: SimulatedBoard
) -> None:
    _, _, pipeline = build()
    closed: list[Interval] = []
    while not closed:
        closed = intervals_of(pipeline.step())
        board.advance(0.05)

    assert closed[0].quality.frame_lifetime_ms_p99 == pytest.approx(50.0)


def test_frames_that_nobody_looked_at_are_told(
    build: Build, board: SimulatedBoard
) -> None:
    camera, _, pipeline = build()
    closed: list[Interval] = []
    while not closed:
        closed = intervals_of(pipeline.step())
        camera.dropped += 1
        board.advance(1.0)

    assert closed[0].quality.frames_dropped == closed[0].quality.frames - 1


def test_a_silent_camera_makes_holes_and_no_zeros(build: Build) -> None:
    camera, _, pipeline = build()
    pipeline.step()
    camera.silent = True
    closed: list[Interval] = []
    while len(closed) < 2:
        closed += intervals_of(pipeline.step())

    assert closed[0].quality.frames == 1
    assert closed[1].quality.frames == 0
    assert closed[1].lines == {}


def test_no_more_frames_are_looked_at_than_asked_for(
    build: Build, board: SimulatedBoard
) -> None:
    _, _, pipeline = build(rate_hz_max=2.0)
    begun_s = board.monotonic_s()
    while pipeline.frames < 11:
        pipeline.step()

    assert board.monotonic_s() - begun_s == pytest.approx(5.05)


def test_a_slow_rate_keeps_no_glimpse_for_longer_than_a_second(
    board: SimulatedBoard,
) -> None:
    gate = MotionGate()
    pipeline = Pipeline(
        camera=OneFrame(board),
        attention=Attention(Peeking(board), gate=gate),
        counting=counters(),
        timeline=LiveTimeline(board),
        board=board,
        rate_hz_max=0.1,
    )
    pipeline.step()
    kept = gate._known
    assert kept is not None
    assert kept.any()
    pipeline.step()

    assert not kept.any()


def test_a_slow_rate_never_keeps_anybody_waiting(
    build: Build, board: SimulatedBoard
) -> None:
    _, _, pipeline = build(rate_hz_max=0.1)
    pipeline.step()
    before_s = board.monotonic_s()
    pipeline.step()

    assert board.monotonic_s() - before_s <= 1.0


def test_a_model_that_fails_costs_no_interval_that_was_over(
    build: Build, board: SimulatedBoard
) -> None:
    _, detector, pipeline = build()
    pipeline.step()
    board.advance(60.0)
    pipeline.step()
    detector.error = ModelError("model: fails; want another")
    intervals: list[Interval] = []

    with pytest.raises(ModelError):
        pipeline.run(into(intervals), lambda: False)
    assert [each.quality.frames for each in intervals] == [1, 1]


def test_a_camera_that_is_lost_costs_no_count(build: Build) -> None:
    camera, _, pipeline = build()
    intervals: list[Interval] = []

    def lose(timeout_s: float) -> Frame | None:
        raise CameraUnavailableError(f"camera: silent for {timeout_s} s; look at it")

    pipeline.step()
    camera.read = lose  # type: ignore[method-assign]
    with pytest.raises(CameraUnavailableError):
        pipeline.run(into(intervals), lambda: False)

    assert [each.quality.frames for each in intervals] == [1]


def cut(told: Detections, region: Region) -> Detections:
    """What a detector without fault tells of a region: of half a person, half."""
    shift = np.array([region.left, region.top] * 2)
    boxes = np.clip(told.boxes - shift, 0, [*region.size, *region.size])
    shown = (boxes[:, 2:] - boxes[:, :2]).min(axis=1) > 2
    return Detections(boxes.astype(np.float32), told.scores, told.class_ids).only(shown)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("looks_max", "whole", "turn_length", "seed"),
    [
        (4, "always", 1, 1),
        (2, "in turns", 3, 2),
        (1, "in turns", 3, 1),
        (2, "always", 2, 2),
    ],
)
def test_counts_stay_exact_when_regions_take_turns(
    board: SimulatedBoard, seed: int, looks_max: int, whole: Whole, turn_length: int
) -> None:
    scene = Size(640, 480)
    gaze = Turns(
        [Interest(ACROSS, is_area=False), Interest(DOWN, is_area=False)],
        fit=FIT,
        looks_max=looks_max,
        whole=whole,
        zoom_min=1.3,
    )
    camera = SyntheticCamera(
        fit=FIT,
        board=board,
        rate_hz=25.0,
        duration_s=60.0,
        seed=seed,
        gaze=gaze.views,
    )
    script, turn = [], set()
    for number, truth in enumerate(camera.truth()):
        views = gaze.views(scene, number)
        turn.add(views)
        script += [told(truth)] * views.whole
        script += [cut(told(truth), region) for region in views.regions]
    pipeline = Pipeline(
        camera=camera,
        attention=Attention(ScriptedDetector(script, classes=CLASSES)),
        counting=counters(),
        timeline=FootageTimeline(),
        board=board,
    )
    intervals: list[Interval] = []
    pipeline.run(into(intervals), lambda: False)

    assert len(turn) == turn_length
    across, down = camera.crossings(*ACROSS), camera.crossings(*DOWN)
    for true, way in zip(across, ("forward", "backward"), strict=True):
        assert total(intervals, "across", way, "person") == true.get("person", 0)
    for true, way in zip(down, ("forward", "backward"), strict=True):
        assert total(intervals, "down", way, "car") == true.get("car", 0)


def test_every_view_is_looked_at_and_overwritten_and_counting_happens_once(
    board: SimulatedBoard,
) -> None:
    camera = SyntheticCamera(
        fit=FIT,
        board=board,
        duration_s=0.2,
        gaze=lambda _scene, _number: Views(
            whole=True, regions=(Region(0, 0, 100, 100), Region(50, 50, 200, 100))
        ),
    )
    frame = camera.read(1.0)
    assert frame is not None
    scenes: list[Size] = []
    meanwhile: list[bool] = []

    class Noting(ScriptedDetector):
        def detect(
            self, frame: Frame, meanwhile_: Callable[[], None] | None = None
        ) -> Detections:
            scenes.append(frame.scene)
            meanwhile.append(meanwhile_ is not None)
            return Detections.none()

    pipeline = Pipeline(
        camera=camera,
        attention=Attention(Noting([], classes=CLASSES)),
        counting=counters(),
        timeline=FootageTimeline(),
        board=board,
    )
    pipeline._look(frame)

    assert scenes == [Size(640, 480), Size(100, 100), Size(200, 100)]
    assert meanwhile == [True, False, False]
    assert not any(each.pixels.any() for each in frame.closer)


def test_a_model_that_fails_on_a_region_leaves_no_picture(
    board: SimulatedBoard,
) -> None:
    pixels = [np.full((8, 8, 3), 200, np.uint8) for _ in range(2)]
    frame = Frame(
        pixels[0], FIT, 0.0, 0.0, closer=(Closer(Region(0, 0, 8, 8), pixels[1]),)
    )
    pipeline = Pipeline(
        camera=OneFrame(board),
        attention=Attention(Peeking(board, ModelError("broken"))),
        counting=counters(),
        timeline=FootageTimeline(),
        board=board,
    )

    with pytest.raises(ModelError):
        pipeline._look(frame)

    assert not any(each.any() for each in pixels)
