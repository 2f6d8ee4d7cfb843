"""Lays the sign out: one page that a passer-by reads standing.

What it tells follows Digital Trust for Places and Routines (https://dtpr.io): purpose,
technology, data, accountable organisation, storage; and what a warning sign must tell
by EDPB Guidelines 3/2019, 7.1.1. Words and pictures are our own.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from tallypost.documents.drawing.code import code
from tallypost.documents.drawing.drawing import (
    A4_PT,
    Drawing,
    Shape,
    Words,
    rectangle,
)
from tallypost.documents.drawing.wrapping import lines
from tallypost.documents.paperwork.running import Running
from tallypost.documents.paperwork.sign.icons import ICONS
from tallypost.documents.paperwork.sign.wording import Wording
from tallypost.documents.paperwork.sign.words import LANGUAGES
from tallypost.documents.paperwork.stamp import stamp
from tallypost.telemetry.outbox.records import DAY_S, HISTORY_S

WIDTH, HEIGHT = A4_PT
MARGIN, TEXT_X = 40.0, 100.0
BAND, ROWS_END, FOOT = 150.0, 652.0, 796.0
CODE_PT = 130.0
BLUE, WHITE, INK, GREY = "#0b3d5c", "#ffffff", "#1b1b1b", "#5a5a5a"
LEADING = 1.3
SIZES_PT = (15.0, 14.0, 13.0, 12.0, 11.0, 10.0, 9.0, 8.0, 7.0, 6.0)
"""Of the letters: the largest with which all rows have room."""
ADDRESS_SIZES_PT = (13.0, 12.0, 11.0, 10.0, 9.0)
TITLE_SIZES_PT = (32.0, 28.0, 24.0)
Part = Words | Shape


class Row(NamedTuple):
    """One thing that a passer-by may want to know.

    Attributes:
        icon: One of `ICONS`.
        heading: What it is.
        told: In paragraphs.
    """

    icon: str
    heading: str
    told: tuple[str, ...]


def sign(running: Running, language: str) -> Drawing:
    """Return the page.

    Args:
        running: What it is about.
        language: One of `LANGUAGES`.
    """
    wording = LANGUAGES[language]
    return Drawing(
        title=f"{wording.title}: {running.device}",
        language=language,
        mark=stamp(running.described()),
        parts=[
            *_band(wording),
            *_rows(list(_told(running, language))),
            *_more(running, wording),
            *_foot(running, wording),
        ],
    )


def _told(running: Running, language: str) -> Iterator[Row]:
    wording, host = LANGUAGES[language], running.settings.host
    spoken = host.spoken(language)
    counted = "; ".join(wording.counted[each] for each in running.kinds())
    at_once = [wording.at_once] if running.alerting() else []
    elsewhere = [wording.from_network] if running.camera_on_network else []
    measured = " ".join([f"{counted[:1].upper()}{counted[1:]}.", *at_once])
    yield Row("measured", wording.measured, (measured,))
    ground = _labelled(wording.ground, spoken.legal_ground)
    purpose = (spoken.purpose or wording.unsaid, *ground)
    yield Row("purpose", wording.purpose, purpose)
    pictures = " ".join([wording.overwritten, *elsewhere])
    yield Row("pictures", wording.pictures, (pictures,))
    officer = _labelled(wording.officer, host.privacy_officer)
    who = (host.controller or wording.unsaid, host.contact or wording.unsaid)
    yield Row("who", wording.who, (*who, *officer))
    here = wording.kept_here.format(days=f"{HISTORY_S / DAY_S:.0f}")
    there = f"{wording.kept_there} {spoken.kept or wording.unsaid}"
    yield Row("kept", wording.kept, (here, there))


def _labelled(label: str, told: str | None) -> tuple[str, ...]:
    """Return a paragraph of its own where there is something to tell."""
    return () if told is None else (f"{label} {told}",)


def _band(wording: Wording) -> Iterator[Part]:
    """Yield the head, which is read from afar."""
    yield Shape((rectangle(0, 0, WIDTH, BAND),), BLUE)
    yield Shape(ICONS["camera"], WHITE).placed(MARGIN - 6, 38, 3.2)
    left, width = 132.0, WIDTH - 132.0 - MARGIN
    for size in TITLE_SIZES_PT:
        title = lines(wording.title, width_pt=width, size_pt=size, bold=True)
        if len(title) <= 2:  # noqa: PLR2004  # as many as the band has room for
            break
    y = 54.0 if len(title) > 1 else 70.0
    for line in title:
        yield Words(left, y, line, size, bold=True, colour=WHITE)
        y += size * 1.15
    yield Words(left, y + 8, wording.promise, 16.0, colour=WHITE)


def _rows(rows: Sequence[Row]) -> list[Part]:
    """Return all rows, their letters as large as there is room for."""
    for size in SIZES_PT:
        parts, y = [], BAND + 34
        for row in rows:
            placed, y = _row(row, y, size)
            parts += placed
        if y <= ROWS_END:
            break
    return parts


def _row(row: Row, y: float, size: float) -> tuple[list[Part], float]:
    """Return one row, and where the next begins."""
    parts: list[Part] = [Shape(ICONS[row.icon], BLUE).placed(MARGIN, y - 14, 1.6)]
    parts.append(Words(TEXT_X, y, row.heading, size + 2, bold=True, colour=BLUE))
    below = y + size * LEADING + 3
    width = WIDTH - TEXT_X - MARGIN
    for paragraph in row.told:
        for line in lines(paragraph, width_pt=width, size_pt=size):
            parts.append(Words(TEXT_X, below, line, size, colour=INK))
            below += size * LEADING
    return parts, max(below, y + 28) + size


def _more(running: Running, wording: Wording) -> Iterator[Part]:
    """Yield the code and where it leads, where the host has a page."""
    page = running.settings.host.page
    if page is None:
        return
    top = FOOT - CODE_PT - 16
    left = WIDTH - MARGIN - CODE_PT
    yield Shape((rectangle(MARGIN, top - 8, WIDTH - 2 * MARGIN, 1),), BLUE)
    yield code(page, CODE_PT).placed(left, top)
    width, y = left - MARGIN - 12, top + 40
    for line in lines(wording.more, width_pt=width, size_pt=16, bold=True):
        yield Words(MARGIN, y, line, 16, bold=True, colour=BLUE)
        y += 16 * LEADING
    for size in ADDRESS_SIZES_PT:
        address = lines(page, width_pt=width, size_pt=size)
        if len(address) == 1:
            break
    for line in address:
        yield Words(MARGIN, y, line, size, colour=INK)
        y += size * LEADING


def _foot(running: Running, wording: Wording) -> Iterator[Part]:
    """Yield what the sign describes, small: it is for those who check."""
    date = datetime.fromtimestamp(running.made_utc_s, UTC).date().isoformat()
    told = running.described()
    hashes = ", ".join(
        f"{what} {value.removeprefix('sha256:')[:12]}"
        for what, value in told.items()
        if what != "device"
    )
    text = (
        f"{running.device} · {wording.made.format(date=date)} {wording.outdated} "
        f"({hashes})"
    )
    y = FOOT + 10
    for line in lines(text, width_pt=WIDTH - 2 * MARGIN, size_pt=6.5):
        yield Words(MARGIN, y, line, 6.5, colour=GREY)
        y += 6.5 * LEADING
