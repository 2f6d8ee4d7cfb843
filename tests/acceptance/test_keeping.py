"""What was proved outlives a start, and is of its site alone."""

from pathlib import Path

import pytest

from tallypost.acceptance.keeping import RESULTS_MAX, Keeping, Kept
from tallypost.domain.acceptance import Accuracy
from tallypost.errors import AcceptanceError

MODEL = "sha256:" + "a" * 64
SITE, OTHER = "sha256:" + "0" * 64, "sha256:" + "1" * 64
FOUND = Accuracy(
    taps=120, error=0.03, error_low=-0.02, error_high=0.08, margin=0.1, equivalent=True
)


def test_what_is_kept_of_a_site_is_known_after_a_start_and_of_that_site_alone(
    tmp_path: Path,
) -> None:
    kept = Kept(SITE, MODEL).with_result("gate", "person", FOUND)
    Keeping(tmp_path / "deep" / "er").keep(kept)

    again = Keeping(tmp_path / "deep" / "er")
    assert again.of(SITE, MODEL) == kept
    assert again.of(OTHER, MODEL) == Kept(OTHER, MODEL)


def test_with_another_detector_nothing_is_proved(tmp_path: Path) -> None:
    keeping = Keeping(tmp_path)
    keeping.keep(Kept(SITE, MODEL).with_result("gate", "person", FOUND))

    for model in ("sha256:" + "b" * 64, None):
        assert keeping.of(SITE, model) == Kept(SITE, model)


def test_a_second_class_of_a_line_stands_beside_the_first() -> None:
    kept = Kept(SITE, MODEL).with_result("gate", "person", FOUND)
    kept = kept.with_result("gate", "bicycle", FOUND).with_result("gate", "car", FOUND)

    assert set(kept.accuracy["gate"]) == {"person", "bicycle", "car"}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"[]",
        b'{"schema": "tallypost.acceptance-results/2"}',
        b'{"schema": "tallypost.acceptance-results/1", "site": "sha256:2"}',
        b'{"schema": "tallypost.acceptance-results/1", "site": "%s", "model": null, '
        b'"accuracy": {"a": '
        b'{"b": {"taps": -1, "error": 0, "margin": 0, "equivalent": true}}}}'
        % SITE.encode(),
        b" " * 300_000,
    ],
    ids=["nothing", "half", "list", "newer", "another's", "below 0", "huge"],
)
def test_a_damaged_file_is_told_and_not_believed(tmp_path: Path, data: bytes) -> None:
    (tmp_path / ("0" * 64 + ".json")).write_bytes(data)

    with pytest.raises(AcceptanceError, match="hold the tests again"):
        Keeping(tmp_path).of(SITE, MODEL)


@pytest.mark.parametrize("site", ["", "sha256:../../etc/passwd", "sha256:" + "g" * 64])
def test_what_is_no_hash_names_no_file(tmp_path: Path, site: str) -> None:
    with pytest.raises(AcceptanceError, match="no hash"):
        Keeping(tmp_path).of(site, MODEL)


def test_a_full_disk_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(AcceptanceError, match="mend the disk"):
        Keeping(tmp_path / "file" / "folder").keep(Kept(SITE, MODEL))


def test_no_more_results_are_kept_than_records_can_carry() -> None:
    kept = Kept(SITE, MODEL)
    for number in range(RESULTS_MAX):
        kept = kept.with_result(f"line-{number}", "person", FOUND)

    assert kept.with_result("line-0", "person", FOUND) == kept
    with pytest.raises(AcceptanceError, match="each is told with every record"):
        kept.with_result("one", "more", FOUND)
