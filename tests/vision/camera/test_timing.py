"""vision/camera/timing.py."""

import pytest

from tallypost.vision.camera.timing import DriverStamps


@pytest.mark.parametrize(
    ("stamp_s", "time_s"),
    [
        pytest.param(99.9, 99.9, id="a driver that tells the truth"),
        pytest.param(100.1, 100.0, id="from the future"),
        pytest.param(3.0, 100.0, id="from another beginning"),
        pytest.param(None, 100.0, id="no stamp"),
        pytest.param(float("nan"), 100.0, id="no number"),
    ],
)
def test_a_drivers_stamp_is_believed_while_it_can_be_true(
    stamp_s: float | None, time_s: float
) -> None:
    assert DriverStamps(5.0).place(stamp_s, 0.04, 100.0) == time_s


def test_time_rises_even_where_stamps_do_not() -> None:
    placing = DriverStamps(5.0)
    stamps = [10.0, 10.0, 9.5, None, 10.1]
    times = [placing.place(stamp, 0.04, 10.2) for stamp in stamps]
    assert times == sorted(set(times))


def test_a_camera_of_ten_thousand_frames_a_second_does_not_outrun_the_clock() -> None:
    placing = DriverStamps(5.0)
    arrivals = [100 + number / 10_000 for number in range(20_000)]
    times = [placing.place(arrival, 0.04, arrival) for arrival in arrivals]
    assert times[-1] == pytest.approx(arrivals[-1], abs=0.001)
