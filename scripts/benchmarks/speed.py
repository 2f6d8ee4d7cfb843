"""How much of the model's own speed is left when footage is counted with it."""

import time
from pathlib import Path
from statistics import median

import numpy as np
from ai_edge_litert.interpreter import Interpreter

from scripts.benchmarks.page import DATA, ROOT, put, table, where
from tallypost.assembly.board import board
from tallypost.assembly.footage import Replay, Wishes, open_replay

SITE = ROOT / "docs" / "examples" / "campus-site.toml"
FOOTAGE = DATA / "footage" / "vtest.avi"
MODELS = (
    "efficientdet-lite0.tflite",
    "mobilenet_ssd_v2_coco_quant_postprocess.tflite",
    "coco_ssd_mobilenet_v1_1.0_quant_2018_06_29.tflite",
)
ROUNDS = 7
ROUND_FRAMES = 100


def bare_ms(interpreter: Interpreter) -> float:
    """Return the mean time of `invoke` alone over one round."""
    begun_s = time.perf_counter()
    for _ in range(ROUND_FRAMES):
        interpreter.invoke()
    return (time.perf_counter() - begun_s) * 1000.0 / ROUND_FRAMES


def replay_ms(replay: Replay) -> float:
    """Return the mean time of a frame of `replay --pace fast` over one round."""
    begun_s = time.perf_counter()
    for _ in range(ROUND_FRAMES):
        replay.pipeline.step()
    return (time.perf_counter() - begun_s) * 1000.0 / ROUND_FRAMES


def bare_interpreter(file: Path, threads: int) -> Interpreter:
    """Return the interpreter as anybody would make it, a picture in its input."""
    interpreter = Interpreter(model_path=str(file), num_threads=threads)
    interpreter.allocate_tensors()
    facts = interpreter.get_input_details()[0]
    noise = np.random.default_rng(0).integers(0, 256, facts["shape"])
    interpreter.set_tensor(facts["index"], noise.astype(facts["dtype"]))
    interpreter.invoke()
    return interpreter


def measure(name: str, threads: int) -> list[str]:
    """Return a row: bare and replay by turns, so that noise meets both."""
    file = DATA / "models" / name
    interpreter = bare_interpreter(file, threads)
    wishes = Wishes(site_file=SITE, model=str(file), threads=threads)
    bare, replayed, ratios = [], [], []
    with open_replay(str(FOOTAGE), wishes, board()) as replay:
        replay.pipeline.step()
        for _ in range(ROUNDS):
            bare.append(bare_ms(interpreter))
            replayed.append(replay_ms(replay))
            ratios.append(bare[-1] / replayed[-1])
    return [
        name.partition(".")[0],
        str(threads),
        f"{1000 / median(bare):.1f}",
        f"{1000 / median(replayed):.1f}",
        f"**{median(ratios):.3f}** ({min(ratios):.3f} to {max(ratios):.3f})",
    ]


def main() -> None:
    """Measure and write."""
    rows = [measure(name, threads) for name in MODELS for threads in (1, 2)]
    headings = [
        "model",
        "threads",
        "bare `invoke()`, a second",
        "`replay --pace fast`, frames a second",
        "ratio, median of 7 rounds",
    ]
    put(
        "speed",
        f"{table(headings, rows)}\n\n{where()} Rounds of {ROUND_FRAMES} frames of "
        "vtest.avi (768x576) and of bare invokes by turns.",
    )
