"""One file out of an archive that nobody trusts."""

import io
import tarfile
import zipfile

import pytest

from tallypost.errors import DownloadError
from tallypost.models.archive import take


def packed(kind: str, members: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    if kind == "zip":
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in members.items():
                archive.writestr(name, content)
    else:
        with tarfile.open(fileobj=stream, mode="w:gz") as tar:
            for name, content in members.items():
                info = tarfile.TarInfo(name)
                info.size = len(content)
                tar.addfile(info, io.BytesIO(content))
    return stream.getvalue()


@pytest.mark.parametrize("kind", ["zip", "tar"])
def test_a_member_is_taken(kind: str) -> None:
    archive = packed(kind, {"a/other": b"no", "a/m.tflite": b"yes"})
    assert take("x", archive, ["a/m.tflite"], 10) == b"yes"


def test_a_member_of_an_archive_in_an_archive_is_taken() -> None:
    inner = packed("zip", {"fs/m.tflite": b"yes"})
    outer = packed("tar", {"package/plugin.zip": inner})
    assert take("x", outer, ["package/plugin.zip", "fs/m.tflite"], 10) == b"yes"


@pytest.mark.parametrize("kind", ["zip", "tar"])
def test_no_more_is_unpacked_than_was_asked_for(kind: str) -> None:
    bomb = packed(kind, {"m": bytes(50_000_000)})
    assert len(bomb) < 100_000
    with pytest.raises(DownloadError, match="more than 1000 bytes"):
        take("x", bomb, ["m"], 1000)


@pytest.mark.parametrize("kind", ["zip", "tar"])
def test_a_missing_member_is_told(kind: str) -> None:
    with pytest.raises(DownloadError, match="x: has no m"):
        take("x", packed(kind, {"n": b""}), ["m"], 10)


def test_a_folder_and_a_link_are_no_members() -> None:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as tar:
        folder = tarfile.TarInfo("m")
        folder.type = tarfile.DIRTYPE
        tar.addfile(folder)
        link = tarfile.TarInfo("l")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(link)
    for member in ("m", "l"):
        with pytest.raises(DownloadError):
            take("x", stream.getvalue(), [member], 10_000)


@pytest.mark.parametrize(
    "archive",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"<html></html>", id="a page"),
        pytest.param(packed("tar", {"m": b"yes" * 999})[:-40], id="cut off"),
        pytest.param(packed("zip", {"m": b"yes" * 999})[:-30], id="a zip cut off"),
    ],
)
def test_what_is_no_archive_is_told(archive: bytes) -> None:
    with pytest.raises(DownloadError, match="x: "):
        take("x", archive, ["m"], 10_000)
