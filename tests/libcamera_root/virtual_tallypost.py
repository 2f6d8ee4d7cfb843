"""`tallypost`, but for its picamera2, which opens libcamera's virtual camera.

    python virtual_tallypost.py WORDS...

The privacy test calls its halves by this file's name, too.
"""
# ruff: noqa: PLC0415  the half that speaks imports no camera

import sys
from functools import partial
from importlib import import_module
from typing import Any


def virtual() -> Any:
    """Return what stands in for picamera2, once it is asked for."""
    from virtual_picamera2 import DRIVER  # type: ignore[import-not-found]

    return DRIVER


def main() -> None:
    """Put the virtual camera in the real one's place, then be `tallypost`."""
    if sys.argv[1] == "privacy-test":
        trial: Any = import_module("tallypost.canary.trial")
        trial.Trial = partial(trial.Trial, program=(sys.executable, __file__))
    elif sys.argv[1] == "tested-vision-half":
        # Before PyAV, as the half does.
        import ai_edge_litert.interpreter  # noqa: F401

        camera: Any = import_module("tallypost.vision.camera.libcamera")
        camera.Driver.installed = virtual
    from tallypost.cli.main import main as tallypost

    tallypost()


if __name__ == "__main__":
    main()
