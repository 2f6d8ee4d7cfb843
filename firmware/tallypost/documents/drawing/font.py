"""The letters of a PDF: those that a page needs, cut out of a font of this machine."""

import re
import struct
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont, TTLibError

from tallypost.errors import PaperError

FOLDER = Path("/usr/share/fonts/truetype/dejavu")
WISH = (
    "install the package fonts-dejavu-core, name another TrueType font by --font, or "
    "print the SVG"
)
FONT_BYTES_MAX = 32 * 2**20
TABLES_MAX = 256
"""Real fonts have some twenty; fontTools' time grows with the square of them."""
_NEEDED = frozenset(("cmap", "glyf", "head", "hhea", "hmtx", "loca", "maxp"))
"""Tables that a PDF reads. Source: ISO 32000-1, 9.9 "Embedded font programs"."""
_BROKEN = (
    TTLibError,
    struct.error,
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
)
"""What fontTools raises, each for another way in which a file is no font."""
_UNFIT = re.compile(r"[^A-Za-z0-9-]")
_TURNED = frozenset(("R", "AL", "AN", "RLE", "RLO", "RLI"))
_JOINED = frozenset(("Mn", "Mc", "Me"))


@dataclass(frozen=True, slots=True)
class Fonts:
    """The files that letters come from.

    Attributes:
        regular: A TrueType font.
        bold: Likewise; the same, where there is no other.
    """

    regular: Path = FOLDER / "DejaVuSans.ttf"
    bold: Path = FOLDER / "DejaVuSans-Bold.ttf"


@dataclass(frozen=True, slots=True)
class Face:
    """Some letters of one font.

    Attributes:
        name: As a PDF calls it.
        data: A font file with these letters alone.
        numbers: Of the letters in it.
        widths: Of each letter, by its number; thousandths of an em.
        bounds: The box that holds every letter: x, y, x, y; thousandths of an em.
    """

    name: str
    data: bytes
    numbers: Mapping[str, int]
    widths: tuple[int, ...]
    bounds: tuple[int, int, int, int]

    def encoded(self, text: str) -> bytes:
        """Return a text as the numbers of its letters, two bytes each."""
        return b"".join(self.numbers[each].to_bytes(2, "big") for each in text)


def face(file: Path, texts: Iterable[str]) -> Face:
    """Return what a font has for some texts.

    Args:
        file: Where the font lies.
        texts: All that shall be written with it.

    Raises:
        PaperError: There is no such font, or it cannot write them.
    """
    letters = "".join(sorted({each for text in texts for each in text}))
    try:
        font = _opened(file)
        _refuse_what_it_cannot(letters, font, file)
        return _cut(font, letters, f"TALLYP+{_UNFIT.sub('', file.stem) or 'Font'}")
    except OSError as error:
        raise PaperError(
            f"{file}: cannot be read ({error.strerror}); {WISH}"
        ) from error
    except _BROKEN as error:
        raise PaperError(f"{file}: is no font that can be read; {WISH}") from error


def _cut(font: TTFont, letters: str, name: str) -> Face:
    """Cut letters out of a font."""
    for table in set(font.keys()) - _NEEDED:
        del font[table]
    subsetter = Subsetter(Options(notdef_outline=True, hinting=False))
    subsetter.populate(text=letters)
    subsetter.subset(font)
    out = BytesIO()
    font.save(out)
    head, cmap, advances = font["head"], font.getBestCmap(), font["hmtx"].metrics

    def scaled(units: int) -> int:
        em: int = head.unitsPerEm
        return round(units * 1000 / em)

    return Face(
        name=name,
        data=out.getvalue(),
        numbers={each: font.getGlyphID(cmap[ord(each)]) for each in letters},
        widths=tuple(scaled(advances[each][0]) for each in font.getGlyphOrder()),
        bounds=(
            scaled(head.xMin),
            scaled(head.yMin),
            scaled(head.xMax),
            scaled(head.yMax),
        ),
    )


def _opened(file: Path) -> TTFont:
    if file.stat().st_size > FONT_BYTES_MAX:
        raise PaperError(f"{file}: is larger than any font; {WISH}")
    font = TTFont(file, recalcTimestamp=False)
    if font.reader.numTables > TABLES_MAX:
        raise PaperError(f"{file}: has more tables than any font; {WISH}")
    if "glyf" not in font or not font.getBestCmap():
        raise PaperError(f"{file}: is no TrueType font with letters; {WISH}")
    return font


def _refuse_what_it_cannot(letters: str, font: TTFont, file: Path) -> None:
    """Refuse letters that would be missing, or wrong side by side."""
    known = font.getBestCmap()
    missing = [each for each in letters if ord(each) not in known]
    if missing:
        raise PaperError(
            f"{file}: has no letters for {' '.join(missing)}; name a TrueType font "
            "that has them by --font, or print the SVG"
        )
    for letter in letters:
        if (
            unicodedata.bidirectional(letter) in _TURNED
            or unicodedata.category(letter) in _JOINED
        ):
            raise PaperError(
                f"a PDF of ours cannot set {unicodedata.name(letter, repr(letter))}, "
                "of a script that runs to the left or joins its letters; print the SVG"
            )
