"""The letters of a PDF: those that a page needs, cut out of a font of this machine."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
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
_NEEDED = frozenset(("cmap", "glyf", "head", "hhea", "hmtx", "loca", "maxp"))
"""Tables that a PDF reads. Source: ISO 32000-1, 9.9 "Embedded font programs"."""
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


class Face:
    """Some letters of one font.

    Args:
        file: Where the font lies.
        texts: All that shall be written with it.

    Raises:
        PaperError: There is no such font, or it cannot write them.
    """

    def __init__(self, file: Path, texts: Iterable[str]) -> None:
        letters = "".join(sorted({each for text in texts for each in text}))
        font = _opened(file)
        _refuse_what_it_cannot(letters, font, file)
        options = Options(notdef_outline=True, layout_features=[], hinting=False)
        options.drop_tables = sorted(set(font.keys()) - _NEEDED)
        subsetter = Subsetter(options)
        subsetter.populate(text=letters)
        subsetter.subset(font)
        self._font = font
        self._glyphs = {
            letter: font.getGlyphID(font.getBestCmap()[ord(letter)])
            for letter in letters
        }
        self.name = f"TALLYP+{_UNFIT.sub('', file.stem) or 'Font'}"

    @cached_property
    def data(self) -> bytes:
        """The font file with these letters alone."""
        out = BytesIO()
        self._font.save(out)
        return out.getvalue()

    @property
    def glyphs(self) -> dict[int, str]:
        """The letters by their numbers in `data`."""
        return {number: letter for letter, number in self._glyphs.items()}

    def encoded(self, text: str) -> bytes:
        """Return a text as the numbers of its letters, two bytes each."""
        return b"".join(self._glyphs[each].to_bytes(2, "big") for each in text)

    def widths(self) -> list[int]:
        """Return how wide each letter of `data` is, in thousandths of an em."""
        advances = self._font["hmtx"].metrics
        return [self._scaled(advances[name][0]) for name in self._font.getGlyphOrder()]

    def bounds(self) -> tuple[int, int, int, int]:
        """Return the box that holds every letter: x, y, x, y, thousandths of an em."""
        head = self._font["head"]
        x_min, y_min, x_max, y_max = (
            self._scaled(each) for each in (head.xMin, head.yMin, head.xMax, head.yMax)
        )
        return x_min, y_min, x_max, y_max

    def _scaled(self, units: int) -> int:
        em: int = self._font["head"].unitsPerEm
        return round(units * 1000 / em)


def _opened(file: Path) -> TTFont:
    try:
        if file.stat().st_size > FONT_BYTES_MAX:
            raise PaperError(f"{file}: is larger than any font; {WISH}")
        font = TTFont(file, recalcTimestamp=False)
        if "glyf" not in font or not font.getBestCmap():
            raise PaperError(f"{file}: is no TrueType font with letters; {WISH}")
    except OSError as error:
        raise PaperError(
            f"{file}: cannot be read ({error.strerror}); {WISH}"
        ) from error
    except (TTLibError, ValueError, KeyError) as error:
        raise PaperError(f"{file}: is no font that can be read; {WISH}") from error
    return font


def _refuse_what_it_cannot(letters: str, font: TTFont, file: Path) -> None:
    """Refuse letters that would be missing, or wrong side by side."""
    known = font.getBestCmap()
    missing = [each for each in letters if ord(each) not in known]
    if missing:
        raise PaperError(f"{file}: has no letters for {' '.join(missing)}; {WISH}")
    for letter in letters:
        if (
            unicodedata.bidirectional(letter) in _TURNED
            or unicodedata.category(letter) in _JOINED
        ):
            raise PaperError(
                f"a PDF of ours cannot set {unicodedata.name(letter, repr(letter))}, "
                "of a script that runs to the left or joins its letters; print the SVG"
            )
