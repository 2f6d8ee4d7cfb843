"""How FFmpeg is asked to open something; the one door where PyAV's errors become ours.

PyAV's messages repeat the address with its password, and exceptions carry each other
along: so no text of theirs is used, and ours are raised where no handler is open.
"""

import errno
import io
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import TypeVar, cast

import av
from av.container import InputContainer
from av.video.codeccontext import VideoCodecContext
from av.video.stream import VideoStream

from tallypost.errors import CameraError, CameraUnavailableError, FootageError
from tallypost.vision.camera.sources import Stream

PIXELS_MAX = 40_000_000
"""8K video has 33 million; what is larger would not fit into a small board."""
# Opening waits for half a second of video, where FFmpeg would take five.
STREAM_OPTIONS = {
    "fflags": "nobuffer",
    "flags": "low_delay",
    "analyzeduration": "500000",
    "probesize": "200000",
}
RTSP_OPTIONS = {
    "rtsp_transport": "tcp",  # over UDP, every lost datagram is a torn picture
    "protocol_whitelist": "rtsp,rtsps,rtp,srtp,tcp,tls",
}
HTTP_OPTIONS = {"protocol_whitelist": "http,https,tcp,tls,crypto"}

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


def of_stream(source: Stream, timeout_s: float) -> Opening:
    """Return how a stream of the network is opened."""
    special = HTTP_OPTIONS if source.is_http else RTSP_OPTIONS
    return Opening(
        source.place,
        source.url,
        live=True,
        options=STREAM_OPTIONS | special,
        timeout_s=timeout_s,
    )


def opened(opening: Opening) -> InputContainer:
    """Return what FFmpeg makes of it.

    Raises:
        CameraUnavailableError: It does not answer, or may not be opened.
        FootageError: It holds no pictures, or too large ones.
    """
    # FFmpeg's log would go to standard error, and carries addresses.
    av.logging.set_level(None)
    # A silence is heard of after twice PyAV's read timeout: at the first, FFmpeg's
    # parser still gives the picture that it holds.
    silence_s = None if opening.timeout_s is None else opening.timeout_s / 2
    return guarded(
        lambda: av.open(
            opening.what,
            "r",
            format=opening.format,
            options={"max_pixels": str(PIXELS_MAX), **opening.options},
            timeout=(opening.timeout_s, silence_s),
        ),
        opening,
    )


def refuse_recording(container: InputContainer, source: Stream) -> None:
    """Refuse what has an end; RTSP servers tell a length of live streams too.

    Raises:
        FootageError: It is a recording.
    """
    if source.is_http and container.duration and container.duration > 0:
        raise FootageError(
            f"{source.place}: is a recording, no live stream; fetch it and name the "
            "file"
        )


def choose_stream(
    container: InputContainer, opening: Opening, codecs: Collection[str] | None = None
) -> VideoStream:
    """Return the first stream that is video and can be decoded.

    Args:
        container: Where it is looked for.
        opening: How that was opened.
        codecs: FFmpeg's names of those that may be; None: all.

    Raises:
        FootageError: There is none.
    """
    for stream in container.streams.video:
        # The stubs promise a context, which a codec without a decoder has not.
        context = cast("VideoCodecContext | None", stream.codec_context)
        if context is None:
            continue
        if codecs is None or context.codec.canonical_name in codecs:
            return stream
    raise FootageError(
        f"{opening.place}: holds no video that we can decode; give footage that does"
    )


def guarded(act: Callable[[], Result], opening: Opening) -> Result:
    """Return what an act of PyAV's returns; raise its errors as ours."""
    try:
        return act()
    except (av.FFmpegError, ValueError, RuntimeError) as error:
        failure = _explained(error, opening)
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
