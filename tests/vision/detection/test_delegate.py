"""A real library is loaded as an accelerator's; it takes no part of a model itself."""

import gc
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tallypost.assembly.detector import model_of, open_detector
from tallypost.domain.vision import Size
from tallypost.errors import ModelError
from tallypost.exits import MODEL
from tallypost.models.at_hand import Model
from tallypost.models.store import find_model
from tallypost.settings.device import DetectorSettings
from tallypost.vision.detection.delegate import COMPILED, Delegate, load_with
from tallypost.vision.detection.identify import drawn_picture
from tallypost.vision.detection.litert import LitertDetector, describe
from tallypost.vision.detection.tensors import Tensor

SOURCE = Path(__file__).parent / "delegate.c"
V8N = "yolov8n_full_integer_quant.tflite"


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A delegate, built from the source beside this file."""
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        pytest.skip("needs a C compiler to build a delegate; install gcc")
    built = tmp_path_factory.mktemp("delegate") / "libquiet.so"
    command = [compiler, "-shared", "-fPIC", "-Wall", "-Werror"]
    subprocess.run([*command, "-o", built, SOURCE], check=True)
    return str(built)


@pytest.fixture
def model(data: Path) -> Model:
    return find_model(str(data / "models" / V8N))


def opened(model: Model, library: str, **options: str) -> LitertDetector:
    delegate = Delegate(library, options)
    return open_detector(replace(model, delegate=delegate), score_min=0.3, threads=1)


def answer(detector: LitertDetector) -> Tensor:
    return detector.answers(drawn_picture(Size(640, 640)))[0]


def test_a_delegate_is_loaded_with_the_model_and_given_back_with_it(
    model: Model, library: str, tmp_path: Path
) -> None:
    diary = tmp_path / "diary"
    detector = opened(model, library, diary=str(diary))
    assert diary.read_text().split() == ["create", "prepare"]
    answer(detector)
    assert diary.read_text().split() == ["create", "prepare"]
    detector.close()
    gc.collect()
    assert diary.read_text().split() == ["create", "prepare", "destroy"]


def test_a_model_that_a_delegate_leaves_alone_finds_the_same(
    model: Model, library: str
) -> None:
    alone = open_detector(model, score_min=0.3, threads=1)
    assert np.array_equal(answer(opened(model, library)), answer(alone))


def test_a_bare_file_is_asked_with_its_delegate(
    data: Path, library: str, tmp_path: Path
) -> None:
    diary = tmp_path / "diary"
    told = Delegate(library, {"diary": str(diary)})
    found = describe(data / "models" / V8N, delegate=told)
    assert "person" in found.classes
    assert "create" in diary.read_text()


def test_settings_choose_the_delegate(data: Path, library: str, tmp_path: Path) -> None:
    diary = tmp_path / "diary"
    settings = DetectorSettings(
        model=str(data / "models" / V8N),
        delegate=library,
        delegate_options={"diary": str(diary)},
    )
    open_detector(model_of(settings), score_min=0.3, threads=1).close()
    assert diary.read_text().split()[-3:] == ["create", "prepare", "destroy"]


@pytest.mark.parametrize(
    ("mode", "told"),
    [
        ("absent", r"libquiet\.so: refuses to start \(no device was found\)"),
        ("silent", r"refuses to start \(it does not say why\); make sure that its dev"),
        ("picky", r"\.tflite: cannot be loaded with the delegate .*libquiet\.so"),
    ],
)
def test_a_delegate_that_refuses_is_told(
    model: Model, library: str, mode: str, told: str
) -> None:
    with pytest.raises(ModelError, match=told):
        opened(model, library, mode=mode)


def load(name: str) -> None:
    load_with(lambda *_: pytest.fail("it was loaded"), Delegate(name))


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("libedgetpu-of-nobody.so", "not on this machine; install the package libedge"),
        ("libnobody.so.7", "is not on this machine; install what brings it, or write"),
        ("./libedgetpu.so.1", "is not on this machine"),
        ("", r"is empty; name a library, as in"),
        ("libm.so.6", "is a library, and no delegate"),
        ("a\0b", "cannot be loaded"),
    ],
    ids=["Coral's", "nobody's", "a path", "empty", "no delegate", "no name"],
)
def test_a_name_that_leads_to_no_delegate_is_refused(name: str, told: str) -> None:
    with pytest.raises(ModelError, match=told):
        load(name)


def test_a_text_and_a_folder_are_no_libraries(tmp_path: Path) -> None:
    text = tmp_path / "text.so"
    text.write_text("hello")
    for path in (text, tmp_path):
        with pytest.raises(ModelError, match=r"cannot be loaded .*; name a library"):
            load(str(path))


def test_a_compiled_model_asks_for_the_edge_tpu(data: Path, tmp_path: Path) -> None:
    compiled = tmp_path / "v8n_edgetpu.tflite"
    compiled.write_bytes((data / "models" / V8N).read_bytes() + COMPILED)
    with pytest.raises(ModelError, match=r'compiled for the Edge TPU.*"libedgetpu'):
        describe(compiled)


def test_the_edge_tpu_asks_for_a_compiled_model(data: Path) -> None:
    with pytest.raises(ModelError, match=r"is not compiled .*_edgetpu\.tflite"):
        describe(data / "models" / V8N, delegate=Delegate("libedgetpu.so.1"))


def test_the_command_tells_a_refusal_in_one_sentence(
    data: Path, library: str, tmp_path: Path
) -> None:
    words = ["detect", "none.jpg", "--model", str(data / "models" / V8N)]
    words += ["--delegate", library, "--delegate-option", "mode=absent"]
    done = subprocess.run(
        [sys.executable, "-m", "tallypost", *words],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert done.returncode == MODEL
    assert done.stderr.count("\n") == 1
    assert "no device was found" in done.stderr


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--delegate-option", "device=usb"), "needs --delegate"),
        (("--delegate", "x", "--delegate-option", "usb"), "write it as in device=usb"),
    ],
)
def test_options_of_no_delegate_are_refused(words: tuple[str, ...], told: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tallypost", "bench", *words],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert told in done.stderr
