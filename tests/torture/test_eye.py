"""How a scene is seen: the same world at any rate, and as badly as it says."""

from pathlib import Path

import numpy as np
import pytest

from tallypost.domain.vision import Size
from tallypost.vision.detection.recording import read_recording
from tests.torture.drawn import GATE, WALK, eastward, walker
from tests.torture.eye import Look, looks
from tests.torture.language import Actor, Alarm, Eye, Occluder, Scene
from tests.torture.mot import mot_lines
from tests.torture.paths import Wait, way

CLEAN = Eye(miss=0, dip=0, jitter=0, wander=0, merge=0, alarms=0)


def scene(*actors: Actor, eye: Eye = CLEAN, **more: object) -> Scene:
    return Scene(
        name="one",
        why="",
        source="",
        actors=actors,
        lines=(GATE,),
        eye=eye,
        **more,  # type: ignore[arg-type]
    )


def boxes(told: list[Look]) -> np.ndarray:
    return np.concatenate([look.found.boxes for look in told])


STANDING = walker(way(400, 500, Wait(40)))


def test_a_day_is_the_same_each_time_and_no_other_day_is() -> None:
    street = scene(walker(eastward(500, WALK)), eye=Eye(alarms=0.2))
    first, again, other = (
        looks(street, 10, 1),
        looks(street, 10, 1),
        looks(street, 10, 2),
    )

    assert np.array_equal(boxes(first), boxes(again))
    assert not np.array_equal(boxes(first)[:20], boxes(other)[:20])


def test_a_lower_rate_leaves_frames_out_and_changes_none() -> None:
    street = scene(walker(eastward(500, WALK)), eye=Eye(alarms=0.2), time_jitter_s=0.01)
    full = {round(look.time_s, 2): look.found.boxes for look in looks(street, 50, 1)}
    slow = looks(street, 5, 1)

    same = [
        np.array_equal(full[round(look.time_s, 2)], look.found.boxes)
        for look in slow
        if round(look.time_s, 2) in full
    ]
    assert len(same) > 0.6 * len(slow)
    assert all(same)


@pytest.mark.parametrize("rate_hz", [2, 5, 10, 25])
def test_looks_come_at_their_rate(rate_hz: float) -> None:
    told = looks(scene(STANDING, lasts_s=40.0), rate_hz, 0)

    assert len(told) == pytest.approx(40 * rate_hz, abs=1)
    assert np.ptp(np.diff([look.time_s for look in told])) <= 0.021


def test_a_clean_eye_sees_where_somebody_is() -> None:
    assert boxes(looks(scene(STANDING), 5, 0))[:100] == pytest.approx(
        np.tile([379, 396, 421, 500], (100, 1))
    )


def test_a_small_picture_tells_the_same_in_its_own_pixels() -> None:
    street = scene(walker(eastward(500, WALK)), eye=Eye())
    small = scene(walker(eastward(500, WALK)), eye=Eye(), picture=Size(640, 180))

    assert boxes(looks(small, 5, 0)) == pytest.approx(
        boxes(looks(street, 5, 0)) * [0.5, 0.25, 0.5, 0.25], abs=0.01
    )


def test_misses_dips_and_trembling_are_as_often_and_as_large_as_told() -> None:
    eye = Eye(miss=0.1, dip=0.2, jitter=0.04, wander=0, alarms=0)
    told = looks(scene(STANDING, walker(way(900, 500, Wait(40))), eye=eye), 25, 3)
    there = [look for look in told if look.time_s < 40]
    scores = np.concatenate([look.found.scores for look in there])

    assert len(scores) / (2 * len(there)) == pytest.approx(0.9, abs=0.02)
    assert (scores < 0.4).mean() == pytest.approx(0.2, abs=0.08)
    assert np.std(boxes(there)[:, 3]) == pytest.approx(0.04 * 104, rel=0.1)


def test_who_is_hidden_is_not_told_and_who_is_half_hidden_is_cut() -> None:
    wall = Occluder(box=(350, 300, 450, 700))
    kerb = Occluder(box=(350, 450, 450, 700))

    assert len(boxes(looks(scene(STANDING, occluders=(wall,)), 5, 0))) == 0
    cut = boxes(looks(scene(STANDING, occluders=(kerb,)), 5, 0))
    assert len(cut) > 100
    assert cut[:, 3] == pytest.approx(448, abs=9)


def test_who_stands_behind_the_occluder_only_is_hidden_by_it() -> None:
    behind = Occluder(box=(350, 300, 450, 490))

    assert len(boxes(looks(scene(STANDING, occluders=(behind,)), 5, 0))) > 100


def test_neighbours_flow_together_as_often_as_told() -> None:
    pair = (STANDING, walker(way(416, 497, Wait(40))))
    told = looks(scene(*pair, eye=Eye(merge=0.5, miss=0, dip=0, alarms=0)), 10, 0)
    counts = np.array([len(look.found) for look in told if look.time_s < 40])

    assert set(counts.tolist()) == {1, 2}
    assert 0.4 < (counts == 1).mean() < 0.95


def test_a_long_vehicle_is_told_as_two_as_often_as_told() -> None:
    bus = Actor(label="bus", way=way(600, 500, Wait(60)), split=0.3)
    told = looks(scene(bus), 10, 0)
    counts = np.array([len(look.found) for look in told if look.time_s < 60])

    assert (counts == 2).mean() == pytest.approx(0.3, abs=0.1)


def test_another_class_is_told_as_often_as_told() -> None:
    van = Actor(label="car", way=way(600, 500, Wait(90)), taken_for={"truck": 0.25})
    told = np.concatenate([look.found.class_ids for look in looks(scene(van), 10, 0)])

    assert (told == 5).mean() == pytest.approx(0.25, abs=0.08)


def test_false_alarms_come_as_often_as_told_and_tell_of_nobody() -> None:
    post = Alarm(label="person", place=(500, 500), share=0.2)
    told = looks(scene(alarms=(post,), lasts_s=60.0), 10, 0)

    assert len(boxes(told)) == pytest.approx(120, rel=0.25)
    assert set().union(*(actors for look in told for actors in look.actors)) == set()


def test_no_look_falls_into_a_hole_and_some_frames_are_lost() -> None:
    told = looks(scene(STANDING, holes_s=((5.0, 8.0),), drop=0.25), 25, 0)
    times_s = np.array([look.time_s for look in told])

    assert not ((times_s >= 5) & (times_s < 8)).any()
    assert len(told) == pytest.approx(42 * 25 * 0.75, rel=0.05)


def test_a_scene_survives_mot_text(tmp_path: Path) -> None:
    street = scene(walker(eastward(500, WALK)), eye=Eye())
    told = looks(street, 5, 0)
    file = tmp_path / "scene.txt"
    file.write_text("\n".join(mot_lines(told, 5)) + "\n", "utf-8")
    read = read_recording(file, size=street.picture)

    for look in told:
        again = read.at(int(look.time_s * 5) + 1)
        assert again.boxes == pytest.approx(look.found.boxes, abs=0.02)
        assert [read.classes[n] for n in again.class_ids] == ["person"] * len(again)
