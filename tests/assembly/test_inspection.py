"""A single picture is looked at, and nothing else is left of it."""

from pathlib import Path

import numpy as np
import pytest

from tallypost.assembly import inspection
from tallypost.board.base import Board
from tallypost.board.simulated import SimulatedBoard
from tallypost.domain.vision import Frame, Size
from tallypost.errors import CameraUnavailableError, FootageError


class OneFrameCamera:
    """Gives one frame, and lets it be seen afterwards."""

    scene = Size(4, 2)
    dropped = 0
    ended = False

    def __init__(self, frame: Frame | None) -> None:
        self.frame = frame
        self.closed = 0

    def read(self, timeout_s: float) -> Frame | None:
        del timeout_s
        return self.frame

    def close(self) -> None:
        self.closed += 1


def opens(monkeypatch: pytest.MonkeyPatch, camera: OneFrameCamera) -> None:
    def open_footage(source: str, fit: Size, board: Board) -> OneFrameCamera:
        del source, fit, board
        return camera

    monkeypatch.setattr(inspection, "open_footage", open_footage)


def test_the_picture_is_handed_out_and_the_cameras_own_is_overwritten(
    board: SimulatedBoard, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Closing a camera overwrites what nobody took; a frame that was taken is ours."""
    given = Frame(np.full((2, 4, 3), 9, np.uint8), Size(8, 4), 1.5, 2.5)
    camera = OneFrameCamera(given)
    opens(monkeypatch, camera)

    frame = inspection.open_picture("a.png", Size(4, 4), board)

    assert (frame.pixels == 9).all()
    assert (frame.scene, frame.time_s) == (Size(8, 4), 1.5)
    assert not given.pixels.any()
    assert camera.closed == 1


def test_no_picture_in_time_is_told_without_the_words_of_an_address(
    board: SimulatedBoard, monkeypatch: pytest.MonkeyPatch
) -> None:
    opens(monkeypatch, OneFrameCamera(None))

    with pytest.raises(FootageError, match=r"^rtsp://cam\.example/1: ") as caught:
        inspection.open_picture(
            "rtsp://admin:S3cret@cam.example/1?token=S3cret", Size(4, 4), board
        )

    assert "S3cret" not in str(caught.value)


@pytest.mark.parametrize(
    ("source", "place"),
    [
        pytest.param("rtsp://u:S3cret@cam.example/1", "rtsp://cam.example/1"),
        pytest.param("street.png", "street.png"),
    ],
)
def test_a_picture_is_called_by_what_may_be_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str, place: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "street.png").write_bytes(b"x")

    assert inspection.place_of(source) == place


def test_a_picture_that_is_not_there_has_no_place(tmp_path: Path) -> None:
    with pytest.raises(CameraUnavailableError, match="is not there"):
        inspection.place_of(str(tmp_path / "gone.png"))
