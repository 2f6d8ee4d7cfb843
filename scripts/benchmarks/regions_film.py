"""Plays footage of small persons to one model, whole and in regions."""

import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from scripts.benchmarks.page import DATA
from scripts.benchmarks.regions_ways import (
    RATE_HZ,
    SITES,
    TURN_MAX,
    WAYS,
    WHOLE_ALONE,
    Way,
    site,
    turns,
)
from scripts.benchmarks.sequences import Lines, recording
from tallypost.assembly.camera import open_footage
from tallypost.assembly.counting import counting
from tallypost.assembly.detector import open_detector, threshold
from tallypost.board.linux import LinuxBoard
from tallypost.domain.vision import Detections, Region, Size, Views
from tallypost.geometry import areas, iou
from tallypost.models.evaluation import match
from tallypost.models.store import find_model
from tallypost.vision.detection.litert import LitertDetector
from tallypost.vision.gaze.merge import merge
from tallypost.vision.gaze.turns import Turns
from tallypost.vision.timeline import FootageTimeline

FOOTAGE, ITS_TRUTH = "vtest.avi", "PETS09-S2L1"
HALF = Size(384, 288)
SMALL_PX = 32.0**2
FRAME_TIMEOUT_S = 10.0
TIMED = 60
THREADS = 2


@dataclass(slots=True, eq=False)
class Seen:
    """One model on one film: every view's detections, looked up when asked again."""

    name: str
    score_min: float
    fit: Size
    classes: tuple[str, ...]
    look_ms: float
    views: dict[tuple[int, Region], Detections] = field(default_factory=dict)


def film(folder: Path) -> Path:
    """Return the footage at half its size, without a loss of its own."""
    path = folder / "half.mkv"
    with (
        av.open(str(DATA / "footage" / FOOTAGE)) as source,
        av.open(str(path), "w") as sink,
    ):
        stream = sink.add_stream("ffv1", rate=int(RATE_HZ))
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height = HALF
        stream.pix_fmt = "yuv420p"
        for frame in source.decode(video=0):
            small = frame.reformat(*HALF, "yuv420p", interpolation="AREA")
            small.pts = None
            sink.mux(stream.encode(small))
        sink.mux(stream.encode())
    return path


def look(seen: Seen, detector: LitertDetector, path: Path, wanted: set[Region]) -> int:
    """See a film through, every wanted view of every frame; return its frames."""
    missing = tuple(sorted(wanted - {region for _, region in seen.views}))
    whole = Region(0, 0, *HALF)
    need_whole = (0, whole) not in seen.views

    def views(_scene: Size, _number: int) -> Views:
        return Views(whole=need_whole, regions=missing)

    number = 0
    with closing(
        open_footage(str(path), detector.input_size, LinuxBoard(), gaze=views)
    ) as camera:
        while not camera.ended:
            frame = camera.read(FRAME_TIMEOUT_S)
            if frame is None:
                continue
            if need_whole:
                seen.views[number, whole] = _people(detector, detector.detect(frame))
            for closer in frame.closer:
                part = type(frame)(closer.pixels, closer.region.size, 0.0, 0.0)
                told = _people(detector, detector.detect(part))
                seen.views[number, closer.region] = told
            frame.erase()
            number += 1
    return number


def _people(detector: LitertDetector, found: Detections) -> Detections:
    return found.only(found.class_ids == detector.classes.index("person"))


def frame_found(
    seen: Seen, gaze: Turns, scene: Size, frame: int, number: int
) -> Detections:
    """Return what one frame's views show, merged as the pipeline does."""
    views = gaze.views(scene, number)
    whole = Region(0, 0, *scene)
    if not views.regions:
        return seen.views[frame, whole]
    regions = ([whole] if views.whole else []) + list(views.regions)
    return merge([(region, seen.views[frame, region]) for region in regions], scene)


def recall(
    found: Detections, truth: NDArray[np.floating], score_min: float, small: float
) -> tuple[int, int, int, int]:
    """Return small ones hit, small ones there, false alarms, all told; overlap 0.5."""
    good = found.only(found.scores >= score_min)
    good = good.only(np.argsort(-good.scores, kind="stable"))
    large = areas(truth) >= small
    hits, others = match(iou(good.boxes.astype(float), truth), large)
    told = len(good)
    return (
        int(hits[0].sum()),
        int((~large).sum()),
        told - int(hits[0].sum()) - int(others[0].sum()),
        told,
    )


def line_error(counted: Lines, true: Lines) -> float:
    """Return how far counts are off by direction, as a share of all crossings."""
    off = sum(abs(np.subtract(counted[name], true[name])).sum() for name in counted)
    return float(off / sum(sum(true[name]) for name in counted))


def count(
    seen: Seen, way: Way, names: Sequence[str], frames: int
) -> tuple[Lines, list[Detections]]:
    """Return what the pipeline's own counting makes of a way's looks."""
    gaze, drawn = turns(way, names, seen.fit), site(names)
    counts = counting(
        drawn,
        place="site",
        classes=seen.classes,
        threshold=threshold(find_model(seen.name), None),
        interval_s=60.0,
    )
    timeline = FootageTimeline()
    found = []
    for number, frame in enumerate(range(0, frames, way.every)):
        told = frame_found(seen, gaze, HALF, frame, number)
        found.append(told)
        time_s = frame / RATE_HZ
        counts.look(told, scene=HALF, time_s=time_s, moment=timeline.at(time_s))
    told_lines: Lines = dict.fromkeys(names, (0, 0))
    for (line, direction, _), crossed in counts.crossings.items():
        name = line.replace("-", " ")
        forward, backward = told_lines[name]
        ahead = direction.name == "FORWARD"
        told_lines[name] = (
            forward + crossed * ahead,
            backward + crossed * (not ahead),
        )
    return told_lines, found


def film_rows(
    names: Sequence[str], larger: Sequence[str], cost_ms: Mapping[str, float]
) -> Iterator[str]:
    """Yield the rows of the film's table.

    Args:
        names: Models that look at regions too.
        larger: Models that look at the whole alone, to compare with.
        cost_ms: The time of one look of each.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = film(Path(folder))
        for name in (*names, *larger):
            ways = WAYS if name in names else WHOLE_ALONE
            model = find_model(name)
            scores = threshold(model, None)
            with closing(
                open_detector(model, score_min=scores.hold, threads=THREADS)
            ) as detector:
                fit, classes = detector.input_size, detector.classes
                seen = Seen(name, scores.begin, fit, classes, cost_ms[name])
                frames = look(seen, detector, path, _wanted(ways, fit))
            yield from _rows(seen, ways, frames)


def _wanted(ways: Sequence[Way], fit: Size) -> set[Region]:
    """Return all regions that any way looks at on any site."""
    return {
        region
        for lines in SITES.values()
        for way in ways
        for number in range(TURN_MAX)
        for region in turns(way, lines, fit).views(HALF, number).regions
    }


def _rows(seen: Seen, ways: Sequence[Way], frames: int) -> Iterator[str]:
    half = recording(DATA / "mot15", ITS_TRUTH, [Detections.none()] * frames, "", 0.5)
    truth = [each.boxes / 2 for each in half.truth]
    for title, lines in SITES.items():
        for way in ways:
            counted, found = count(seen, way, lines, frames)
            gaze = turns(way, lines, seen.fit)
            views = [gaze.views(HALF, number) for number in range(TURN_MAX)]
            looks = sum(each.whole + len(each.regions) for each in views) / TURN_MAX
            widths = [region.width for each in views for region in each.regions]
            sums = np.zeros(4, int)
            for told, real in zip(found, truth[:: way.every], strict=False):
                sums += recall(told, real, seen.score_min, SMALL_PX)
            yield (
                f"| {seen.name} | {title} | {way.told} "
                f"| {HALF.width / min(widths, default=HALF.width):.1f} "
                f"| {looks * seen.look_ms / way.every:.0f} "
                f"| {sums[0] / sums[1]:.3f} | {1 - sums[2] / max(sums[3], 1):.3f} "
                f"| {line_error(counted, half.lines):.3f} |"
            )


def looks_ms(names: Sequence[str]) -> dict[str, float]:
    """Return the time of each model alone, by turns: the same quarter for all of them.

    It is the lower quarter, where nobody else disturbs the machine.
    """
    with ExitStack() as stack:
        detectors = {
            name: stack.enter_context(
                closing(open_detector(find_model(name), score_min=1.0, threads=THREADS))
            )
            for name in names
        }
        spent_ms: dict[str, list[float]] = {name: [] for name in names}
        for _ in range(TIMED):
            for name, detector in detectors.items():
                began = time.perf_counter()
                detector.invoke()
                spent_ms[name].append((time.perf_counter() - began) * 1e3)
    return {name: float(np.percentile(each, 25)) for name, each in spent_ms.items()}
