"""Files that are opened once, before nothing may be opened any more."""

import os
import resource
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tallypost.errors import CameraUnavailableError, FootageError
from tallypost.vision.camera.files import Files


@pytest.fixture
def paths(tmp_path: Path) -> list[Path]:
    found = [tmp_path / name for name in "abc"]
    for path in found:
        path.write_bytes(path.name.encode() * 10)
    return found


@pytest.fixture
def few_files() -> Iterator[None]:
    """Let this process have few more files open than it has."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    taken = {int(each.name) for each in Path("/proc/self/fd").iterdir()}
    free = [number for number in range(before[0]) if number not in taken]
    resource.setrlimit(resource.RLIMIT_NOFILE, (free[30], before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_files_that_were_opened_ahead_are_read_again_when_they_are_gone(
    paths: list[Path],
) -> None:
    files = Files(paths, ahead=True)
    for path in paths:
        path.unlink()

    for _ in range(2):
        assert [files.content(path, 100) for path in paths] == [
            b"a" * 10,
            b"b" * 10,
            b"c" * 10,
        ]
    files.close()
    files.close()


def test_a_file_that_was_gone_before_is_told_when_it_is_asked_for(
    paths: list[Path],
) -> None:
    paths[1].unlink()
    files = Files(paths, ahead=True)

    assert files.content(paths[0], 100) == b"a" * 10
    with pytest.raises(CameraUnavailableError, match="b: cannot be read"):
        files.content(paths[1], 100)
    files.close()


def test_of_a_long_file_no_more_is_read_than_tells_that_it_is_too_long(
    paths: list[Path],
) -> None:
    files = Files(paths, ahead=False)

    assert files.content(paths[0], 4) == b"a" * 5
    files.close()


@pytest.mark.usefixtures("few_files")
def test_more_pictures_than_may_be_open_are_refused_with_words(tmp_path: Path) -> None:
    paths = [tmp_path / str(index) for index in range(64)]
    for path in paths:
        os.mknod(path)

    with pytest.raises(
        FootageError, match=r"one of 64 pictures, more than .* may have"
    ):
        Files(paths, ahead=True)


@pytest.mark.usefixtures("few_files")
def test_where_nothing_more_may_be_open_a_single_file_is_told_to_be_unreadable(
    paths: list[Path],
) -> None:
    files, others = Files(paths, ahead=False), []
    try:
        with suppress(OSError):
            while True:
                others.append(os.open(os.devnull, os.O_RDONLY))
        with pytest.raises(CameraUnavailableError, match=r"\(Too many open files\)"):
            files.content(paths[0], 100)
    finally:
        for other in others:
            os.close(other)
