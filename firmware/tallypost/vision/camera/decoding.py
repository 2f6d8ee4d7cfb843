"""Opens what FFmpeg can open; the one door where PyAV's errors become ours.

PyAV's messages repeat the address with its password, and exceptions carry each other
along: so no text of theirs is used, and ours are raised where no handler is open.
"""

import errno
import io
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial
from typing import TypeVar, cast

import av
from av.container import InputContainer
from av.packet import Packet
from av.video.codeccontext import VideoCodecContext
from av.video.stream import VideoStream

from tallypost.errors import CameraError, CameraUnavailableError, FootageError
from tallypost.vision.camera.mailbox import Mailbox
from tallypost.vision.camera.scale import Picture

PIXELS_MAX = 40_000_000
"""8K video has 33 million; what is larger would not fit into a small board."""
LARGE_PIXELS = 1_000_000
"""Pictures above this are decoded by two threads; below, the threads cost more."""
RATE_HZ_DEFAULT = 25.0
RATE_HZ_MAX = 1000.0
FAULTS_MAX = 100
"""So many errors in a row, and the rest of the footage is given up."""

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Opening:
    """How something is opened.

    Attributes:
        place: How messages call it; no secret.
        what: What FFmpeg opens: an address, which may carry a password, or the bytes
            of a picture.
        live: Whether trying again may help, and time matters more than each picture.
        format: FFmpeg's name of the demuxer; None lets it find out.
        options: For the demuxer.
        timeout_s: Until the first byte, and for every silence; None waits for ever.
    """

    place: str
    what: str | io.BytesIO = field(repr=False)
    live: bool = False
    format: str | None = None
    options: dict[str, str] = field(default_factory=dict)
    timeout_s: float | None = None


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

    Raises:
        CameraUnavailableError: It does not answer, or may not be opened.
        FootageError: It holds no pictures, or too large ones.
    """

    def __init__(self, opening: Opening) -> None:
        self._opening = opening
        # FFmpeg's log would go to standard error, and carries addresses.
        av.logging.set_level(None)
        self._container = self._guarded(self._open)
        try:
            self._stream = self._choose_stream()
            self._prepare()
        except CameraError:
            self.close()
            raise

    @property
    def duration_s(self) -> float | None:
        """How long it is; None where it says nothing of an end."""
        length = self._container.duration
        return length / av.time_base if length and length > 0 else None

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
            for picture in self._decode(packet, mailbox):
                yield Decoded(picture, picture.time, step_s, aspect, spare)

    def close(self) -> None:
        """Give it back; closing twice is harmless."""
        self._container.close()

    def _open(self) -> InputContainer:
        opening = self._opening
        # A silence is heard of after twice PyAV's read timeout: at the first, FFmpeg's
        # parser still gives the picture that it holds.
        silence_s = None if opening.timeout_s is None else opening.timeout_s / 2
        return av.open(
            opening.what,
            "r",
            format=opening.format,
            options={"max_pixels": str(PIXELS_MAX), **opening.options},
            timeout=(opening.timeout_s, silence_s),
        )

    def _choose_stream(self) -> VideoStream:
        for stream in self._container.streams.video:
            # The stubs promise a context, which a codec without a decoder has not.
            if cast("VideoCodecContext | None", stream.codec_context) is not None:
                return stream
        raise FootageError(
            f"{self._opening.place}: holds no video that we can decode; give footage "
            "that does"
        )

    def _prepare(self) -> None:
        context = self._stream.codec_context
        pixels = context.width * context.height
        # Larger pictures count as torn: FFmpeg reads their headers and no further.
        context.options = {"max_pixels": str(PIXELS_MAX)}
        # Threads by frame hold pictures back, which footage can bear.
        context.thread_type = "SLICE" if self._opening.live else "AUTO"
        context.thread_count = 2 if pixels > LARGE_PIXELS else 1

    def _packets(self, mailbox: Mailbox) -> Iterator["Packet[VideoStream]"]:
        packets = self._container.demux(self._stream)
        faults = 0
        while not mailbox.closed:
            try:
                packet = self._guarded(partial(next, packets, None))
            except FootageError:
                # A torn piece of a file ends PyAV's generator; what follows may play.
                faults += 1
                if self._opening.live or faults > FAULTS_MAX:
                    raise
                mailbox.drop()
                packets = self._container.demux(self._stream)
                continue
            if packet is None:
                return
            faults = 0
            yield packet

    def _decode(self, packet: "Packet[VideoStream]", mailbox: Mailbox) -> list[Picture]:
        try:
            pictures = packet.decode()
        except (av.FFmpegError, ValueError):
            mailbox.drop()
            return []
        whole = [picture for picture in pictures if not picture.is_corrupt]
        for _ in range(len(pictures) - len(whole)):
            mailbox.drop()
        return whole

    def _guarded(self, act: Callable[[], Result]) -> Result:
        """Return what an act of PyAV's returns; raise its errors as ours."""
        try:
            return act()
        except (av.FFmpegError, ValueError, RuntimeError) as error:
            failure = _explained(error, self._opening)
        raise failure


# Read from top to bottom: the first kind that an error is of tells the fact.
REASONS: tuple[tuple[type[Exception] | tuple[type[Exception], ...], str], ...] = (
    (
        (av.error.HTTPUnauthorizedError, av.error.HTTPForbiddenError),
        "refuses this user and password; correct them",
    ),
    (av.error.HTTPNotFoundError, "has no stream of this path; correct the path"),
    (av.error.HTTPServerError, "says that it cannot serve now; try again later"),
    (av.error.HTTPClientError, "refuses what we ask; correct the address"),
    (ConnectionError, "refuses the connection; see that it is on"),
    ((av.error.ExitError, TimeoutError), "is silent; see that it is on and in reach"),
    (PermissionError, "may not be opened by us; give us the right to"),
    (FileNotFoundError, "is not there; plug it in, or name another"),
)
ERRNO_REASONS = {
    errno.ENODEV: "is gone; plug it in again",
    errno.ENXIO: "is gone; plug it in again",
    errno.EIO: "cannot be read; plug it in again",
    errno.ENOTTY: "is no camera; name another",
    errno.EBUSY: "is used by another program; end that",
    errno.EHOSTUNREACH: "cannot be reached; see to the network",
    errno.ENETUNREACH: "cannot be reached; see to the network",
}


def _explained(error: Exception, opening: Opening) -> CameraError:
    """Return our error for one of PyAV's, with none of its words."""
    number = getattr(error, "errno", None)
    for kind, reason in REASONS:
        if isinstance(error, kind):
            return CameraUnavailableError(f"{opening.place}: {reason}")
    if number in ERRNO_REASONS:
        return CameraUnavailableError(f"{opening.place}: {ERRNO_REASONS[number]}")
    if opening.live:
        return CameraUnavailableError(
            f"{opening.place}: cannot be read ({type(error).__name__}); see that it "
            "is a camera or a stream, and in reach"
        )
    return FootageError(
        f"{opening.place}: is no footage that we can read ({type(error).__name__}); "
        "give a video or pictures of a common kind"
    )
