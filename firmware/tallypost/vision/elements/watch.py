"""What elements that watch for something gather: how often, and for how long."""

from collections import Counter

from tallypost.domain.figures.zones import WatchFigures


class Watch:
    """Events by class, and the time that at least one of them went on."""

    def __init__(self) -> None:
        self._events: Counter[str] = Counter()
        self._present_s = 0.0

    def begin(self, label: str) -> None:
        """Count an event that begins."""
        self._events[label] += 1

    def elapse(self, seconds: float, *, present: bool) -> None:
        """Let time pass, with or without an event that goes on."""
        if present:
            self._present_s += seconds

    def take(self) -> WatchFigures:
        """Return the interval's figures and begin anew."""
        figures = WatchFigures(events=dict(self._events), present_s=self._present_s)
        self._events.clear()
        self._present_s = 0.0
        return figures
