"""Gives the pictures of what FFmpeg can open."""

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import cast

import av
from av.packet import Packet
from av.video.codeccontext import VideoCodecContext
from av.video.stream import VideoStream

from tallypost.errors import CameraError, FootageError
from tallypost.vision.camera.mailbox import Mailbox
from tallypost.vision.camera.opening import (
    PIXELS_MAX,
    Opening,
    choose_stream,
    guarded,
    opened,
)
from tallypost.vision.camera.scale import Picture

LARGE_PIXELS = 1_000_000
"""Pictures above this are decoded by two threads; below, the threads cost more."""
RATE_HZ_DEFAULT = 25.0
STEP_S_DEFAULT = 1 / RATE_HZ_DEFAULT
MICROSECOND = Fraction(1, 1_000_000)
RATE_HZ_MAX = 1000.0
FAULTS_MAX = 100
"""So many errors in a row, and the rest of the footage is given up."""


@dataclass(frozen=True, slots=True, eq=False)
class Decoded:
    """A picture as the decoder gave it.

    Attributes:
        picture: The decoder's own frame.
        stamp_s: The time that it came with; None without.
        step_s: The usual time from one picture to the next, above 0.
        pixel_aspect: Width of a pixel over its height; None where nobody says.
        spare: Whether the decoder needs it no more, so that it can be overwritten.
    """

    picture: Picture
    stamp_s: float | None
    step_s: float
    pixel_aspect: Fraction | None
    spare: bool


class Decoder:
    """The pictures of what was opened; opens on construction.

    Args:
        opening: What to open, and how.

    Attributes:
        container: What FFmpeg made of it.

    Raises:
        CameraUnavailableError: It does not answer, or may not be opened.
        FootageError: It holds no pictures, or too large ones.
    """

    def __init__(self, opening: Opening) -> None:
        self._opening = opening
        self.container = opened(opening)
        try:
            self._stream = choose_stream(self.container, opening)
            context = self._stream.codec_context
            prepare(context, context.width * context.height, live=opening.live)
        except CameraError:
            self.close()
            raise

    def pictures(self, mailbox: Mailbox) -> Generator[Decoded, None, None]:
        """Yield the pictures until the end, or until the mailbox is closed.

        Args:
            mailbox: Is told of every packet that could not be decoded.

        Raises:
            CameraUnavailableError: What is live went silent, or is gone.
            FootageError: The rest cannot be read.
        """
        rate_hz = float(self._stream.average_rate or 0)
        step_s = 1 / (rate_hz if 0 < rate_hz <= RATE_HZ_MAX else RATE_HZ_DEFAULT)
        aspect = self._stream.sample_aspect_ratio
        spare = self._stream.codec_context.codec.intra_only
        for packet in self._packets(mailbox):
            for picture in whole_pictures(packet.decode, mailbox):
                yield Decoded(picture, picture.time, step_s, aspect, spare)

    def close(self) -> None:
        """Give it back; closing twice is harmless."""
        self.container.close()

    def _packets(self, mailbox: Mailbox) -> Iterator["Packet[VideoStream]"]:
        packets = self.container.demux(self._stream)
        faults = 0
        while not mailbox.closed:
            try:
                packet = guarded(partial(next, packets, None), self._opening)
            except FootageError:
                # A torn piece of a file ends PyAV's generator; what follows may play.
                faults += 1
                if self._opening.live or faults > FAULTS_MAX:
                    raise
                mailbox.drop()
                packets = self.container.demux(self._stream)
                continue
            if packet is None:
                return
            faults = 0
            yield packet


class PacketDecoder:
    """The pictures of packets that come one by one.

    Args:
        codec: FFmpeg's name of it.
        pixels: Of a picture; 0: not known.
        parameters: What the decoder must know first; may be empty.
    """

    def __init__(self, codec: str, pixels: int, parameters: bytes) -> None:
        av.logging.set_level(None)
        self._context = cast("VideoCodecContext", VideoCodecContext.create(codec, "r"))
        prepare(self._context, pixels, live=True)
        if parameters:
            self._context.extradata = parameters

    def pictures(
        self, content: bytearray, stamp_us: int | None, mailbox: Mailbox
    ) -> Iterator[Decoded]:
        """Yield what a packet makes whole; it is overwritten.

        Args:
            content: The packet.
            stamp_us: When it is to be shown; None: it does not say.
            mailbox: Is told where it cannot be decoded.
        """
        if not content:
            mailbox.drop()  # FFmpeg would take it for the end
            return
        packet = Packet(content)  # type: ignore[arg-type]  # the stubs know no buffers
        packet.pts, packet.time_base = stamp_us, MICROSECOND
        spare = self._context.codec.intra_only
        pictures = whole_pictures(partial(self._context.decode, packet), mailbox)
        content[:] = bytes(len(content))
        for picture in pictures:
            aspect = self._context.sample_aspect_ratio
            yield Decoded(picture, picture.time, STEP_S_DEFAULT, aspect, spare)


def prepare(context: VideoCodecContext, pixels: int, *, live: bool) -> None:
    """Set a decoder up before its first packet.

    Args:
        context: The decoder.
        pixels: Of a picture, as far as is known; 0: it is not.
        live: Whether time matters more than each picture.
    """
    # Larger pictures count as torn: FFmpeg reads their headers and no further.
    context.options = {"max_pixels": str(PIXELS_MAX)}
    # Threads by frame hold pictures back, which footage can bear.
    context.thread_type = "SLICE" if live else "AUTO"
    context.thread_count = 2 if pixels > LARGE_PIXELS else 1


def whole_pictures(
    decode: Callable[[], list[Picture]], mailbox: Mailbox
) -> list[Picture]:
    """Return what a decoder makes of a packet; what is torn counts as dropped."""
    try:
        pictures = decode()
    except (av.FFmpegError, ValueError):
        mailbox.drop()
        return []
    whole = [picture for picture in pictures if not picture.is_corrupt]
    for _ in range(len(pictures) - len(whole)):
        mailbox.drop()
    return whole
