"""Tables as CSV (RFC 4180), in which no cell is a formula.

Source: OWASP, "CSV Injection": spreadsheets run what begins with =, +, - or @, also in
the full-width letters of East Asia, and take a leading apostrophe for "this is text".
"""

import csv
from collections.abc import Iterable, Sequence
from io import StringIO

from tallypost_provisioning.text import printable

FORMULA = frozenset("=+-@\uff1d\uff0b\uff0d\uff20")
QUOTE = "'"


def table(
    columns: Sequence[str], rows: Iterable[Sequence[str]], delimiter: str = ","
) -> str:
    """Return a table with its heads; cells that might be formulas begin with `'`."""
    out = StringIO()
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerow(columns)
    writer.writerows(map(harmless, row) for row in rows)
    return out.getvalue()


def harmless(cell: str) -> str:
    """Return a cell in one line, with an apostrophe before what might be a formula.

    One that begins with apostrophes before such a letter gets one more: who reads the
    table takes away one, and has what was meant.
    """
    told = printable(cell)
    return QUOTE + told if told.lstrip(QUOTE)[:1] in FORMULA and told else told
