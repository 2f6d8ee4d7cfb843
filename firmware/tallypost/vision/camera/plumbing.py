"""Builds GStreamer's pipelines, and reads what they give.

Whoever calls brings GStreamer along (`gst`): one module alone loads it.
"""

from typing import Any

import numpy as np

from tallypost.domain.vision import Pixels, Size
from tallypost.errors import CameraError, CameraUnavailableError, FootageError
from tallypost.vision.camera import pipelines
from tallypost.vision.camera.pipelines import Pipeline


def built(gst: Any, pipeline: Pipeline) -> Any:
    """Return a pipeline that stands still."""
    for element in pipeline.elements:
        if gst.ElementFactory.find(element) is None:
            package = pipelines.PACKAGES[element]
            raise CameraUnavailableError(
                f"{pipeline.place}: GStreamer has no {element} here; install {package}"
            )
    running = gst.parse_launch(pipeline.text)
    source = running.get_by_name(pipelines.SOURCE)
    for name, value in pipeline.properties.items():
        try:
            source.set_property(name, value)
        except (TypeError, ValueError) as error:
            raise CameraUnavailableError(
                f"{pipeline.place!r}: cannot be a {name} ({error}); give another"
            ) from error
    return running


def gives_jpeg(gst: Any, device: str) -> bool:
    """Return whether a V4L2 camera gives JPEG: over USB, that is its faster way."""
    asking = built(gst, pipelines.question(device))
    source = asking.get_by_name(pipelines.SOURCE)
    try:
        if source.set_state(gst.State.READY) == gst.StateChangeReturn.FAILURE:
            raise CameraUnavailableError(
                f"{device}: cannot be opened as a camera; see that it is plugged in "
                "and that no other program has it"
            )
        caps = source.get_static_pad("src").query_caps(None)
        return "image/jpeg" in caps.to_string()
    finally:
        asking.set_state(gst.State.NULL)


def shown_size(caps: Any) -> Size:
    """Return the picture's size with square pixels."""
    width, height = caps.get_value("width"), caps.get_value("height")
    known, across, down = caps.get_fraction("pixel-aspect-ratio")
    return Size(round(width * across / down) if known else width, height)


def pixels_of(gst: Any, sample: Any) -> Pixels:
    """Return the picture as an array of our own; its buffer is overwritten."""
    caps = sample.get_caps().get_structure(0)
    width, height = caps.get_value("width"), caps.get_value("height")
    pixels = np.empty((height, width, 3), np.uint8)
    memory = sample.get_buffer().peek_memory(0)
    with memory.map(gst.MapFlags.READ | gst.MapFlags.WRITE) as mapped:
        rows = np.frombuffer(mapped.data, np.uint8).reshape(height, -1)
        pixels[...] = rows[:, : 3 * width].reshape(pixels.shape)
        rows[...] = 0
        del rows
    return pixels


def failure_of(gst: Any, pipeline: Pipeline, message: Any) -> CameraError:
    """Return our error for one of GStreamer's."""
    error, _ = message.parse_error()
    words = f"{pipeline.place}: {error.message.rstrip('.')}"
    lacking = {
        ("gst-core-error-quark", int(gst.CoreError.MISSING_PLUGIN)),
        ("gst-stream-error-quark", int(gst.StreamError.CODEC_NOT_FOUND)),
    }
    if (error.domain, error.code) in lacking:
        return CameraUnavailableError(
            f"{words}; install gstreamer1.0-plugins-good and gstreamer1.0-libav"
        )
    if not pipeline.live and error.domain == "gst-stream-error-quark":
        return FootageError(f"{words}; give footage of a common kind")
    return CameraUnavailableError(f"{words}; see that it is there and can be read")
