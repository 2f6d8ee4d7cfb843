"""`[[movements]]`: who goes from which gate to which."""

from collections import Counter
from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, Field

from tallypost.settings.base import Fault, Wish, refuse
from tallypost.settings.drawing import CLASSES, Classes, Element, Name

GATES_MIN, GATES_MAX = 2, 16


def _once(gates: tuple[str, ...]) -> tuple[str, ...]:
    for name, count in Counter(gates).items():
        if count > 1:
            refuse(f'names "{name}" more than once; name every gate once')
    return gates


class Movement(Element):
    """A junction, and the ways over it."""

    gates: Annotated[
        tuple[Name, ...],
        Field(strict=False, min_length=GATES_MIN, max_length=GATES_MAX),
        AfterValidator(_once),
        Wish("a junction has 2 to 16 gates: names of [[lines]]"),
    ] = Field(
        description="Names of the lines that ways over the junction begin and end at."
    )
    classes: Classes | None = Field(default=None, description=CLASSES)
    time_max_s: Annotated[float, Field(ge=2, le=3600)] = Field(
        default=180.0,
        description="Who needs longer from one gate to the next was somewhere else "
        "meanwhile.",
    )

    @property
    def parts(self) -> tuple[str, ...]:
        """The names of its gates."""
        return self.gates


def gates_exist(raw: Mapping[str, object]) -> list[Fault]:
    """Return a fault for every gate of a site's junctions that is no line of it."""
    lines = {
        name
        for line in _tables(raw, "lines")
        if isinstance(line, Mapping) and isinstance(name := line.get("name"), str)
    }
    return [
        Fault(
            ("movements", place, "gates", number),
            f'"{gate}" is no line of this site; draw it under [[lines]]',
        )
        for place, movement in enumerate(_tables(raw, "movements"))
        if isinstance(movement, Mapping)
        for number, gate in enumerate(_tables(movement, "gates"))
        if isinstance(gate, str) and gate not in lines
    ]


def _tables(raw: Mapping[str, object], key: str) -> list[object]:
    inner = raw.get(key)
    return list(inner) if isinstance(inner, (list, tuple)) else []
