"""From labelled pictures to `.tflite`, in one command that may be cut off anywhere."""

import argparse
import os
import sys
from pathlib import Path

from tallypost_training.errors import RecipeError
from tallypost_training.recipe import Recipe, run

HERE = Path(__file__).resolve().parent.parent
REPOSITORY = HERE.parent.parent


def main() -> int:
    """Read the command line, run the recipe, tell what went wrong in one sentence."""
    recipe = _recipe(_parser().parse_args())
    try:
        run(recipe, lambda line: print(line, flush=True))
    except RecipeError as error:
        print(f"training: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(
            "training: stopped; the same command goes on from the last checkpoint",
            file=sys.stderr,
        )
        return 130
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="models/training/train", description=__doc__)
    data = os.environ.get("TALLYPOST_DATA", str(REPOSITORY.parent / "shared" / "data"))
    add = parser.add_argument
    add("--data", default=data, help="folder with labelled/ and models/ [%(default)s]")
    add(
        "--work",
        default=str(REPOSITORY / ".cache" / "training"),
        help="where intermediate files are kept",
    )
    add(
        "--out",
        default=str(REPOSITORY / ".cache" / "training" / "models"),
        help="where the models go",
    )
    add("--without", action="append", default=[], help="leave a set out, e.g. highway")
    add(
        "--from-nothing", action="store_true", help="start without YOLOX-nano's weights"
    )
    add("--steps", type=int, default=6000, help="batches [%(default)s]")
    add("--batch", type=int, default=64, help="pictures a batch [%(default)s]")
    add("--rate", type=float, default=1.0e-3, help="learning rate [%(default)s]")
    add("--minutes", type=float, help="train no longer than this")
    add("--tune-steps", type=int, default=300, help="batches with rounding")
    add("--weights", help="train nothing: round and write the network of this file")
    add("--device", default="", help="cuda or cpu; the best there is if not said")
    add("--threads", type=int, default=os.cpu_count() or 2, help="processor cores")
    add("--seed", type=int, default=20_260)
    return parser


def _recipe(told: argparse.Namespace) -> Recipe:
    return Recipe(
        data=Path(told.data),
        work=Path(told.work),
        out=Path(told.out),
        without=tuple(told.without),
        from_nothing=told.from_nothing,
        steps=told.steps,
        batch=told.batch,
        rate=told.rate,
        minutes=told.minutes,
        tune_steps=told.tune_steps,
        weights=Path(told.weights) if told.weights else None,
        device=told.device,
        threads=told.threads,
        seed=told.seed,
    )


if __name__ == "__main__":
    sys.exit(main())
