"""Small files that outlive a power cut."""

from pathlib import Path

import pytest

from tallypost.durable import overwrite_durably


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "mark"


def test_a_file_as_long_is_written_over_where_it_lies(file: Path) -> None:
    overwrite_durably(file, b"0001\n")
    inode = file.stat().st_ino
    overwrite_durably(file, b"0002\n")
    assert file.read_bytes() == b"0002\n"
    assert file.stat().st_ino == inode


def test_a_file_of_another_length_is_replaced_whole(file: Path) -> None:
    file.write_bytes(b"17\n")
    inode = file.stat().st_ino
    overwrite_durably(file, b"0018\n")
    assert file.read_bytes() == b"0018\n"
    assert file.stat().st_ino != inode


def test_a_link_is_not_followed(file: Path) -> None:
    (file.parent / "other").write_bytes(b"0001\n")
    file.symlink_to("other")
    with pytest.raises(OSError, match="symbolic links"):
        overwrite_durably(file, b"0002\n")
    assert (file.parent / "other").read_bytes() == b"0001\n"
