"""Where a TensorFlow Lite model keeps what: the places at which it can be hurt.

Source: FlatBuffers, "Internals"; TensorFlow Lite's schema.fbs, version 3.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

# Fields of the schema's tables, in their order.
OPERATOR_CODES, SUBGRAPHS, BUFFERS = 1, 2, 4
DEPRECATED_CODE, VERSION, BUILTIN_CODE = 0, 2, 3
TENSORS, INPUTS, OUTPUTS, OPERATORS = 0, 1, 2, 3
SHAPE, TYPE, BUFFER, QUANTIZATION = 0, 1, 2, 4
SCALE, ZERO_POINT, DIMENSION = 2, 3, 6
OPCODE, TAKES, GIVES = 0, 1, 2
DATA = 0


@dataclass(slots=True)
class Anatomy:
    """Places in a model's bytes, by what stands there.

    Attributes:
        content: The model.
        sizes: Of dimensions of tensors, 4 bytes.
        types: Of what tensors hold, 1 byte.
        scales: Of quantization, 4 bytes.
        zero_points: Of quantization, 8 bytes.
        indices: Of tensors, buffers and channels, 4 bytes.
        operators: Which code an operator has, 4 bytes.
        codes: Which operation a code means, 4 bytes.
        lengths: Of vectors, 4 bytes.
        offsets: To tables and vectors, 4 bytes.
        weights: Spans of bytes that are only numbers.
    """

    content: bytes
    sizes: list[int] = field(default_factory=list)
    types: list[int] = field(default_factory=list)
    scales: list[int] = field(default_factory=list)
    zero_points: list[int] = field(default_factory=list)
    indices: list[int] = field(default_factory=list)
    operators: list[int] = field(default_factory=list)
    codes: list[int] = field(default_factory=list)
    lengths: list[int] = field(default_factory=list)
    offsets: list[int] = field(default_factory=list)
    weights: list[range] = field(default_factory=list)

    def structure(self) -> list[range]:
        """Return the spans that are not weights."""
        spans, at = [], 0
        for weight in sorted(self.weights, key=lambda span: span.start):
            spans.append(range(at, weight.start))
            at = weight.stop
        return [span for span in (*spans, range(at, len(self.content))) if span]

    def scalar(self, table: int, number: int) -> int | None:
        """Return where a field of a table stands; None: it has none."""
        vtable = table - self._read("<i", table)
        entry = 4 + 2 * number
        if entry >= self._read("<H", vtable):
            return None
        inside = self._read("<H", vtable + entry)
        return table + inside if inside else None

    def follow(self, place: int) -> int:
        """Return where an offset leads; notes it."""
        self.offsets.append(place)
        return place + self._read("<I", place)

    def vector(self, table: int, number: int, width: int = 4) -> list[int]:
        """Return where the elements of a vector stand; notes its length."""
        place = self.scalar(table, number)
        if place is None:
            return []
        start = self.follow(place)
        self.lengths.append(start)
        count = self._read("<I", start)
        return [*range(start + 4, start + 4 + width * count, width)]

    def tables(self, table: int, number: int) -> Iterator[int]:
        """Yield where the tables of a vector begin."""
        for place in self.vector(table, number):
            yield self.follow(place)

    def _read(self, layout: str, at: int) -> int:
        return int(struct.unpack_from(layout, self.content, at)[0])


def anatomy(content: bytes) -> Anatomy:
    """Return where a sound model keeps what."""
    found = Anatomy(content)
    model = found.follow(0)
    for code in found.tables(model, OPERATOR_CODES):
        found.codes += _present(found, code, (BUILTIN_CODE, VERSION))
        found.types += _present(found, code, (DEPRECATED_CODE,))
    for subgraph in found.tables(model, SUBGRAPHS):
        for number in (INPUTS, OUTPUTS):
            found.indices += found.vector(subgraph, number)
        for tensor in found.tables(subgraph, TENSORS):
            _tensor(found, tensor)
        for operator in found.tables(subgraph, OPERATORS):
            found.operators += _present(found, operator, (OPCODE,))
            found.indices += found.vector(operator, TAKES)
            found.indices += found.vector(operator, GIVES)
    for buffer in found.tables(model, BUFFERS):
        places = found.vector(buffer, DATA, width=1)
        if places:
            found.weights.append(range(places[0], places[-1] + 1))
    return found


def _tensor(found: Anatomy, tensor: int) -> None:
    found.sizes += found.vector(tensor, SHAPE)
    found.types += _present(found, tensor, (TYPE,))
    found.indices += _present(found, tensor, (BUFFER,))
    place = found.scalar(tensor, QUANTIZATION)
    if place is not None:
        quantization = found.follow(place)
        found.scales += found.vector(quantization, SCALE)
        found.zero_points += found.vector(quantization, ZERO_POINT, width=8)
        found.indices += _present(found, quantization, (DIMENSION,))


def _present(found: Anatomy, table: int, numbers: tuple[int, ...]) -> list[int]:
    places = (found.scalar(table, number) for number in numbers)
    return [place for place in places if place is not None]
