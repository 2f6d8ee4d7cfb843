"""`tallypost bench`, as somebody types it."""

import json
from pathlib import Path

from tests.system.house import MODEL, tallypost


def test_a_board_tells_what_it_manages(data: Path) -> None:
    model = data / "models" / MODEL
    code, out, complaints = tallypost(
        "bench", "--model", model, "--frames", 5, "--threads", 1
    )

    assert code == 0, complaints
    assert "efficientdet-lite0" in out
    assert "320x320" in out


def test_a_machine_can_read_it(data: Path) -> None:
    model = data / "models" / MODEL
    footage = data / "footage" / "cars-cyclist.mp4"
    code, out, complaints = tallypost(
        "bench", footage, "--model", model, "--frames", 5, "--json"
    )
    told = json.loads(out)

    assert code == 0, complaints
    assert told["frames"] == 5
    assert told["invoke_ms"] > 0


def test_footage_that_is_not_there_is_told() -> None:
    code, _, complaints = tallypost("bench", "nowhere.mp4", "--frames", 5)

    assert code in (3, 4)
    assert "Traceback" not in complaints
