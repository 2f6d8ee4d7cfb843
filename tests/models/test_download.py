"""Fetching a model's file from a real server."""

import hashlib
import http.server
import io
import threading
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, ClassVar

import pytest

from tallypost.errors import DownloadError
from tallypost.models import download
from tallypost.models.manifest import AddressSource, Manifest, read_manifest

CONTENT = bytes(range(256)) * 4000
SHA256 = hashlib.sha256(CONTENT).hexdigest()
FILE = "yolox_nano_float16_quantize.tflite"
WriteManifest = Callable[..., Path]


def zipped() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("folder/m.tflite", CONTENT)
    return stream.getvalue()


BODIES = {
    "/zip": zipped(),
    "/wrong": CONTENT[:-1] + b"x",
    "/large": CONTENT * 2,
    "/endless": CONTENT * 4,
}


class Handler(http.server.BaseHTTPRequestHandler):
    """Serves CONTENT, at some paths badly; notes what it was asked."""

    asked: ClassVar[list[tuple[str, str | None]]] = []

    def do_GET(self) -> None:
        wanted = self.headers.get("Range")
        Handler.asked.append((self.path, wanted))
        if self.path == "/missing":
            self.send_error(404)
            return
        body = BODIES.get(self.path, CONTENT)
        if wanted and self.path == "/whole":
            body = body[int(wanted.removeprefix("bytes=").removesuffix("-")) :]
            self.send_response(206)
        else:
            self.send_response(200)
        if self.path != "/endless":
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if self.path == "/cut" else body)

    def log_message(self, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as made:
        thread = threading.Thread(target=made.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{made.server_address[1]}"
        made.shutdown()
        thread.join()


@pytest.fixture
def manifest(write_manifest: WriteManifest) -> Manifest:
    return read_manifest(write_manifest(sha256=SHA256, bytes=len(CONTENT)))


def fetched(
    manifest: Manifest, folder: Path, *addresses: str, member: str | None = None
) -> tuple[Path, list[str], list[tuple[int, int | None]]]:
    """Fetch from plain addresses, which no manifest may name."""
    sources = tuple(
        AddressSource.model_construct(
            kind="https", address=address, member=(member,) if member else None
        )
        for address in addresses
    )
    lines: list[str] = []
    steps: list[tuple[int, int | None]] = []
    path = download.fetch(
        manifest.model_copy(update={"sources": sources}),
        folder,
        progress=lambda done, total: steps.append((done, total)),
        tell=lines.append,
    )
    return path, lines, steps


def test_a_file_is_fetched_with_progress(
    server: str, manifest: Manifest, tmp_path: Path
) -> None:
    path, _, steps = fetched(manifest, tmp_path / "own", f"{server}/whole")
    assert path.read_bytes() == CONTENT
    assert steps[-1] == (len(CONTENT), len(CONTENT))
    assert [each.name for each in path.parent.iterdir()] == [FILE]


def test_what_is_there_is_not_fetched_again(
    server: str, manifest: Manifest, tmp_path: Path
) -> None:
    fetched(manifest, tmp_path, f"{server}/whole")
    path, lines, _ = fetched(manifest, tmp_path, f"{server}/missing")
    assert (path.read_bytes(), lines) == (CONTENT, [])


def test_the_first_source_that_gives_it_wins(
    server: str, manifest: Manifest, tmp_path: Path
) -> None:
    addresses = [f"{server}/missing", f"{server}/wrong", f"{server}/whole"]
    path, lines, _ = fetched(manifest, tmp_path, *addresses)
    assert path.read_bytes() == CONTENT
    assert "answers 404" in lines[1]
    assert "gave another file" in lines[3]


def test_a_download_that_was_cut_off_goes_on(
    server: str, manifest: Manifest, tmp_path: Path
) -> None:
    with pytest.raises(DownloadError, match="was cut off after 512000 of 1024000"):
        fetched(manifest, tmp_path, f"{server}/cut")
    assert [each.name for each in tmp_path.iterdir() if each.is_file()] == [
        f"{FILE}.part"
    ]
    fetched(manifest, tmp_path, f"{server}/whole")
    assert Handler.asked[-1] == ("/whole", "bytes=512000-")


def test_a_server_that_knows_no_ranges_begins_again(
    server: str, manifest: Manifest, tmp_path: Path
) -> None:
    (tmp_path / f"{FILE}.part").write_bytes(b"old")
    path, _, _ = fetched(manifest, tmp_path, f"{server}/plain")
    assert path.read_bytes() == CONTENT


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("large", "would give 2048000 bytes"),
        ("endless", "gives more than 1024000"),
        ("wrong", "another file"),
    ],
)
def test_nothing_is_half_installed(
    server: str, manifest: Manifest, tmp_path: Path, path: str, told: str
) -> None:
    with pytest.raises(DownloadError, match=told):
        fetched(manifest, tmp_path, f"{server}/{path}")
    assert not (tmp_path / FILE).exists()


def test_a_member_of_an_archive_is_installed(
    server: str, manifest: Manifest, tmp_path: Path
) -> None:
    path, _, _ = fetched(manifest, tmp_path, f"{server}/zip", member="folder/m.tflite")
    assert path.read_bytes() == CONTENT


def test_every_failed_source_is_told(manifest: Manifest, tmp_path: Path) -> None:
    nobody = ["http://127.0.0.1:9/a", "http://127.0.0.1:9/b"]
    with pytest.raises(DownloadError) as caught:
        fetched(manifest, tmp_path, *nobody)
    assert str(caught.value).count("refused") == 2


def test_a_folder_that_cannot_be_written_is_told(
    server: str, manifest: Manifest, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DownloadError, match="cannot be written"):
        fetched(manifest, tmp_path / "file" / "own", f"{server}/whole")


def test_a_registrys_client_that_fails_is_told_without_its_addresses(
    tmp_path: Path, write_manifest: WriteManifest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "http://user:secret@127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_EXTRA_INDEX_URL", "")
    monkeypatch.setenv("PIP_FIND_LINKS", "")
    monkeypatch.setenv("PIP_RETRIES", "0")
    source = {
        "kind": "pypi",
        "package": "no-such-package-of-tallypost",
        "version": "1.0",
        "form": "wheel",
        "archive_sha256": SHA256,
        "member": ["m"],
    }
    manifest = read_manifest(write_manifest(sources=[source]))
    with pytest.raises(DownloadError, match="could not fetch it") as caught:
        download.fetch(
            manifest, tmp_path, progress=lambda *_: None, tell=lambda _: None
        )
    assert "secret" not in str(caught.value)


def test_a_model_without_sources_says_where_to_put_it(
    tmp_path: Path, manifest: Manifest
) -> None:
    with pytest.raises(DownloadError, match="names no sources; put"):
        fetched(manifest, tmp_path)
