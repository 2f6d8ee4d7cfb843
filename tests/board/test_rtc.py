"""The clock that runs on a battery, as the kernel shows it."""

from pathlib import Path

from tallypost.board.rtc import rtc_s


def clock(folder: Path, name: str, *, hctosys: str, since_epoch: str) -> None:
    (folder / name).mkdir()
    (folder / name / "hctosys").write_text(f"{hctosys}\n")
    (folder / name / "since_epoch").write_text(f"{since_epoch}\n")


def test_a_board_without_one_says_so(tmp_path: Path) -> None:
    assert rtc_s(tmp_path) is None
    assert rtc_s(tmp_path / "missing") is None


def test_of_several_the_one_is_asked_that_set_the_calendar(tmp_path: Path) -> None:
    clock(tmp_path, "rtc0", hctosys="0", since_epoch="86400")
    clock(tmp_path, "rtc1", hctosys="1", since_epoch="1800000000")

    assert rtc_s(tmp_path) == 1_800_000_000.0


def test_without_such_a_one_the_first_is_asked(tmp_path: Path) -> None:
    clock(tmp_path, "rtc1", hctosys="0", since_epoch="7")
    clock(tmp_path, "rtc0", hctosys="0", since_epoch="1800000000")

    assert rtc_s(tmp_path) == 1_800_000_000.0


def test_one_that_has_lost_the_time_says_nothing(tmp_path: Path) -> None:
    """Its driver answers a read with EINVAL; here there is nothing to read, or junk."""
    (tmp_path / "rtc0").mkdir()
    assert rtc_s(tmp_path) is None
    clock(tmp_path, "rtc1", hctosys="1", since_epoch="-1")
    assert rtc_s(tmp_path) is None
