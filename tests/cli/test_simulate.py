"""`tallypost simulate`, as somebody types it."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from serial import Serial

from tallypost.simulated.stage import MODELS
from tests.servers.far_end import opened
from tests.system.house import tallypost

KEY = "2b7e151628aed2a6abf7158809cf4f3c"
ENDS_S = 20


@contextmanager
def simulated(*words: object) -> Iterator[str]:
    """Run `tallypost simulate modem`; yield the path that it prints."""
    command = [sys.executable, "-m", "tallypost", "simulate", "modem", *map(str, words)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.send_signal(signal.SIGINT)
        assert process.wait(ENDS_S) == 0


@pytest.fixture
def port(tmp_path: Path) -> Path:
    return tmp_path / "modem"


def test_a_program_joins_and_sends_over_the_terminal(
    port: Path, tmp_path: Path
) -> None:
    journal = tmp_path / "air.jsonl"
    with simulated(
        "--model", "rak3172", "--port", port, "--pace", 100, "--log", journal
    ) as path:
        assert path == str(port)
        with Serial(path, 115_200, timeout=60) as line:
            for words, answer in (
                (f"AT+APPKEY={KEY}", b"OK\r\n"),
                ("AT+JOIN=1:0:8:0", b"+EVT:JOINED\r\n"),
                ("AT+SEND=3:c0ffee", b"+EVT:TX_DONE\r\n"),
            ):
                line.write(words.encode() + b"\r\n")
                assert line.read_until(answer).endswith(answer)
    assert not port.is_symlink()

    written = journal.read_text("ascii")
    frames = [json.loads(line) for line in written.splitlines()]
    assert KEY not in written
    assert [one["direction"] for one in frames] == ["up", "down", "up"]
    octets = [bytes.fromhex(one["phy_payload"]) for one in frames]
    *_, sent = opened(octets, bytes.fromhex(KEY))
    assert (sent["port"], sent["payload"], sent["mic"]) == (3, "c0ffee", True)


def test_a_network_that_knows_another_key_lets_nobody_in(
    port: Path, tmp_path: Path
) -> None:
    key_file = tmp_path / "app.key"
    key_file.touch(mode=0o600)
    key_file.write_text("00" * 16, "ascii")
    with (
        simulated(
            "--model", "rak3172", "--port", port, "--pace", 100, "--key-file", key_file
        ) as path,
        Serial(path, 115_200, timeout=60) as line,
    ):
        line.write(f"AT+APPKEY={KEY}\r\nAT+JOIN\r\n".encode())

        said = line.read_until(b"_TIMEOUT\r\n")

    assert b"+EVT:JOIN_FAILED_RX_TIMEOUT" in said


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["--model", "rak9999"], "rak9999: is no model; name one of rak3172, stm32wl"),
        (["--model", "la66", "--region", "mars"], "mars: is no region; name one of"),
        (["--model", "la66", "--loss", "2"], "'--loss'"),
        (["--model", "la66", "--mishap", "flood=1"], "flood=1 is no mishap; name one"),
        (["--model", "la66", "--mishap", "noise=x"], "'--mishap'"),
        (["--model", "la66", "--log", "/nowhere/log"], "/nowhere/log: cannot be writ"),
        (["--model", "la66", "--port", os.devnull], "name a path that is free"),
        ([], "--model"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_cannot_be_simulated_is_told_in_a_sentence(
    words: list[str], complaint: str
) -> None:
    code, out, complaints = tallypost("simulate", "modem", *words)

    assert code == 2
    assert out == ""
    assert complaint in complaints


def test_the_help_names_every_model() -> None:
    _, told, _ = tallypost("simulate", "modem", "--help")

    assert f"One of {', '.join(MODELS)}." in " ".join(told.split())


def test_a_key_of_another_length_is_not_shown(tmp_path: Path) -> None:
    key_file = tmp_path / "app.key"
    key_file.touch(mode=0o600)
    key_file.write_text(KEY[:-2], "ascii")

    code, _, complaints = tallypost(
        "simulate", "modem", "--model", "la66", "--key-file", key_file
    )

    assert code == 2
    assert "holds no key; write 32 hexadecimal digits" in complaints
    assert KEY[:8] not in complaints
