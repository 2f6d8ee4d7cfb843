"""Cameras of a Raspberry Pi, through picamera2: the ISP scales to the model's size."""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from tallypost.board.base import Board
from tallypost.domain.vision import WHOLE, Closer, Frame, Pixels, Region, Size
from tallypost.errors import CameraError, CameraUnavailableError
from tallypost.vision.camera.base import Gaze
from tallypost.vision.camera.ending import end
from tallypost.vision.camera.mailbox import Mailbox
from tallypost.vision.camera.stamps import Thinning
from tallypost.vision.camera.streams import REFUSALS, chosen, configure, root_cause
from tallypost.vision.camera.timing import DriverStamps
from tallypost.vision.camera.yuv import RgbConverter, fitted

MAIN_SIZE = Size(1280, 720)
NANOSECONDS = 1e-9
USUAL_STEP_S = 0.04


@dataclass(frozen=True, slots=True)
class Driver:
    """As much of picamera2 as is used here; another one stands in for it in tests.

    Attributes:
        cameras: Returns what is known of each camera, its "Id" among it.
        open: Opens the camera at one place of that list.
        mapped: Maps a stream's buffer of a request; gives something with an `array`.
    """

    cameras: Callable[[], list[dict[str, Any]]]
    open: Callable[[int], Any]
    mapped: Callable[..., AbstractContextManager[Any]]

    @staticmethod
    def installed() -> "Driver":
        """Return the operating system's own picamera2.

        Raises:
            CameraUnavailableError: It is not installed.
        """
        try:
            from picamera2 import MappedArray, Picamera2
        except ImportError as error:
            raise CameraUnavailableError(
                f"libcamera: picamera2 cannot be loaded ({error}); install "
                "python3-picamera2 and make the environment with --system-site-packages"
            ) from error
        return Driver(Picamera2.global_camera_info, Picamera2, MappedArray)


class LibcameraCamera:
    """A camera behind libcamera, read in picamera2's own thread; the latest frame wins.

    The ISP is asked for a second, small stream ("lores") in the shape of the main
    picture and of the size that fits the detector, as RGB where it can (Raspberry Pi
    5), else as YUV. What it really gives is read back: another format or size than was
    asked for costs a pass of swscale on the CPU, and a camera of one stream (USB) is
    scaled down from that.

    Every frame is an array of its own. The small stream's buffer is overwritten and
    given back before the next frame comes, so that a slow reader never starves the
    camera; the main stream's buffers are read where regions are asked for, cut out of
    them by swscale, and overwritten by the camera.

    A glitch of cable or power can make frames stop without a word; `read` then says
    that the camera is gone. `close` waits for the driver only so long, because
    stopping such a camera may block for ever: end the process, then open it afresh.

    Args:
        fit: The detector's input size.
        board: Whose clocks are read.
        camera_id: libcamera's "Id" of the camera; None where there is only one.
        size: Of the main picture, in which boxes are told.
        rate_hz_max: Of more frames a second, some are left out; they are not dropped.
        timeout_s: A camera that is silent for so long is gone.
        driver: What stands in for picamera2.
        gaze: Which regions frames carry; None: none.

    Raises:
        CameraUnavailableError: picamera2 is missing, there is no such camera, another
            program has it, its format cannot be read, or no picture came in time.
    """

    def __init__(  # noqa: PLR0913 - settings stop at assembly: plain arguments
        self,
        *,
        fit: Size,
        board: Board,
        camera_id: str | None = None,
        size: Size = MAIN_SIZE,
        rate_hz_max: float | None = None,
        timeout_s: float = 5.0,
        driver: Driver | None = None,
        gaze: Gaze | None = None,
    ) -> None:
        self._fit = fit
        self._gaze = gaze
        self._croppers: dict[Region, RgbConverter] = {}
        self._board = board
        self._timeout_s = timeout_s
        self._thinning = Thinning(rate_hz_max)
        self._stamps = DriverStamps(timeout_s)
        self._mailbox = Mailbox(capacity=1, latest_wins=True)
        self._first = threading.Event()
        self._driver = driver or Driver.installed()
        number, self._id = chosen(self._driver.cameras(), camera_id)
        try:
            self._device = self._driver.open(number)
        except REFUSALS as error:
            raise CameraUnavailableError(
                f"camera {self._id}: cannot be opened ({root_cause(error)}); end the "
                "other program that has it, or check its cable"
            ) from error
        try:
            self._start(size, fit, rate_hz_max)
        except CameraUnavailableError as error:
            self.close()
            raise CameraUnavailableError(f"camera {self._id}: {error}") from error

    @property
    def scene(self) -> Size:
        """Size of the main picture as the camera really gives it."""
        return self._stream.scene

    @property
    def dropped(self) -> int:
        """How many frames reached this process and were not taken."""
        return self._mailbox.dropped

    @property
    def ended(self) -> bool:
        """Never: it is live."""
        return False

    def read(self, timeout_s: float) -> Frame | None:
        """Return the next frame, or None if none came in time."""
        frame = self._mailbox.take(timeout_s)
        if frame is None and not self._mailbox.closed:
            silent_s = self._board.monotonic_s() - self._heard_s
            if silent_s > self._timeout_s:
                raise CameraUnavailableError(
                    f"camera {self._id}: has given no picture for {silent_s:.1f} s; "
                    "check its cable and its power"
                )
        return frame

    def close(self) -> None:
        """Give the camera back, or give up after a while; harmless when done twice."""
        if self._mailbox.closed:
            return
        self._mailbox.close()
        end(self._device.close)

    def _start(self, size: Size, fit: Size, rate_hz_max: float | None) -> None:
        self._stream = configure(self._device, size, fit, rate_hz_max)
        self._converter = RgbConverter(
            self._stream.layout, fitted(self._stream.scene, fit)
        )
        self._heard_s = self._board.monotonic_s()
        self._device.pre_callback = self._arrived
        try:
            self._device.start()
        except REFUSALS as error:
            raise CameraUnavailableError(
                f"cannot be started ({root_cause(error)}); check its cable"
            ) from error
        if not self._first.wait(self._timeout_s):
            raise CameraUnavailableError(
                f"gave no picture within {self._timeout_s:g} s; check its cable and "
                "its power"
            )

    def _arrived(self, request: Any) -> None:
        """Bring a frame to the mailbox; runs in picamera2's thread."""
        # The head of a thread: picamera2's would die in silence, so the reader is told.
        try:
            self._heard_s = now_s = self._board.monotonic_s()
            time_s = self._stamps.place(_stamp_s(request), USUAL_STEP_S, now_s)
            if not self._mailbox.closed and self._thinning.takes(time_s):
                self._mailbox.put(self._frame(request, time_s, now_s))
        except Exception as error:  # noqa: BLE001
            fact = error if isinstance(error, CameraError) else repr(error)
            self._mailbox.finish(
                CameraUnavailableError(
                    f"camera {self._id}: its picture cannot be read ({fact}); open it "
                    "afresh"
                )
            )
        self._first.set()

    def _frame(self, request: Any, time_s: float, now_s: float) -> Frame:
        scene, views = self._stream.scene, WHOLE
        if self._gaze is not None:
            views = self._gaze(scene, self._mailbox.next_number)
        # Before the whole: its buffer is overwritten, and may be the same.
        closer = self._closer(request, views.regions)
        pixels = self._pixels(request)
        return Frame(pixels, scene, time_s, now_s, closer=closer, whole=views.whole)

    def _closer(self, request: Any, regions: tuple[Region, ...]) -> tuple[Closer, ...]:
        if not regions:
            return ()
        with self._driver.mapped(request, "main", reshape=False) as mapped:
            return tuple(
                Closer(region, self._cropper(region).convert(mapped.array))
                for region in regions
            )

    def _cropper(self, region: Region) -> RgbConverter:
        if region not in self._croppers:
            self._croppers[region] = RgbConverter(
                self._stream.main, fitted(region.size, self._fit), region
            )
        return self._croppers[region]

    def _pixels(self, request: Any) -> Pixels:
        with self._driver.mapped(request, self._stream.name, reshape=False) as mapped:
            pixels = self._converter.convert(mapped.array)
            mapped.array[...] = 0
        return pixels


def _stamp_s(request: Any) -> float | None:
    stamp_ns = request.get_metadata().get("SensorTimestamp")
    return stamp_ns * NANOSECONDS if isinstance(stamp_ns, int) else None
