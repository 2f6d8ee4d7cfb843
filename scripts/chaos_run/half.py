"""Either half as the supervisor starts it, on a board whose time we make.

Each loads what it needs alone, as the product's halves do: they start often here.
"""

import argparse
import importlib
import logging
import os
import sys
from pathlib import Path

from scripts.chaos_run.places import Places
from tallypost.cli.logs import start_logging
from tallypost.errors import TallypostError
from tallypost.exits import exit_code

MODULES = {"vision-half": "seer", "telemetry-half": "speaker"}

log = logging.getLogger("chaos")


def arguments() -> argparse.Namespace:
    """Return what the supervisor said."""
    parser = argparse.ArgumentParser()
    parser.add_argument("half", choices=MODULES)
    parser.add_argument("--inlet", "--outlet", dest="descriptor", type=int)
    parser.add_argument("--settings", type=Path, required=True)
    return parser.parse_args()


def main() -> int:
    """Be one half; return the exit code."""
    told = arguments()
    places = Places(told.settings.parent)
    places.pid(told.half).write_text(f"{os.getpid()}\n", "ascii")
    start_logging("INFO")
    module = importlib.import_module(f"scripts.chaos_run.{MODULES[told.half]}")
    try:
        return int(module.be(places, told.descriptor))
    except TallypostError as error:
        log.error("half ends reason=%s", error)  # noqa: TRY400  # a reason, no trace
        return exit_code(error)


if __name__ == "__main__":
    sys.exit(main())
