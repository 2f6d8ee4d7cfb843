"""Which slot of a radio's records is which figure of which element: a site's layout."""

import zlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from tallypost.errors import CodecError
from tallypost.telemetry.codec.classes import PERSON, VEHICLES
from tallypost.telemetry.codec.compact.bits import Reader, Writer
from tallypost.telemetry.codec.compact.figures import COLLECTIONS, FIGURES
from tallypost.telemetry.codec.compact.frame import Frame, Port
from tallypost.telemetry.codec.compact.packing import ended, pack
from tallypost.telemetry.codec.compact.slots import Element, Slot
from tallypost.telemetry.codec.compact.table import (
    CLASSES_MAX,
    ELEMENTS_MAX,
    LAYOUT,
    LAYOUT_BYTES_MAX,
    SLOTS_MAX,
)

OTHER = "other"
"""Stands for all classes that have no number of their own."""
KNOWN_CLASSES = (PERSON, *VEHICLES, OTHER)
"""Their numbers; any other class is spelled."""
SPELLED = 31
_CLASS_BITS = 5
_COLLECTION_BITS = 4
_VARIANT_BITS = 4
INTERVAL_S = 900
"""Over LoRaWAN, unless the settings say otherwise."""
_TAG_MASK = 2**10 - 1
HEAD_BYTES = sum(field.bits for field in LAYOUT) // 8


@dataclass(frozen=True)
class Layout:
    """A site's elements and classes in their order: what numbers in frames stand for.

    Attributes:
        classes: All that have a number, at most 14.
        elements: All that have a number.
        interval_s: How long an interval is, unless one is cut short.
        variant: 0 to 15: what else the tag is a hash of.

    Raises:
        CodecError: There are more slots than frames can name.
    """

    classes: tuple[str, ...]
    elements: tuple[Element, ...]
    interval_s: int = INTERVAL_S
    variant: int = 0

    def __post_init__(self) -> None:
        for noun, count, most in (
            ("classes", len(self.classes), CLASSES_MAX),
            ("elements", len(self.elements), ELEMENTS_MAX),
            ("figures", len(self.slots), SLOTS_MAX),
        ):
            if count > most:
                raise CodecError(
                    f"layout: {count} {noun} are more than the {most} that LoRaWAN "
                    "frames can tell apart; draw fewer elements or name fewer classes"
                )

    @classmethod
    def of(
        cls,
        site: Mapping[str, Mapping[str, Sequence[str]]],
        interval_s: int = INTERVAL_S,
    ) -> "Layout":
        """Return the layout of a site.

        Where its classes are more than 14, road users keep their own numbers, and the
        rest is `other`.

        Args:
            site: By kind and name of each element, the classes that it is about.
            interval_s: How long an interval is.

        Raises:
            CodecError: There is more than frames can tell apart.
        """
        told = {kind: site[kind] for kind in COLLECTIONS if site.get(kind)}
        named = dict.fromkeys(
            label
            for kind, elements in told.items()
            if _by_class(kind)
            for classes in elements.values()
            for label in classes
        )
        if len(named) > CLASSES_MAX:
            named = dict.fromkeys([each for each in KNOWN_CLASSES if each in named])
            named[OTHER] = None
        elements = tuple(
            Element(kind, name, _numbered(classes, named) if _by_class(kind) else ())
            for kind, by_name in told.items()
            for name, classes in by_name.items()
        )
        return cls(tuple(named), elements, interval_s)

    @cached_property
    def slots(self) -> tuple[Slot, ...]:
        """What each slot is; those of running totals come first."""
        return tuple(self._slots())

    @cached_property
    def totals(self) -> int:
        """How many slots, the first, are running totals."""
        return sum(slot.figure.total for slot in self.slots)

    def _slots(self) -> Iterator[Slot]:
        for element in self.elements:
            for figure in FIGURES[element.collection]:
                labels = element.classes if figure.by_class else (None,)
                for label in labels:
                    yield Slot(element, figure, label)

    @cached_property
    def data(self) -> bytes:
        """The layout as bytes, which `read` takes back."""
        writer = Writer()
        writer.whole(self.variant, _VARIANT_BITS)
        writer.number(self.interval_s)
        writer.whole(len(self.classes), _COLLECTION_BITS)
        for label in self.classes:
            _write_class(writer, label)
        writer.whole(len(self.elements), 8)
        for element in self.elements:
            writer.whole(COLLECTIONS.index(element.collection), _COLLECTION_BITS)
            if _by_class(element.collection):
                for label in self.classes:
                    writer.whole(int(label in element.classes), 1)
            writer.text(element.name)
        return writer.bytes()

    @classmethod
    def read(cls, data: bytes) -> "Layout":
        """Return the layout that bytes spell, whoever wrote them.

        Raises:
            CodecError: They spell none.
        """
        reader = Reader(data)
        variant = reader.whole(_VARIANT_BITS)
        interval_s = reader.number()
        count = reader.whole(_COLLECTION_BITS)
        classes = tuple(_read_class(reader) for _ in range(count))
        elements = tuple(_read_element(reader, classes) for _ in range(reader.whole(8)))
        ended(reader, "layout")
        if not interval_s:
            raise CodecError("layout: says nothing of how long an interval is")
        return cls(classes, elements, interval_s, variant)

    @cached_property
    def tag(self) -> int:
        """A hash of 10 bits: two layouts have the same once in 1024, see `unlike`."""
        return tag_of(self.data)

    def unlike(self, tags: Collection[int]) -> "Layout":
        """Return it with a tag that is none of these: those that a device had before.

        Raises:
            CodecError: All of its tags are among them.
        """
        for variant in range(2**_VARIANT_BITS):
            found = replace(self, variant=variant)
            if found.tag not in tags:
                return found
        raise CodecError(f"layout: all of its tags are among {len(tags)} that were")


def tag_of(data: bytes) -> int:
    """Return the tag of a layout's bytes: the low 10 bits of their CRC-32."""
    return zlib.crc32(data) & _TAG_MASK


def encode_layout(layout: Layout, room_bytes: int) -> list[Frame]:
    """Return the frames that tell a layout: one where they have room for it.

    Args:
        layout: Which.
        room_bytes: What the payload of each may have.

    Raises:
        CodecError: There is no room for a single byte of it, or it is too long.
    """
    data, chunk_bytes = layout.data, room_bytes - HEAD_BYTES
    if chunk_bytes < 1 or len(data) > LAYOUT_BYTES_MAX:
        raise CodecError(
            f"layout: {len(data)} bytes cannot be told in frames of {room_bytes}; "
            f"want {HEAD_BYTES + 1} or more, and at most {LAYOUT_BYTES_MAX} in all"
        )
    return [
        Frame(Port.LAYOUT, _part(layout, offset, data[offset : offset + chunk_bytes]))
        for offset in range(0, len(data), chunk_bytes)
    ]


def _part(layout: Layout, offset: int, chunk: bytes) -> bytes:
    writer = Writer()
    values = {
        "version": 1,
        "layout": layout.tag,
        "offset": offset,
        "length": len(layout.data),
    }
    pack(writer, LAYOUT, values)
    return writer.bytes() + chunk


def _by_class(collection: str) -> bool:
    return any(figure.by_class for figure in FIGURES[collection])


def _numbered(classes: Sequence[str], named: Mapping[str, None]) -> tuple[str, ...]:
    """Return which of the numbered classes an element is about, in their order."""
    others = {OTHER} if any(each not in named for each in classes) else set()
    wanted = {*classes, *others}
    return tuple(label for label in named if label in wanted)


def _write_class(writer: Writer, label: str) -> None:
    if label in KNOWN_CLASSES:
        writer.whole(KNOWN_CLASSES.index(label), _CLASS_BITS)
    else:
        writer.whole(SPELLED, _CLASS_BITS)
        writer.text(label)


def _read_class(reader: Reader) -> str:
    number = reader.whole(_CLASS_BITS)
    if number == SPELLED:
        return reader.text()
    if number >= len(KNOWN_CLASSES):
        raise CodecError(f"layout: class {number} is none that this decoder knows")
    return KNOWN_CLASSES[number]


def _read_element(reader: Reader, classes: Sequence[str]) -> Element:
    number = reader.whole(_COLLECTION_BITS)
    if number >= len(COLLECTIONS):
        raise CodecError(f"layout: kind {number} is none that this decoder knows")
    kind = COLLECTIONS[number]
    about = tuple(label for label in classes if _by_class(kind) and reader.whole(1))
    return Element(kind, reader.text(), about)
