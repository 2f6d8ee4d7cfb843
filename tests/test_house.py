"""The house keeps its own plan: what no linter of ours can say."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOTS = [
    ROOT / "firmware" / "tallypost",
    ROOT / "provisioning" / "tallypost_provisioning",
    ROOT / "backend" / "tallypost_backend",
]
MODULES = [path for root in ROOTS for path in sorted(root.rglob("*.py"))]
FACES = [path for path in MODULES if path.name == "__init__.py"]
LINES_MAX = 300
FUNCTION_LINES_MAX = 42


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def tracked(*patterns: str) -> list[Path]:
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--", *patterns],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout.decode()
    return [ROOT / name for name in listing.split("\0") if name]


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_a_module_is_read_in_one_sitting(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= LINES_MAX


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_a_function_fits_a_screen(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            docstring = ast.get_docstring(node, clean=False) or ""
            lines = (node.end_lineno or 0) - node.lineno + 1 - docstring.count("\n")

            assert lines <= FUNCTION_LINES_MAX, f"{node.name} has {lines} lines"


@pytest.mark.parametrize("path", FACES, ids=named)
def test_a_face_says_what_the_room_is_for_and_nothing_else(path: Path) -> None:
    """Names handed on through __init__.py are how import circles begin."""
    body = ast.parse(path.read_text("utf-8")).body

    assert len(body) == 1
    assert ast.get_docstring(ast.Module(body, [])) is not None


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_names_are_whole_words(path: Path) -> None:
    short = re.compile(r"\b(dets|pkt|mgr|utils|helpers|cfg|msg)\b")

    assert not short.search(path.read_text("utf-8"))


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_a_broad_except_says_why(path: Path) -> None:
    for line in path.read_text("utf-8").splitlines():
        if re.search(r"except (Base)?Exception\b|except:", line):
            assert "#" in line, line


def test_what_speaks_never_loads_what_sees() -> None:
    """The import contracts read the code; this asks a running interpreter."""
    script = (
        "import sys, tallypost.daemon.telemetry_half as half\n"
        "seeing = [m for m in sys.modules if m.startswith('tallypost.vision')"
        " or m in ('tallypost.domain.vision', 'av', 'ai_edge_litert', 'picamera2')]\n"
        "print(seeing); sys.exit(bool(seeing))"
    )

    answer = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )

    assert answer.returncode == 0, answer.stdout + answer.stderr


def test_every_decision_is_numbered_and_listed_once() -> None:
    pages = sorted((ROOT / "docs" / "decisions").glob("*.md"))

    numbers = [page.name[:4] for page in pages]

    assert pages
    assert all(number.isdecimal() for number in numbers)
    assert len(set(numbers)) == len(numbers)


def test_the_repository_holds_no_picture_footage_or_heavy_file() -> None:
    pictures = {".jpg", ".jpeg", ".png", ".avi", ".mp4", ".bmp", ".pgm", ".ppm"}
    files = [path for path in tracked() if path.is_file()]

    assert files
    assert [path for path in files if path.suffix.lower() in pictures] == []
    ours = ROOT / "models" / "training" / "weights.npz"  # what our own recipe made
    heavy = [path for path in files if path.stat().st_size > 1_500_000]
    assert [path for path in heavy if path != ours] == []


def test_lock_files_name_no_index_and_pin_by_hash() -> None:
    locks = tracked("*.lock")

    assert len(locks) >= 4
    for lock in locks:
        text = lock.read_text("utf-8")
        pinned = re.findall(r"^[A-Za-z0-9].*==", text, re.MULTILINE)
        assert "://" not in text
        assert text.count("--hash=sha256:") >= len(pinned) > 0
