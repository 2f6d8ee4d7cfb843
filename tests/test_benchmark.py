"""What a board manages is measured as it is."""

from pathlib import Path

from tallypost.assembly.board import board
from tallypost.benchmark import measure
from tallypost.models.store import find_model


def test_a_measurement_tells_frames_and_where_their_time_went(data: Path) -> None:
    called: list[None] = []
    measured = measure(
        find_model(str(data / "models" / "efficientdet-lite0.tflite")),
        source=str(data / "footage" / "cars-cyclist.mp4"),
        threads=1,
        frames=20,
        board=board(),
        on_frame=lambda: called.append(None),
    )

    assert measured.frames == 20
    assert measured.model == "efficientdet-lite0"
    assert (measured.width, measured.height) == (320, 320)
    assert measured.invoke_ms > 1.0
    assert measured.around_ms >= 0.0
    assert 0.5 < measured.rate_hz < 1000.0 / measured.invoke_ms * 1.5
    assert len(called) == 30
