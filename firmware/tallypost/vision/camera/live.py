"""Gives the pictures of streams and devices, and goes after a stream that is lost."""

import random
import threading
from collections.abc import Generator
from contextlib import closing

from tallypost.errors import CameraError, CameraUnavailableError
from tallypost.vision.camera.decoding import Decoded, Decoder
from tallypost.vision.camera.mailbox import Mailbox
from tallypost.vision.camera.opening import Opening, of_stream, refuse_recording
from tallypost.vision.camera.sources import Device, Stream

BACK_OFF_S_MIN = 0.2
BACK_OFF_S_MAX = 5.0
DEVICE_FORMAT = "v4l2"
# A device says at once what it gives: nothing to find out.
DEVICE_OPTIONS = {"fflags": "nobuffer", "analyzeduration": "0", "probesize": "32"}


class Live:
    """Pictures of a stream or a device as they come.

    A stream that is lost after its first picture is asked for again, for ever: its
    camera may be off for the night. A device that is lost is gone: its node may be
    another camera's by now.

    Args:
        source: What to open.
        mailbox: Is told of what could not be decoded.
        closing: Is set when nobody waits for pictures any more.
        timeout_s: How long a silence is borne.
    """

    def __init__(
        self,
        source: Stream | Device,
        mailbox: Mailbox,
        closing: threading.Event,
        *,
        timeout_s: float,
    ) -> None:
        self._source = source
        self._mailbox = mailbox
        self._closing = closing
        self._opening = _opening(source, timeout_s)

    def pictures(self) -> Generator[Decoded, None, None]:
        """Yield pictures until the mailbox is closed.

        Raises:
            CameraUnavailableError: No first picture came, or the device is gone.
            FootageError: This is a recording.
        """
        begun = False
        delay_s = BACK_OFF_S_MIN
        while not self._closing.is_set():
            failure: CameraError = CameraUnavailableError(
                f"{self._source.place}: gives no more pictures; see that it is on"
            )
            try:
                for decoded in self._once():
                    begun, delay_s = True, BACK_OFF_S_MIN
                    yield decoded
            except CameraError as error:
                failure = error
            if not begun or isinstance(self._source, Device):
                raise failure
            # Jitter: a hundred boxes do not all knock at once when power comes back.
            self._closing.wait(delay_s * random.uniform(0.8, 1.2))  # noqa: S311
            delay_s = min(2 * delay_s, BACK_OFF_S_MAX)

    def _once(self) -> Generator[Decoded, None, None]:
        with closing(Decoder(self._opening)) as decoder:
            if isinstance(self._source, Stream):
                refuse_recording(decoder.container, self._source)
            yield from decoder.pictures(self._mailbox)


def _opening(source: Stream | Device, timeout_s: float) -> Opening:
    if isinstance(source, Device):
        return Opening(
            source.place,
            str(source.path),
            live=True,
            format=DEVICE_FORMAT,
            options=DEVICE_OPTIONS,
            timeout_s=timeout_s,
        )
    return of_stream(source, timeout_s)
