"""Keeps secrets out of what people read of faults."""

from collections.abc import Iterable, Iterator

CHARACTERS_MIN = 4
"""Shorter ones are words of their own, and no secrets."""
QUOTED_CHARACTERS = (40, 80)
"""Where a fault cuts what it quotes."""


class Unsaid:
    """What no fault may tell: somebody may have written a password into a wrong place.

    Args:
        secrets: Whole, of one line each.
        folder: Where settings are staged: of no use to whoever reads a fault.
    """

    def __init__(self, secrets: Iterable[str], folder: str) -> None:
        spelt = {form for each in secrets for form in _spellings(each)}
        # The longest first: what is left of a secret is still one.
        self._words = sorted(spelt, key=len, reverse=True)
        self._folder = f"{folder}/"

    def clean(self, faults: Iterable[str]) -> list[str]:
        """Return faults without them."""
        return [self._without(each) for each in faults]

    def _without(self, fault: str) -> str:
        fault = fault.replace(self._folder, "")
        for words in self._words:
            fault = fault.replace(words, "***")
        return fault


def _spellings(secret: str) -> Iterator[str]:
    """Give a secret whole and cut, and both as Python quotes them."""
    told = secret.strip()
    if len(told) < CHARACTERS_MIN:
        return
    for cut in (told, *(told[:most] for most in QUOTED_CHARACTERS)):
        yield from (cut, ascii(cut)[1:-1], repr(cut)[1:-1])
