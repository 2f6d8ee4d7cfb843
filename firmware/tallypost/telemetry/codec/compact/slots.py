"""What one number of a radio's record says: a figure of an element, of a class."""

from dataclasses import dataclass

from tallypost.telemetry.codec.compact.figures import Figure


@dataclass(frozen=True, slots=True)
class Element:
    """One element of a site.

    Attributes:
        collection: Its kind, as records name it.
        name: Its name.
        classes: Those that it is about; none where no figure of its kind is by class.
    """

    collection: str
    name: str
    classes: tuple[str, ...]

    @property
    def path(self) -> str:
        """The way to it in a record, as `lines/gate`."""
        return f"{self.collection}/{self.name}"


@dataclass(frozen=True, slots=True)
class Slot:
    """One figure of one element, and of one class where it is by class."""

    element: Element
    figure: Figure
    label: str | None

    @property
    def name(self) -> str:
        """The way to it in a record, as `lines/gate/total/forward/car`."""
        return self._way(self.figure.path)

    @property
    def count_name(self) -> str:
        """The way to the interval's own count of a total: `lines/gate/forward/car`."""
        return self._way(self.figure.path[1:])

    def _way(self, path: tuple[str, ...]) -> str:
        steps = (self.element.path, *path)
        return "/".join(steps if self.label is None else (*steps, self.label))

    def value(self, number: int) -> float:
        """Return what a number in this slot says."""
        scale = self.figure.scale
        return number if scale == 1 else number / scale
