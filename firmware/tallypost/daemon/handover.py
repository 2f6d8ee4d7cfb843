"""What both halves are told before the first frame, so that numbers alone can pass."""

import json
from dataclasses import asdict, dataclass

from tallypost.domain.aiming import Aiming
from tallypost.domain.alerts import AlertKind
from tallypost.domain.records import Provenance
from tallypost.errors import SettingsError
from tallypost.wall.frame import Alphabet

BYTES_MAX = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover:
    """What the daemon has found in the settings.

    Attributes:
        device: Who measures.
        daemon: Process id of the daemon: a half ends when it does, and asks it to start
            both halves anew.
        kept: Whether a service manager keeps the halves and the wall, not the daemon.
        paced: Whether time passes by the calendar, not as fast as footage goes.
        host_uncertainty_s: By how much the calendar may be off that this machine's
            host keeps; None where the kernel knows who keeps it.
        interval_s: Length of the intervals.
        intervals_per_minute: How many may pass the wall: more than the clock gives only
            where footage is played as fast as it goes.
        alphabet: Names of classes, elements and their parts, in their order.
        provenance: What is counted with.
        fetched: Whether a third process fetches the pictures from the network.
        aiming: For how long somebody aims the camera; None: nobody does.
    """

    device: str
    daemon: int
    kept: bool = False
    paced: bool
    host_uncertainty_s: float | None = None
    interval_s: float
    intervals_per_minute: float
    alphabet: Alphabet
    provenance: Provenance
    fetched: bool = False
    aiming: Aiming | None = None

    def aiming_at(self, now_s: float) -> Aiming | None:
        """Return for how long somebody aims; None: nobody does, or not any more.

        Args:
            now_s: By this machine's monotonic clock.
        """
        aiming = self.aiming
        return None if aiming is None or aiming.is_over(now_s) else aiming

    def to_json(self) -> bytes:
        """Return the handover as one line of JSON."""
        return json.dumps(asdict(self)).encode() + b"\n"

    @staticmethod
    def from_json(text: bytes) -> "Handover":
        """Return the handover that one line of JSON tells.

        Raises:
            SettingsError: It tells none; a half was started by hand.
        """
        try:
            table = json.loads(text)
            names = table.pop("alphabet")
            alphabet = Alphabet(
                classes=tuple(names["classes"]),
                elements={
                    collection: {name: tuple(parts) for name, parts in drawn.items()}
                    for collection, drawn in names["elements"].items()
                },
                alerts=tuple(map(AlertKind, names["alerts"])),
                unasked=tuple(names["unasked"]),
            )
            provenance = Provenance(**table.pop("provenance"))
            told = table.pop("aiming")
            aiming = None if told is None else Aiming(**told)
            return Handover(
                alphabet=alphabet, provenance=provenance, aiming=aiming, **table
            )
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise SettingsError(
                "standard input",
                ["holds no handover; start both halves with `tallypost run`"],
            ) from error
