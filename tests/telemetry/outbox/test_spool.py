"""What is read back from a RAM disk that anybody may have written to."""

import json
import zlib
from pathlib import Path

import pytest

from tallypost.domain.dating import Stamp
from tallypost.telemetry.codec import json_v1
from tallypost.telemetry.outbox.spool import Spool, Spooled

RECORD = json_v1.decode(Path("docs/examples/kpi-1.json").read_bytes())
KEPT = Spooled(RECORD, numbered=True, stamp=Stamp("boot", 12.5))


def line(told: object) -> bytes:
    text = json.dumps(told).encode()
    return b"\n%08x %s\n" % (zlib.crc32(text), text)


def told(**changes: object) -> dict[str, object]:
    payload = json_v1.encode(RECORD).decode()
    good = {"seq": 1, "boot": None, "start_monotonic_s": None, "record": payload}
    return good | changes


WRONG = {
    "no object": [],
    "nothing in it": {},
    "a record that is none": told(record="{}"),
    "a record that is a number": told(record=7),
    "half a character": told(record="\ud800"),
    "no number": {key: value for key, value in told().items() if key != "seq"},
    "a date without end": told(start_monotonic_s=float("inf")),
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=list(WRONG))
def test_a_line_that_holds_no_interval_costs_no_other(
    wrong: object, tmp_path: Path
) -> None:
    path = tmp_path / "spool"
    spool = Spool(path)
    spool.append(KEPT)
    path.write_bytes(line(wrong) + path.read_bytes() + line(wrong))
    assert spool.read() == [KEPT]


def test_a_line_of_which_one_bit_has_changed_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "spool"
    spool = Spool(path)
    spool.append(KEPT)
    damaged = bytearray(path.read_bytes())
    damaged[-10] ^= 1
    path.write_bytes(damaged)
    spool.append(KEPT)
    assert spool.read() == [KEPT]
