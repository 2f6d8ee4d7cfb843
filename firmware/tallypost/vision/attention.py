"""Decides whether a frame is to be looked at, and has it looked at."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tallypost.domain.vision import Condition, Detections, Frame
from tallypost.vision.detection.base import Detector
from tallypost.vision.gate.motion import MotionGate
from tallypost.vision.glimpse import Glimpse, glimpse
from tallypost.vision.scrutiny.scrutiny import Scrutiny
from tallypost.vision.scrutiny.verdict import Verdict
from tallypost.vision.seeing import look


@dataclass(frozen=True, slots=True, eq=False)
class Impression:
    """What a frame has left.

    Attributes:
        detections: What is on it; None where the camera cannot be trusted.
        verdicts: What has begun or is over of the camera's faults.
        condition: How the camera is; None where nobody judges it.
        rested: Whether the detections are those of the last look, because nothing has
            moved.
    """

    detections: Detections | None
    verdicts: Sequence[Verdict] = ()
    condition: Condition | None = None
    rested: bool = False


class Attention:
    """Judges the camera, lets the detector rest, and has the rest looked at.

    Args:
        detector: What looks.
        scrutiny: Judges the camera by its pictures; None: it is trusted.
        gate: Notices motion; None: every frame is looked at.
    """

    def __init__(
        self,
        detector: Detector,
        *,
        scrutiny: Scrutiny | None = None,
        gate: MotionGate | None = None,
    ) -> None:
        self._detector = detector
        self._scrutiny = scrutiny
        self._gate = gate
        self._found = Detections.none()

    def see(
        self,
        frame: Frame,
        meanwhile: Callable[[], None],
        is_settled: Callable[[float], bool],
    ) -> Impression:
        """Return what is on a frame; does not erase it.

        Args:
            frame: The picture.
            meanwhile: Called once while the model works, if it does.
            is_settled: Tells whether nobody moves, so that nobody need look at a
                picture of that time; asked only where it shows what the last one did.

        Raises:
            ModelError: The detector fails.
        """
        if self._scrutiny is None and self._gate is None:
            return Impression(look(self._detector, frame, meanwhile))
        seen = glimpse(frame.pixels)
        try:
            verdicts, condition = self._judge(seen, frame.time_s)
            trusted = condition is None or condition.trustworthy
            rests = self._rests(seen, frame.time_s, is_settled, trusted=trusted)
        finally:
            seen.erase()
        if not trusted:
            return Impression(None, verdicts, condition)
        if not rests:
            self._found = look(self._detector, frame, meanwhile)
        return Impression(self._found, verdicts, condition, rested=rests)

    def forget(self) -> None:
        """Keep nothing of the last picture: no other has come for a while."""
        if self._gate is not None:
            self._gate.forget()

    def _judge(
        self, seen: Glimpse, time_s: float
    ) -> tuple[Sequence[Verdict], Condition | None]:
        if self._scrutiny is None:
            return (), None
        verdicts = self._scrutiny.look(seen, time_s)
        return verdicts, self._scrutiny.condition

    def _rests(
        self,
        seen: Glimpse,
        time_s: float,
        is_settled: Callable[[float], bool],
        *,
        trusted: bool,
    ) -> bool:
        """Return whether the detector may rest; if not, this picture is known."""
        if self._gate is None:
            return False
        if not trusted:
            self._gate.forget()
            return False
        if self._gate.is_still(seen.luma, time_s) and is_settled(time_s):
            return True
        self._gate.looked(seen.luma, time_s)
        return False
