"""Opens LoRaWAN frames with lora-packet, under node: an eye that is not ours."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest

FOLDER = Path(__file__).parent / "lora_packet"
REQUIRED = "TALLYPOST_REQUIRE_LORA_PACKET"
TIMEOUT_S = 120


class Personal(NamedTuple):
    """A session of ABP."""

    address: int
    nwk_skey: bytes
    app_skey: bytes


def _missing() -> str | None:
    if shutil.which("node") is None:
        return "node is missing; install it, or run scripts/test, which does"
    if not (FOLDER / "node_modules" / "lora-packet").is_dir():
        return f"lora-packet is missing; run `npm ci` in {FOLDER}"
    return None


def opened(
    frames: Iterable[bytes],
    app_key: bytes | None = None,
    sessions: Sequence[Personal] = (),
) -> list[dict[str, Any]]:
    """Return what each frame says to whoever has the keys.

    Args:
        frames: In the order in which they were on the air.
        app_key: Of the one device that joins among them; None where none does.
        sessions: Those of ABP.

    Returns:
        For each its `kind`, whether its `mic` is right and whether a wrong key
        `refusesOthers`; for data `address`, `counter`, `port`, `payload`, `options`,
        `ack`, all bytes as hexadecimal digits.
    """
    missing = _missing()
    if missing is not None:
        if os.environ.get(REQUIRED) == "1":
            pytest.fail(missing)
        pytest.skip(f"the frames were not opened: {missing}")
    told = {
        "appKey": None if app_key is None else app_key.hex(),
        "sessions": [
            {
                "address": f"{one.address:08x}",
                "nwkSKey": one.nwk_skey.hex(),
                "appSKey": one.app_skey.hex(),
            }
            for one in sessions
        ],
        "frames": [frame.hex() for frame in frames],
    }
    answer = subprocess.run(
        ["node", FOLDER / "far_end.js"],
        input=json.dumps(told),
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    read: list[dict[str, Any]] = json.loads(answer.stdout)
    return read
