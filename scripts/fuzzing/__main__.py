"""`python -m scripts.fuzzing --inputs N`: feeds parsers, and shows what broke one."""

import argparse
import logging
import random
import sys
import time
import traceback
import warnings

from scripts.fuzzing.mutation import spoilt
from scripts.fuzzing.parser import Parser
from scripts.fuzzing.parsers import parsers

SHOWN_BYTES = 2000
SLOW_S = 2.0
"""No input of these sizes may take longer: somebody would send it again and again."""


def main() -> int:
    """Return 0 where every parser took or refused all that it was given."""
    words = argparse.ArgumentParser(prog="scripts/fuzz")
    words.add_argument("--inputs", type=int, default=100_000)
    words.add_argument("--seed", type=int, default=1)
    words.add_argument("--only", metavar="NAME")
    said = words.parse_args()
    # A parser, or its library, may say why it says no.
    logging.disable()
    warnings.simplefilter("ignore")
    with parsers() as known:
        if said.only is not None and said.only not in known:
            words.error(f"no parser {said.only}; there are {', '.join(known)}")
        chosen = {said.only: known[said.only]} if said.only else known
        each = -(-said.inputs // len(chosen))
        print("| parser | inputs | taken | refused | faults | inputs/s |")
        print("|---|---|---|---|---|---|")
        faults = [feed(name, chosen[name], each, said.seed) for name in chosen]
    return int(any(faults))


def feed(name: str, parser: Parser, inputs: int, seed: int) -> int:
    """Feed one parser, print a line; return how many faults it has."""
    for good in parser.good:
        if parser.read(good) is None:
            raise SystemExit(f"{name}: does not take {good[:SHOWN_BYTES]!r}")
    chance = random.Random(f"{name} {seed}")  # noqa: S311  # it guards nothing
    taken = faults = 0
    begin_s = time.monotonic()
    for _ in range(inputs):
        data = spoilt(chance.choice(parser.good), parser.good, chance)
        begun_s = time.monotonic()
        try:
            taken += parser.read(data) is not None
        except parser.refusal:
            pass
        except Exception:  # noqa: BLE001  # whatever it is: that is what we look for
            faults += 1
            print(f"{name}: {data[:SHOWN_BYTES]!r}", file=sys.stderr)
            traceback.print_exc()
        if time.monotonic() - begun_s > SLOW_S:
            faults += 1
            print(f"{name}: slow: {data[:SHOWN_BYTES]!r}", file=sys.stderr)
    rate = inputs / (time.monotonic() - begin_s)
    refused = inputs - taken - faults
    print(f"| {name} | {inputs} | {taken} | {refused} | {faults} | {rate:.0f} |")
    return faults


if __name__ == "__main__":
    sys.exit(main())
