"""Measures counting: the torture set, real recordings and speed; docs/counting.md."""

import argparse
import sys
from collections.abc import Callable, Mapping

from scripts.benchmarks import (
    counting_gate,
    counting_intrusion,
    counting_kmh,
    counting_parking,
    counting_queues,
    counting_recordings,
    counting_scrutiny,
    counting_speed,
    counting_torture,
)
from scripts.benchmarks.page import ROOT, put

PAGE = ROOT / "docs" / "counting.md"


def main() -> None:
    """Measure the sections that were named, all without a name, and write them."""
    parser = argparse.ArgumentParser(prog="scripts/bench counting")
    parser.add_argument("--only", default="")
    parser.add_argument("--days", type=int, default=counting_torture.DAYS)
    asked, _ = parser.parse_known_args(sys.argv[2:])
    sections: Mapping[str, Callable[[], str]] = {
        "torture": lambda: counting_torture.report(asked.days),
        "recordings": counting_recordings.report,
        "speed": counting_speed.report,
        "gate": counting_gate.section,
        "parking": counting_parking.section,
        "queues": counting_queues.section,
        "kmh": counting_kmh.section,
        "intrusion": counting_intrusion.section,
        "scrutiny": counting_scrutiny.section,
    }
    wanted = [name for name in asked.only.split(",") if name] or list(sections)
    if unknown := set(wanted) - set(sections):
        raise SystemExit(
            f"scripts/bench counting: no section {', '.join(sorted(unknown))}; want "
            f"{', '.join(sections)}"
        )
    for name in wanted:
        put(f"counting {name}", sections[name](), PAGE)


if __name__ == "__main__":
    main()
