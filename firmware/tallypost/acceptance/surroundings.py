"""What a desk is put into."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tallypost.acceptance.checks import PrivacyTest
from tallypost.acceptance.prediction import DrawnLine, GroundPoints
from tallypost.domain.acceptance import Accuracies
from tallypost.domain.health import Health


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a desk is put into; each answers at once.

    Attributes:
        device: Who it is.
        site: Hash of the site.
        model: Hash of the detector.
        no_lock_in: Whether the half that sees is not locked in.
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
    no_lock_in: bool
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
