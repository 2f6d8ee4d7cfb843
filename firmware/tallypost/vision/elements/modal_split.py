"""How those who cross a line travel."""

from collections import Counter
from collections.abc import Mapping

from tallypost.domain.figures.lines import ModalSplit

MODES: Mapping[str, tuple[str, ...]] = {
    "walking": ("person", "pedestrian", "wheelchair"),
    "cycling": ("bicycle", "cyclist"),
    "private_motor": ("car", "motorcycle", "taxi"),
    "public_transport": ("bus", "train", "tram"),
    "goods": ("truck", "van"),
}
"""Which classes travel how; whatever is named nowhere is `other`."""
OTHER = "other"

_MODE_OF = {label: mode for mode, labels in MODES.items() for label in labels}


def modal_split(counts: Mapping[str, int]) -> ModalSplit:
    """Return the shares of modes.

    Args:
        counts: How many crossed, by class; riders are left out, their vehicle counts.
    """
    modes = Counter[str]()
    for label, count in counts.items():
        modes[_MODE_OF.get(label, OTHER)] += count
    total = modes.total()
    shares = {mode: modes[mode] / total for mode in (*MODES, OTHER) if total}
    return ModalSplit(count=total, **shares)
