"""Looks at pictures through one camera, overwrites each, and waits to be looked into.

python looker.py KIND SOURCE SEED FRAMES
"""
# ruff: noqa: PLC0415  the library of another camera may be missing

import json
import sys
from contextlib import suppress

# Before PyAV and GStreamer, as the vision half does; in libcamera's root it is not.
with suppress(ImportError):
    import ai_edge_litert.interpreter  # noqa: F401

from tallypost.board.linux import LinuxBoard
from tallypost.canary.lens import CanaryLens
from tallypost.domain.vision import Size
from tallypost.vision.camera.base import Camera
from tallypost.vision.sandbox.entrance import leave_no_trace

FIT = Size(320, 320)


def opened(kind: str, source: str) -> Camera:
    """Return a camera of one kind, open."""
    board = LinuxBoard()
    match kind:
        case "synthetic":
            from tallypost.vision.camera.synthetic import SyntheticCamera

            return SyntheticCamera(fit=FIT, board=board)
        case "gstreamer-file":
            from tallypost.vision.camera.gstreamer import GstreamerCamera

            return GstreamerCamera(fit=FIT, board=board, origin="file", location=source)
        case "libcamera":
            from virtual_picamera2 import DRIVER  # type: ignore[import-not-found]

            from tallypost.vision.camera.libcamera import LibcameraCamera

            return LibcameraCamera(
                camera_id="Footage", fit=FIT, board=board, driver=DRIVER
            )
        case _:
            from tallypost.vision.camera.video import VideoCamera

            return VideoCamera(source=source, fit=FIT, board=board)


def main() -> None:
    """Look, and say which canaries were planted."""
    leave_no_trace()
    kind, source, seed, frames = sys.argv[1:]
    camera = CanaryLens(opened(kind, source), int(seed), int(frames))
    while not camera.ended:
        frame = camera.read(5.0)
        assert frame is not None or camera.ended
        if frame is not None:
            frame.erase()
    sys.stdout.write(f"{json.dumps([*camera.shapes])}\n")
    sys.stdout.flush()
    sys.stdin.read()


if __name__ == "__main__":
    main()
