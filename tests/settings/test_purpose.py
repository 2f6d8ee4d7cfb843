"""A site that counts for statistics may not ask for what points at somebody."""

from pathlib import Path

import pytest

from tallypost.domain.alerts import OF_ONE, OF_THE_BOX, TELLERS, AlertKind
from tallypost.settings.purpose import COUNT_INSTEAD
from tallypost.settings.reading import read_site
from tests.settings.conftest import Faults

STATISTICS = '[privacy]\npurpose = "statistics"\n'
POLYGON = "polygon = [[0.1, 0.4], [0.9, 0.4], [0.9, 0.9], [0.1, 0.9]]\n"
LINE = "start = [0.0, 0.5]\nend = [1.0, 0.5]\n"
FRONT = "front = [[0.1, 0.4], [0.9, 0.4]]\n"
SPACE = "[[car_parks.spaces]]\n" + 'name = "1"\n' + POLYGON


def drawn(kind: str, *lines: str) -> str:
    return f'[[{kind}]]\nname = "a"\n' + "".join(lines)


OPERATE = ', or write purpose = "operations", if the host has agreed to that'
ASKED = {
    "intrusions[0]: would point at whoever does it, which statistics do not; draw "
    "[[zones]], which count": drawn("intrusions", POLYGON),
    "stops[0]: would point at whoever does it, which statistics do not; draw "
    "[[approaches]], which tell how traffic flows": drawn("stops", POLYGON),
    "wrong_ways[0]: would point at whoever does it, which statistics do not; draw "
    "[[lines]], which count both ways": drawn(
        "wrong_ways", LINE, 'allowed = "forward"\n'
    ),
    "car_parks[0].stay_max_s: would tell of single vehicles; leave it out": drawn(
        "car_parks", "stay_max_s = 7200\n", SPACE
    ),
    "car_parks[0].by_space: would tell of single vehicles; leave it out": drawn(
        "car_parks", "by_space = true\n", SPACE
    ),
    "crowds[0].persons_max: 1 would tell of fewer than 3, which statistics do not; "
    "write 2 or more": drawn("crowds", "persons_max = 1\n", POLYGON),
    "crowds[0].density_max_per_m2: 0.1 on 10 m2 would tell of fewer than 3, which "
    "statistics do not; write a higher one": drawn(
        "crowds", "area_m2 = 10\ndensity_max_per_m2 = 0.1\n", POLYGON
    ),
    "queues[0].long_from: 2 would tell of fewer than 3, which statistics do not; "
    "write 3 or more": drawn("queues", "long_from = 2\n", FRONT, POLYGON),
    "approaches[0].congested_count_min: 1 would tell of fewer than 3, which "
    "statistics do not; write 3 or more": drawn(
        "approaches", "congested_count_min = 1\n", POLYGON
    ),
}


@pytest.mark.parametrize(("fault", "asked"), ASKED.items(), ids=range(len(ASKED)))
def test_what_would_point_at_somebody_is_refused_with_place_fact_and_wish(
    site_faults: Faults, fault: str, asked: str
) -> None:
    assert site_faults(STATISTICS + asked) == [fault + OPERATE]


@pytest.mark.parametrize("asked", ASKED.values(), ids=range(len(ASKED)))
@pytest.mark.parametrize("table", ["", '[privacy]\npurpose = "operations"\n'])
def test_a_site_of_today_goes_on_asking_for_it(
    tmp_path: Path, asked: str, table: str
) -> None:
    path = tmp_path / "site.toml"
    path.write_text(table + asked, "utf-8")

    assert read_site(path).privacy.purpose == "operations"


def test_all_of_it_is_told_in_one_answer(site_faults: Faults) -> None:
    told = site_faults(
        STATISTICS
        + drawn("intrusions", POLYGON)
        + drawn("stops", POLYGON)
        + drawn("queues", "long_from = 1\n", FRONT, POLYGON)
    )

    assert len(told) == 3


def test_statistics_withhold_as_the_standard_does_at_least(site_faults: Faults) -> None:
    [fault] = site_faults(STATISTICS + 'profile = "open"\n' + drawn("lines", LINE))

    assert fault.startswith('privacy.profile: "open" withholds nothing')


CROWDED = (
    drawn("crowds", "persons_max = 2\n", POLYGON)
    + drawn("queues", "long_from = 3\n", FRONT, POLYGON)
    + drawn("approaches", POLYGON)
    + drawn("car_parks", SPACE)
    + drawn("lines", LINE)
)


def test_of_a_site_for_statistics_crowds_traffic_and_camera_alone_are_told_at_once(
    tmp_path: Path,
) -> None:
    path = tmp_path / "site.toml"
    path.write_text(STATISTICS + CROWDED, "utf-8")
    of_the_camera = {kind for kind, teller in TELLERS.items() if teller is None}

    assert set(read_site(path).alerts()) == of_the_camera | {
        AlertKind.OVERCROWDING,
        AlertKind.LONG_QUEUE,
        AlertKind.CONGESTION,
    }


def test_nothing_is_told_at_once_that_is_not_drawn(tmp_path: Path) -> None:
    path = tmp_path / "site.toml"
    path.write_text(drawn("car_parks", SPACE) + drawn("crowds", POLYGON), "utf-8")

    assert all(TELLERS[kind] is None for kind in read_site(path).alerts())


def test_every_kind_that_points_at_one_has_its_refusal() -> None:
    """A new kind of alert has somebody decide which side it is on."""
    assert {TELLERS[kind] for kind in OF_ONE} == {*COUNT_INSTEAD, "car_parks"}
    assert set(AlertKind) - OF_ONE == {
        AlertKind.OVERCROWDING,
        AlertKind.CONGESTION,
        AlertKind.LONG_QUEUE,
        *OF_THE_BOX,
        *(kind for kind, teller in TELLERS.items() if teller is None),
    }
