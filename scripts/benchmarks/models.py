"""Compares every detector at hand: precision, time, and counts on footage."""

import argparse
import json
import os
from collections.abc import Sequence

from scripts.benchmarks.contenders import OURS, Contender, contenders
from scripts.benchmarks.footage import count_rows
from scripts.benchmarks.latency import ROUNDS, Taken, latencies
from scripts.benchmarks.models_page import BESIDE, TEST, Result, page
from scripts.benchmarks.page import DATA, ROOT, machine, put, today
from tallypost.board.linux import LinuxBoard
from tallypost.cli.models_data import DataSet, open_sets
from tallypost.cli.models_eval import (
    SCORE_MIN,
    Comparison,
    Report,
    Timed,
    compare_sets,
)
from tallypost.errors import RecordingError
from tallypost.models.figures import FIGURES, YARDSTICK, read_figures

PAGE = ROOT / "docs" / "models.md"
OUT = ROOT / "models" / FIGURES
LABELLED = DATA / "labelled"


def report(
    detector: Timed, sets: dict[str, tuple[str, ...]], split: str, limit: int | None
) -> Report | None:
    """Return how a detector fares on sets; None: it tells nothing that they label."""
    asked = Comparison(
        tuple(DataSet(LABELLED / name, told) for name, told in sets.items()),
        split,
        limit,
        threads=2,
    )
    labelled = open_sets(asked.sets, split)
    try:
        return compare_sets(detector, labelled, asked, LinuxBoard())
    except RecordingError as error:
        print(f"{detector.description.name}: {error}")
        return None


def measured(contender: Contender, limit: int | None) -> Result:
    """Return what one contender is worth."""
    print(f"{contender.name} ...", flush=True)
    detector = contender.opened(SCORE_MIN, 2)
    test = report(detector, TEST, "test", limit)
    beside = {
        name: report(detector, {name: told}, "val", limit)
        for name, told in BESIDE.items()
    }
    size, classes = str(detector.input_size), detector.classes
    detector.close()
    counts = count_rows(contender, limit)
    return Result(contender, size, classes, test, beside, counts)


def figures_json(results: Sequence[Result], taken: dict[str, Taken]) -> str:
    """Return what stands in models/evaluation.json: models with a manifest alone."""
    told = []
    for each in results:
        who, test = each.contender, each.test
        if who.sha256 is None or test is None:
            continue
        ap50, ap = test.figures.precision["all"]
        one, two = taken[who.name].invoke_ms.values()
        told.append(
            {
                "name": who.name,
                "sha256": who.sha256,
                "ap50": round(ap50, 3),
                "ap50_95": round(ap, 3),
                "invoke_ms": {
                    "one_thread": round(one, 1),
                    "two_threads": round(two, 1),
                },
            }
        )
    pictures = max(each.test.pictures for each in results if each.test)
    table_ = {
        "schema": 1,
        "date": today(),
        "machine": machine(),
        "pictures": pictures,
        "models": told,
    }
    return json.dumps(table_, indent=1) + "\n"


def main(arguments: list[str]) -> None:
    """Measure, print, and write where everybody took part."""
    os.environ.setdefault("TALLYPOST_DATA", str(DATA))  # where models are looked for
    parser = argparse.ArgumentParser(prog="scripts/bench models")
    parser.add_argument(
        "--only", default="", help="names, or how they begin, by commas"
    )
    parser.add_argument(
        "--limit", type=int, help="pictures of a set, frames of footage"
    )
    asked = parser.parse_args(arguments)
    everybody = contenders(frozenset(filter(None, asked.only.split(","))))
    if not everybody:
        raise SystemExit(f"scripts/bench models: nobody is called {asked.only}")
    if not any(each.ours for each in everybody):
        print(f"there is no {OURS}* among them: public models alone are compared")
    taken = latencies(everybody, 1 if asked.limit else ROUNDS)
    results = [measured(each, asked.limit) for each in everybody]
    text = page(results, taken)
    if asked.only or asked.limit:
        print(text)
        print("a look at some: nothing is written")
        return
    put("models", text, PAGE)
    OUT.write_text(figures_json(results, taken), "utf-8")
    read_figures(OUT)  # it says so itself where something is missing
    print(f"{OUT}: written; times are held against {YARDSTICK}")
