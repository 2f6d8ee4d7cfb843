"""`python -m scripts.benchmarks [NAME...]`: measures, and writes what it measured.

`models` is run alone, only when it is asked for, and takes arguments of its own.
"""

import sys
from importlib import import_module

NAMES = (
    "speed",
    "around",
    "memory",
    "mqtt",
    "outbox",
    "signing",
    "payloads",
    "counting",
    "regions",
)
PARTS = (
    *("accuracy", "lock_in", "fetching", "wall"),
    *("panel", "pages", "acceptance", "reach", "sketch"),
)
"""Of one of them, or of another page, and by itself."""


def main() -> None:
    """Run the benchmarks that were named; all without a name."""
    if sys.argv[1:2] == ["models"]:
        import_module("scripts.benchmarks.models").main(sys.argv[2:])
        return
    # A benchmark's own options follow its name.
    words = sys.argv[1:]
    asked = [words[0]] if words[1:2] and words[1].startswith("--") else words or NAMES
    if unknown := set(asked) - {*NAMES, *PARTS}:
        raise SystemExit(
            f"scripts/bench: no benchmark {', '.join(unknown)}; want "
            f"{', '.join((*NAMES, *PARTS))}, or models by itself"
        )
    for name in asked:
        import_module(f"scripts.benchmarks.{name}").main()


if __name__ == "__main__":
    main()
