"""RESULT.txt: what became of a card, for whoever holds it in the hand."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from tallypost.commissioning.words import dutch, english, french, german, spanish
from tallypost.domain.bundle import Bundle
from tallypost.domain.device_report import Report
from tallypost.domain.first_start import Verdict
from tallypost.errors import RefusalError
from tallypost.telemetry.codec.signed import key_id

FAULTS_MAX = 40
FAULT_CHARACTERS_MAX = 400
OTHERS = {
    "Deutsch": german.GERMAN,
    "Français": french.FRENCH,
    "Español": spanish.SPANISH,
    "Nederlands": dutch.DUTCH,
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one thing that lay on the boot partition.

    Attributes:
        verdict: In one word.
        faults: All that a person must mend.
        facts: What a person may want to know.
    """

    verdict: Verdict
    faults: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()

    @classmethod
    def of(cls, error: RefusalError) -> Self:
        """Return what was refused, and why."""
        return cls(Verdict(error.verdict), error.faults)


def taken_outcome(bundle: Bundle, report: Report, signer: bytes) -> Outcome:
    """Return what a person may want to know of a bundle that was taken."""
    facts = [
        f"device: {bundle.device}, bundle {bundle.counter}",
        f"signed with the key {key_id(signer)}, the only one believed from now on",
        f"the panel's certificate (SHA-256): {_pairs(report.panel_certificate_sha256)}",
        f"the device's signing key: {report.signing_key}",
    ]
    if report.request is not None:
        facts.append(
            "next: the broker's certificate is awaited; on the workstation, run "
            "`tallypost-provision enrol` with this card, then start the box again"
        )
    return Outcome(Verdict.TAKEN, facts=tuple(facts))


def spell_result(outcomes: Sequence[Outcome]) -> bytes:
    """Return what became of a card as a text that every workstation opens.

    UTF-8 that says so, and lines that end as Windows wants them.
    """
    lines = ["TALLYPOST", ""]
    for outcome in outcomes:
        lines += [*in_english(outcome), ""]
    for language, words in OTHERS.items():
        said = [" ".join(words[outcome.verdict]) for outcome in outcomes]
        lines.append(f"{language}: {' '.join(said)}")
    return "".join(f"{line}\r\n" for line in lines).encode("utf-8-sig")


def in_english(outcome: Outcome) -> list[str]:
    """Return what became of one thing as lines: the fact, the wish, all faults."""
    what, wish = english.ENGLISH[outcome.verdict]
    light = outcome.verdict.blinks
    told = [what, wish]
    if light:
        told.append(
            f"(The board's light: one long flash, then {light} short ones, and again.)"
        )
    faults = [_printable(each) for each in outcome.faults[:FAULTS_MAX]]
    if len(outcome.faults) > FAULTS_MAX:
        faults.append(f"and {len(outcome.faults) - FAULTS_MAX} more; mend these first")
    return told + [f"  - {each}" for each in (*faults, *outcome.facts)]


def _printable(fault: str) -> str:
    """Return a fault on one line: whoever wrote the card may have chosen its words."""
    cut = fault[:FAULT_CHARACTERS_MAX]
    return "".join(each if each.isprintable() else " " for each in cut)


def _pairs(digits: str | None) -> str:
    """Return a fingerprint as browsers show it: AB:CD:..."""
    told = (digits or "").upper()
    return ":".join(told[at : at + 2] for at in range(0, len(told), 2))
