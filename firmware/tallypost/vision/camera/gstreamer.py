"""Cameras through GStreamer: a Jetson's ribbon cable, USB, files, a test picture."""

import threading
import warnings
from typing import Any

from tallypost.board.base import Board
from tallypost.domain.vision import Frame, Size
from tallypost.errors import CameraError, CameraUnavailableError, FootageError
from tallypost.vision.camera import pipelines, plumbing
from tallypost.vision.camera.ending import end
from tallypost.vision.camera.mailbox import Mailbox
from tallypost.vision.camera.pipelines import Origin
from tallypost.vision.camera.scale import fit_within
from tallypost.vision.camera.stamps import FootageStamps, Stamps, Thinning
from tallypost.vision.camera.timing import DriverStamps

MAIN_SIZE = Size(1280, 720)
TEST_RATE_HZ = 30
NANOSECONDS = 1e-9
# How soon the thread that hears of errors notices that nobody wants to know.
LISTEN_NS = 200_000_000
# Footage is decoded so many frames ahead of its reader.
AHEAD = 2
USUAL_STEP_S = 0.04


class GstreamerCamera:
    """A camera that GStreamer reads, converts and scales; see `base.Camera`.

    A ribbon-cable camera of a Jetson ("csi") is scaled by NVIDIA's own converter, a USB
    camera, a file and the test picture on the CPU. Every frame is an array of its own;
    the buffer that it came in is overwritten before the next, and those between the
    sensor and it by the pictures that follow.

    Args:
        origin: What to open: "csi", "usb", "file", or "test" for a test picture.
        fit: The detector's input size.
        board: Whose clocks are read.
        device: The V4L2 device of a USB camera.
        sensor_id: Which of the Jetson's cameras.
        location: The file.
        size: Of the picture before scaling; None leaves it to a USB camera, and is
            1280x720 for "csi" and "test".
        rate_hz_max: Of more frames a second, some are left out; they are not dropped.
        timeout_s: A live camera that is silent for so long is gone.

    Raises:
        CameraUnavailableError: Something is not installed, the camera cannot be opened,
            or no picture came in time.
        FootageError: The file holds no pictures.
    """

    def __init__(  # noqa: PLR0913 - settings stop at assembly: plain arguments
        self,
        *,
        origin: Origin,
        fit: Size,
        board: Board,
        device: str = "/dev/video0",
        sensor_id: int = 0,
        location: str = "",
        size: Size | None = None,
        rate_hz_max: float | None = None,
        timeout_s: float = 5.0,
    ) -> None:
        self._fit = fit
        self._board = board
        self._timeout_s = timeout_s
        self._gst = _load()
        match origin:
            case "csi":
                main = size or MAIN_SIZE
                self._pipeline = pipelines.csi(sensor_id, main, fit_within(main, fit))
            case "usb":
                jpeg = plumbing.gives_jpeg(self._gst, device)
                self._pipeline = pipelines.usb(device, size, jpeg=jpeg)
            case "file":
                self._pipeline = pipelines.footage(location)
            case "test":
                self._pipeline = pipelines.bars(size or MAIN_SIZE, TEST_RATE_HZ)
        live = self._pipeline.live
        self._mailbox = Mailbox(1 if live else AHEAD, latest_wins=live)
        self._stamps: Stamps = DriverStamps(timeout_s) if live else FootageStamps()
        self._thinning = Thinning(rate_hz_max)
        self._scene = self._pipeline.scene or Size(0, 0)
        self._begun = threading.Event()
        self._running = plumbing.built(self._gst, self._pipeline)
        self._start()

    @property
    def scene(self) -> Size:
        """Size of the picture before scaling, with square pixels."""
        return self._scene

    @property
    def dropped(self) -> int:
        """How many frames came and were not taken."""
        return self._mailbox.dropped

    @property
    def ended(self) -> bool:
        """Whether the footage is over; never true for a live camera."""
        return not self._pipeline.live and self._mailbox.ended

    def read(self, timeout_s: float) -> Frame | None:
        """Return the next frame, or None if none came in time or it is over."""
        frame = self._mailbox.take(timeout_s)
        if frame is None and self._pipeline.live and not self._mailbox.closed:
            silent_s = self._board.monotonic_s() - self._heard_s
            if silent_s > self._timeout_s:
                raise CameraUnavailableError(
                    f"{self._pipeline.place}: has given no picture for "
                    f"{silent_s:.1f} s; check its cable and its power"
                )
        return frame

    def close(self) -> None:
        """Give the camera back, or give up after a while; harmless when done twice."""
        if self._mailbox.closed:
            return
        self._mailbox.close()
        end(lambda: self._running.set_state(self._gst.State.NULL))
        self._listener.join(2 * LISTEN_NS * NANOSECONDS)

    def _start(self) -> None:
        self._heard_s = self._board.monotonic_s()
        sink = self._running.get_by_name(pipelines.SINK)
        sink.connect("new-sample", self._arrived)
        scale = self._running.get_by_name(pipelines.SCALE)
        if scale is not None:
            kind = self._gst.PadProbeType.EVENT_DOWNSTREAM
            scale.get_static_pad("sink").add_probe(kind, self._announced)
        self._listener = threading.Thread(
            target=self._listen, name="gstreamer-bus", daemon=True
        )
        self._listener.start()
        self._running.set_state(self._gst.State.PLAYING)
        if not self._begun.wait(self._timeout_s):
            self.close()
            raise CameraUnavailableError(
                f"{self._pipeline.place}: gave no picture within {self._timeout_s:g} "
                "s; check its cable and its power"
            )
        if self._mailbox.barren:
            self.close()
            self._mailbox.take(0)
            raise FootageError(f"{self._pipeline.place}: holds no pictures")

    def _announced(self, _pad: Any, info: Any) -> Any:
        """Note a picture's size before it comes, and ask for the one that fits."""
        event = info.get_event()
        if event.type == self._gst.EventType.CAPS:
            self._scene = plumbing.shown_size(event.parse_caps().get_structure(0))
            caps = pipelines.fitted_caps(fit_within(self._scene, self._fit))
            fitted = self._running.get_by_name(pipelines.FITTED)
            fitted.set_property("caps", self._gst.Caps.from_string(caps))
        return self._gst.PadProbeReturn.OK

    def _arrived(self, sink: Any) -> Any:
        """Bring a frame to the mailbox; runs in GStreamer's thread."""
        # The head of a thread: GStreamer would print an error and go on without it.
        try:
            if self._mailbox.closed:
                return self._gst.FlowReturn.FLUSHING
            self._bring(sink.emit("pull-sample"))
        except Exception as error:  # noqa: BLE001
            self._finish(
                CameraUnavailableError(
                    f"{self._pipeline.place}: its picture cannot be read ({error!r}); "
                    "open it afresh"
                )
            )
            return self._gst.FlowReturn.ERROR
        return self._gst.FlowReturn.OK

    def _bring(self, sample: Any) -> None:
        self._heard_s = now_s = self._board.monotonic_s()
        time_s = self._stamps.place(self._stamp_s(sample), USUAL_STEP_S, now_s)
        if self._thinning.takes(time_s):
            pixels = plumbing.pixels_of(self._gst, sample)
            self._mailbox.put(Frame(pixels, self._scene, time_s, now_s))
        self._begun.set()

    def _stamp_s(self, sample: Any) -> float | None:
        """Return when the light fell: by the kernel's clock, or since footage began."""
        stamp = sample.get_buffer().pts
        if stamp == self._gst.CLOCK_TIME_NONE:
            return None
        segment, unit = sample.get_segment(), self._gst.Format.TIME
        if not self._pipeline.live:
            return float(segment.to_stream_time(unit, stamp)) * NANOSECONDS
        running = segment.to_running_time(unit, stamp)
        return float(self._running.get_base_time() + running) * NANOSECONDS

    def _listen(self) -> None:
        """Wait for the end, or for an error, until somebody closes."""
        bus, kinds = self._running.get_bus(), self._gst.MessageType
        while not self._mailbox.closed:
            message = bus.timed_pop_filtered(LISTEN_NS, kinds.ERROR | kinds.EOS)
            if message is not None:
                failure = None
                if message.type == kinds.ERROR:
                    failure = plumbing.failure_of(self._gst, self._pipeline, message)
                elif self._pipeline.live:
                    failure = CameraUnavailableError(
                        f"{self._pipeline.place}: gives no more pictures; check its "
                        "cable"
                    )
                self._finish(failure)
                return

    def _finish(self, failure: CameraError | None) -> None:
        self._mailbox.finish(failure)
        self._begun.set()


def _load() -> Any:
    """Return GStreamer, ready to use.

    Raises:
        CameraUnavailableError: It is not installed.
    """
    try:
        with warnings.catch_warnings():
            # PyGObject loads modules in ways that Python has come to warn of.
            warnings.simplefilter("ignore")
            import gi

            gi.require_version("Gst", "1.0")
            from gi.repository import Gst
    except (ImportError, ValueError) as error:
        raise CameraUnavailableError(
            f"GStreamer: cannot be loaded ({error}); install python3-gst-1.0 and make "
            "the environment with --system-site-packages"
        ) from error
    if not hasattr(Gst.MapInfo, "__enter__"):
        # Bare PyGObject only gives pictures as bytes, which nobody can overwrite.
        raise CameraUnavailableError(
            "GStreamer: its memory cannot be reached from Python; install "
            "python3-gst-1.0"
        )
    if not Gst.is_initialized():
        Gst.init(None)
    return Gst
