"""A camera's packets as they come from the network; none of them is decoded here."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import TypeAlias

from av.packet import Packet
from av.video.stream import VideoStream

from tallypost.vision.camera.hatch import CODECS, Codec
from tallypost.vision.camera.opening import (
    choose_stream,
    guarded,
    of_stream,
    opened,
    refuse_recording,
)
from tallypost.vision.camera.sources import Stream

OPTIONS = {
    # While it finds out what a stream holds, FFmpeg would decode its first pictures.
    "codec_whitelist": "none",
    # What it reads then is kept: without a stream's first key, it is blind to the next.
    "fflags": "autobsf",
}

VideoPacket: TypeAlias = "Packet[VideoStream]"


class Packets:
    """What a camera sends; asks for it on construction.

    Args:
        source: The camera.
        timeout_s: How long a silence is borne.

    Raises:
        CameraUnavailableError: It does not answer, or may not be opened.
        FootageError: It sends no video that we can decode, or is a recording.
    """

    def __init__(self, source: Stream, timeout_s: float) -> None:
        asked = of_stream(source, timeout_s)
        self._opening = replace(asked, options=asked.options | OPTIONS)
        self._container = opened(self._opening)
        refuse_recording(self._container, source)
        self._stream = choose_stream(self._container, self._opening, CODECS)

    @property
    def codec(self) -> Codec:
        """What the pictures are compressed by."""
        context = self._stream.codec_context
        return Codec(
            context.codec.canonical_name,
            context.width * context.height,
            context.extradata or b"",
        )

    def close(self) -> None:
        """Let go of the camera; closing twice is harmless."""
        self._container.close()

    def __iter__(self) -> Iterator[VideoPacket]:
        """Yield packets until the camera ends.

        Raises:
            CameraUnavailableError: It went silent, or is gone.
        """
        packets = self._container.demux(self._stream)
        while packet := guarded(partial(next, packets, None), self._opening):
            # PyAV ends with an empty one, by which a decoder would be emptied.
            if packet.size:
                yield packet
