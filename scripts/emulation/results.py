"""Reads what pytest found in the machine."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree import ElementTree as ET

OUTCOMES = ("passed", "failed", "skipped")


@dataclass(slots=True)
class Module:
    """What came of the tests of one module.

    Attributes:
        outcomes: How many ended how.
        took_s: Together.
    """

    outcomes: Counter[str] = field(default_factory=Counter)
    took_s: float = 0.0


def read(report: str) -> dict[str, Module]:
    """Return what came of each module, by its name.

    Args:
        report: JUnit's XML, as pytest writes it.

    Raises:
        xml.etree.ElementTree.ParseError: It is not whole.
    """
    modules: dict[str, Module] = {}
    for case in ET.fromstring(report).iter("testcase"):  # noqa: S314  our own machine's
        module = modules.setdefault(case.get("classname", ""), Module())
        module.outcomes[_outcome(case)] += 1
        module.took_s += float(case.get("time", "0"))
    return modules


def _outcome(case: ET.Element) -> str:
    if case.find("failure") is not None or case.find("error") is not None:
        return "failed"
    return "passed" if case.find("skipped") is None else "skipped"


def table(kernel: str, modules: dict[str, Module]) -> Iterator[str]:
    """Yield the lines of a table.

    Args:
        kernel: What the tests ran under.
        modules: As they were read.
    """
    yield f"| {kernel} | {' | '.join(OUTCOMES)} | s |"
    yield "|---|---|---|---|---|"
    for name, module in modules.items():
        counts = " | ".join(str(module.outcomes[each]) for each in OUTCOMES)
        yield f"| `{name}` | {counts} | {module.took_s:.0f} |"
