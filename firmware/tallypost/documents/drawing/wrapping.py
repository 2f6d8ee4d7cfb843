"""Breaks text into lines that fit, whatever letters it is of and whoever draws them.

Whose font a browser takes for an SVG nobody knows: a letter is taken to be as wide as
in DejaVu Sans or Verdana, which are as wide as any, so that what fits here fits there.
"""

import unicodedata
from collections.abc import Iterator

NARROW = frozenset(" .,:;'|!()[]/-ijlItfr·\u2019")
WIDE = frozenset("mwMW@%—…")
NARROW_EM, USUAL_EM, CAPITAL_EM, WIDE_EM = 0.42, 0.64, 0.80, 1.02
BOLD = 1.12
"""Bold letters are so much wider."""


def width_em(text: str, *, bold: bool = False) -> float:
    """Return how wide a text is at most, in heights of its letters (em)."""
    return sum(map(_letter_em, text)) * (BOLD if bold else 1.0)


def _letter_em(letter: str) -> float:
    if letter in NARROW:
        return NARROW_EM
    if letter in WIDE or unicodedata.east_asian_width(letter) in "WF":
        return WIDE_EM
    if unicodedata.combining(letter):
        return 0.0
    usual = letter.isascii() and letter.isalnum() and not letter.isupper()
    return USUAL_EM if usual else CAPITAL_EM


def lines(
    text: str, *, width_pt: float, size_pt: float, bold: bool = False
) -> list[str]:
    """Return a text in lines, broken between words, and within those that are too long.

    Args:
        text: Spaces of any kind and number are one.
        width_pt: What a line may have.
        size_pt: Of the letters.
        bold: Whether they are.
    """
    most_em = width_pt / size_pt
    broken: list[str] = []
    for word in _pieces(text, most_em, bold=bold):
        together = f"{broken[-1]} {word}" if broken else word
        if broken and width_em(together, bold=bold) <= most_em:
            broken[-1] = together
        else:
            broken.append(word)
    return broken


def _pieces(text: str, most_em: float, *, bold: bool) -> Iterator[str]:
    for word in text.split():
        piece = ""
        for letter in word:
            if piece and width_em(piece + letter, bold=bold) > most_em:
                yield piece
                piece = ""
            piece += letter
        yield piece
