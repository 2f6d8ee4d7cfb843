"""All papers of a device, by the names of their files, and whether they still hold."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from tallypost.documents.drawing.font import Fonts
from tallypost.documents.drawing.pdf import pdf
from tallypost.documents.drawing.svg import svg
from tallypost.documents.paperwork.assessment import assessment
from tallypost.documents.paperwork.baseline import baseline
from tallypost.documents.paperwork.chain import data_chain
from tallypost.documents.paperwork.processing import record_of_processing
from tallypost.documents.paperwork.register import register_entry
from tallypost.documents.paperwork.resilience import resilience
from tallypost.documents.paperwork.running import Running
from tallypost.documents.paperwork.sbom import ModelFacts, bill_of_materials
from tallypost.documents.paperwork.sign.sign import sign
from tallypost.documents.paperwork.sign.words import LANGUAGES
from tallypost.documents.paperwork.stamp import differences, read_stamp, stamp

SBOM = "sbom.cdx.json"
TEXTS: Mapping[str, Callable[[Running], str]] = {
    "record-of-processing.md": record_of_processing,
    "dpia-annex.md": assessment,
    "sensor-register.json": register_entry,
    "data-chain.json": data_chain,
    "en-303-645.md": baseline,
    "cyber-resilience.md": resilience,
}
"""What is made of the settings alone."""
PAPER_BYTES_MAX = 16 * 2**20
"""No paper of ours is as large: what is, is not read to its end."""


class Finding(NamedTuple):
    """What is wrong with one paper.

    Attributes:
        name: Its file's.
        fault: What, in words that follow the name.
    """

    name: str
    fault: str


def texts(
    running: Running, model: ModelFacts, languages: Sequence[str]
) -> dict[str, str]:
    """Return every paper that is text, by the name of its file.

    Args:
        running: What they describe.
        model: The detector's.
        languages: Of the sign, each one of `LANGUAGES`.
    """
    mark = stamp(running.described())
    bill = bill_of_materials(model, running.made_utc_s, mark)
    return {
        **{name: made(running) for name, made in TEXTS.items()},
        SBOM: json.dumps(bill, indent=2, ensure_ascii=False) + "\n",
        **{f"sign.{each}.svg": svg(sign(running, each)) for each in languages},
    }


def sign_pdf(running: Running, language: str, fonts: Fonts) -> bytes:
    """Return the sign for a printer.

    Raises:
        PaperError: The fonts are not there, or have not all its letters.
    """
    return pdf(sign(running, language), fonts)


def findings(folder: Path, running: Running) -> list[Finding]:
    """Return what is wrong with a folder of papers; nothing where all of them hold.

    Args:
        folder: Where they lie, whoever has touched them; others are not looked at.
        running: What runs now.
    """
    signs = [
        name
        for language in LANGUAGES
        for name in (f"sign.{language}.svg", f"sign.{language}.pdf")
        if (folder / name).is_file()
    ]
    found = [
        each
        for name in (*TEXTS, SBOM, *signs)
        for each in _faults(folder / name, running)
    ]
    if not signs:
        found.append(Finding("sign.*", "is not there"))
    return found


def _faults(paper: Path, running: Running) -> Iterator[Finding]:
    if not paper.is_file():
        yield Finding(paper.name, "is not there")
        return
    try:
        with paper.open("rb") as file:
            raw = file.read(PAPER_BYTES_MAX)
    except OSError as error:
        yield Finding(paper.name, f"cannot be read ({error.strerror})")
        return
    told = read_stamp(raw)
    if told is None:
        yield Finding(paper.name, "does not say what it describes")
        return
    for each in differences(told, running.described()):
        yield Finding(
            paper.name,
            f"is out of date: it describes {each.what} {each.told or 'not at all'}, "
            f"and {each.real or 'none'} is in force",
        )
