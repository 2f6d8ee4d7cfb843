"""How the device is, told at the start and every hour."""

from dataclasses import replace

import pytest

from tallypost.board.base import ClockReading
from tallypost.board.simulated import SimulatedBoard
from tallypost.domain.health import HealthRecord, LinkHealth, OutboxHealth, Vitals
from tallypost.domain.records import ClockTrust, Provenance
from tallypost.telemetry.checkup import Checkup, Organs
from tallypost.telemetry.codec import json_v1
from tallypost.telemetry.codec.message import Subject

LINK = LinkHealth(
    up=True, broker=1, connects=3, failures=2, failovers=0, downlinks_ignored=7
)


class Ward:
    """A checkup, and what it tells."""

    def __init__(self, board: SimulatedBoard) -> None:
        self.link: LinkHealth | None = LINK
        self.told: list[HealthRecord] = []
        self.checkup = Checkup(
            Organs(
                stalls=lambda: None,
                outbox=lambda: OutboxHealth(records=4, alerts=1, refused=0),
                link=lambda: self.link,
                board=lambda: Vitals(temperature_c=58.9),
                boot="1b4e28ba",
                uptime_s=lambda: 864017.3,
            ),
            self._post,
            device="tp-1",
            provenance=Provenance(model="sha256:1", site="sha256:2", firmware="0.1"),
            board=board,
        )

    def _post(self, subject: Subject, payload: bytes) -> None:
        assert subject is Subject.HEALTH
        self.told.append(json_v1.decode_health(payload))


@pytest.fixture
def ward(board: SimulatedBoard) -> Ward:
    return Ward(board)


def test_it_tells_at_the_start_soon_after_and_then_hourly(
    ward: Ward, board: SimulatedBoard
) -> None:
    times = []
    for minute in range(60 * 4):
        before = len(ward.told)
        ward.checkup.tick()
        if len(ward.told) > before:
            times.append(minute)
        board.advance(60.0)
    assert times == [0, 1, 61, 121, 181]


def test_it_tells_all_that_it_knows(ward: Ward, board: SimulatedBoard) -> None:
    board.advance(5.0)
    board.reading = ClockReading(ClockTrust.HOLDOVER, 0.25)
    ward.checkup.tick()
    [record] = ward.told
    health = record.health
    assert record.device == "tp-1"
    assert health.time_utc_s == board.utc_s()
    assert (health.clock, health.clock_uncertainty_s) == (ClockTrust.HOLDOVER, 0.25)
    assert (health.boot, health.uptime_s) == ("1b4e28ba", 864017.3)
    assert health.running_s == 5.0
    assert health.outbox.records == 4
    assert health.link == LINK
    assert health.board.temperature_c == 58.9
    assert (health.firmware, health.model, health.site) == (
        "0.1",
        "sha256:1",
        "sha256:2",
    )


@pytest.mark.parametrize(("days", "warns"), [(30.0, False), (29.9, True), (-1.0, True)])
def test_a_certificate_that_expires_soon_is_told_to_the_log(
    days: float, warns: bool, ward: Ward, caplog: pytest.LogCaptureFixture
) -> None:
    ward.link = replace(LINK, certificate_left_days=days)
    ward.checkup.tick()
    assert ("certificate expires soon" in caplog.text) is warns


def test_a_device_without_a_link_is_well_too(ward: Ward) -> None:
    ward.link = None
    assert ward.checkup.health().link is None


def test_what_breaks_the_schema_is_told_to_the_log_and_stops_nothing(
    ward: Ward, caplog: pytest.LogCaptureFixture
) -> None:
    ward.link = replace(LINK, connects=-1)
    ward.checkup.tick()
    assert ward.told == []
    assert "health cannot be told reason=link.connects" in caplog.text
