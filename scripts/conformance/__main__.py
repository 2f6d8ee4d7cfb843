"""`python -m scripts.conformance DIR`: what others' schemas say of what we write."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from scripts.conformance.checks import CHECKS
from scripts.conformance.published import NotPublishedError, Published, sha256
from scripts.conformance.samples import samples
from tallypost.domain.records import KpiRecord


def main() -> int:
    """Return 0 where every check was made and found nothing."""
    words = argparse.ArgumentParser(prog="scripts/against_schemas")
    words.add_argument("folder", type=Path, metavar="DIR")
    words.add_argument("--records", type=int, default=500)
    words.add_argument("--seed", type=int, default=1)
    words.add_argument("--only", metavar="NAME", choices=CHECKS)
    said = words.parse_args()
    try:
        published = Published(said.folder)
    except NotPublishedError as error:
        words.error(str(error))
    records = samples(said.records, said.seed)
    print("| ours | published file | version | documents | faults | not in it |")
    print("| --- | --- | --- | --- | --- | --- |")
    good = [
        show(name, records, published)
        for name in ([said.only] if said.only else CHECKS)
    ]
    print("\n| published file | from | sha256 |\n| --- | --- | --- |")
    for path in sorted(published.used):
        named, origin = published.named(path), published.origin(path)
        print(f"| {named} | {origin} | `{sha256(path)}` |")
    return int(not all(good))


def show(name: str, records: Sequence[KpiRecord], published: Published) -> bool:
    """Print what came of one format; return whether all of it was made and is good."""
    good = True
    try:
        for verdict in CHECKS[name](records, published):
            print(verdict.row())
            good &= verdict.good
    except (NotPublishedError, OSError) as error:
        print(f"tallypost: {name}: not checked: {error}", file=sys.stderr)
        return False
    return good


if __name__ == "__main__":
    sys.exit(main())
