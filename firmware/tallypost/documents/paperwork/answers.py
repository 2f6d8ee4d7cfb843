"""Provisions of a standard or a law, each with an honest answer, as a table."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from typing import NamedTuple

from tallypost.documents.paperwork.page import plain
from tallypost.documents.paperwork.running import Running
from tallypost.documents.table import table


class Verdict(StrEnum):
    """How far a provision is met."""

    MET = "met"
    PARTLY = "in part"
    NOT_MET = "**not met**"
    HOST = "for the host"
    NOT_HERE = "does not apply"


class Answer(NamedTuple):
    """What the product does about a provision.

    Attributes:
        verdict: How far that goes.
        told: What it does, or why not, in Markdown.
    """

    verdict: Verdict
    told: str


class Provision(NamedTuple):
    """What is asked, and who answers.

    Attributes:
        number: As its source counts it.
        asks: What for, in our words.
        answer: Known beforehand, or from what runs.
    """

    number: str
    asks: str
    answer: Answer | Callable[[Running], Answer]

    def answered(self, running: Running) -> Answer:
        """Return the answer for one device."""
        return self.answer if isinstance(self.answer, Answer) else self.answer(running)


def met(told: str) -> Answer:
    """Return that it is met, and by what."""
    return Answer(Verdict.MET, told)


def partly(told: str) -> Answer:
    """Return that it is met in part, and what is missing."""
    return Answer(Verdict.PARTLY, told)


def not_met(told: str) -> Answer:
    """Return that it is not met, and why."""
    return Answer(Verdict.NOT_MET, told)


def for_host(told: str) -> Answer:
    """Return that only the host can meet it, and what he has for it."""
    return Answer(Verdict.HOST, told)


def not_here(told: str) -> Answer:
    """Return that it does not apply, and why."""
    return Answer(Verdict.NOT_HERE, told)


def answers_table(provisions: Sequence[Provision], running: Running) -> list[str]:
    """Return how many are met, and a row for each."""
    answers = [each.answered(running) for each in provisions]
    counts = Counter(each.verdict for each in answers)
    told = ", ".join(f"{counts[each]} {each}" for each in Verdict if counts[each])
    return [
        f"{len(provisions)} provisions: {told}.",
        "",
        table(("", "asks for", "", "because"), _rows(provisions, answers)),
    ]


def _rows(
    provisions: Sequence[Provision], answers: Sequence[Answer]
) -> Iterator[Sequence[str]]:
    for provision, answer in zip(provisions, answers, strict=True):
        yield provision.number, plain(provision.asks), answer.verdict, answer.told
