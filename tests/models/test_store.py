"""Which model a name means."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tallypost.errors import ModelError, SettingsError
from tallypost.models.at_hand import file_hash
from tallypost.models.figures import FIGURES, read_figures
from tallypost.models.store import ModelStore, usual_store

WriteManifest = Callable[..., Path]
ROOT = Path(__file__).parent.parent.parent


def public_store(data: Path, own: Path) -> ModelStore:
    return ModelStore([own, ROOT / "models"], [data / "models"], own)


def test_the_best_at_hand_is_used_when_none_is_named(
    data: Path, tmp_path: Path
) -> None:
    found = public_store(data, tmp_path).find(None)
    assert found.description.name == "efficientdet-lite0"
    assert found.file == data / "models" / "efficientdet-lite0.tflite"


def shipped_store(data: Path, own: Path, figures: str) -> ModelStore:
    """Return a store that ships the house's manifests beside these figures."""
    shipped = own / "shipped"
    if not shipped.exists():
        shutil.copytree(ROOT / "models", shipped)
    (shipped / FIGURES).write_text(figures)
    return ModelStore([own, shipped], [data / "models"], own, [shipped])


def figures_of(store: ModelStore, **told: tuple[float, float]) -> str:
    """Return a table as it is written: AP50 and milliseconds by name."""
    models = []
    for word, (ap50, taken_ms) in told.items():
        name = word.replace("_", "-")
        times = {"one_thread": taken_ms, "two_threads": taken_ms}
        sha256 = store.entry(name).manifest.sha256
        models.append(
            {"name": name, "sha256": sha256, "ap50": ap50, "ap50_95": ap50}
            | {"invoke_ms": times}
        )
    head = {"schema": 1, "date": "2026-11-28", "machine": "a desk", "pictures": 9}
    return json.dumps(head | {"models": models})


def test_the_figures_that_are_shipped_choose_the_default(
    data: Path, tmp_path: Path
) -> None:
    figures = figures_of(
        public_store(data, tmp_path),
        efficientdet_lite0=(0.5, 20.0),
        efficientdet_lite1=(0.9, 19.0),  # not at hand
        efficientdet_lite2=(0.8, 50.0),  # too slow
        yolox_nano=(0.6, 18.0),
    )
    store = shipped_store(data, tmp_path, figures)
    assert store.find(None).description.name == "yolox-nano"
    found = store.default()
    assert found is not None
    assert "AP50 60.0 in 18.0 ms" in found[1].reason


def test_the_figures_of_the_house_are_of_its_own_files() -> None:
    store = ModelStore([ROOT / "models"], [], ROOT / "models", [ROOT / "models"])
    table = read_figures(ROOT / "models" / FIGURES)
    for each in table.models:
        assert store.entry(each.name).manifest.sha256 == each.sha256, each.name


def test_damaged_figures_leave_the_usual_order(data: Path, tmp_path: Path) -> None:
    store = shipped_store(data, tmp_path, '{"schema": 1, "models": [{"name')
    assert store.find(None).description.name == "efficientdet-lite0"
    (tmp_path / "shipped" / FIGURES).unlink()
    assert store.find(None).description.name == "efficientdet-lite0"


def test_when_nothing_is_at_hand_it_says_what_to_fetch(tmp_path: Path) -> None:
    for folder in (ROOT / "models").glob("*/manifest.toml"):
        if not folder.parent.name.startswith("tallypost-"):
            shutil.copytree(folder.parent, tmp_path / folder.parent.name)
    store = ModelStore([tmp_path], [], tmp_path)
    with pytest.raises(ModelError, match="tallypost models add efficientdet-lite0"):
        store.find(None)
    with pytest.raises(ModelError, match="tallypost models add yolox-nano"):
        store.find("yolox-nano")


def test_a_name_of_nobody_tells_the_names(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="want one of efficientdet-lite0, "):
        ModelStore([ROOT / "models"], [], tmp_path).find("resnet")


def test_a_bare_file_that_is_known_needs_no_manifest(
    data: Path, tmp_path: Path
) -> None:
    file = tmp_path / "renamed.tflite"
    name = "coco_ssd_mobilenet_v1_1.0_quant_2018_06_29.tflite"
    shutil.copyfile(data / "models" / name, file)
    found = public_store(data, tmp_path / "own").find(str(file))
    assert found.description.name == "ssd-mobilenet-v1"
    assert found.description.labels[0] == "person"


def test_a_folder_of_ones_own_is_a_model(
    data: Path, tmp_path: Path, write_manifest: WriteManifest
) -> None:
    path = write_manifest(tmp_path / "mine", name="mine")
    with pytest.raises(ModelError, match="is missing"):
        public_store(data, tmp_path).find(f"{tmp_path}/mine")
    file = "yolox_nano_float16_quantize.tflite"
    shutil.copyfile(data / "models" / file, path.parent / file)
    store = public_store(data, tmp_path)
    for reference in ("mine", str(path.parent), str(path), str(path.parent / file)):
        assert store.find(reference).description.name == "mine"
    (path.parent / file).write_bytes(b"something else")
    with pytest.raises(ModelError, match="is another file"):
        store.find(str(path))


def test_a_changed_file_is_not_at_hand(
    data: Path, tmp_path: Path, write_manifest: WriteManifest
) -> None:
    path = write_manifest(tmp_path / "yolox-nano")
    file = path.parent / "yolox_nano_float16_quantize.tflite"
    shutil.copyfile(data / "models" / file.name, file)
    store = ModelStore([tmp_path], [], tmp_path)
    assert store.entry("yolox-nano").file == file
    content = bytearray(file.read_bytes())
    content[1000] ^= 1
    file.write_bytes(content)
    assert store.entry("yolox-nano").file is None


def test_a_broken_manifest_hides_no_other(
    tmp_path: Path, write_manifest: WriteManifest
) -> None:
    write_manifest(tmp_path / "bad", name="bad", bytes=0)
    write_manifest(tmp_path / "other", name="another")
    write_manifest(tmp_path / "good", name="good")
    manifests, faults = ModelStore([tmp_path], [], tmp_path).manifests()
    assert [manifest.name for manifest in manifests] == ["good"]
    assert len(faults) == 2
    with pytest.raises(SettingsError, match=r'name: .* write "other"'):
        ModelStore([tmp_path], [], tmp_path).find("other")


def test_a_manifest_without_labels_reads_them_from_the_file(data: Path) -> None:
    found = public_store(data, Path("/nowhere")).find("efficientdet-lite0")
    assert found.description.labels[:3] == ("person", "bicycle", "car")


def test_a_manifest_without_labels_needs_a_file_that_has_them(
    data: Path, tmp_path: Path, write_manifest: WriteManifest
) -> None:
    path = write_manifest(labels=None)
    file = path.parent / "yolox_nano_float16_quantize.tflite"
    shutil.copyfile(data / "models" / file.name, file)
    with pytest.raises(ModelError, match="labels: the manifest lists none"):
        ModelStore([tmp_path], [], tmp_path).find(str(path))


def test_the_environment_says_where_models_lie(data: Path, tmp_path: Path) -> None:
    environ = {
        "TALLYPOST_MODELS": f"{tmp_path}/own",
        "XDG_DATA_HOME": f"{tmp_path}/xdg",
    }
    store = usual_store(environ)
    assert store.own == tmp_path / "own"
    assert tmp_path / "xdg" / "tallypost" / "models" in store.folders
    assert store.entry("efficientdet-lite0").file is None
    store = usual_store({"XDG_DATA_HOME": f"{tmp_path}", "TALLYPOST_DATA": str(data)})
    assert store.own == tmp_path / "tallypost" / "models"
    assert store.entry("efficientdet-lite0").file is not None


def test_a_file_that_is_not_there_has_no_hash(tmp_path: Path) -> None:
    assert file_hash(tmp_path / "none", None) is None
    assert file_hash(tmp_path, None) is None


def test_a_product_whose_figures_are_lost_still_has_a_model(tmp_path: Path) -> None:
    shipped = tmp_path / "shipped"
    shutil.copytree(ROOT / "models" / "tallypost-street-320", shipped / "ours")
    manifest = shipped / "ours" / "manifest.toml"
    text = manifest.read_text().replace(
        'name = "tallypost-street-320"', 'name = "ours"'
    )
    manifest.write_text(text)

    store = ModelStore([shipped], [], tmp_path, [shipped])

    assert store.find(None).description.name == "ours"
