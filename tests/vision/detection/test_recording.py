"""Recorded detections, as the world writes them."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tallypost.domain.vision import Frame, Size
from tallypost.errors import RecordingError
from tallypost.vision.detection.recording import RecordedDetections, read_recording
from tallypost.vision.detection.scripted import ScriptedDetector

SIZE = Size(768, 576)


def read(tmp_path: Path, text: str, **wishes: object) -> RecordedDetections:
    file = tmp_path / "det.txt"
    file.write_bytes(text.encode())
    return read_recording(file, size=SIZE, **wishes)  # type: ignore[arg-type]


def test_empty_frames_are_told_too(tmp_path: Path) -> None:
    recording = read(
        tmp_path, "2,-1,10,20,30,40,0.9,-1,-1,-1\n4,-1,1,2,3,4,0.5,-1,-1,-1"
    )
    assert [len(each) for each in recording] == [0, 1, 0, 1]
    assert [number for number, _ in recording.numbered()] == [1, 2, 3, 4]
    assert recording.at(2).boxes.tolist() == [[10, 20, 40, 60]]
    assert recording.classes == ("person",)


def test_frames_may_come_in_any_order_and_scores_go_best_first(tmp_path: Path) -> None:
    text = "3,1,0,0,5,5,0.3\n1,1,0,0,5,5,0.4\n3,2,9,0,5,5,0.8\n"
    recording = read(tmp_path, text)
    assert [len(each) for each in recording] == [1, 0, 2]
    assert np.allclose(recording.at(3).scores, [0.8, 0.3])


@pytest.mark.parametrize(
    ("rest", "label"),
    [
        pytest.param("", "person", id="no score"),
        pytest.param(",0.9", "person", id="no class"),
        pytest.param(",0.9,-1,-1,-1", "person", id="MOT15 detections"),
        pytest.param(",1,-4.1554,-7.3591,0", "person", id="MOT15 world coordinates"),
        pytest.param(",1,3,1.0", "car", id="MOT17 ground truth"),
        pytest.param(",1,5,0.6", "motorcycle", id="MOT17 motorbike"),
        pytest.param(",1,2,0.6", "person", id="MOT17 person on a vehicle"),
        pytest.param(",0.9,Bus", "bus", id="a name"),
        pytest.param(",0.9, truck ,-1,-1", "truck", id="a name with blanks"),
        pytest.param(",0.9,3,-1,-1", "car", id="a number in ten columns"),
        pytest.param(",0.9,", "person", id="an empty class"),
    ],
)
def test_a_class_is_understood_however_it_is_written(
    tmp_path: Path, rest: str, label: str
) -> None:
    recording = read(tmp_path, f"1,7,10,20,30,40{rest}\n")
    assert [recording.classes[i] for i in recording.at(1).class_ids] == [label]


def test_comments_blank_lines_and_windows_ends_are_passed_over(tmp_path: Path) -> None:
    text = "\ufeff# frame,id,...\r\n\r\n1,-1, 10 ,20,30,40,0.9\r\n   \r\n"
    assert len(read(tmp_path, text).at(1)) == 1


def test_what_ground_truth_does_not_count_is_left_out(tmp_path: Path) -> None:
    text = "1,1,10,20,30,40,0,1,1\n1,2,10,20,30,40,1,9,1\n2,3,10,20,30,40,1,1,1\n"
    assert [len(each) for each in read(tmp_path, text)] == [0, 1]


def test_only_wanted_classes_and_scores_are_told(tmp_path: Path) -> None:
    text = "1,1,1,1,5,5,0.9,car\n1,2,1,1,5,5,0.2,person\n3,3,1,1,5,5,0.8,person\n"
    recording = read(tmp_path, text, classes=["person"], score_min=0.5)
    assert recording.classes == ("person",)
    assert [len(each) for each in recording] == [0, 0, 1]


def test_boxes_are_clipped_to_the_picture(tmp_path: Path) -> None:
    text = "1,1,-10,-10,30,40,0.9\n1,2,760,500,100,100,0.8\n1,3,800,10,5,5,0.7\n"
    assert read(tmp_path, text).at(1).boxes.tolist() == [
        [0, 0, 20, 30],
        [760, 500, 768, 576],
    ]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        pytest.param("1,2,3", "has 3 fields", id="too short"),
        pytest.param("0,1,1,1,5,5,1", "frame 0 is no number from 1", id="frame 0"),
        pytest.param("1.5,1,1,1,5,5,1", r"frame 1\.5", id="half a frame"),
        pytest.param("99999999999,1,1,1,5,5,1", "frame 999", id="a frame far away"),
        pytest.param("1,1,1,1,-5,5,1", "-5 x 5", id="negative width"),
        pytest.param("1,1,1,1,5,0,1", "5 x 0", id="no height"),
        pytest.param("1,1,nan,1,5,5,1", "x 'nan'", id="nan"),
        pytest.param("1,1,1,1,5,inf,1", "h 'inf'", id="infinite"),
        pytest.param("1,1,1,1,5,5,high", "score 'high'", id="a word for a score"),
        pytest.param("1,1,1e9,1,5,5,1", "beyond", id="far away"),
        pytest.param("1,1,1,1,5,5,1,14", "class 14 is none", id="a class of nobody"),
        pytest.param("1,1,1,1,5,5,1,0", "class 0 is none", id="a class of COCO"),
        pytest.param('1,1,1,1,5,5,1,"<b>"', "no class", id="no name"),
        pytest.param("1," * 600, "more than 1000 letters", id="endless"),
    ],
)
def test_a_line_that_cannot_be_read_is_named(
    tmp_path: Path, line: str, told: str
) -> None:
    with pytest.raises(RecordingError, match=told) as caught:
        read(tmp_path, f"1,1,1,1,5,5,1\n{line}\n")
    assert "det.txt:2: " in str(caught.value)


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"\xff\xfe1,1,1,1,5,5")
    with pytest.raises(RecordingError, match="x:1: is no text"):
        read_recording(tmp_path / "x", size=SIZE)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match="No such file"):
        read_recording(tmp_path / "none.txt", size=SIZE)
    with pytest.raises(RecordingError, match="cannot be read"):
        read_recording(tmp_path, size=SIZE)


def test_an_empty_file_has_no_frames(tmp_path: Path) -> None:
    recording = read(tmp_path, "")
    assert list(recording) == []
    assert recording.score_max == 0


NUMBERS = st.integers(1, 300)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.integers(1, 20), NUMBERS, NUMBERS, NUMBERS, NUMBERS), max_size=30
    )
)
def test_what_was_written_is_read(
    tmp_path: Path, told: list[tuple[int, int, int, int, int]]
) -> None:
    text = "".join(f"{f},-1,{x},{y},{w},{h},0.5\n" for f, x, y, w, h in told)
    recording = read(tmp_path, text)
    for number, found in recording.numbered():
        wanted = sorted(
            [x, y, min(x + w, SIZE.width), min(y + h, SIZE.height)]
            for f, x, y, w, h in told
            if f == number
        )
        assert sorted(found.boxes.tolist()) == wanted


def test_real_recordings_are_read_whole(data: Path) -> None:
    folder = data / "mot15" / "PETS09-S2L1"
    truth = read_recording(folder / "gt.txt", size=SIZE)
    assert len(truth) == 795
    assert sum(map(len, truth)) == 4476
    assert truth.classes == ("person",)
    found = read_recording(folder / "det.txt", size=SIZE)
    assert len(found) == 795
    assert 0.9 < found.score_max <= 1


def test_a_script_is_played_frame_by_frame(tmp_path: Path) -> None:
    recording = read(tmp_path, "1,1,1,1,5,5,0.9\n3,1,1,1,5,5,0.9\n")
    detector = ScriptedDetector(recording, classes=recording.classes)
    frame = Frame(np.zeros((4, 4, 3), np.uint8), SIZE, 0.0, 0.0)
    assert [len(detector.detect(frame)) for _ in range(5)] == [1, 0, 1, 0, 0]
    detector.close()
    detector.close()
