"""How many are told what happens, at once."""

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from starlette.requests import Request
from starlette.responses import Response

from tallypost.board.simulated import SimulatedBoard
from tallypost.panel.access import Access
from tallypost.panel.app import STREAMS_MAX, Panel
from tallypost.panel.asking import COOKIE
from tallypost.panel.files import Files
from tallypost.panel.house import House
from tallypost.panel.sessions import Sessions


async def gone() -> dict[str, Any]:
    return {"type": "http.disconnect"}


async def unheard(_told: object) -> None:
    pass


def test_a_stream_counts_from_its_grant_to_its_end(
    tmp_path: Path, board: SimulatedBoard
) -> None:
    sessions = Sessions(board.monotonic_s)
    token, _ = sessions.begin()
    access = cast("Access", SimpleNamespace(sessions=sessions))
    panel = Panel(access, House(tmp_path), Files())
    events = next(each for each in panel.routes if each.path == "/api/events")
    cookie = f"{COOKIE}={token}".encode()
    scope: dict[str, Any] = {"type": "http", "headers": [(b"cookie", cookie)]}

    async def ask() -> Response:
        answer: Response = await events.endpoint(Request(scope))
        return answer

    async def crowd() -> list[int]:
        granted = [await ask() for _ in range(STREAMS_MAX)]
        refused = await ask()
        for each in granted:
            await each(scope, gone, unheard)
        again = await ask()
        return [refused.status_code, again.status_code]

    assert asyncio.run(crowd()) == [503, 200]
