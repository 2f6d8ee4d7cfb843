"""Real footage counted with what comes along, and nothing else."""

import json
from pathlib import Path

import pytest

from tests.system.house import tallypost

ROOT = Path(__file__).parents[2]
CAMPUS = ROOT / "docs" / "examples" / "campus-site.toml"
OURS = ("tallypost-street-320", "tallypost-street-416", "tallypost-street-416x256")
OFF_MAX = 2
"""A line may be off by so many a direction, of 8 to 17."""

Counts = dict[tuple[str, str], int]


def people(*words: object) -> Counts:
    code, out, complaints = tallypost("replay", *words, "--site", CAMPUS)
    assert code == 0, complaints
    lines = json.loads(out.splitlines()[-1])["lines"]
    return {
        (name, direction): told["total"].get(direction, {}).get("person", 0)
        for name, told in lines.items()
        for direction in ("forward", "backward")
    }


@pytest.mark.slow
@pytest.mark.parametrize("model", OURS)
def test_people_of_the_campus_are_counted_as_they_truly_crossed(
    data: Path, model: str
) -> None:
    truth = data / "mot15" / "PETS09-S2L1" / "gt.txt"
    true = people("--detections", truth, "--rate-hz", 10, "--size", "768x576")
    assert min(true.values()) >= 8

    told = people(data / "footage" / "vtest.avi", "--model", model)

    assert told.keys() == true.keys()
    for place, count in true.items():
        assert abs(told[place] - count) <= OFF_MAX, place
