"""Draws every frame of the radio bit by bit, and explains its fields."""

from collections.abc import Iterator, Mapping, Sequence
from string import ascii_lowercase

from tallypost.documents.table import table
from tallypost.telemetry.codec.compact.bits import NUMBER_BITS_MAX, WIDTHS
from tallypost.telemetry.codec.compact.figures import FIGURES
from tallypost.telemetry.codec.compact.frame import Port
from tallypost.telemetry.codec.compact.health import HEALTH
from tallypost.telemetry.codec.compact.layout import KNOWN_CLASSES
from tallypost.telemetry.codec.compact.table import (
    ALERT,
    ARGUMENTS,
    COMMAND,
    FULL,
    HEALTH_HEAD,
    LAYOUT,
    MERGED,
    REPLY,
    SHORT,
    Field,
)

BYTES_A_ROW = 8
_BYTE_BITS = 8
_SHARE_OF_SLOTS = "the numbers of slots, from the first on, to the frame's end"
_FRAMES: tuple[tuple[str, Port, Sequence[Field], str], ...] = (
    ("A record, short", Port.RECORD, SHORT, _SHARE_OF_SLOTS),
    ("A record that stands for several, short", Port.RECORD, MERGED, _SHARE_OF_SLOTS),
    (
        "A record, full",
        Port.RECORD,
        FULL,
        f"{_SHARE_OF_SLOTS}; the counts stand before the last field",
    ),
    ("An alert", Port.ALERT, ALERT, ""),
    ("A part of a layout", Port.LAYOUT, LAYOUT, "the part's bytes"),
    ("Health", Port.HEALTH, HEALTH_HEAD, "numbers, in this order, as room allows"),
    ("An answer", Port.REPLY, REPLY, ""),
    ("A command", Port.COMMAND, COMMAND, "its arguments"),
)


def blocks() -> Mapping[str, str]:
    """Return the parts of the page about LoRaWAN that come from the table."""
    return {
        "frames of lorawan": "\n\n".join(_frames()),
        "numbers of lorawan": _numbers(),
        "figures of lorawan": _figures(),
        "health of lorawan": table(("number", "unit", "meaning"), _plain(HEALTH)),
        "commands of lorawan": _commands(),
        "classes of lorawan": ", ".join(f"`{each}`" for each in KNOWN_CLASSES),
    }


def _frames() -> Iterator[str]:
    for heading, port, fields, rest in _FRAMES:
        rows = [
            (letter, f"`{field.name}`", _bits(field), field.unit, _meaning(field))
            for letter, field in zip(ascii_lowercase, fields, strict=False)
        ]
        headings = ("", "field", "bits", "unit", "meaning")
        yield (
            f"### {heading}: port {int(port)}\n\n```text\n{drawing(fields, rest)}\n```"
            f"\n\n{table(headings, rows)}"
        )


def drawing(fields: Sequence[Field], rest: str) -> str:
    """Return a frame bit by bit: each letter is one, and `+` is a number.

    Args:
        fields: Named a, b, c ... in their order.
        rest: What follows them.
    """
    fixed = ""
    loose: list[str] = []
    for letter, field in zip(ascii_lowercase, fields, strict=False):
        if loose or not field.bits:
            loose.append(letter * field.bits or f"{letter}+")
        else:
            fixed += letter * field.bits
    if len(fixed) % _BYTE_BITS:
        whole = len(fixed) - len(fixed) % _BYTE_BITS
        fixed, loose = fixed[:whole], [fixed[whole:], *loose]
    octets = [
        fixed[place : place + _BYTE_BITS] for place in range(0, len(fixed), _BYTE_BITS)
    ]
    lines = []
    for start in range(0, len(octets), BYTES_A_ROW):
        row = octets[start : start + BYTES_A_ROW]
        numbers = "  ".join(f"{start + place:<8}" for place in range(len(row)))
        lines += [f"byte  {numbers}".rstrip(), f"bits  {'  '.join(row)}"]
    if loose:
        lines.append(f"then  {'  '.join(loose)}")
    if rest:
        lines.append(f"then  {rest}")
    return "\n".join(lines)


def _numbers() -> str:
    rows = [
        (f"`{place:03b}`", f"{bits}", "0" if not bits else f"up to {2**bits - 1}")
        for place, bits in enumerate(WIDTHS)
    ]
    return table(
        ("first", "bits that follow", "holds"), [*rows, ("`111`", "0", "untold")]
    )


def _figures() -> str:
    rows = [
        (
            f"`{kind}/<name>/{'/'.join(figure.path)}{'/<class>' * figure.by_class}`",
            "runs on, modulo 2^28" if figure.total else "of the interval",
            figure.told,
        )
        for kind, figures in FIGURES.items()
        for figure in figures
    ]
    return table(("slot", "", "meaning"), rows)


def _commands() -> str:
    rows = []
    for number, (name, fields) in enumerate(ARGUMENTS.items(), 1):
        for field in fields or (None,):
            told = (f"`{field.name}`", _bits(field), _meaning(field)) if field else None
            rows.append((f"{number}", f"`{name}`", *(told or ("", "", ""))))
    return table(("number", "command", "argument", "bits", "meaning"), rows)


def _plain(fields: Sequence[Field]) -> list[tuple[str, str, str]]:
    return [(f"`{field.name}`", field.unit, _meaning(field)) for field in fields]


def _bits(field: Field) -> str:
    return f"{field.bits}" if field.bits else f"3 to {NUMBER_BITS_MAX}"


def _meaning(field: Field) -> str:
    told = [field.told]
    choices = [
        f"{place} `{choice}`"
        for place, choice in enumerate(field.choices)
        if choice is not None and not isinstance(choice, bool)
    ]
    if choices:
        told.append(", ".join(choices))
    if field.lowest:
        told.append(f"0 stands for {field.lowest}")
    if field.low is not None or field.high is not None:
        told.append(f"{field.low or 0} to {field.high}")
    return "; ".join(told)
