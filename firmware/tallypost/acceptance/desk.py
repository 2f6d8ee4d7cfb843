"""Answers a technician: tests by taps, predictions and certificates, one at a time."""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tallypost.acceptance.answers import Answer, accuracy, certificate, result
from tallypost.acceptance.certificate import Certificate, certify, read_certificate
from tallypost.acceptance.checks import Facts, PrivacyTest, seen_rate_hz
from tallypost.acceptance.keeping import CERTIFICATE, Keeping, Kept
from tallypost.acceptance.prediction import DrawnLine, GroundPoints, predictions
from tallypost.acceptance.tap_test import TapTest
from tallypost.domain.acceptance import Accuracies
from tallypost.domain.aiming import Aimed, Box, Boxes, Passed, Sight
from tallypost.domain.document import to_document
from tallypost.domain.health import Health
from tallypost.domain.records import KpiRecord, Quality
from tallypost.errors import AcceptanceError, RecordError

BOXES_KEPT = 2000
"""Of the last minutes: who passed is as large as who will."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a desk is put into; each answers at once.

    Attributes:
        device: Who it is.
        site: Hash of the site.
        model: Hash of the detector.
        classes: Whom the detector tells.
        lines: What is drawn.
        ground: The site's calibration, where it has one.
        health: How the device is.
        hearing: Whether passages are told just now: only while somebody aims.
        now_s: The board's monotonic clock.
        now_utc_s: The date; None where it is not known.
        privacy_test: The newest report that the device has signed.
        key: What it signs with.
        publish: Tells results with every record from now on.
    """

    device: str
    site: str
    model: str | None
    classes: Sequence[str]
    lines: Sequence[DrawnLine]
    ground: GroundPoints | None
    health: Callable[[], Health]
    hearing: Callable[[], bool]
    now_s: Callable[[], float]
    now_utc_s: Callable[[], float | None]
    privacy_test: Callable[[], PrivacyTest | None]
    key: Callable[[], Ed25519PrivateKey]
    publish: Callable[[Accuracies], None]


class Desk:
    """Where a technician's questions are answered; any thread may ask.

    Args:
        around: What it is put into.
        keeping: Where results and certificates are kept.
    """

    def __init__(self, around: Surroundings, keeping: Keeping) -> None:
        self._around = around
        self._keeping = keeping
        self._lock = threading.Lock()
        self._test: TapTest | None = None
        self._sight: Sight | None = None
        self._quality: Quality | None = None
        self._boxes: deque[Box] = deque(maxlen=BOXES_KEPT)

    def heard(self, told: Aimed) -> None:
        """Take note of what is told while somebody aims; returns at once."""
        with self._lock:
            match told:
                case Passed() if self._test is not None:
                    self._test.heard(told)
                case Boxes():
                    self._boxes.extend(told.boxes)
                case Sight():
                    self._sight = told
                case _:
                    pass

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
            self._test = TapTest(line, class_name, around.now_s())
            return self._state()

    def test_tap(self, direction: str, ago_s: float, n: int | None = None) -> Answer:
        """Note one who passed; of a number only once.

        Raises:
            AcceptanceError: No test is going on, or that is no tap.
        """
        self._must_hear()
        with self._lock:
            self._going_on().tap(direction, ago_s, self._around.now_s(), n)
            return self._state()

    def test_undo(self, n: int | None = None) -> Answer:
        """Forget the newest tap; of a number only once.

        Raises:
            AcceptanceError: No test is going on, or nothing was tapped.
        """
        with self._lock:
            self._going_on().undo(n)
            return self._state()

    def test_end(self) -> Answer:
        """End the test, keep what it found, and tell it with every record from now on.

        Raises:
            AcceptanceError: No test is going on, or the disk refuses.
        """
        around = self._around
        with self._lock:
            test, self._test = self._going_on(), None
        self._must_hear()
        outcome = test.end(around.now_s())
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
            rate_hz = seen_rate_hz(self._sight, self._quality)
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
            sight, quality = self._sight, self._quality
        facts = Facts(
            health=around.health(),
            sight=sight,
            quality=quality,
            lines=[each.name for each in around.lines],
            accuracy=self._kept().accuracy,
            privacy_test=around.privacy_test(),
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
            AcceptanceError: There is none that can be read.
        """
        return stored_certificate(self._keeping)

    def proved(self) -> Answer:
        """Return what was proved so far, for whoever looks."""
        report = self._around.privacy_test()
        when = None if report is None else report.when_utc_s
        return {
            "accuracy": self._accuracies(),
            "privacy_test": report and {"passed": report.passed, "when_utc_s": when},
            "certificate": self._newest(),
        }

    def _accuracies(self) -> list[Answer]:
        try:
            kept = self._kept()
        except AcceptanceError:
            return []
        return [
            {"line": line, "class": name, **to_document(found)}
            for line, classes in kept.accuracy.items()
            for name, found in classes.items()
        ]

    def _newest(self) -> Answer | None:
        try:
            made = self.certificate()
        except AcceptanceError:
            return None
        if made.site != self._around.site:
            return None
        told = certificate(made)
        return {key: told[key] for key in ("when_utc_s", "name", "passed")}

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

    def _going_on(self) -> TapTest:
        if self._test is None:
            raise AcceptanceError("test: none is going on; begin one")
        return self._test

    def _state(self) -> Answer:
        return {"test": {**self._going_on().state(self._around.now_s())}}


def stored_certificate(keeping: Keeping) -> Certificate:
    """Return the newest certificate of a device.

    Raises:
        AcceptanceError: There is none that can be read.
    """
    line = keeping.certificate()
    if line is None:
        raise AcceptanceError(
            f"{keeping.folder / CERTIFICATE}: there is none yet; accept the device at "
            "its panel first"
        )
    try:
        return read_certificate(line)
    except RecordError as error:
        raise AcceptanceError(
            f"{keeping.folder / CERTIFICATE}: {error}; accept the device anew"
        ) from error
