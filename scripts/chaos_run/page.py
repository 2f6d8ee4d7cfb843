"""Says in one table what a run has shown."""

from dataclasses import dataclass
from pathlib import Path
from statistics import median

from scripts.benchmarks.page import ROOT, table, where
from scripts.benchmarks.page import put as put_part
from scripts.chaos_run.evidence import Evidence
from scripts.chaos_run.faults import Kind
from scripts.chaos_run.hands import Whereabouts
from scripts.chaos_run.verdict import Verdict

PAGE = ROOT / "docs" / "reliability.md"
TOLD_MAX = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """Under which a run took place.

    Attributes:
        seed: Of all chance.
        took_s: How long it took.
        card: What file system the outbox lay on.
        path: How device and broker were connected.
    """

    seed: int
    took_s: float
    card: str
    path: str


def report(verdict: Verdict, evidence: Evidence, circumstances: Circumstances) -> str:
    """Return the tables of a run as Markdown."""
    done = [each.fault.kind for each in evidence.faults]
    rows = []
    for kind in Kind:
        took = verdict.recovery_s[kind]
        times = [f"{median(took):.2f}", f"{max(took):.2f}"] if took else ["-", "-"]
        rows.append([kind.words, str(done.count(kind)), *times])
    rows.append(["all", str(len(done)), "", ""])
    faults = table(["fault", "times", "recovery s, median", "max"], rows)
    counts = table(
        ["", "count"],
        [
            ["records that arrived", str(verdict.records)],
            ["of them of watched intervals", str(verdict.counted)],
            ["of them holes", str(verdict.holes)],
            ["alerts that arrived", str(verdict.alerts)],
            ["**lost**", f"**{len(verdict.lost)}**"],
            ["**duplicated**", f"**{len(verdict.duplicated)}**"],
            ["**misdated**", f"**{len(verdict.misdated)}**"],
            ["pairs of records that tell of one time", str(len(verdict.overlaps))],
            ["wrong figures or totals", str(len(verdict.wrong))],
            [
                "records that a killed broker took along, asked for again",
                str(verdict.asked),
            ],
            ["alerts, likewise", str(verdict.asked_alerts)],
            ["messages that came again", str(verdict.repeats)],
            ["records that claim no time", str(verdict.undated)],
            *(
                [f"holes for intervals {where.value}", str(verdict.gone[where])]
                for where in Whereabouts
                if where is not Whereabouts.NOWHERE
            ),
        ],
    )
    troubles = "".join(
        f"\n* {trouble}" for found in verdict.complaints for trouble in found[:TOLD_MAX]
    )
    head = (
        f"{where()} Seed {circumstances.seed}, {circumstances.took_s:.0f} s; outbox on "
        f"{circumstances.card}; path: {circumstances.path}."
    )
    return f"{head}\n\n{faults}\n\n{counts}\n{troubles}"


def put(text: str, name: str, page: Path = PAGE) -> None:
    """Write the tables of a run into the page, in place of the ones before.

    Args:
        text: The tables.
        name: Of the run: `chaos` or `netem`.
        page: Has marks for that name.
    """
    put_part(name, text, page)
