"""Real libcamera leaves nothing of a picture; run as `real_picamera2` is."""

from tests.canary.test_buffers import FRAMES, left_of


def test_nothing_is_left_of_a_picture_of_libcameras() -> None:
    place = left_of("libcamera", "", FRAMES)

    assert place.size_bytes
    assert place.told == ()
