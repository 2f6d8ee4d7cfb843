"""What a daemon hands over, as far as signing wants to know."""

from dataclasses import dataclass

from tallypost.domain.records import Provenance


@dataclass(frozen=True)
class Told:
    device: str
    provenance: Provenance
