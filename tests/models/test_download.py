"""Fetching a model's file from a real server."""

import hashlib
import http.server
import io
import signal
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any, ClassVar

import pytest

from tallypost.errors import DownloadError, DownloadFolderError
from tallypost.models import download
from tallypost.models.manifest import AddressSource, Manifest, read_manifest
from tallypost.models.transfer import CHUNK_BYTES

CONTENT = bytes(range(256)) * 4000
SHA256 = hashlib.sha256(CONTENT).hexdigest()
FILE = "yolox_nano_float16_quantize.tflite"
WriteManifest = Callable[..., Path]


def zipped() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("folder/m.tflite", CONTENT)
    return stream.getvalue()


CHUNK = 3 * CHUNK_BYTES
BODIES = {
    "/zip": zipped(),
    "/wrong": CONTENT[:-1] + b"x",
    "/page": b"<html>sign in to the network</html>",
    "/large": CONTENT * 2,
    "/endless": CONTENT * 4,
}


class Handler(http.server.BaseHTTPRequestHandler):
    """Serves CONTENT, at some paths badly; notes what it was asked."""

    asked: ClassVar[list[tuple[str, str | None]]] = []
    gate: ClassVar[threading.Event] = threading.Event()
    """Opens for the rest of what is served slowly."""

    def do_GET(self) -> None:
        wanted = self.headers.get("Range")
        Handler.asked.append((self.path, wanted))
        if self.path == "/missing":
            self.send_error(404)
            return
        body = BODIES.get(self.path, CONTENT)
        if wanted and self.path in {"/whole", "/elsewhere"}:
            start = int(wanted.removeprefix("bytes=").removesuffix("-"))
            start = start // 2 if self.path == "/elsewhere" else start
            body = body[start:]
            self.send_response(206)
            told = f"bytes {start}-{len(CONTENT) - 1}/{len(CONTENT)}"
            self.send_header("Content-Range", told)
        else:
            self.send_response(200)
        if self.path not in {"/endless", "/less", "/nonsense"}:
            self.send_header("Content-Length", str(len(body)))
        if self.path in {"/less", "/nonsense"}:
            self.send_header("Content-Length", "100" if self.path == "/less" else "-1")
        self.end_headers()
        if self.path == "/slow":
            self.wfile.write(body[:CHUNK])
            self.wfile.flush()
            Handler.gate.wait(60)
            body = body[CHUNK:]
        with suppress(OSError):  # who asked may be gone
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
    manifest: Manifest,
    folder: Path,
    *addresses: str,
    member: str | None = None,
    told: Callable[[], None] = lambda: None,
    stepped: Callable[[], None] = lambda: None,
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

    def progress(done: int, total: int | None) -> None:
        steps.append((done, total))
        stepped()

    def tell(line: str) -> None:
        lines.append(line)
        told()

    wanted = manifest.model_copy(update={"sources": sources})
    path = download.fetch(wanted, folder, progress=progress, tell=tell)
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


@pytest.mark.parametrize("path", ["plain", "whole", "nonsense", "elsewhere"])
def test_what_was_left_by_another_source_does_no_harm(
    server: str, manifest: Manifest, tmp_path: Path, path: str
) -> None:
    (tmp_path / f"{FILE}.part").write_bytes(b"<html>" * 1000)
    found, _, _ = fetched(manifest, tmp_path, f"{server}/{path}")
    assert found.read_bytes() == CONTENT
    assert [each.name for each in tmp_path.iterdir() if each.is_file()] == [FILE]


def test_a_server_that_goes_on_from_elsewhere_is_asked_from_the_beginning(
    server: str, manifest: Manifest, tmp_path: Path
) -> None:
    (tmp_path / f"{FILE}.part").write_bytes(CONTENT[:1000])
    fetched(manifest, tmp_path, f"{server}/elsewhere")
    asked = [("/elsewhere", "bytes=1000-"), ("/elsewhere", None)]
    assert Handler.asked[-2:] == asked


def test_what_was_whole_when_the_power_failed_is_installed_at_once(
    manifest: Manifest, tmp_path: Path
) -> None:
    (tmp_path / f"{FILE}.part").write_bytes(CONTENT)
    path, lines, _ = fetched(manifest, tmp_path, "http://127.0.0.1:9/nobody")
    assert (path.read_bytes(), lines) == (CONTENT, [])


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("large", "would give 2048000 bytes"),
        ("endless", "gives more than 1024000"),
        ("wrong", "another file"),
        ("less", "another file"),
        ("page", "another file"),
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


def test_a_disk_that_is_full_ends_it_and_leaves_nothing(
    server: str, manifest: Manifest, tmp_path: Path
) -> None:
    (tmp_path / f"{FILE}.part").symlink_to("/dev/full")
    with pytest.raises(DownloadFolderError, match=r"No space left.*; make room"):
        fetched(manifest, tmp_path, f"{server}/whole", f"{server}/plain")
    assert Handler.asked[-1][0] == "/whole"
    assert not list(tmp_path.glob(f"{FILE}*"))


def test_a_file_that_cannot_be_written_is_not_blamed_on_a_source(
    server: str, manifest: Manifest, tmp_path: Path
) -> None:
    (tmp_path / f"{FILE}.part").mkdir()
    with pytest.raises(DownloadFolderError, match=r"\.part: cannot be written"):
        fetched(manifest, tmp_path, f"{server}/whole")


def test_two_that_fetch_the_same_take_turns(
    server: str, manifest: Manifest, tmp_path: Path
) -> None:
    Handler.gate.clear()
    waiting = threading.Event()

    def second() -> tuple[Path, list[str], Any]:
        return fetched(manifest, tmp_path, f"{server}/missing", told=waiting.set)

    with ThreadPoolExecutor(2) as pool:
        begun = threading.Event()
        first = pool.submit(
            fetched, manifest, tmp_path, f"{server}/slow", stepped=begun.set
        )
        assert begun.wait(60)
        later = pool.submit(second)
        assert waiting.wait(60)
        Handler.gate.set()
        assert first.result()[0].read_bytes() == CONTENT
        path, lines, _ = later.result()
    assert path.read_bytes() == CONTENT
    assert lines == ["waiting for another `tallypost models add` to end"]


KILLED = """
import sys
from pathlib import Path
from tallypost.models.download import fetch
from tallypost.models.manifest import AddressSource, read_manifest

address, path, folder = sys.argv[1:]
source = AddressSource.model_construct(kind="https", address=address, member=None)
manifest = read_manifest(Path(path)).model_copy(update={"sources": (source,)})
fetch(
    manifest,
    Path(folder),
    progress=lambda done, _: print(done, flush=True),
    tell=lambda _: None,
)
"""


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL], ids=str)
def test_a_download_that_was_killed_goes_on(
    server: str, write_manifest: WriteManifest, tmp_path: Path, how: signal.Signals
) -> None:
    Handler.gate.clear()
    path = write_manifest(sha256=SHA256, bytes=len(CONTENT))
    words = [sys.executable, "-c", KILLED, f"{server}/slow", str(path), str(tmp_path)]
    with subprocess.Popen(
        words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as killed:
        assert killed.stdout is not None
        while int(killed.stdout.readline()) < CHUNK:
            pass
        killed.send_signal(how)
        killed.wait(30)
    Handler.gate.set()
    assert not (tmp_path / FILE).exists()
    found, _, _ = fetched(read_manifest(path), tmp_path, f"{server}/whole")
    assert Handler.asked[-1] == ("/whole", f"bytes={CHUNK}-")
    assert found.read_bytes() == CONTENT


ORIGINAL = {
    "file": "net.onnx",
    "sha256": SHA256,
    "bytes": len(CONTENT),
    "commands": ["convert net.onnx"],
}


def test_an_original_is_fetched_and_what_is_left_to_do_is_told(
    server: str, write_manifest: WriteManifest, tmp_path: Path
) -> None:
    made = b"made of it"
    digest = hashlib.sha256(made).hexdigest()
    told = {"sha256": digest, "bytes": len(made), "original": ORIGINAL, "sources": []}
    manifest = read_manifest(write_manifest(**told))
    source = AddressSource.model_construct(
        kind="https", address=f"{server}/whole", member=None
    )
    assert manifest.original is not None
    original = manifest.original.model_copy(update={"sources": (source,)})
    manifest = manifest.model_copy(update={"original": original})
    own = tmp_path / "own"

    def add() -> Path:
        return download.fetch(
            manifest, own, progress=lambda *_: None, tell=lambda _: None
        )

    with pytest.raises(DownloadError, match=r"be converted;(.|\n)*convert net"):
        add()
    assert (own / "net.onnx").read_bytes() == CONTENT
    (own / FILE).write_bytes(b"made of some other tools")
    with pytest.raises(DownloadError, match="converted by other tools"):
        add()
    (own / FILE).write_bytes(made)
    assert add() == own / FILE


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
