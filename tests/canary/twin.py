"""`tallypost` with one leak built in: what the privacy test must catch, and name.

    python twin.py LEAK tested-vision-half ...

Nothing of this is in the product.
"""

import base64
import logging
import sys
import zlib
from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

from tallypost.assembly.vision import Sight
from tallypost.daemon import telemetry_half
from tallypost.domain.aiming import SKETCH_CELLS_MAX, Aimed, Sketch
from tallypost.domain.alerts import Alert
from tallypost.domain.figures.lines import LineFigures
from tallypost.domain.records import Interval
from tallypost.domain.vision import Frame
from tallypost.vision.aiming.sketch import Sketcher
from tallypost.wall.writer import WallWriter

vision_half: Any = import_module("tallypost.daemon.vision_half")
landlock: Any = import_module("tallypost.vision.sandbox.landlock")
KEPT: list[Any] = []
_erase, _open_sight, _send = Frame.erase, vision_half.open_sight, WallWriter.send
_heed, _take = telemetry_half._heed, Sketcher.take


def writes_a_frame_to_a_file_before_the_lock() -> None:
    """Keep a thumbnail for the technician: as a text that can be mailed."""

    def open_sight(settings_file: Path, *others: Any) -> Sight:
        sight: Sight = _open_sight(settings_file, *others)
        frame = sight.camera.read(10.0)
        assert frame is not None
        packed = base64.b64encode(zlib.compress(frame.pixels.tobytes()))
        settings_file.with_name("thumbnail").write_bytes(packed)
        frame.erase()
        return sight

    landlock.restrict = lambda *_: 0
    vision_half.open_sight = open_sight


def keeps_a_frame_in_memory() -> None:
    """Forget to overwrite one of many copies."""

    def erase(self: Frame) -> None:
        KEPT[:] = [self.pixels[::2].astype("float32") / 255]
        _erase(self)

    Frame.erase = erase  # type: ignore[method-assign]


def tells_pixels_as_counts() -> None:
    """Hide a byte of a picture in every count of every line."""

    def erase(self: Frame) -> None:
        KEPT[:] = [self.pixels.tobytes()[:1000]]
        _erase(self)

    def send(self: WallWriter, told: Interval | Alert | Aimed) -> None:
        if isinstance(told, Interval) and KEPT:
            hidden = iter(KEPT[0])
            lines: dict[str, LineFigures] = {}
            for name in told.lines:
                pairs = [(next(hidden), next(hidden)) for _ in self._alphabet.classes]
                forward, backward = zip(*pairs, strict=True)
                lines[name] = LineFigures(
                    forward=dict(zip(self._alphabet.classes, forward, strict=True)),
                    backward=dict(zip(self._alphabet.classes, backward, strict=True)),
                )
            told = replace(told, lines=lines)
        _send(self, told)

    Frame.erase = erase  # type: ignore[method-assign]
    WallWriter.send = send  # type: ignore[method-assign]


def logs_what_it_is_told() -> None:
    """Write every count into the log of the half that speaks."""

    def heed(told: Any, intake: Any) -> Any:
        if isinstance(told, Interval):
            counts = [
                figures_of.get(label, 0)
                for figures in told.lines.values()
                for label in {**figures.forward, **figures.backward}
                for figures_of in (figures.forward, figures.backward)
            ]
            text = bytes(counts).hex()
            logging.getLogger("tallypost.telemetry").info("counts=%s", text)
        return _heed(told, intake)

    tells_pixels_as_counts()
    telemetry_half._heed = heed


def sketches_what_moves() -> None:
    """Spare the technician the wait: draw what is there just now, whoever it is."""
    Sketcher._cells = lambda self: self._looks[-1].edges  # type: ignore[method-assign]


def tells_pixels_as_cells() -> None:
    """Hide bytes of a picture in the cells of a sketch."""

    def erase(self: Frame) -> None:
        KEPT[:] = [self.pixels.tobytes()[: SKETCH_CELLS_MAX // 8]]
        _erase(self)

    def take(self: Sketcher, at_s: float) -> Sketch | None:
        told = _take(self, at_s) if KEPT else None
        return told and Sketch(at_s, 64, 48, KEPT[0])

    Frame.erase = erase  # type: ignore[method-assign]
    Sketcher.take = take  # type: ignore[method-assign]


def runs_without_the_lock_in() -> None:
    """Give everything up before, and never turn the key."""
    vision_half.lock_in = lambda *_: True


LEAKS: dict[str, Callable[[], None]] = {
    leak.__name__: leak
    for leak in (
        writes_a_frame_to_a_file_before_the_lock,
        keeps_a_frame_in_memory,
        tells_pixels_as_counts,
        logs_what_it_is_told,
        sketches_what_moves,
        tells_pixels_as_cells,
        runs_without_the_lock_in,
    )
}


if __name__ == "__main__":
    LEAKS[sys.argv.pop(1)]()
    from tallypost.cli.main import main

    main()
