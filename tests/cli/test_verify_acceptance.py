"""A certificate is weighed by whoever holds the device's public key."""

from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from tallypost.acceptance.certificate import certify
from tallypost.acceptance.checks import Facts
from tallypost.cli import verify
from tests.acceptance.world import FACTS, KEY

PUBLIC = KEY.public_key().public_bytes_raw().hex()


def weighed(folder: Path, facts: Facts, key: str = PUBLIC) -> tuple[int, str]:
    file = folder / "certificate.jsonl"
    file.write_bytes(certify("tp-0001", facts, KEY, technician="R.").line + b"\n")
    done = CliRunner().invoke(
        verify.command, [str(file), "--key", key], standalone_mode=False
    )
    return done.return_value, done.output


def test_a_certificate_of_a_fit_device_is_believed_and_told(tmp_path: Path) -> None:
    code, output = weighed(tmp_path, FACTS)

    assert code == 0
    assert "acceptance of '2026-11-28T22:00:00Z': passed" in output
    assert "line 'gate', 'person': 142 taps, error -2.1%, within 10%: proven" in output
    assert "'link': good 'margin_db 14'" in output


def test_one_of_a_device_that_is_not_fit_is_told_and_not_passed(tmp_path: Path) -> None:
    code, output = weighed(tmp_path, replace(FACTS, sight=None))

    assert code != 0
    assert "NOT PASSED" in output
    assert "'rate': not known" in output


@pytest.mark.parametrize("key", ["0" * 64, "ab" * 32])
def test_one_that_another_has_signed_is_not(tmp_path: Path, key: str) -> None:
    code, output = weighed(tmp_path, FACTS, key)

    assert code != 0
    assert "none that you believe" in output
