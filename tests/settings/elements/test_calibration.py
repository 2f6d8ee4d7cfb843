"""The ground in metres: accepted where a camera could see it so."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tallypost.settings.reading import read_site
from tallypost.settings.site import site_hash

Faults = Callable[[str], list[str]]

LINE = '[[lines]]\nname = "gate"\nstart = [0, 0.5]\nend = [1, 0.5]\n'
SEEN = "[[0.1, 0.9], [0.9, 0.9], [0.6, 0.4], [0.4, 0.4]]"
HORIZON = (
    "go round otherwise than the rest, which no camera sees; give the points in the "
    "same order on the picture and on the ground, all below the horizon"
)


def rectangle(corners: str = SEEN, **keys: str) -> str:
    whole = {"corners": corners, "width_m": "7", "length_m": "20"} | keys
    body = "".join(f"{key} = {value}\n" for key, value in whole.items() if value)
    return f"[calibration]\n{body}{LINE}"


def pairs(*each: tuple[tuple[float, float], tuple[float, float]]) -> str:
    told = ",\n".join(
        f"{{picture = {list(picture)}, ground_m = {list(ground)}}}"
        for picture, ground in each
    )
    return f"[calibration]\npoints = [{told}]\n{LINE}"


NEAR_LEFT = ((0.1, 0.9), (0.0, 0.0))
NEAR_RIGHT = ((0.9, 0.9), (7.0, 0.0))
FAR_RIGHT = ((0.6, 0.4), (7.0, 20.0))
FAR_LEFT = ((0.4, 0.4), (0.0, 20.0))
FOUR = (NEAR_LEFT, NEAR_RIGHT, FAR_RIGHT, FAR_LEFT)


def test_a_rectangle_and_its_points_are_the_same_calibration(tmp_path: Path) -> None:
    def read(text: str) -> tuple[object, object]:
        path = tmp_path / "site.toml"
        path.write_text(text, "utf-8")
        calibration = read_site(path).calibration
        assert calibration is not None
        return calibration.picture, calibration.ground_m

    assert read(rectangle()) == read(pairs(*FOUR))


@pytest.mark.parametrize("turns", range(4))
def test_any_corner_may_be_the_first_and_either_way_round(
    tmp_path: Path, turns: int
) -> None:
    corners = [[0.1, 0.9], [0.9, 0.9], [0.6, 0.4], [0.4, 0.4]]
    for each in (corners, corners[::-1]):
        path = tmp_path / "site.toml"
        path.write_text(rectangle(str(each[turns:] + each[:turns])), "utf-8")
        assert read_site(path).calibration is not None


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        pytest.param(
            rectangle("[[0.1, 0.9], [0.9, 0.9], [0.4, 0.4], [0.6, 0.4]]"),
            f"calibration.corners: corners[0], corners[2] and corners[3] {HORIZON}",
            id="twisted",
        ),
        pytest.param(
            rectangle("[[0.1, 0.9], [0.9, 0.9], [0.5, 0.8], [0.4, 0.4]]"),
            f"calibration.corners: corners[1], corners[2] and corners[3] {HORIZON}",
            id="dented",
        ),
        pytest.param(
            rectangle("[[0.1, 0.9], [0.5, 0.9], [0.9, 0.9], [0.4, 0.4]]"),
            "calibration.corners: corners[0], corners[1] and corners[2] lie on a line "
            "on the picture; take four of which no three do",
            id="three on a line",
        ),
        pytest.param(
            rectangle("[[0.5, 0.5], [0.55, 0.5], [0.55, 0.55], [0.5, 0.55]]"),
            "calibration.corners: cover too little of the picture to measure by; take "
            "points farther apart",
            id="a speck",
        ),
        pytest.param(
            rectangle("[[0.1, 0.9], [0.1, 0.9], [0.6, 0.4], [0.4, 0.4]]"),
            "calibration.corners: corners[1] is the same place as corners[0]; give "
            "each its own",
            id="twice",
        ),
        pytest.param(
            rectangle("[[0.1, 0.9], [0.9, 0.9], [0.6, 0.4]]"),
            "calibration.corners: has 3 elements, below the least (4); a rectangle on "
            "the ground has four corners [x, y], going round it",
            id="three corners",
        ),
        pytest.param(
            rectangle(width_m=""),
            "calibration.width_m: is missing; a rectangle has `corners`, `width_m` and "
            "`length_m`",
            id="no width",
        ),
        pytest.param(
            rectangle(length_m="20000"),
            "calibration.length_m: 20000 is above the most (500)",
            id="absurd length",
        ),
        pytest.param(
            f"[calibration]\n{LINE}",
            "calibration.points: is missing; write `corners`, `width_m` and `length_m` "
            "of a rectangle",
            id="nothing",
        ),
        pytest.param(
            pairs(*FOUR).replace("points =", "width_m = 3\npoints ="),
            "calibration.width_m: is given beside `points`; keep one of them",
            id="both forms",
        ),
        pytest.param(
            pairs(*FOUR[:3]),
            "calibration.points: has 3 elements, below the least (4); four points of "
            "the ground are needed, and twelve are enough",
            id="three points",
        ),
        pytest.param(
            pairs(NEAR_LEFT, NEAR_RIGHT, FAR_RIGHT, ((0.4, 0.4), (3.5, 0.0))),
            "calibration.points: points[0], points[1] and points[3] lie on a line on "
            "the ground; take four of which no three do",
            id="three on a line of the ground",
        ),
        pytest.param(
            pairs(*FOUR[:3], ((0.4, 0.4), (0.0, 2000.0))),
            "calibration.points[3].ground_m[1]: 2000.0 is above the most (1000); a "
            "place on the ground is [X, Y] in metres, from any corner you like",
            id="far away",
        ),
        pytest.param(
            pairs(*((picture, (x / 20, y / 20)) for picture, (x, y) in FOUR)),
            "calibration.points: lie within 2 m; take places farther apart",
            id="a doormat",
        ),
        pytest.param(
            pairs(*FOUR, ((0.5, 0.1), (3.5, 40.0))),
            f"calibration.points: points[0], points[3] and points[4] {HORIZON}",
            id="above the horizon",
        ),
    ],
)
def test_what_no_camera_sees_is_refused(
    site_faults: Faults, text: str, fault: str
) -> None:
    assert site_faults(text) == [fault]


def test_a_calibration_alone_is_nothing_to_count(site_faults: Faults) -> None:
    text = rectangle().replace(LINE, "")

    assert site_faults(text)[0].startswith("there is nothing to count")


def test_a_calibration_changes_the_hash_and_its_absence_does_not(
    tmp_path: Path,
) -> None:
    def hashed(text: str) -> str:
        path = tmp_path / "site.toml"
        path.write_text(text, "utf-8")
        return site_hash(read_site(path))

    before = "sha256:9b6a13463199290c3923d397ddb658df57614798d2fe6e52cbe81145d44c14dc"
    assert hashed(LINE) == before
    assert hashed(rectangle()) != hashed(LINE)
    assert hashed(rectangle(width_m="8")) != hashed(rectangle())
