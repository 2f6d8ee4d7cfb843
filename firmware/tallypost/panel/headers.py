"""What stands before every request: whom it is for, how many come, what the page may.

The device's name cannot be resolved by a public name server, so a page of somebody else
that has its own name point here (DNS rebinding) is told from ours by the name it asks
for.
"""

import ipaddress
import re
from collections.abc import Awaitable, Callable, Collection, MutableMapping
from typing import Any

from tallypost.panel.pace import PART_TOKENS, Pace

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

POLICY = (
    "default-src 'self'; "
    "img-src 'self' data:; "
    "object-src 'none'; "
    "base-uri 'none'; "
    "form-action 'none'; "
    "frame-ancestors 'none'; "
    "require-trusted-types-for 'script'"
)
"""Nothing from other hosts, no inline script or style, no text that becomes markup."""
HEADERS = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=()"),
)
WRONG_NAME = "this device is not called so; ask for the address on its label"
TOO_MANY = "too many requests from this address; wait a moment"
_PORT = re.compile(r":\d{1,5}$")


def _tokens(path: str) -> float:
    """Return what a request costs its address."""
    return 1.0 if path.startswith("/api/") else PART_TOKENS


class Guard:
    """Lets through what is for us and not too much, and marks every answer.

    Args:
        app: What answers.
        names: What the device is called besides; literal addresses and names that end
            in `.local` always are it.
        pace: How many requests of one address are answered.
    """

    def __init__(self, app: App, names: Collection[str], pace: Pace) -> None:
        self._app = app
        self._names = {name.lower() for name in names}
        self._pace = pace

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request; what is none is not for us."""
        if scope["type"] != "http":
            return

        async def marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *HEADERS]
            await send(message)

        address = scope["client"][0] if scope.get("client") else ""
        if not self._is_us(scope):
            await _refuse(marked, 421, WRONG_NAME)
        elif not self._pace.allows(address, _tokens(scope["path"])):
            await _refuse(marked, 429, TOO_MANY)
        else:
            await self._app(scope, receive, marked)

    def _is_us(self, scope: Scope) -> bool:
        hosts = [value for name, value in scope["headers"] if name == b"host"]
        if len(hosts) != 1:
            return False
        name = _PORT.sub("", hosts[0].decode("latin-1").lower()).rstrip(".")
        if name in self._names or name.endswith(".local"):
            return True
        try:
            ipaddress.ip_address(name.removeprefix("[").removesuffix("]"))
        except ValueError:
            return False
        return True


async def _refuse(send: Send, status: int, sentence: str) -> None:
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(sentence)).encode()),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": sentence.encode()})
