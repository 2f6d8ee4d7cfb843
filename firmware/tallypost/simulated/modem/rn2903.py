"""A Microchip RN2903: the RN2483 of America."""

from typing import ClassVar

from tallypost.simulated.lorawan.regions import US915, Region
from tallypost.simulated.modem.rn2483 import Rn2483


class Rn2903(Rn2483):
    """One for America."""

    model: ClassVar[str] = "rn2903"
    banner: ClassVar[tuple[str, ...]] = ("RN2903 1.0.5 Nov 06 2018 10:45:27",)
    region: ClassVar[Region] = US915
