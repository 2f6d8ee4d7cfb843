"""Answers a technician: tests by taps, predictions and certificates, one at a time."""

import threading
from collections import deque
from collections.abc import Sequence

from tallypost.acceptance.answers import Answer, accuracy, certificate, result
from tallypost.acceptance.certificate import Certificate, certify
from tallypost.acceptance.checks import Facts, seen_rate_hz
from tallypost.acceptance.keeping import CERTIFICATE, Keeping, Kept
from tallypost.acceptance.prediction import DrawnLine, GroundPoints, predictions
from tallypost.acceptance.proof import Proof
from tallypost.acceptance.sentences import said
from tallypost.acceptance.surroundings import Surroundings
from tallypost.acceptance.tap_test import TapTest
from tallypost.domain.aiming import (
    EVENTS_PER_MINUTE,
    Aimed,
    Box,
    Boxes,
    Passed,
    Sight,
)
from tallypost.domain.ration import Ration
from tallypost.domain.records import KpiRecord, Quality
from tallypost.errors import AcceptanceError

BOXES_KEPT = 2000
"""Of the last minutes: who passed is as large as who will."""
SIGHT_S_MAX = 10.0
"""How the camera saw longer ago, says nothing of how it sees."""
RATION_LEFT_MIN = EVENTS_PER_MINUTE / 10
"""With so few left to tell of, the half that sees may have kept silent."""
WATCHING = "watching"


class Desk:
    """Where a technician's questions are answered; any thread may ask.

    Args:
        around: What it is put into.
        keeping: Where results and certificates are kept.
    """

    def __init__(self, around: Surroundings, keeping: Keeping) -> None:
        self._around = around
        self._keeping = keeping
        self._proof = Proof(around, keeping)
        self._lock = threading.Lock()
        self._test: TapTest | None = None
        self._sight: Sight | None = None
        self._quality: Quality | None = None
        self._boxes: deque[Box] = deque(maxlen=BOXES_KEPT)
        self._ration = Ration(EVENTS_PER_MINUTE)

    def heard(self, told: Aimed) -> None:
        """Take note of what is told while somebody aims; returns at once."""
        with self._lock:
            match told:
                case Passed():
                    self._heard_of(told)
                case Boxes():
                    self._boxes.extend(told.boxes)
                case Sight():
                    self._sight = told
                    if self._test is not None:
                        self._test.seen(told.at_monotonic_s)
                case _:
                    pass

    def befell(self, state: str) -> None:
        """Take note of what the half that sees says of itself; returns at once."""
        with self._lock:
            if self._test is not None and state != WATCHING:
                self._test.spoil("test_blind")

    def made(self, record: KpiRecord) -> None:
        """Take note of a record: how well was seen; returns at once."""
        with self._lock:
            self._quality = record.interval.quality

    def test_begin(self, line: str, class_name: str) -> Answer:
        """Begin a test; one that is going on is forgotten.

        Raises:
            AcceptanceError: There is no such line or class, or nothing is told.
        """
        around = self._around
        drawn = {each.name: each for each in around.lines}
        if line not in drawn:
            names = ", ".join(drawn) or "none"
            raise AcceptanceError(f"line: {line[:40]!a} is not drawn; there is {names}")
        if class_name not in drawn[line].classes:
            counted = ", ".join(drawn[line].classes)
            raise AcceptanceError(
                f"class: {class_name[:40]!a} is not counted by {line}; it counts "
                f"{counted}"
            )
        self._must_hear()
        with self._lock:
            now_s = around.now_s()
            self._test = TapTest(line, class_name, now_s)
            self._weigh_ration(now_s)
            return self._state()

    def test_tap(self, direction: str, ago_s: float = 0.0) -> Answer:
        """Note one who passed.

        Raises:
            AcceptanceError: No test is going on, or that is no tap.
        """
        self._must_hear()
        with self._lock:
            self._going_on().tap(direction, ago_s, self._around.now_s())
            return self._state()

    def test_undo(self) -> Answer:
        """Forget the newest tap.

        Raises:
            AcceptanceError: No test is going on, or nothing was tapped.
        """
        with self._lock:
            self._going_on().undo()
            return self._state()

    def test_end(self) -> Answer:
        """End the test, keep what it found, and tell it with every record from now on.

        Of a test that is void nothing is kept; the answer says why.

        Raises:
            AcceptanceError: No test is going on, or the disk refuses.
        """
        around = self._around
        with self._lock:
            test, self._test = self._going_on(), None
        self._must_hear()
        now_s = around.now_s()
        void = test.void_at(now_s)
        if void is not None:
            return {"void": said(void)}
        outcome = test.end(now_s)
        found = accuracy(outcome, around.now_utc_s())
        if found is None:
            raise AcceptanceError(
                "test: nobody was tapped, and nothing is known; again"
            )
        kept = self._kept()
        kept = kept.with_result(outcome.line, outcome.class_name, found)
        self._keeping.keep(kept)
        around.publish(kept.accuracy)
        return {"result": result(outcome)}

    def predict(
        self,
        lines: Sequence[DrawnLine] | None = None,
        ground: GroundPoints | None = None,
    ) -> Answer:
        """Foretell how fast each class may go.

        Args:
            lines: Another drawing than the one in force,
            ground: and its calibration.
        """
        around = self._around
        if lines is None:
            lines, ground = around.lines, around.ground
        with self._lock:
            rate_hz = seen_rate_hz(self._seen(), self._quality)
            boxes = list(self._boxes)
        return {
            "lines": [
                {
                    "name": each.name,
                    "class": each.class_name,
                    "speed_kmh_max": each.speed_kmh_max,
                    "sentence_key": each.key,
                    "sentence_args": {**each.arguments},
                    "sentence": each.sentence,
                }
                for each in predictions(lines, rate_hz, boxes=boxes, ground=ground)
            ]
        }

    def accept(self, technician: str, remarks: str = "") -> Answer:
        """Look at everything, and sign what was found.

        Raises:
            AcceptanceError: The words cannot be printed, or the disk refuses.
            SigningError: There is no key to sign with.
        """
        around = self._around
        with self._lock:
            sight, quality = self._seen(), self._quality
        facts = Facts(
            health=around.health(),
            sight=sight,
            quality=quality,
            lines=[each.name for each in around.lines],
            accuracy=self._kept().accuracy,
            privacy_test=around.privacy_test(),
            no_lock_in=around.no_lock_in,
            now_utc_s=around.now_utc_s(),
        )
        made = certify(
            around.device, facts, around.key(), technician=technician, remarks=remarks
        )
        self._keeping.write(CERTIFICATE, made.line + b"\n")
        return {"certificate": certificate(made)}

    def certificate(self) -> Certificate:
        """Return the newest certificate.

        Raises:
            AcceptanceError: There is none of what counts now.
        """
        return self._proof.certificate()

    def proved(self) -> Answer:
        """Return what was proved of what counts now, for whoever looks."""
        return self._proof.proved()

    def _kept(self) -> Kept:
        return self._keeping.of(self._around.site, self._around.model)

    def _must_hear(self) -> None:
        """Refuse what makes no sense while nothing is told.

        Raises:
            AcceptanceError: Nobody aims: what passed meanwhile, nobody knows.
        """
        if not self._around.hearing():
            with self._lock:
                self._test = None
            raise AcceptanceError(
                "test: the device tells who passes only while it is aimed; begin to "
                "aim, and then the test anew"
            )

    def _seen(self) -> Sight | None:
        """Return how the camera sees just now; None where nobody knows."""
        sight, around = self._sight, self._around
        if sight is None or not around.hearing():
            return None
        return sight if around.now_s() - sight.at_monotonic_s < SIGHT_S_MAX else None

    def _heard_of(self, passed: Passed) -> None:
        now_s = self._around.now_s()
        self._ration.spend(now_s)
        self._weigh_ration(now_s)
        if self._test is not None:
            self._test.heard(passed)

    def _weigh_ration(self, now_s: float) -> None:
        """Have a test prove nothing where it may not hear of all who pass."""
        if self._test is not None and self._ration.left(now_s) < RATION_LEFT_MIN:
            self._test.spoil("test_crowded")

    def _going_on(self) -> TapTest:
        if self._test is None:
            raise AcceptanceError("test: none is going on; begin one")
        return self._test

    def _state(self) -> Answer:
        return {"test": {**self._going_on().state(self._around.now_s())}}
