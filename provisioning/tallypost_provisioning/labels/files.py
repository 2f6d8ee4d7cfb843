"""Writes labels into files that their owner alone may read: codes open panels."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tallypost.documents.drawing.drawing import Drawing
from tallypost.documents.drawing.font import Fonts
from tallypost.documents.drawing.pdf import pdf, pdf_of_pages
from tallypost.documents.drawing.png import png
from tallypost.documents.drawing.svg import svg
from tallypost.durable import write_durably
from tallypost.errors import PaperError

DOTS_PER_MM: Mapping[int, float] = {203: 8.0, 300: 300 / 25.4, 600: 600 / 25.4}
"""By what is written on printers; 203 dpi are 8 dots to the millimetre."""
PDF = ".pdf"


@dataclass(frozen=True, slots=True)
class Printing:
    """How pages become files.

    Attributes:
        fonts: Where letters come from.
        dots_per_mm: Of a PNG.
    """

    fonts: Fonts
    dots_per_mm: float = DOTS_PER_MM[203]

    def written(self, page: Drawing, ending: str) -> bytes:
        """Return a page as a file with this ending.

        Raises:
            PaperError: The fonts have not all its letters, or cannot be read.
        """
        return _WAYS[ending](page, self)


_WAYS: Mapping[str, Callable[[Drawing, Printing], bytes]] = {
    PDF: lambda page, how: pdf(page, how.fonts),
    ".svg": lambda page, _how: svg(page).encode(),
    ".png": lambda page, how: png(page, how.fonts, how.dots_per_mm),
}
ENDINGS = tuple(_WAYS)


def write_file(pages: Sequence[Drawing], out: Path, how: Printing) -> list[Path]:
    """Write pages into one file, or one each where it can hold no more.

    Args:
        pages: At least one.
        out: What it shall be called, with one of `ENDINGS`.
        how: How they are made.

    Returns:
        What was written.

    Raises:
        PaperError: They cannot be made or written.
    """
    if out.suffix == PDF:
        return [_put(out, pdf_of_pages(pages, how.fonts))]
    if len(pages) == 1:
        return [_put(out, how.written(pages[0], out.suffix))]
    return [
        _put(out.with_stem(f"{out.stem}-{number:02}"), how.written(page, out.suffix))
        for number, page in enumerate(pages, 1)
    ]


def write_folder(pages: Mapping[str, Drawing], out: Path, how: Printing) -> list[Path]:
    """Write pages into a folder, each in every way, by their names.

    Raises:
        PaperError: They cannot be made or written.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _unwritable(out, error) from error
    return [
        _put(out / f"{name}{ending}", how.written(page, ending))
        for name, page in pages.items()
        for ending in ENDINGS
    ]


def _put(path: Path, data: bytes) -> Path:
    try:
        write_durably(path, data, 0o600)
    except OSError as error:
        raise _unwritable(path, error) from error
    return path


def _unwritable(path: Path, error: OSError) -> PaperError:
    return PaperError(
        f"{path}: cannot be written ({error.strerror}); name a place that is yours by "
        "--out, and has room"
    )
