"""What can go wrong at the workstation, one class for each thing to do about it.

ProvisioningError      says in one sentence what a person must mend
├── CityError          the city's folder, its keys or the passphrase
├── InventoryError     what is known of devices cannot be read or kept
├── FleetError         devices cannot be added as they are described: all faults at once
├── CardError          a card or an image cannot be written
└── EnrolmentError     a device cannot be believed
"""

from collections.abc import Sequence

from tallypost.errors import TallypostError


class ProvisioningError(TallypostError):
    """Says in one sentence what a person must mend; never carries a secret."""


class CityError(ProvisioningError):
    """The city's folder or its keys cannot be used."""


class InventoryError(ProvisioningError):
    """What is known of devices cannot be read or kept."""


class FleetError(ProvisioningError):
    """Devices cannot be added or set as they are described.

    Attributes:
        place: Which file describes them.
        faults: One sentence for each fault: where, the fact, the wish.
    """

    def __init__(self, place: str, faults: Sequence[str]) -> None:
        self.place = place
        self.faults = tuple(faults)
        noun = "fault" if len(self.faults) == 1 else "faults"
        lines = "".join(f"\n  {fault}" for fault in self.faults)
        super().__init__(f"{place}: {len(self.faults)} {noun}{lines}")


class CardError(ProvisioningError):
    """A card or an image cannot be written, or does not hold what it should."""


class EnrolmentError(ProvisioningError):
    """A device cannot be believed as it presents itself."""
