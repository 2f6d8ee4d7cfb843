"""What the panel answers a phone: the page, the door, questions and what is told."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from tallypost.panel import asking
from tallypost.panel.access import Access, Locked, Opened, Taken, Wrong
from tallypost.panel.asking import RefusedError
from tallypost.panel.files import Files
from tallypost.panel.headers import App, Guard
from tallypost.panel.house import AWAY, House, HouseAwayError
from tallypost.panel.pace import Pace

STREAMS_MAX = 8
STILL_HERE_S = 5.0
_WORD = re.compile(r"[a-z_]{1,32}")
_TAKEN = "is open on another phone; let it show you a code"
_COOKIE = f"{asking.COOKIE}={{}}; Path=/; Secure; HttpOnly; SameSite=Strict"
_FRESH = {"cache-control": "no-store"}
Answers = Callable[[Request], Awaitable[Response]]


class Panel:
    """All that a phone can ask of the panel.

    Args:
        access: The door.
        house: The half that speaks.
        files: The page.
    """

    def __init__(self, access: Access, house: House, files: Files) -> None:
        self._access = access
        self._sessions = access.sessions
        self._house = house
        self._files = files
        self._streams = 0

    @property
    def routes(self) -> list[Route]:
        """Where everything is."""
        posts: Mapping[str, Answers] = {
            "/api/open": self._open,
            "/api/join": self._join,
            "/api/close": self._close,
            "/api/ask/{word}": self._ask,
        }
        gets: Mapping[str, Answers] = {
            "/api/session": self._session,
            "/api/events": self._events,
            "/{path:path}": self._page,
        }
        return [
            *(
                Route(path, refusing(do), methods=["POST"])
                for path, do in posts.items()
            ),
            *(Route(path, refusing(do), methods=["GET"]) for path, do in gets.items()),
        ]

    async def _page(self, request: Request) -> Response:
        return self._files.answer(request)

    async def _open(self, request: Request) -> Response:
        asking.check_origin(request)
        code = asking.text_in(await asking.arguments(request), "code")
        match await self._access.open(code):
            case Opened(token=token, session=session):
                headers = {"set-cookie": _COOKIE.format(token)}
                return _answer({"csrf": session.csrf}, headers=headers)
            case Wrong(left=left):
                return _answer({"left": left}, 403)
            case Locked(for_s=for_s):
                headers = {"retry-after": str(int(for_s) + 1)}
                return _answer({"locked_s": round(for_s, 1)}, 429, headers)
            case Taken():
                return _answer({"faults": [_TAKEN]}, 409)

    async def _session(self, request: Request) -> Response:
        asking.check_origin(request)
        return _answer({"csrf": asking.session_of(request, self._sessions).csrf})

    async def _join(self, request: Request) -> Response:
        asking.check_deed(request, self._sessions)
        if self._sessions.full:
            raise RefusedError(409, "is open on 8 phones; close it on one of them")
        return _answer({"code": self._sessions.invite()})

    async def _close(self, request: Request) -> Response:
        asking.check_deed(request, self._sessions)
        self._sessions.end(request.cookies[asking.COOKIE])
        gone = _COOKIE.format("") + "; Max-Age=0"
        return Response(status_code=204, headers={**_FRESH, "set-cookie": gone})

    async def _ask(self, request: Request) -> Response:
        asking.check_deed(request, self._sessions)
        word = request.path_params["word"]
        if not _WORD.fullmatch(word) or word == "watch":
            raise RefusedError(404, "ask: is no question that is known")
        told = await asking.arguments(request)
        try:
            return _answer(await self._house.ask(word, told))
        except HouseAwayError:
            return _answer({"ok": False, "faults": [AWAY]}, 503)

    async def _events(self, request: Request) -> Response:
        asking.check_origin(request)
        asking.session_of(request, self._sessions)
        if self._streams >= STREAMS_MAX:
            raise RefusedError(503, f"is watched {STREAMS_MAX} times; close a page")
        # Before it begins: who asks meanwhile must find it counted.
        self._streams += 1
        return _Stream(self._told(request.cookies[asking.COOKIE]), self._left)

    def _left(self) -> None:
        self._streams -= 1

    async def _told(self, token: str) -> AsyncIterator[bytes]:
        """Give events for as long as the session is not over."""
        yield b"retry: 2000\n\n"
        async with self._house.hear() as queue:
            while self._sessions.find(token, asks=False) is not None:
                try:
                    kind, data = await asyncio.wait_for(queue.get(), STILL_HERE_S)
                except TimeoutError:
                    yield b": still here\n\n"
                else:
                    yield b"event: %s\ndata: %s\n\n" % (kind.encode(), data)
        yield b"event: over\ndata: {}\n\n"


class _Stream(StreamingResponse):
    """Events, and a word when they are over, also where they never began."""

    def __init__(self, told: AsyncIterator[bytes], over: Callable[[], None]) -> None:
        super().__init__(told, media_type="text/event-stream", headers=_FRESH)
        self._over = over

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._over()


def application(panel: Panel, names: Collection[str], pace: Pace) -> App:
    """Return what uvicorn serves.

    Args:
        panel: What answers.
        names: What the device is called besides.
        pace: How many requests of one address are answered.
    """
    return Guard(Starlette(routes=panel.routes), names, pace)


def refusing(do: Answers) -> Answers:
    """Return what answers a refusal in words."""

    async def answer(request: Request) -> Response:
        try:
            return await do(request)
        except RefusedError as error:
            return _answer({"ok": False, "faults": [error.sentence]}, error.status)

    return answer


def _answer(
    told: Mapping[str, object],
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Response:
    return JSONResponse(told, status, headers={**_FRESH, **(headers or {})})
