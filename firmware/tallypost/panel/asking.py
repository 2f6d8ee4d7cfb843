"""Reads what a phone sends: no more than it should, no slower, and nothing lax."""

import asyncio
import hmac
from collections.abc import Mapping

from starlette.requests import ClientDisconnect, Request

from tallypost.domain import fields
from tallypost.domain.json_text import parse
from tallypost.errors import RecordError
from tallypost.panel.sessions import Session, Sessions

BODY_BYTES_MAX = 256 * 1024 - 1024
"""With a number and a word, it still is a line that the half that speaks takes."""
BODY_S = 10.0
COOKIE = "__Host-session"
CSRF_HEADER = "x-tallypost"


class RefusedError(Exception):
    """A request is not done.

    Attributes:
        status: HTTP's number for it.
        sentence: Why, for a person.
    """

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence


async def arguments(request: Request) -> dict[str, object]:
    """Return the JSON object that a request carries; an empty one for no body.

    Raises:
        RefusedError: It carries something else, too much, or too slowly.
    """
    body = b""
    try:
        async with asyncio.timeout(BODY_S):
            async for chunk in request.stream():
                body += chunk
                if len(body) > BODY_BYTES_MAX:
                    told = f"is above {BODY_BYTES_MAX} bytes; draw less"
                    raise RefusedError(413, f"request: {told}")
        if not body:
            return {}
        return fields.mapping(parse(body, bytes_max=BODY_BYTES_MAX), "")
    except TimeoutError:
        raise RefusedError(408, "request: came too slowly; try again") from None
    except ClientDisconnect:
        raise RefusedError(400, "request: was cut short") from None
    except RecordError as error:
        raise RefusedError(400, str(error)) from None


def check_origin(request: Request) -> None:
    """Refuse what another site's page has a browser send.

    Source: Fetch, "Sec-Fetch-Site"; RFC 6454 (Origin).

    Raises:
        RefusedError: It is another's.
    """
    site = request.headers.get("sec-fetch-site", "same-origin")
    origin = request.headers.get("origin")
    host = request.headers.get("host")
    ours = origin is None or origin == f"https://{host}"
    if site not in {"same-origin", "none"} or not ours:
        raise RefusedError(403, "request: comes from another page; open the device's")


def session_of(request: Request, sessions: Sessions) -> Session:
    """Return whose request it is; that keeps the session from being over.

    Raises:
        RefusedError: Nobody's who is in.
    """
    session = sessions.find(request.cookies.get(COOKIE, ""))
    if session is None:
        raise RefusedError(401, "session: there is none, or it is over; enter the code")
    return session


def check_deed(request: Request, sessions: Sessions) -> Session:
    """Return whose request it is, where its page has meant it.

    Raises:
        RefusedError: Nobody's, or something else than our page made it.
    """
    check_origin(request)
    session = session_of(request, sessions)
    said = request.headers.get(CSRF_HEADER, "")
    if not hmac.compare_digest(said.encode(), session.csrf.encode()):
        raise RefusedError(403, "request: lacks the page's word; load the page anew")
    return session


def text_in(found: Mapping[str, object], key: str) -> str:
    """Return a text.

    Raises:
        RefusedError: There is none under this key.
    """
    value = found.get(key)
    if not isinstance(value, str):
        raise RefusedError(400, f"{key}: is no text; write one")
    return value
