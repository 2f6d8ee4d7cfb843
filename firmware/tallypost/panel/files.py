"""The page and its parts, from memory: a name that is not there opens no file."""

import gzip
import hashlib
from dataclasses import dataclass
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

PAGES = Path(__file__).parent / "pages"
SHELL = "index.html"
LEAN_BYTES_MIN = 256
"""Below, packing makes it no smaller."""
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
}


@dataclass(frozen=True, slots=True)
class Part:
    """One file of the page.

    Attributes:
        body: As it lies there.
        packed: The same by gzip; None where that helps nothing.
        media_type: What it is.
        tag: What tells it from another version of it.
    """

    body: bytes
    packed: bytes | None
    media_type: str
    tag: str


class Files:
    """All files below a folder, read once.

    Args:
        folder: Holds `index.html` and what it asks for.
    """

    def __init__(self, folder: Path = PAGES) -> None:
        self._parts = {
            path.relative_to(folder).as_posix(): _part(path)
            for path in sorted(folder.rglob("*"))
            if path.is_file() and path.suffix in _TYPES
        }

    def answer(self, request: Request) -> Response:
        """Return the file that a request names; "" and "/" name the shell."""
        part = self._parts.get(request.path_params.get("path") or SHELL)
        if part is None:
            return Response("there is no such page\n", 404, media_type="text/plain")
        headers = {
            "etag": part.tag,
            "cache-control": "no-cache",
            "vary": "accept-encoding",
        }
        if request.headers.get("if-none-match") == part.tag:
            return Response(status_code=304, headers=headers)
        body = part.body
        if part.packed and "gzip" in request.headers.get("accept-encoding", ""):
            body = part.packed
            headers["content-encoding"] = "gzip"
        return Response(body, media_type=part.media_type, headers=headers)


def _part(path: Path) -> Part:
    body = path.read_bytes()
    packed = gzip.compress(body, mtime=0) if len(body) >= LEAN_BYTES_MIN else None
    media_type = _TYPES[path.suffix]
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    return Part(body, packed, media_type, tag)
