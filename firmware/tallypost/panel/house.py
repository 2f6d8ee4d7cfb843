"""Asks the half that speaks, by its socket, and hears what it tells."""

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from tallypost.domain import fields
from tallypost.domain.json_text import parse, spell
from tallypost.errors import RecordError

SOCKET = "house.sock"
LINE_BYTES_MAX = 1024 * 1024
"""Of what it answers and tells."""
CONNECT_S = 3.0
ANSWER_S = 60.0
"""A paper takes a while on a small board."""
AGAIN_S = 1.0
WAITING_MAX = 64
"""So much is kept of what a slow phone has not taken yet; then the oldest goes."""
AWAY = "house: the half that speaks does not answer; it may be starting, wait a moment"

Told = tuple[str, bytes]
"""A kind, and the rest as JSON."""
_KIND = re.compile(r"[a-z_]{1,32}")

_logger = logging.getLogger(__name__)


class HouseAwayError(Exception):
    """The half that speaks does not answer: try again soon."""


class House:
    """The half that speaks, from outside.

    Args:
        folder: Where its socket is.
    """

    def __init__(self, folder: Path) -> None:
        self._socket = folder / SOCKET
        self._one_at_a_time = asyncio.Lock()
        self._line: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self._number = 0
        self._ears: set[asyncio.Queue[Told]] = set()
        self._hearing: asyncio.Task[None] | None = None
        self._up: bool | None = None

    async def ask(
        self, word: str, arguments: Mapping[str, object]
    ) -> dict[str, object]:
        """Return what it answers, `ok` and all, but for the number.

        Raises:
            HouseAwayError: It does not; whether it has done what it was asked for,
                nobody knows.
        """
        async with self._one_at_a_time:
            try:
                async with asyncio.timeout(ANSWER_S):
                    return await self._asked(word, arguments)
            except (OSError, TimeoutError, ValueError, RecordError) as error:
                self._hang_up()
                _logger.info("house does not answer reason=%r", error)
                raise HouseAwayError from error
            except BaseException:  # who asked has gone; the answer is nobody's
                self._hang_up()
                raise

    @asynccontextmanager
    async def hear(self) -> AsyncIterator[asyncio.Queue[Told]]:
        """Give a queue of what it tells from now on, and first whether it is there."""
        queue: asyncio.Queue[Told] = asyncio.Queue(WAITING_MAX)
        if self._up is not None:
            queue.put_nowait(_there(up=self._up))
        self._ears.add(queue)
        if self._hearing is None:
            self._hearing = asyncio.create_task(self._keep_hearing())
        try:
            yield queue
        finally:
            self._ears.discard(queue)
            if not self._ears and self._hearing is not None:
                self._hearing.cancel()
                self._hearing = self._up = None

    async def _asked(
        self, word: str, arguments: Mapping[str, object]
    ) -> dict[str, object]:
        if self._line is None or self._line[0].at_eof():
            self._hang_up()
            self._line = await self._connect()
        reader, writer = self._line
        self._number += 1
        question = {**arguments, "id": self._number, "ask": word}
        writer.write(spell(question) + b"\n")
        await writer.drain()
        answer = fields.mapping(await _told(reader), "")
        if answer.pop("id", None) != self._number:
            raise RecordError("id: is another question's")
        return answer

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        async with asyncio.timeout(CONNECT_S):
            return await asyncio.open_unix_connection(
                self._socket, limit=LINE_BYTES_MAX
            )

    def _hang_up(self) -> None:
        if self._line is not None:
            self._line[1].close()
            self._line = None

    async def _keep_hearing(self) -> None:
        """Hear what it tells, and that it has gone, for as long as somebody listens."""
        while True:
            with suppress(OSError, TimeoutError, ValueError, RecordError):
                await self._hear_once()
            self._is(up=False)
            await asyncio.sleep(AGAIN_S)

    async def _hear_once(self) -> None:
        reader, writer = await self._connect()
        try:
            writer.write(spell({"id": 0, "ask": "watch"}) + b"\n")
            while True:
                told = fields.mapping(await _told(reader), "")
                if "tell" in told:
                    kind = fields.text(told.pop("tell"), "tell")
                    self._tell(kind, told)
                elif told.get("ok") is True:
                    self._is(up=True)
        finally:
            writer.close()

    def _is(self, *, up: bool) -> None:
        if up is not self._up:
            self._up = up
            self._spread(_there(up=up))

    def _tell(self, kind: str, told: Mapping[str, object]) -> None:
        if _KIND.fullmatch(kind):
            self._spread((kind, spell(told)))

    def _spread(self, told: Told) -> None:
        for queue in self._ears:
            if queue.full():
                queue.get_nowait()
            queue.put_nowait(told)


def _there(*, up: bool) -> Told:
    return "house", spell({"up": up})


async def _told(reader: asyncio.StreamReader) -> object:
    """Return the next line's value.

    Raises:
        OSError: The line is cut.
        ValueError: It is too long.
        RecordError: It is no JSON.
    """
    line = await reader.readline()
    if not line.endswith(b"\n"):
        raise ConnectionResetError("the line is cut")
    return parse(line, bytes_max=LINE_BYTES_MAX)
