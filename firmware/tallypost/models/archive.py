"""Takes one file out of an archive that nobody trusts."""

import io
import tarfile
import zipfile
import zlib
from collections.abc import Sequence

from tallypost.errors import DownloadError

PACKED_BYTES_MAX = 512 << 20
"""What a member on the way to the wanted one may have."""


def take(place: str, archive: bytes, members: Sequence[str], bytes_max: int) -> bytes:
    """Return one member of an archive, or of an archive inside it.

    Nothing is unpacked to disk, so no path of the archive leads anywhere; of each
    member no more is unpacked than is allowed.

    Args:
        place: What the archive is, for messages.
        archive: The whole archive: zip, wheel, or tar with gzip.
        members: The path of the member; more than one: of an archive in the archive.
        bytes_max: What the wanted member may have.

    Raises:
        DownloadError: It is no archive, is damaged, or has no such member.
    """
    content = archive
    for depth, member in enumerate(members, start=1):
        bound = bytes_max if depth == len(members) else PACKED_BYTES_MAX
        content = _member(place, content, member, bound)
    return content


def _member(place: str, archive: bytes, member: str, bytes_max: int) -> bytes:
    stream = io.BytesIO(archive)
    try:
        if zipfile.is_zipfile(stream):
            stream.seek(0)
            content = _from_zip(stream, member, bytes_max)
        else:
            stream.seek(0)
            content = _from_tar(stream, member, bytes_max)
    except KeyError:
        raise DownloadError(f"{place}: has no {member}") from None
    except (
        tarfile.TarError,
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        OSError,
        RuntimeError,
        NotImplementedError,
    ) as error:
        raise DownloadError(f"{place}: is a damaged archive ({error})") from error
    if len(content) > bytes_max:
        raise DownloadError(f"{place}: {member} has more than {bytes_max} bytes")
    return content


def _from_zip(stream: io.BytesIO, member: str, bytes_max: int) -> bytes:
    with zipfile.ZipFile(stream) as archive, archive.open(member) as file:
        return file.read(bytes_max + 1)


def _from_tar(stream: io.BytesIO, member: str, bytes_max: int) -> bytes:
    with tarfile.open(fileobj=stream, mode="r:gz") as archive:
        file = archive.extractfile(archive.getmember(member))
        if file is None:
            raise KeyError(member)
        return file.read(bytes_max + 1)
