"""What somebody at the device is answered and told."""

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tallypost.board.simulated import SimulatedBoard
from tallypost.domain.aiming import Box, Boxes, Passed, Sight, Sketch
from tallypost.domain.figures.lines import LineFigures
from tallypost.domain.figures.zones import ZoneFigures
from tallypost.domain.health import (
    Health,
    HealthRecord,
    LinkHealth,
    OutboxHealth,
    Trouble,
    Vitals,
)
from tallypost.domain.records import ClockTrust, Interval, KpiRecord, Quality
from tallypost.errors import RecordError
from tallypost.geometry import divided as divided_by_numpy
from tallypost.telemetry.outbox.outbox import Outbox
from tallypost.telemetry.reception import rows
from tallypost.telemetry.reception.reception import Facts, Reception
from tests.telemetry.reception.test_window import Client

SITE = {"lines": [{"name": "kerb", "start": [0, 0.5], "end": [1, 0.5]}]}


def health() -> HealthRecord:
    told = Health(
        time_utc_s=1.7e9,
        running_s=1.0,
        outbox=OutboxHealth(records=0, alerts=0, refused=0),
        link=LinkHealth(
            up=False,
            broker=1,
            connects=1,
            failures=1,
            failovers=0,
            last_trouble=Trouble.NO_ANSWER,
            downlinks_ignored=0,
        ),
        board=Vitals(temperature_c=40.0),
        clock=ClockTrust.SYNCED,
        firmware="1",
        site="sha256:0",
    )
    return HealthRecord(device="tp-1", health=told)


@pytest.fixture
def outbox(tmp_path: Path, board: SimulatedBoard) -> Iterator[Outbox]:
    found = Outbox(tmp_path / "outbox.db", board=board)
    yield found
    found.close()


@pytest.fixture
def reception(
    tmp_path: Path, outbox: Outbox, board: SimulatedBoard
) -> Iterator[Reception]:
    facts = Facts(
        device="tp-1",
        firmware="1",
        classes=("car", "person"),
        site=SITE,
        site_hash="sha256:0",
        link="mqtt",
        health=health,
        trial=lambda: None,
        aiming_left_s=lambda: None,
        proved=dict,
    )
    found = Reception(
        tmp_path / "house.sock",
        facts=facts,
        records=outbox,
        deeds={},
        board=board,
        tick=lambda: None,
    )
    yield found
    found.close()


@pytest.fixture
def client(reception: Reception, tmp_path: Path) -> Iterator[Client]:
    assert reception is not None
    found = Client(tmp_path / "house.sock")
    yield found
    found.close()


def counted(outbox: Outbox, start_utc_s: float, cars: int) -> KpiRecord:
    interval = Interval(
        start_utc_s=start_utc_s,
        duration_s=60.0,
        lines={"kerb": LineFigures(forward={"car": cars}, backward={"person": 1})},
        zones={
            "all": ZoneFigures(
                occupancy_mean={"car": 1.0},
                occupancy_max={"car": 1},
                entries={"car": 2},
                exits={},
            )
        },
        quality=Quality(
            observed_s=60.0, frames=300, frames_dropped=0, clock=ClockTrust.SYNCED
        ),
    )
    record = outbox.put(interval, "tp-1")
    assert record is not None
    return record


def test_who_looks_sees_how_it_is_and_what_was_counted_today(
    client: Client, reception: Reception, outbox: Outbox, board: SimulatedBoard
) -> None:
    midnight_s = board.utc_s() // 86_400 * 86_400
    counted(outbox, midnight_s - 60, 100)
    counted(outbox, midnight_s, 2)
    assert client.ask(ask="look")["state"] == "starting"
    reception.made(counted(outbox, midnight_s + 60, 3))
    reception.befell("watching")
    board.advance(10.0)
    told = client.ask(ask="look")

    assert told["site"] == SITE
    assert told["state"] == "watching"
    assert told["rate_hz"] == 5.0
    assert told["today"] == {
        "kerb": {
            "car": {"forward": 5, "backward": 0},
            "person": {"forward": 0, "backward": 2},
        }
    }
    assert told["zones"]["all"]["occupancy_max"] == {"car": 1}
    assert told["clock"]["utc_s"] == board.utc_s()
    assert told["link"] == {"up": False, "kind": "mqtt", "detail": "no_answer"}
    assert (told["accuracy"], told["certificate"], told["aiming"]) == ([], None, None)
    board.advance(10.0)
    more = client.ask(ask="look", since_utc_s=midnight_s - 3600)
    assert more["today"]["kerb"]["car"]["forward"] == 105


def test_history_is_summed_by_the_hour(
    client: Client, outbox: Outbox, board: SimulatedBoard
) -> None:
    hour_s = board.utc_s() // 3600 * 3600
    for start_s in (hour_s - 32 * 86_400, hour_s - 7200, hour_s - 7140, hour_s):
        counted(outbox, start_s, 4)
    found = client.ask(ask="history", days=31)["hours"]

    assert [hour["lines"]["kerb"]["car"] for hour in found] == [8, 4]
    assert found[0]["zones"] == {"all": {"car": 4}}
    assert found[0]["observed_s"] == 120.0
    assert found[0]["start"].endswith(":00:00Z")


def test_who_watches_is_told_what_the_half_that_sees_says_while_somebody_aims(
    client: Client, reception: Reception, outbox: Outbox, board: SimulatedBoard
) -> None:
    assert client.ask(ask="watch")["ok"]
    now_s = board.monotonic_s()
    reception.heard(Passed("lines", "kerb", "car", "forward", now_s))
    reception.heard(Boxes(now_s, (Box("car", 0.25, 0.25, 0.5, 0.5),)))
    reception.heard(Sketch(now_s, 4, 2, b"\xa5"))
    reception.heard(Sight(now_s, 6.0, 0.5, 0.25))
    reception.befell("camera_silent")
    reception.made(counted(outbox, board.utc_s(), 1))
    told: dict[str, Any] = {}
    while "record" not in told:
        heard = client.hear()
        told[heard.pop("tell")] = heard

    event = told["event"]
    assert event.pop("ago_s") >= 0
    assert event == {
        "collection": "lines",
        "element": "kerb",
        "class": "car",
        "direction": "forward",
    }
    assert told["boxes"] == {"boxes": [["car", 0.25, 0.25, 0.5, 0.5]]}
    assert base64.b64decode(told["sketch"]["cells"]) == b"\xa5"
    assert told["sight"] == {"rate_hz": 6.0, "sharpness": 0.5, "light": 0.25}
    assert told["state"] == {"state": "camera_silent"}
    assert told["record"]["schema"] == "tallypost.kpi/1"
    assert json.dumps(told)


def test_a_row_is_divided_as_the_half_that_sees_divides_it() -> None:
    corners = [(0.1, 0.5), (0.9, 0.45), (0.7, 0.3), (0.25, 0.32)]
    mine = rows.divided(corners, 7)

    for space, theirs in zip(mine, divided_by_numpy(np.array(corners), 7), strict=True):
        flat = [value for point in space for value in point]
        assert flat == pytest.approx(list(theirs.reshape(-1)), abs=2e-4)


@pytest.mark.parametrize(
    "corners",
    [
        [(0.1, 0.1), (0.9, 0.1), (0.1, 0.9), (0.9, 0.9)],
        [(0.1, 0.1), (0.9, 0.1), (0.5, 0.2), (0.1, 0.9)],
        [(0.1, 0.1), (0.1, 0.1), (0.1, 0.1), (0.1, 0.1)],
    ],
)
def test_what_is_no_row_is_refused(corners: list[tuple[float, float]]) -> None:
    with pytest.raises(RecordError, match="corners: are no four corners"):
        rows.divided(corners, 3)
