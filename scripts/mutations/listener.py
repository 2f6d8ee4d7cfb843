"""The other half: hears ten thousand hurt halves, and must serve the next one."""

import time
from functools import partial

from scripts.mutations.half import ZONE, Sound, begin
from tallypost.domain.records import Interval
from tallypost.domain.vision import Pixels, Size
from tallypost.errors import WallError
from tallypost.vision.sandbox.cell import Ending, confined
from tallypost.wall.frame import FRAME_BYTES, State
from tallypost.wall.reader import WallReader
from tallypost.wall.spelling import Told

PATIENCE_S = 20.0
PROCESSOR_S = 10
FRAMES_MAX = 200
MINUTE_S = 60.0


class Listener:
    """Hears halves one after another, one reader for all that run one model.

    A minute passes for it with each: else it would be right to say that they begin too
    often.

    Attributes:
        harmed: Whether anything came to harm but a half that was hurt.
    """

    def __init__(self) -> None:
        self.harmed = False
        self._readers: dict[str, WallReader] = {}
        self._now_s = 0.0
        self._heard = self._served = 0
        self._begun_s = time.monotonic()

    def hear(
        self, half: Sound, content: bytes, frames: list[Pixels], scene: Size
    ) -> str:
        """Return in a few words what became of a half, locked in, and of its words.

        Args:
            half: What its model is said to be.
            content: What it is.
            frames: What it looks at.
            scene: Of which these are said to be pictures.
        """
        ending = confined(
            partial(begin, half, content, frames, scene=scene),
            frame_bytes=FRAME_BYTES,
            processor_s=PROCESSOR_S,
            patience_s=PATIENCE_S,
            said_bytes_max=FRAMES_MAX * FRAME_BYTES,
        )
        self._heard += 1
        self._now_s += MINUTE_S
        try:
            told = self._reader(half).feed(ending.said, self._now_s)
        except WallError:
            self._readers.pop(half.file.name)
            return "said what it must not"
        return _outcome(ending, told)

    def expect_served(self, half: Sound, frames: list[Pixels], scene: Size) -> None:
        """Hear a half that nobody has hurt: what it counts must arrive."""
        outcome = self.hear(half, half.body.content, frames, scene)
        self._served += 1
        if outcome != "counted":
            self.harmed = True
            print(f"a sound {half.file.name} was not served: {outcome}", flush=True)

    def verdict(self) -> str:
        """Return in a sentence how the other half fared."""
        elapsed_s = time.monotonic() - self._begun_s
        fared = "came to harm" if self.harmed else "heard all and was unharmed"
        return (
            f"The other half {fared}: {self._heard} halves, among them {self._served} "
            f"that nobody had hurt, in {elapsed_s / 60:.0f} minutes."
        )

    def _reader(self, half: Sound) -> WallReader:
        return self._readers.setdefault(half.file.name, WallReader(half.alphabet, 60.0))


def _outcome(ending: Ending, told: list[Told]) -> str:
    if ending.killed_by is not None:
        late = " (took too long)" if ending.overdue else ""
        return f"killed by {ending.killed_by.name}{late}"
    if ending.code:
        return "fault: ended without a word"
    if State.MODEL_FAILED in told:
        return (
            "refused by number" if State.WATCHING not in told else "failed on a picture"
        )
    if any(isinstance(each, Interval) and ZONE in each.zones for each in told):
        return "counted"
    return "fault: said too little"
