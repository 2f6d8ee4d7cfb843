"""Aiming ends when whoever watched has gone."""

import threading
from pathlib import Path

from tallypost.board.simulated import SimulatedBoard
from tallypost.telemetry.outbox.outbox import Outbox
from tallypost.telemetry.reception.base import Answer
from tallypost.telemetry.reception.reception import UNWATCHED_S, Facts, Reception
from tests.telemetry.reception.test_reception import SITE, health
from tests.telemetry.reception.test_window import Client


def test_aiming_ends_a_minute_after_the_last_who_watched_has_gone(
    tmp_path: Path, board: SimulatedBoard
) -> None:
    ended = threading.Event()

    def aim(*, on: bool) -> Answer:
        assert not on
        ended.set()
        return {}

    outbox = Outbox(tmp_path / "outbox.db", board=board)
    facts = Facts(
        device="tp-1",
        firmware="1",
        classes=("car",),
        site=SITE,
        site_hash="sha256:0",
        link=None,
        health=health,
        trial=lambda: None,
        aiming_left_s=lambda: 600.0,
        proved=dict,
    )
    reception = Reception(
        tmp_path / "house.sock",
        facts=facts,
        records=outbox,
        deeds={"aim": aim},
        board=board,
        tick=lambda: None,
    )
    client = Client(tmp_path / "house.sock")
    try:
        client.ask(ask="watch")
        board.advance(UNWATCHED_S + 1.0)
        assert not ended.wait(2.5), "somebody watches"
        client.close()
        assert not ended.wait(2.5), "they may come again"
        board.advance(UNWATCHED_S + 1.0)
        assert ended.wait(30.0)
    finally:
        client.close()
        reception.close()
        outbox.close()
