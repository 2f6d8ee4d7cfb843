"""A training that is cut off goes on as if it had not been."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from scenes import MakePacked, street, write_set

from tallypost_training.__main__ import main
from tallypost_training.errors import RecipeError
from tallypost_training.network import Detector
from tallypost_training.pack import Packed
from tallypost_training.train import Plan, Training

CPU = torch.device("cpu")
PLAN = Plan(steps=6, batch=2, warmup=2, evaluate_every=3)
# Ends as a power cut ends it, right after the checkpoint of step 3.
KILLED = """
import os, signal, sys
from pathlib import Path
import torch
from test_interruption import training
from tallypost_training.pack import Packed

torch.set_num_threads(1)
mine = training(Packed(Path(sys.argv[1])), Path(sys.argv[2]))
save = mine.save
def save_and_die():
    save()
    os.kill(os.getpid(), signal.SIGKILL)
mine.save = save_and_die
mine.run()
"""


def training(packed: Packed, folder: Path, plan: Plan = PLAN) -> Training:
    torch.manual_seed(7)
    network = Detector(width=8)
    return Training(network, plan, packed, packed, folder, CPU, lambda _: None)


@pytest.fixture
def one_thread() -> None:
    """Sums in the same order, however many cores there are."""
    torch.set_num_threads(1)


@pytest.fixture
def packed(make_packed: MakePacked) -> Packed:
    return make_packed([street(seed=x) for x in range(2)])


def environment() -> dict[str, str]:
    paths = [x for x in sys.path if x]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}


@pytest.mark.slow
@pytest.mark.usefixtures("one_thread")
def test_a_killed_training_goes_on_to_the_same_weights(
    packed: Packed, tmp_path: Path
) -> None:
    whole = training(packed, tmp_path / "whole")
    whole.run()
    program = [sys.executable, "-c", KILLED, str(tmp_path / "packed.npz")]
    killed = subprocess.run(
        [*program, str(tmp_path / "cut")], env=environment(), check=False
    )
    assert killed.returncode == -signal.SIGKILL
    again = training(packed, tmp_path / "cut")
    assert again.resume()
    assert again.step == 3
    again.run()
    assert again.step == 6
    for mine, other in (
        (whole.average, again.average),
        (whole.network, again.network),
    ):
        for name, value in mine.state_dict().items():
            assert other.state_dict()[name].equal(value), name
    assert [x["step"] for x in again.history] == [x["step"] for x in whole.history]


def test_without_a_checkpoint_training_begins(packed: Packed, tmp_path: Path) -> None:
    assert not training(packed, tmp_path / "new").resume()


def _cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-5000])


def _emptied(file: Path) -> None:
    file.write_bytes(b"")


def _replaced(file: Path) -> None:
    torch.save({"plan": 3}, file)


def _of_another_network(file: Path) -> None:
    state = torch.load(file, weights_only=True)
    state["network"] = Detector(width=16).state_dict()
    torch.save(state, file)


@pytest.mark.parametrize("damage", [_cut, _emptied, _replaced, _of_another_network])
def test_a_damaged_checkpoint_is_refused_in_a_sentence(
    packed: Packed, tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    first = training(packed, tmp_path / "run")
    first.save()
    damage(first.checkpoint)
    with pytest.raises(RecipeError, match=r"checkpoint.pt: cannot be read .* move it"):
        training(packed, tmp_path / "run").resume()


def test_a_checkpoint_of_another_plan_is_refused_in_a_sentence(
    packed: Packed, tmp_path: Path
) -> None:
    training(packed, tmp_path / "run").save()
    longer = training(packed, tmp_path / "run", Plan(steps=9, batch=2))
    with pytest.raises(RecipeError, match="was made by another plan; move it away"):
        longer.resume()


def test_more_minutes_are_no_other_plan(packed: Packed, tmp_path: Path) -> None:
    training(packed, tmp_path / "run").save()
    plan = Plan(steps=6, batch=2, warmup=2, evaluate_every=3, minutes=9)
    assert training(packed, tmp_path / "run", plan).resume()


def command(tmp_path: Path, *arguments: str) -> list[str]:
    for split in ("train", "val"):
        scenes = [street(seed=x + 10 * len(split)) for x in range(2)]
        write_set(tmp_path / "data" / "labelled" / "coco" / split, scenes)
    return [
        *(sys.executable, "-m", "tallypost_training", "--from-nothing"),
        *("--data", str(tmp_path / "data"), "--work", str(tmp_path / "work")),
        *("--out", str(tmp_path / "out"), "--batch", "2", *arguments),
    ]


@pytest.mark.slow
def test_ctrl_c_ends_in_a_sentence(tmp_path: Path) -> None:
    # A shell has what it starts in the background ignore Ctrl-C, tests included.
    heard = ["env", "--default-signal=INT"]
    with subprocess.Popen(
        [*heard, *command(tmp_path, "--steps", "100000")],
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as running:
        assert running.stdout is not None
        for line in running.stdout:
            if "to watch with" in line:
                running.send_signal(signal.SIGINT)
                break
        _, told = running.communicate()
    assert running.returncode == 130
    assert told == (
        "training: stopped; the same command goes on from the last checkpoint\n"
    )


@pytest.mark.slow
def test_one_command_goes_from_pictures_to_files(tmp_path: Path) -> None:
    arguments = ("--steps", "2", "--tune-steps", "1")
    done = subprocess.run(
        command(tmp_path, *arguments),
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "a set that is not there" in done.stdout
    assert "nobody labelled a bicycle" in done.stdout
    for width in (320, 416):
        folder = tmp_path / "out" / f"tallypost-street-{width}"
        names = {f"tallypost-street-{width}.tflite", "manifest.toml"}
        assert {x.name for x in folder.iterdir()} == names
    assert (tmp_path / "out" / "weights.npz").is_file()


BAD = {
    "no data": (["--data", "nowhere"], "nowhere/labelled: holds no pictures"),
    "no steps": (["--steps", "0"], "want at least 1, 2 and 0"),
    "a strange set": (["--without", "paris"], "has no set 'paris'"),
    "a strange device": (["--device", "toaster"], "--device toaster: cannot be used"),
    "no weights": (["--weights", "nowhere.npz"], "nowhere.npz: cannot be read"),
}


@pytest.mark.parametrize(("arguments", "said"), BAD.values(), ids=BAD)
def test_what_cannot_be_done_is_told_in_one_sentence(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    said: str,
) -> None:
    program = command(tmp_path, *arguments)
    monkeypatch.setattr(sys, "argv", program[2:])
    assert main() == 2
    told = capsys.readouterr().err
    assert told.startswith("training: ")
    assert said in told
    assert told.count("\n") == 1
