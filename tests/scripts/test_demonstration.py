"""The demonstration shows what was delivered, and claims no more than it looked for."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.demonstration.__main__ import _delivered
from scripts.demonstration.show import pictures_in, searched

ROOT = Path(__file__).parents[2]


@pytest.fixture
def counting() -> Iterator[subprocess.Popen[bytes]]:
    """Give what counts until somebody closes its standard input."""
    process = subprocess.Popen(
        [sys.executable, "-c", "input()"],
        stdin=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert process.stdin is not None
    yield process
    process.stdin.close()
    process.wait(60)


def printing(program: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, bufsize=1
    )


def test_every_line_of_one_burst_is_given_while_the_subscriber_listens_on(
    counting: subprocess.Popen[bytes],
) -> None:
    assert counting.stdin is not None
    listening = printing(
        "import os, time; os.write(1, b'1\\n2\\n3\\n4\\n5\\n'); time.sleep(60)"
    )
    threading.Timer(1.0, counting.stdin.close).start()

    lines = [line.strip() for line in _delivered(listening, counting)]
    listening.kill()
    listening.communicate()

    assert lines == ["1", "2", "3", "4", "5"]


def test_a_subscriber_that_ends_ends_the_show(
    counting: subprocess.Popen[bytes],
) -> None:
    listening = printing("print(1); print(2, end='')")

    assert list(_delivered(listening, counting)) == ["1\n", "2"]
    listening.communicate()


@pytest.mark.parametrize(
    ("content", "kinds"),
    [
        pytest.param(b"SQLite format 3\0" + b"\xff\xd8\xff\xe0..JFIF", ["JPEG"]),
        pytest.param(b"x" * 5000 + b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", ["PNG"]),
        pytest.param(b"\n\nRIFF\n\x10\0\0WEBPVP8 ", ["WebP"]),
        pytest.param(b"RIFF\0\0\0\0AVI LIST\x89PNG\r\n\x1a\n", ["PNG", "AVI"]),
        pytest.param(b"BM, RIFF, PNG and JPEG in a log \xff\xd8\xff\xff", []),
        pytest.param(b"", []),
    ],
)
def test_pictures_are_found_wherever_they_begin(
    content: bytes, kinds: list[str]
) -> None:
    assert pictures_in(content) == kinds


def test_the_search_names_what_it_looked_for_and_what_it_found(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text("counting", "utf-8")
    told = "the beginning of a JPEG, PNG, WebP or AVI."

    assert searched(tmp_path) == [
        "The run wrote a.log.",
        f"Searched from end to end, none of them holds {told}",
    ]
    (tmp_path / "outbox.db").write_bytes(b"SQLite\0\xff\xd8\xff\xdb")
    assert searched(tmp_path)[1] == (
        f"Searched from end to end, outbox.db (JPEG) holds {told}"
    )


def demo(*words: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run the demonstration where no model can be downloaded."""
    nowhere = "http://127.0.0.1:9"
    return subprocess.run(
        [sys.executable, "-m", "scripts.demonstration", *words],
        cwd=ROOT,
        env={
            "PATH": "/nonexistent",
            "HOME": "/nonexistent",
            "http_proxy": nowhere,
            "https_proxy": nowhere,
            "PIP_NO_INDEX": "1",
            **environ,
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_nothing_is_fetched_to_have_a_model(tmp_path: Path) -> None:
    """Without a network, the next thing to be refused is the broker."""
    footage = tmp_path / "street.mp4"
    footage.touch()

    done = demo("--source", str(footage), "--broker", "nowhere")

    assert done.returncode == 1, done.stderr
    assert "HOST:PORT" in done.stderr
    assert "at hand" not in done.stdout + done.stderr
