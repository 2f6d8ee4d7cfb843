"""What everything around the model costs: twenty objects at 320x320."""

import hashlib
import time
from collections.abc import Callable
from statistics import median, quantiles

import numpy as np

from scripts.benchmarks.page import DATA, put, table, where
from tallypost.assembly.board import board
from tallypost.assembly.counting import counting
from tallypost.assembly.detector import Threshold
from tallypost.domain.vision import Detections, Frame, Size
from tallypost.settings.site import Line, Site, Zone
from tallypost.vision.camera.video import VideoCamera
from tallypost.vision.detection.decoders import decoder_for
from tallypost.vision.detection.litert import LitertDetector
from tallypost.vision.detection.manifest import (
    BoxUnit,
    ElementType,
    Family,
    InputDescription,
    ModelDescription,
    OutputDescription,
)
from tallypost.vision.timeline import FootageTimeline

OBJECTS = 20
FRAMES = 600
RATE_HZ = 10.0
SCENE = Size(768, 576)
RAW_HEAD = "scrypted_yolov9t_relu_320_full_integer_quant.tflite"
SITE = Site(
    lines=tuple(
        Line(name=f"line-{n}", start=(n / 5, 0.0), end=(n / 5, 1.0))
        for n in range(1, 5)
    ),
    zones=tuple(
        Zone(
            name=f"zone-{n}",
            polygon=((x, 0.1), (x + 0.4, 0.1), (x + 0.4, 0.9), (x, 0.9)),
        )
        for n, x in enumerate((0.05, 0.5))
    ),
)


def walkers(frame: int, noise: np.random.Generator) -> Detections:
    """Return twenty people on their ways, as a detector would tell them."""
    ids = np.arange(OBJECTS)
    speed = np.where(ids % 2, 30.0, -30.0)
    x = (ids * 71.0 + speed * frame / RATE_HZ) % (SCENE.width - 40) + 20
    y = 60 + (ids * 97.0) % (SCENE.height - 160)
    boxes = np.stack([x - 14, y, x + 14, y + 80], axis=1)
    boxes += noise.normal(0, 1.5, boxes.shape)
    return Detections(
        boxes.astype(np.float32),
        noise.uniform(0.3, 0.95, OBJECTS).astype(np.float32),
        np.zeros(OBJECTS, np.int64),
    )


def timed(work: Callable[[int], object], frames: int = FRAMES) -> list[float]:
    """Return how many milliseconds each call took, the first tenth left out."""
    taken_ms = []
    for frame in range(frames):
        begun_s = time.perf_counter()
        work(frame)
        taken_ms.append((time.perf_counter() - begun_s) * 1000.0)
    return taken_ms[frames // 10 :]


def camera_ms() -> list[float]:
    """Return what decoding and scaling a frame of vtest.avi costs, all threads."""
    camera = VideoCamera(
        source=str(DATA / "footage" / "vtest.avi"), fit=Size(320, 320), board=board()
    )
    begun_s = time.process_time()
    frames = 0
    while not camera.ended:
        frame = camera.read(1.0)
        if frame is not None:
            frame.erase()
            frames += 1
    camera.close()
    return [(time.process_time() - begun_s) * 1000.0 / frames]


def letterbox_ms(detector: LitertDetector) -> list[float]:
    """Return what writing a picture into the input and wiping it out costs."""
    noise = np.random.default_rng(1).integers(0, 256, (240, 320, 3), np.uint8)
    frame = Frame(noise.copy(), SCENE, 0.0, 0.0)
    run = detector._open()

    def work(_: int) -> None:
        detector._writer.write(frame.pixels, run.input_view())
        detector._writer.wipe(run.input_view())
        frame.erase()

    return timed(work)


def raw_head_ms(detector: LitertDetector) -> list[float]:
    """Return what decoding a raw head with twenty objects and suppression costs."""
    facts = detector.outputs[0]
    decoder = decoder_for(detector.description, detector.outputs, 0.16)
    scale, zero = facts.scale, facts.zero_point
    cells = np.full(facts.shape, -128, facts.dtype)
    noise = np.random.default_rng(2)
    for index in range(OBJECTS):
        x, y = 0.05 + 0.9 * (index % 5) / 5, 0.1 + 0.8 * (index // 5) / 4
        for cell in noise.choice(cells.shape[2], 8, replace=False):
            box = [x, y, 0.05, 0.12, *noise.uniform(0.3, 0.9, 1)]
            raw = np.round(np.array(box) / scale + zero).clip(-128, 127)
            cells[0, :5, cell] = raw
    placed = detector._writer.place(np.zeros((240, 320, 3), np.uint8))

    def work(_: int) -> None:
        detector._finish(decoder.decode([cells]), placed, SCENE)

    assert len(detector._finish(decoder.decode([cells]), placed, SCENE)) == OBJECTS
    return timed(work)


def counting_ms() -> list[float]:
    """Return what tracking and counting twenty people cost."""
    target = counting(
        SITE,
        place="the benchmark's own site",
        classes=("person",),
        threshold=Threshold(0.4),
        interval_s=60.0,
    )
    timeline = FootageTimeline()
    noise = np.random.default_rng(3)
    seen = [walkers(frame, noise) for frame in range(FRAMES)]

    def work(frame: int) -> None:
        time_s = frame / RATE_HZ
        target.look(seen[frame], scene=SCENE, time_s=time_s, moment=timeline.at(time_s))

    return timed(work)


def main() -> None:
    """Measure and write."""
    raw = DATA / "models" / RAW_HEAD
    description = ModelDescription(
        name=raw.stem,
        sha256=hashlib.sha256(raw.read_bytes()).hexdigest(),
        input=InputDescription(Size(320, 320), ElementType.INT8),
        output=OutputDescription(Family.YOLO_V8, box_unit=BoxUnit.NORMALISED),
        labels=("person", "vehicle", "animal"),
        wanted={"person": "person", "vehicle": "vehicle"},
    )
    detector = LitertDetector(description=description, file=raw, threads=1)
    stages = {
        "letterbox into the input, wiping it and the picture": letterbox_ms(detector),
        "decoding a raw head of 2,100 cells, suppression": raw_head_ms(detector),
        "tracking, 4 lines, 2 zones, window": counting_ms(),
    }
    rows = [
        [name, f"{median(taken):.3f}", f"{quantiles(taken, n=20)[-1]:.3f}"]
        for name, taken in stages.items()
    ]
    total = sum(median(taken) for taken in stages.values())
    rows.append(["**together**", f"**{total:.3f}**", ""])
    rows.append(
        [
            "beside it, in a thread of its own: decoding and scaling a 768x576 frame",
            f"{camera_ms()[0]:.3f}",
            "",
        ]
    )
    put(
        "around",
        f"{table(['stage', 'median, ms', '95 of 100 under, ms'], rows)}\n\n{where()} "
        f"{OBJECTS} objects a frame, {FRAMES} frames, one thread.",
    )
