"""`tallypost replay`: footage or recorded detections in, records out."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.system.house import MODEL, SITE, tallypost

PERSON_WALKS = """\
1,-1,100,200,40,100,0.9,1
2,-1,140,200,40,100,0.9,1
3,-1,180,200,40,100,0.9,1
4,-1,220,200,40,100,0.9,1
5,-1,260,200,40,100,0.9,1
6,-1,300,200,40,100,0.9,1
7,-1,340,200,40,100,0.9,1
8,-1,380,200,40,100,0.9,1
9,-1,420,200,40,100,0.9,1
10,-1,460,200,40,100,0.9,1
"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    path = tmp_path / "site.toml"
    path.write_text(SITE, "utf-8")
    return path


@pytest.fixture
def walk(tmp_path: Path) -> Path:
    path = tmp_path / "walk.txt"
    path.write_text(PERSON_WALKS, "utf-8")
    return path


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_one_person_walking_across_is_counted_once_the_right_way(
    site: Path, walk: Path
) -> None:
    code, out, complaints = tallypost(
        *("replay", "--detections", walk, "--rate-hz", 10, "--size", "640x480"),
        *("--site", site),
    )

    assert code == 0, complaints
    [record] = lines(out)
    assert record["schema"] == "tallypost.kpi/1"
    # The line's arrow points down: its right is the picture's left.
    assert record["lines"]["middle"]["backward"] == {"person": 1}
    assert record["lines"]["middle"]["forward"] == {}
    assert record["zones"]["all"]["entries"] == {"person": 1}
    assert record["quality"]["frames"] == 10
    assert "model" not in record["quality"]


def test_footage_that_began_at_a_moment_is_dated_from_it(
    site: Path, walk: Path
) -> None:
    code, out, _ = tallypost(
        *("replay", "--detections", walk, "--rate-hz", 10, "--size", "640x480"),
        *("--site", site, "--start", "2026-11-22T10:15:20Z", "--interval-s", 5),
    )

    assert code == 0
    assert lines(out)[0]["start"] == "2026-11-22T10:15:20Z"


def test_true_boxes_of_real_footage_count_as_they_cross(data: Path, site: Path) -> None:
    """The truth is made by another rule: which side each person was on, first, last."""
    truth = data / "mot15" / "PETS09-S2L1" / "gt.txt"
    first: dict[int, float] = {}
    last: dict[int, float] = {}
    for row in truth.read_text("ascii").splitlines():
        _, track, x, _, width, *_ = (float(word) for word in row.split(",")[:6])
        middle = x + width / 2 - 384
        first.setdefault(int(track), middle)
        last[int(track)] = middle
    leftward = sum(first[each] > 0 > last[each] for each in first)
    rightward = sum(first[each] < 0 < last[each] for each in first)

    code, out, complaints = tallypost(
        *("replay", "--detections", truth, "--rate-hz", 10, "--size", "768x576"),
        *("--site", site),
    )

    assert code == 0, complaints
    total = lines(out)[-1]["lines"]["middle"]["total"]
    net = total["forward"]["person"] - total["backward"]["person"]
    assert net == leftward - rightward
    assert total["forward"]["person"] >= leftward
    assert total["backward"]["person"] >= rightward


@pytest.mark.slow
def test_real_footage_gives_the_same_records_each_time(
    data: Path, site: Path, tmp_path: Path
) -> None:
    outs = []
    for name in ("first.jsonl", "second.jsonl"):
        code, out, complaints = tallypost(
            *("replay", data / "footage" / "cars-cyclist.mp4", "--site", site),
            *("--model", data / "models" / MODEL, "--out", tmp_path / name),
        )
        assert code == 0, complaints
        assert out == ""
        assert "60 frames" in complaints
        records = lines((tmp_path / name).read_text("utf-8"))
        for record in records:
            for key in ("p50", "p99", "max"):
                assert record["quality"].pop(f"frame_lifetime_ms_{key}") > 0
        outs.append(records)

    assert outs[0] == outs[1]
    assert sum(record["quality"]["frames"] for record in outs[0]) == 60


@pytest.mark.slow
def test_fewer_frames_are_looked_at_where_that_is_asked(data: Path, site: Path) -> None:
    code, out, complaints = tallypost(
        *("replay", data / "footage" / "vtest.avi", "--site", site),
        *("--model", data / "models" / MODEL, "--rate-hz", 2),
    )

    assert code == 0, complaints
    assert sum(record["quality"]["frames"] for record in lines(out)) == 159
    assert sum(record["quality"]["frames_dropped"] for record in lines(out)) == 0


@pytest.mark.slow
def test_people_are_counted_in_regions_as_they_are_in_truth(
    data: Path, tmp_path: Path
) -> None:
    """The truth: who was on which side of the line's ends first, and who last."""
    site = tmp_path / "site.toml"
    site.write_text(SITE.partition("[[zones]]")[0], "utf-8")
    _, truth, _ = tallypost(
        *("replay", "--detections", data / "mot15" / "PETS09-S2L1" / "gt.txt"),
        *("--rate-hz", 10, "--size", "768x576", "--site", site),
    )

    code, out, complaints = tallypost(
        *("replay", data / "footage" / "vtest.avi", "--site", site, "--looks", 3),
        *("--model", data / "models" / MODEL, "--rate-hz", 2),
    )

    assert code == 0, complaints
    assert sum(record["quality"]["frames"] for record in lines(out)) == 159
    true = lines(truth)[-1]["lines"]["middle"]["total"]
    told = lines(out)[-1]["lines"]["middle"]["total"]
    for way in ("forward", "backward"):
        assert true[way]["person"] > 10
        assert abs(told[way]["person"] - true[way]["person"]) <= 3


MISTAKES = {
    "neither footage nor detections": ([], 2, "either SOURCE or --detections"),
    "detections without a size": (
        ["--detections", "walk.txt", "--rate-hz", "10"],
        2,
        "--size",
    ),
    "a rate at which nobody is followed": (
        ["--detections", "walk.txt", "--rate-hz", "0.2", "--size", "9x9"],
        2,
        "0.5<=x",
    ),
    "a size that is none": (
        ["--detections", "walk.txt", "--rate-hz", "10", "--size", "big"],
        2,
        "768x576",
    ),
    "a time that is none": (
        [
            "--detections",
            "walk.txt",
            "--rate-hz",
            "1",
            "--size",
            "9x9",
            "--start",
            "noon",
        ],
        2,
        "2026-11-22T10:15:00Z",
    ),
    "intervals that do not divide a day": (
        [
            "--detections",
            "walk.txt",
            "--rate-hz",
            "1",
            "--size",
            "9x9",
            "--interval-s",
            "7",
        ],
        2,
        "divide a day",
    ),
    "detections that are not there": (
        ["--detections", "none.txt", "--rate-hz", "10", "--size", "64x48"],
        7,
        "none.txt",
    ),
    "a recording of nothing": (
        ["--detections", "empty.txt", "--rate-hz", "10", "--size", "64x48"],
        7,
        "holds no detections",
    ),
    "detections that are none": (
        ["--detections", "site.toml", "--rate-hz", "10", "--size", "64x48"],
        7,
        "site.toml",
    ),
    "a score that is no number": (
        ["--detections", "walk.txt", "--rate-hz", "nan", "--size", "64x48"],
        2,
        "nan",
    ),
    "a name that no device has": (
        [
            *("--detections", "walk.txt", "--rate-hz", "10", "--size", "64x48"),
            *("--device", "a/#"),
        ],
        2,
        "no name of a device",
    ),
    "a time before all times": (
        [
            *("--detections", "walk.txt", "--rate-hz", "10", "--size", "64x48"),
            *("--start", "1960-01-01T00:00:00Z"),
        ],
        2,
        "1971",
    ),
    "an output that cannot be written": (
        [
            "--detections",
            "walk.txt",
            "--rate-hz",
            "10",
            "--size",
            "64x48",
            "--out",
            "nowhere/out.jsonl",
        ],
        2,
        "nowhere/out.jsonl",
    ),
}


@pytest.mark.parametrize(
    ("words", "code", "told"), MISTAKES.values(), ids=MISTAKES.keys()
)
def test_a_mistake_is_told_in_a_sentence(
    site: Path, walk: Path, words: list[str], code: int, told: str
) -> None:
    assert walk.exists()
    walk.with_name("empty.txt").touch()

    ended, _, complaints = tallypost(
        "replay", *words, "--site", site, folder=site.parent
    )

    assert ended == code, complaints
    assert told in complaints
    assert "Traceback" not in complaints


def test_a_class_that_the_model_does_not_tell_is_refused_with_the_place(
    tmp_path: Path, data: Path
) -> None:
    site = tmp_path / "tanks.toml"
    site.write_text(SITE.replace('"middle"', '"middle"\nclasses = ["tank"]'), "utf-8")

    code, _, complaints = tallypost(
        *("replay", data / "footage" / "vtest.avi", "--site", site),
        *("--model", data / "models" / MODEL),
    )

    assert code == 2
    assert "tanks.toml" in complaints
    assert "lines[0].classes" in complaints


def test_what_is_read_is_never_written_over(
    site: Path, walk: Path, tmp_path: Path
) -> None:
    words = ("replay", "--detections", walk, "--rate-hz", 10, "--size", "640x480")
    before = {path: path.read_bytes() for path in (walk, site)}
    for out in (walk, site):
        code, _, complaints = tallypost(*words, "--site", site, "--out", out)
        assert code == 2
        assert "is read from" in complaints
    photograph = tmp_path / "photograph.jpg"
    photograph.write_bytes(b"\xff\xd8\xff and more")
    code, _, complaints = tallypost(*words, "--site", site, "--out", photograph)

    assert code == 2
    assert "holds no records" in complaints
    assert photograph.read_bytes() == b"\xff\xd8\xff and more"
    assert {path: path.read_bytes() for path in before} == before


def test_records_may_replace_records(site: Path, walk: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    words = ("replay", "--detections", walk, "--rate-hz", 10, "--size", "640x480")
    for _ in range(2):
        code, _, complaints = tallypost(*words, "--site", site, "--out", out)
        assert code == 0, complaints

    assert len(lines(out.read_text("utf-8"))) == 1


def test_a_class_that_was_never_seen_passed_no_times(
    tmp_path: Path, walk: Path
) -> None:
    site = tmp_path / "cars.toml"
    site.write_text(SITE.replace('"middle"', '"middle"\nclasses = ["car"]'), "utf-8")
    code, out, complaints = tallypost(
        *("replay", "--detections", walk, "--rate-hz", 10, "--size", "640x480"),
        *("--site", site),
    )

    assert code == 0, complaints
    assert lines(out)[0]["lines"]["middle"]["backward"] == {}


def test_an_output_that_is_full_is_told(site: Path, walk: Path) -> None:
    code, _, complaints = tallypost(
        *("replay", "--detections", walk, "--rate-hz", 10, "--size", "640x480"),
        *("--site", site, "--out", "/dev/full"),
    )

    assert code == 1
    assert "No space left" in complaints
    assert "Traceback" not in complaints


INTRUSION = """
[[intrusions]]
name = "right"
polygon = [[0.5, 0.0], [1.0, 0.0], [1.0, 1.0], [0.5, 1.0]]
"""


def test_alerts_go_to_their_own_file_and_to_standard_error(
    tmp_path: Path, walk: Path
) -> None:
    site, out, alerts = (tmp_path / name for name in ("s.toml", "o.jsonl", "a.jsonl"))
    site.write_text(INTRUSION, "utf-8")
    code, said, complaints = tallypost(
        *("replay", "--detections", walk, "--rate-hz", 10, "--size", "640x480"),
        *("--site", site, "--out", out, "--alerts", alerts),
    )

    assert code == 0, complaints
    assert said == ""
    [record] = lines(out.read_text("utf-8"))
    assert record["intrusions"]["right"]["events"] == {"person": 1}
    begun, ended = lines(alerts.read_text("utf-8"))
    assert begun["schema"] == "tallypost.alert/1"
    assert (begun["seq"], begun["kind"], begun["state"]) == (1, "intrusion", "begun")
    assert (ended["seq"], ended["begun_seq"], ended["state"]) == (2, 1, "ended")
    assert "alert: 1970-01-01T00:00:00.6Z intrusion begun at right by person" in (
        complaints
    )
    assert "2 alerts" in complaints


def test_without_a_file_for_them_alerts_are_told_and_never_among_records(
    tmp_path: Path, walk: Path
) -> None:
    site = tmp_path / "s.toml"
    site.write_text(INTRUSION, "utf-8")
    code, said, complaints = tallypost(
        *("replay", "--detections", walk, "--rate-hz", 10, "--size", "640x480"),
        *("--site", site),
    )

    assert code == 0, complaints
    assert [each["schema"] for each in lines(said)] == ["tallypost.kpi/1"]
    assert complaints.count("alert: ") == 2


def test_alerts_are_not_written_over_what_is_read_or_written(
    tmp_path: Path, site: Path, walk: Path
) -> None:
    for wrong in (site, walk, tmp_path / "out.jsonl"):
        code, _, complaints = tallypost(
            *("replay", "--detections", walk, "--rate-hz", 10, "--size", "640x480"),
            *("--site", site, "--out", tmp_path / "out.jsonl", "--alerts", wrong),
        )

        assert code == 2
        assert "name another file" in complaints.replace("\n", " ")
