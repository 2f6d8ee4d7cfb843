"""Measures that all labels share."""

from math import floor

PT_PER_MM = 72 / 25.4
DOT_MM = 1 / 8
"""Of a label printer of 203 dpi, which has 8 to the millimetre."""
DOT_PT = DOT_MM * PT_PER_MM
DESCENT_EM = 0.25
"""How far letters, and lines to write on, reach below where they stand."""
INK = "#000000"


def on_grid(place_pt: float) -> float:
    """Return where the dots of a label printer begin, at this place or before it."""
    return floor(place_pt / DOT_PT) * DOT_PT
