"""A camera made of whatever FFmpeg can read: files, pictures, streams, devices."""

import threading
from contextlib import closing
from typing import Literal

from tallypost.board.base import Board
from tallypost.domain.vision import WHOLE, Closer, Frame, Size
from tallypost.errors import CameraError, CameraUnavailableError
from tallypost.vision.camera import sources
from tallypost.vision.camera.base import Gaze
from tallypost.vision.camera.crop import Cropper
from tallypost.vision.camera.decoding import Decoded
from tallypost.vision.camera.fetched import Fetched
from tallypost.vision.camera.footage import Footage
from tallypost.vision.camera.live import Live
from tallypost.vision.camera.mailbox import Mailbox
from tallypost.vision.camera.scale import Scaler, overwrite
from tallypost.vision.camera.stamps import (
    FootageStamps,
    LiveStamps,
    Stamps,
    Thinning,
)

LIVE = (sources.Stream, sources.Device, sources.Fetching)
AHEAD = 3
"""How many frames of footage are decoded before somebody asks."""
FIRST_PICTURE_TIMEOUTS = 3
"""Opening, looking for streams and the first picture may each take a timeout."""
CLOSE_WAIT_S = 1.0
PATIENCE_S = 0.1
"""How soon a thread that waits for its hour hears that nobody needs it any more."""


class VideoCamera:
    """Plays footage, or watches a stream or a device; see `base.Camera`.

    Args:
        source: See `sources.parse`.
        fit: The detector's input size.
        board: Whose clocks are read.
        pace: Footage comes as fast as it is taken, or as fast as it was filmed: then
            frames that nobody takes in time are dropped. A live camera has its own.
        loop: Whether footage begins again at its end; its time goes on.
        rate_hz_max: Of more frames a second, some are left out; they are not dropped.
        sequence_rate_hz: How many picture files make a second.
        credentials: User and password of a stream.
        timeout_s: How long a live camera may be silent: then a stream is asked for
            again, and a device is gone.
        gaze: Which regions frames carry; None: none.
        ahead: Whether all files of footage are opened now: later, nothing may be.
        hatch: Where a stream's packets come in that another process fetches; None: it
            is opened here. Nothing that comes through a hatch is decoded before the
            first `read`: until then, this process may not be locked in.

    Raises:
        CameraUnavailableError: It cannot be opened, or gave no picture in time.
        FootageError: It holds no pictures.
    """

    def __init__(  # noqa: PLR0913  all by name, from the settings
        self,
        *,
        source: str,
        fit: Size,
        board: Board,
        pace: Literal["fast", "real"] = "fast",
        loop: bool = False,
        rate_hz_max: float | None = None,
        sequence_rate_hz: float = 10.0,
        credentials: tuple[str, str] | None = None,
        timeout_s: float = 5.0,
        gaze: Gaze | None = None,
        ahead: bool = False,
        hatch: int | None = None,
    ) -> None:
        self._source = _source(source, credentials, hatch)
        self._live = isinstance(self._source, LIVE)
        self._board = board
        self._timeout_s = timeout_s
        self._paced = pace == "real" and not self._live
        latest_wins = self._live or self._paced
        self._mailbox = Mailbox(1 if latest_wins else AHEAD, latest_wins=latest_wins)
        self._closing = threading.Event()
        self._begun = threading.Event()
        self._feed = self._choose_feed(sequence_rate_hz, loop=loop, ahead=ahead)
        self._stamps: Stamps = LiveStamps() if self._live else FootageStamps()
        self._thinning = Thinning(rate_hz_max)
        self._scaler = Scaler(fit, self._source.place)
        self._cropper = Cropper(fit, self._source.place)
        self._gaze = gaze
        self._scene = Size(0, 0)
        self._began_s: float | None = None
        self._fresh_s = board.monotonic_s()
        # A daemon: FFmpeg may be deep in a read that nothing can wake, and no reader
        # that died without `close` shall keep the process alive.
        self._thread = threading.Thread(target=self._run, name="camera", daemon=True)
        if hatch is None:
            self._thread.start()
            self._await_first_picture()

    @property
    def scene(self) -> Size:
        """Size of the latest picture before scaling, upright and with square pixels."""
        return self._scene

    @property
    def dropped(self) -> int:
        """How many frames came and were not taken, or could not be decoded."""
        return self._mailbox.dropped

    @property
    def ended(self) -> bool:
        """Whether the footage is over; never true for a live camera."""
        return not self._live and self._mailbox.ended

    def read(self, timeout_s: float) -> Frame | None:
        """Return the next frame, or None if none came in time or the footage is over.

        Raises:
            CameraUnavailableError: The device is gone, or silent for too long.
            FootageError: The rest of the footage cannot be read.
        """
        if self._thread.ident is None:
            self._thread.start()
        frame = self._mailbox.take(timeout_s)
        if frame is None and isinstance(self._source, sources.Device):
            self._ask_whether_device_lives()
        return frame

    def close(self) -> None:
        """Give the camera back, frames overwritten; closing twice is harmless."""
        self._closing.set()
        self._mailbox.close()
        if self._thread.ident is not None:
            self._thread.join(CLOSE_WAIT_S)

    def _choose_feed(
        self, sequence_rate_hz: float, *, loop: bool, ahead: bool
    ) -> Footage | Live | Fetched:
        match self._source:
            case sources.Fetching() as source:
                return Fetched(source, self._mailbox, self._closing)
            case sources.Stream() | sources.Device() as source:
                return Live(
                    source, self._mailbox, self._closing, timeout_s=self._timeout_s
                )
            case source:
                return Footage(
                    source,
                    self._mailbox,
                    sequence_rate_hz=sequence_rate_hz,
                    loop=loop,
                    ahead=ahead,
                )

    def _await_first_picture(self) -> None:
        """Return when a picture has come: an open camera may still give none."""
        limit_s = FIRST_PICTURE_TIMEOUTS * self._timeout_s
        if not self._begun.wait(limit_s):
            self.close()
            raise CameraUnavailableError(
                f"{self._source.place}: gave no picture within {limit_s:g} s; see that "
                "it is on"
            )
        if self._mailbox.barren:
            self.close()
            self._mailbox.take(0)

    def _ask_whether_device_lives(self) -> None:
        # The thread cannot tell: the kernel lets it wait for ever for a dead device.
        silence_s = self._board.monotonic_s() - self._fresh_s
        if silence_s > self._timeout_s and not self._mailbox.closed:
            raise CameraUnavailableError(
                f"{self._source.place}: gave no picture for {silence_s:.1f} s; plug it "
                "in again"
            )

    def _run(self) -> None:
        failure: CameraError | None = None
        try:
            self._play()
        except CameraError as error:
            failure = error
        except Exception as error:  # noqa: BLE001  a thread that dies is not heard of
            failure = CameraUnavailableError(
                f"{self._source.place}: {type(error).__name__} while reading it; open "
                "it afresh"
            )
        self._mailbox.finish(failure)
        self._begun.set()

    def _play(self) -> None:
        with closing(self._feed.pictures()) as pictures:
            for decoded in pictures:
                captured_s = self._board.monotonic_s()
                time_s = self._stamps.place(decoded.stamp_s, decoded.step_s, captured_s)
                if not self._thinning.takes(time_s):
                    if decoded.spare:
                        overwrite(decoded.picture)
                    continue
                if self._paced:
                    # As though it had been taken just now.
                    captured_s = self._wait_until_due(time_s)
                if not self._mailbox.put(self._frame(decoded, time_s, captured_s)):
                    return
                self._begun.set()

    def _frame(self, decoded: Decoded, time_s: float, captured_s: float) -> Frame:
        picture, aspect = decoded.picture, decoded.pixel_aspect
        views = WHOLE
        closer: tuple[Closer, ...] = ()
        if self._gaze is not None:
            upright = self._scaler.upright(picture, aspect)
            views = self._gaze(upright.scene, self._mailbox.next_number)
            # Before the whole: a picture that is spare is overwritten then.
            closer = self._cropper.crop(picture, upright, views.regions)
        pixels, self._scene = self._scaler.scale(picture, aspect, spare=decoded.spare)
        self._fresh_s = captured_s
        return Frame(
            pixels,
            self._scene,
            time_s,
            captured_s,
            closer=closer,
            whole=views.whole,
        )

    def _wait_until_due(self, time_s: float) -> float:
        """Return the monotonic time when footage at its real pace gets here."""
        if self._began_s is None:
            self._began_s = self._board.monotonic_s() - time_s
        due_s = self._began_s + time_s
        while not self._mailbox.closed:
            left_s = due_s - self._board.monotonic_s()
            if left_s <= 0:
                break
            self._board.wait(min(left_s, PATIENCE_S))
        return self._board.monotonic_s()


def _source(
    source: str, credentials: tuple[str, str] | None, hatch: int | None
) -> sources.Source | sources.Fetching:
    """Return what to open: what the words mean, or the hatch that leads to it."""
    if hatch is not None:
        return sources.Fetching(source, hatch)
    return sources.parse(source, credentials)
