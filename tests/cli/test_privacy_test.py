"""`tallypost privacy-test`, before it begins; what it finds: `tests/canary`."""

from pathlib import Path

import pytest

from tests.system.house import tallypost


@pytest.mark.parametrize("held", ["interval_s = 60\n", "{}\n"], ids=["other", "json"])
def test_a_file_that_holds_no_report_is_not_written_over(
    tmp_path: Path, held: str
) -> None:
    out = tmp_path / "tallypost.toml"
    out.write_text(held, "utf-8")

    code, _, told = tallypost("privacy-test", "--settings", out, "--out", out)

    assert code == 2
    assert "holds no report; name another file" in told
    assert out.read_text("utf-8") == held
