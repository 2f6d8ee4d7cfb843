"""`tallypost privacy-test` passes with picamera2 on libcamera's virtual camera."""

import json
from pathlib import Path

import pytest

from tests.libcamera_root.entering import in_root

FRAMES = 12


@pytest.mark.slow
def test_a_device_with_libcameras_camera_lets_no_picture_out(tmp_path: Path) -> None:
    here = "tests/libcamera_root"
    settings = f"{here}/device/tallypost.toml"
    words = f"privacy-test --settings {settings} --frames {FRAMES} --json"
    tallypost = f"python3 {here}/virtual_tallypost.py"

    answer = in_root(tmp_path, *tallypost.split(), *words.split())

    assert answer.returncode == 0, f"{answer.stdout}\n{answer.stderr}"
    told = json.loads(answer.stdout)
    assert told["camera"] == "libcamera"
    assert told["passed"] is True
    assert told["frames"] == FRAMES
    *ours, _ = told["searched"]
    assert len(ours) == 6
    assert all(place["bytes"] > 0 for place in ours)
    assert all(way["answered"] == way["wanted"] for way in told["ways_out"])
