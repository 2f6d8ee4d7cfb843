"""scripts/libcamera-root, as far as nothing needs to be built."""

import importlib.util
import os
import subprocess
import sys
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).parent.parent.parent / "scripts" / "libcamera-root"


@pytest.fixture(scope="module")
def script() -> ModuleType:
    loader = SourceFileLoader("libcamera_root_script", str(SCRIPT))
    spec = importlib.util.spec_from_loader(loader.name, loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param(
            "# deb http://old/debian sid main\n"
            "deb [signed-by=/a b=c] http://mirror/debian bookworm main contrib\n"
            "deb-src http://mirror/debian bookworm main\n",
            [("http://mirror/debian", "bookworm")],
            id="one line",
        ),
        pytest.param(
            "Types: deb deb-src\nURIs: http://one/debian http://two/debian\n"
            "# a remark\nSuites: trixie trixie-updates\nComponents: main\n\n"
            "Types: deb-src\nURIs: http://three/debian\nSuites: trixie\n",
            [
                ("http://one/debian", "trixie trixie-updates"),
                ("http://two/debian", "trixie trixie-updates"),
            ],
            id="deb822",
        ),
        pytest.param("", [], id="empty"),
    ],
)
def test_apts_sources_are_read_in_both_formats(
    script: ModuleType, text: str, found: list[tuple[str, str]]
) -> None:
    assert script.sources(text) == found


def test_another_mirror_can_be_named(
    script: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TALLYPOST_DEBIAN_MIRROR", "http://named/debian")
    assert script.mirror() == "http://named/debian"


LOCK = """\
# made by hand
av==18.1.0 ; python_full_version < '3.12' \\
    --hash=sha256:01
    # via tallypost
av==19.0.2 ; python_full_version >= '3.12' \\
    --hash=sha256:02 \\
    --hash=sha256:03
colorama==0.4.6 ; sys_platform == 'win32' \\
    --hash=sha256:04
rich==15.0.0 \\
    --hash=sha256:05
"""


def test_a_lock_pins_for_the_roots_python_whichever_reads_it(
    script: ModuleType,
) -> None:
    assert script.pins(LOCK).splitlines() == [
        "# made by hand",
        "av==19.0.2 \\",
        "    --hash=sha256:02 \\",
        "    --hash=sha256:03",
        "rich==15.0.0 \\",
        "    --hash=sha256:05",
        "",
    ]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_who_may_not_build_it_is_told_why() -> None:
    closed = [each for each in SCRIPT.parents if not each.stat().st_mode & 0o001]
    if closed:
        pytest.skip(f"needs a checkout that others may enter; {closed[0]} is closed")
    answer = subprocess.run(
        [sys.executable, "-I", "-", "build"],
        input=SCRIPT.read_text(encoding="utf-8").replace("__file__", repr(str(SCRIPT))),
        check=False,
        capture_output=True,
        text=True,
        user=65534,
        cwd="/",
    )
    assert answer.returncode == 3
    assert "only root may make and enter it" in answer.stderr
