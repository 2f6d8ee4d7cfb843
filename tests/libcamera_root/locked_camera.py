"""Reads real libcamera locked in, and says nothing but frames of the wall's length."""

import os
import sys

from virtual_picamera2 import DRIVER  # type: ignore[import-not-found]

from tallypost.board.linux import LinuxBoard
from tallypost.domain.vision import Size
from tallypost.vision.camera.libcamera import LibcameraCamera
from tallypost.vision.sandbox.allowance import Need, Outlet
from tallypost.vision.sandbox.entrance import give_up
from tallypost.vision.sandbox.lock import lock_in

FRAME_BYTES = 64


def main() -> None:
    """Tell of every frame."""
    outlet, count = int(sys.argv[1]), int(sys.argv[2])
    give_up(outlet)
    camera = LibcameraCamera(
        camera_id="Footage", fit=Size(320, 320), board=LinuxBoard(), driver=DRIVER
    )
    sys.stdout = sys.stderr = None  # as the half does
    lock_in(Outlet(outlet, FRAME_BYTES), (Need.LIBCAMERA,))
    for _ in range(count):
        frame = camera.read(5.0)
        assert frame is not None
        os.write(outlet, bytes([int(frame.pixels.mean())]) * FRAME_BYTES)
        frame.erase()
    camera.close()


if __name__ == "__main__":
    main()
