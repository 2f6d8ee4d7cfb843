"""Real public models on real pictures."""

import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest

from tallypost.board.simulated import SimulatedBoard
from tallypost.domain.vision import Frame, Size
from tallypost.errors import ModelError
from tallypost.models.at_hand import Model, file_hash
from tallypost.models.store import find_model
from tallypost.vision.camera.scale import fit_within
from tallypost.vision.detection.identify import drawn_picture
from tallypost.vision.detection.litert import LitertDetector, describe
from tallypost.vision.detection.manifest import (
    BoxFormat,
    BoxUnit,
    ElementType,
    Family,
    InputDescription,
    ModelDescription,
    OutputDescription,
    Placement,
)
from tallypost.vision.detection.selfcheck import check_answers, demand

LITE0 = "efficientdet-lite0.tflite"
V8N = "yolov8n_full_integer_quant.tflite"
V9T = "scrypted_yolov9t_relu_320_full_integer_quant.tflite"
YOLOX = "yolox_nano_float16_quantize.tflite"
GARBAGE = "yolox_nano_only_int8_quantize.tflite"
SSD_V1 = "coco_ssd_mobilenet_v1_1.0_quant_2018_06_29.tflite"
SSD_V2 = "mobilenet_ssd_v2_coco_quant_postprocess.tflite"
GOOD = [LITE0, "efficientdet-lite2.tflite", SSD_V1, SSD_V2, YOLOX, V8N, V9T]


def model_of(data: Path, name: str) -> Model:
    """Return a public model as its manifest, or its publisher, describes it."""
    file = data / "models" / name
    if name == V9T:
        return Model(
            ModelDescription(
                name="yolov9t",
                sha256=str(file_hash(file, None)),
                input=InputDescription(Size(320, 320), ElementType.INT8),
                output=OutputDescription(Family.YOLO_V8),
                labels=("person", "vehicle", "animal"),
                wanted={"person": "person", "vehicle": "vehicle"},
            ),
            file,
        )
    if name == GARBAGE:
        sound = find_model(str(data / "models" / YOLOX)).description
        sha256 = str(file_hash(file, None))
        return Model(replace(sound, name="garbage", sha256=sha256), file)
    return find_model(str(file))


def open_model(data: Path, name: str, score_min: float = 0.3) -> LitertDetector:
    model = model_of(data, name)
    return LitertDetector(
        description=model.description, file=model.file, threads=1, score_min=score_min
    )


@pytest.fixture(scope="module")
def street(data: Path) -> av.VideoFrame:
    """The first picture of the campus, 768x576, with its people at known places."""
    with av.open(str(data / "footage" / "vtest.avi")) as container:
        return next(container.decode(video=0))


def frame_for(picture: av.VideoFrame, fit: Size) -> Frame:
    scene = Size(picture.width, picture.height)
    size = fit_within(scene, fit)
    scaled = picture.reformat(size.width, size.height, "rgb24", interpolation="AREA")
    pixels = np.array(scaled.to_ndarray(), np.uint8)
    return Frame(pixels, scene, 0.0, 0.0)


WALKER = np.array([640, 240, 685, 326])
"""Somebody who stands clear of all others on the first picture."""


@pytest.mark.parametrize("name", GOOD)
def test_every_family_finds_the_same_person_in_the_same_place(
    data: Path, street: av.VideoFrame, name: str
) -> None:
    detector = open_model(data, name)
    found = detector.detect(frame_for(street, detector.input_size))
    persons = found.boxes[found.class_ids == detector.classes.index("person")]
    assert len(persons)
    assert np.abs(persons - WALKER).max(axis=1).min() < 15
    assert (np.diff(found.scores) <= 0).all()


@pytest.mark.parametrize("placement", list(Placement))
def test_boxes_are_told_in_the_scene_however_the_picture_lies(
    data: Path, street: av.VideoFrame, placement: Placement
) -> None:
    model = model_of(data, LITE0)
    told = replace(
        model.description, input=replace(model.description.input, placement=placement)
    )
    detector = LitertDetector(description=told, file=model.file, threads=1)
    found = detector.detect(frame_for(street, detector.input_size))
    assert np.abs(found.boxes - WALKER).max(axis=1).min() < 15


def test_the_input_holds_no_trace_of_the_picture_afterwards(
    data: Path, street: av.VideoFrame
) -> None:
    detector = open_model(data, LITE0)
    frame = frame_for(street, detector.input_size)
    before = frame.pixels.copy()
    detector.detect(frame)
    assert detector._run is not None
    assert (detector._run.input_view() == 127).all()
    assert (frame.pixels == before).all()


def test_looking_twice_gives_the_same(data: Path, street: av.VideoFrame) -> None:
    detector = open_model(data, YOLOX)
    frame = frame_for(street, detector.input_size)
    first, second = detector.detect(frame), detector.detect(frame)
    assert np.array_equal(first.boxes, second.boxes)


@pytest.mark.parametrize(
    ("name", "family", "box_format", "unit"),
    [
        (LITE0, Family.EFFICIENTDET, BoxFormat.XYWH, BoxUnit.NORMALISED),
        (V8N, Family.YOLO_V8, BoxFormat.XYWH, BoxUnit.NORMALISED),
    ],
)
def test_a_bare_file_with_labels_tells_what_it_is(
    data: Path, name: str, family: Family, box_format: BoxFormat, unit: BoxUnit
) -> None:
    told = describe(data / "models" / name)
    assert (told.output.family, told.output.box_format) == (family, box_format)
    assert told.output.box_unit == unit
    assert "motorcycle" in told.classes
    assert told.labels[0] == "person"


def test_a_bare_file_is_fed_as_its_manifest_says(data: Path) -> None:
    bare = describe(data / "models" / LITE0)
    known = model_of(data, LITE0).description
    assert bare.output == known.output
    assert (bare.input.mean, bare.input.std) == (known.input.mean, known.input.std)


@pytest.mark.parametrize("name", [SSD_V1, SSD_V2, YOLOX, V9T])
def test_a_bare_file_without_labels_says_what_to_write(data: Path, name: str) -> None:
    with pytest.raises(ModelError, match=r"carries no labels; .* manifest\.toml"):
        describe(data / "models" / name)


@pytest.mark.parametrize("name", GOOD)
def test_a_sound_model_passes_the_self_check(data: Path, name: str) -> None:
    detector = open_model(data, name)
    demand(name, check_answers(detector))


def test_an_export_whose_boxes_were_cut_off_is_found_out(data: Path) -> None:
    detector = open_model(data, GARBAGE)
    with pytest.raises(ModelError, match=r"cannot be boxes(.|\n)*0\.00 to 1\.00"):
        demand("garbage", check_answers(detector))


def wrong_hash(model: Model) -> ModelDescription:
    return replace(model.description, sha256="0" * 64)


def wrong_size(model: Model) -> ModelDescription:
    told = model.description
    return replace(told, input=replace(told.input, size=Size(300, 300)))


def wrong_type(model: Model) -> ModelDescription:
    told = model.description
    return replace(told, input=replace(told.input, type=ElementType.FLOAT32))


def wrong_family(model: Model) -> ModelDescription:
    told = model.description
    return replace(told, output=replace(told.output, family=Family.YOLO_V8))


def wrong_wish(model: Model) -> ModelDescription:
    return replace(model.description, wanted={"unicorn": "unicorn"})


@pytest.mark.parametrize(
    ("break_it", "told"),
    [
        pytest.param(wrong_hash, "is another file", id="hash"),
        pytest.param(wrong_size, "300x300 .* 320x320", id="size"),
        pytest.param(wrong_type, "float32 in the manifest", id="type"),
        pytest.param(wrong_family, "this family has one", id="family"),
        pytest.param(wrong_wish, "unicorn: is none", id="class"),
    ],
)
def test_a_description_of_another_model_is_refused_before_the_first_frame(
    data: Path, break_it: object, told: str
) -> None:
    model = model_of(data, LITE0)
    assert callable(break_it)
    with pytest.raises(ModelError, match=told):
        LitertDetector(description=break_it(model), file=model.file)


def test_labels_that_do_not_fit_a_raw_head_are_refused(data: Path) -> None:
    model = model_of(data, V9T)
    few = replace(model.description, labels=("person", "vehicle"))
    with pytest.raises(ModelError, match="labels: its output has the shape"):
        LitertDetector(description=few, file=model.file)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        pytest.param(b"", "0 bytes without the mark", id="empty"),
        pytest.param(b"<html>not found</html>", "no TensorFlow Lite", id="a page"),
        pytest.param(b"\x1c\0\0\0TFL3" + bytes(100), "cannot be loaded", id="a stump"),
    ],
)
def test_a_file_that_is_no_model_is_refused(
    tmp_path: Path, content: bytes, told: str
) -> None:
    file = tmp_path / "model.tflite"
    file.write_bytes(content)
    with pytest.raises(ModelError, match=told):
        describe(file)


@pytest.mark.parametrize("share", [0.02, 0.5, 0.98])
def test_a_truncated_model_is_refused(data: Path, tmp_path: Path, share: float) -> None:
    content = (data / "models" / SSD_V2).read_bytes()
    file = tmp_path / "model.tflite"
    file.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(ModelError):
        describe(file)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="No such file"):
        describe(tmp_path / "none.tflite")


def test_a_closed_detector_says_so_and_closes_twice(data: Path) -> None:
    detector = open_model(data, LITE0)
    detector.close()
    detector.close()
    with pytest.raises(ModelError, match="is closed"):
        detector.detect(Frame(drawn_picture(Size(320, 320)), Size(320, 320), 0.0, 0.0))


def test_the_board_times_the_interpreter(data: Path) -> None:
    class Ticking(SimulatedBoard):
        def monotonic_s(self) -> float:
            self.advance(0.5)
            return super().monotonic_s()

    model = model_of(data, LITE0)
    detector = LitertDetector(
        description=model.description, file=model.file, board=Ticking()
    )
    assert detector.invoke_s is None
    detector.invoke()
    assert detector.invoke_s == pytest.approx(0.5)


def test_the_interpreter_greets_nobody(data: Path) -> None:
    program = (
        "from pathlib import Path; import sys\n"
        "from tallypost.vision.detection.litert import describe\n"
        "describe(Path(sys.argv[1])); print('here', file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(data / "models" / LITE0)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == "here\n"


@pytest.mark.parametrize("name", [LITE0, YOLOX, V8N, V9T])
def test_what_surrounds_the_model_costs_little(
    data: Path, street: av.VideoFrame, name: str
) -> None:
    """Twice and more of what was measured: this machine may be busy."""
    detector = open_model(data, name)
    frame = frame_for(street, detector.input_size)
    detector.detect(frame)
    run = detector._run
    assert run is not None
    spent_s = []
    for _ in range(10):
        begun_s = time.perf_counter()
        placed = detector._writer.write(frame.pixels, run.input_view())
        middle_s = time.perf_counter()
        run.invoke()
        invoked_s = time.perf_counter()
        candidates = detector._decoder.decode(run.output_views())
        detector._finish(candidates, placed, frame.scene)
        ended_s = time.perf_counter()
        spent_s.append(middle_s - begun_s + ended_s - invoked_s)
    assert min(spent_s) < 0.006
