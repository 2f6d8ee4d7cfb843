"""What a parser is to whoever feeds it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "docs" / "examples"


@dataclass(frozen=True, slots=True)
class Parser:
    """A parser of what others write.

    Attributes:
        good: Inputs that it takes.
        read: Reads one; None says that there was nothing in it to take.
        refusal: What it raises for what it does not take; anything else is a fault.
    """

    good: tuple[bytes, ...]
    read: Callable[[bytes], object]
    refusal: type[Exception] | tuple[type[Exception], ...] = ()


def examples(*names: str) -> tuple[bytes, ...]:
    """Return files of `docs/examples`."""
    return tuple((EXAMPLES / name).read_bytes() for name in names)
