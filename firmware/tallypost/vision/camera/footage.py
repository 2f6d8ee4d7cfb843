"""Gives the pictures of files, one after another."""

import dataclasses
import io
from collections.abc import Generator
from contextlib import closing
from pathlib import Path

from tallypost.errors import CameraError, FootageError
from tallypost.vision.camera.decoding import Decoded, Decoder
from tallypost.vision.camera.files import Files
from tallypost.vision.camera.mailbox import Mailbox
from tallypost.vision.camera.opening import PIXELS_MAX, Opening
from tallypost.vision.camera.sources import Pictures, VideoFile

# What cameras and recorders write. FFmpeg also knows playlists, which name other
# files, and takes any text for a terminal's video.
CONTAINERS = (
    "3gp,asf,avi,dv,flv,gif,h264,hevc,ivf,m4v,matroska,webm,mjpeg,mov,mp4,mpeg,"
    "mpegts,mpegvideo,nut,obu,ogg,rm,yuv4mpegpipe"
)
PICTURE_CONTAINERS = (
    "bmp_pipe,jpeg_pipe,pgm_pipe,pgmyuv_pipe,png_pipe,ppm_pipe,tiff_pipe,webp_pipe"
)
PICTURE_BYTES_MAX = 256 * 1024 * 1024


class Footage:
    """Pictures of a video file or of many picture files.

    Args:
        source: Where they lie.
        mailbox: Is told of what could not be decoded.
        sequence_rate_hz: How many picture files make a second.
        loop: Whether to begin again at the end.
        ahead: Whether all files are opened now: later, nothing may be.

    Raises:
        FootageError: They are more than this process may have open.
    """

    def __init__(
        self,
        source: VideoFile | Pictures,
        mailbox: Mailbox,
        *,
        sequence_rate_hz: float,
        loop: bool,
        ahead: bool = False,
    ) -> None:
        self._source = source
        self._mailbox = mailbox
        self._step_s = 1 / sequence_rate_hz
        self._loop = loop
        paths = source.paths if isinstance(source, Pictures) else (source.path,)
        self._files = Files(paths, ahead=ahead)

    def pictures(self) -> Generator[Decoded, None, None]:
        """Yield the pictures until the end, or until the mailbox is closed.

        Raises:
            CameraUnavailableError: A file is gone.
            FootageError: Nothing in it is a picture, or the rest cannot be read.
        """
        try:
            yield from self._rounds()
        finally:
            self._files.close()

    def _rounds(self) -> Generator[Decoded, None, None]:
        while not self._mailbox.closed:
            count = 0
            for decoded in self._once():
                count += 1
                yield decoded
            if count == 0 and not self._mailbox.closed:
                raise FootageError(
                    f"{self._source.place}: nothing in it can be decoded as a picture "
                    f"of at most {PIXELS_MAX // 1_000_000} megapixels; give footage "
                    "that plays elsewhere, or scale it down first"
                )
            if not self._loop:
                return

    def _once(self) -> Generator[Decoded, None, None]:
        if isinstance(self._source, Pictures):
            yield from self._picture_files(self._source)
            return
        opening = Opening(
            self._source.place,
            "fd:",
            options={
                "fd": str(self._files.descriptor(self._source.path)),
                "format_whitelist": CONTAINERS,
                "protocol_whitelist": "fd",
            },
        )
        with closing(Decoder(opening)) as decoder:
            yield from decoder.pictures(self._mailbox)

    def _picture_files(self, source: Pictures) -> Generator[Decoded, None, None]:
        for index, path in enumerate(source.paths):
            if self._mailbox.closed:
                return
            try:
                decoded = self._picture(path)
            except CameraError:
                if len(source.paths) == 1:
                    raise
                decoded = None  # one torn picture of many; all torn is told above
            if decoded is None:
                self._mailbox.drop()
                continue
            yield dataclasses.replace(
                decoded, stamp_s=index * self._step_s, step_s=self._step_s
            )

    def _picture(self, path: Path) -> Decoded | None:
        opening = Opening(
            str(path),
            io.BytesIO(self._content(path)),
            options={"format_whitelist": PICTURE_CONTAINERS},
        )
        with closing(Decoder(opening)) as decoder:
            # A mailbox of its own: a file is one picture lost, whatever is wrong in it.
            return next(decoder.pictures(Mailbox(1, latest_wins=True)), None)

    def _content(self, path: Path) -> bytes:
        content = self._files.content(path, PICTURE_BYTES_MAX)
        if len(content) > PICTURE_BYTES_MAX:
            raise FootageError(
                f"{path}: is above the most that we take for a picture "
                f"({PICTURE_BYTES_MAX // 2**20} MiB); give a smaller one"
            )
        return content
