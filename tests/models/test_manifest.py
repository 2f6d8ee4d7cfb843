"""`manifest.toml`, right and wrong."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tallypost.errors import SettingsError
from tallypost.models.manifest import read_manifest
from tallypost.models.preference import USUAL_ORDER
from tallypost.vision.detection.manifest import BoxUnit, Colour, Layout, Placement

ROOT = Path(__file__).parent.parent.parent
SHIPPED = sorted((ROOT / "models").glob("*/manifest.toml"))
WriteManifest = Callable[..., Path]


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.parent.name)
def test_a_strict_licence_is_told_aloud_and_never_chosen_unasked(path: Path) -> None:
    manifest = read_manifest(path)
    free = manifest.licence in {"Apache-2.0", "MIT", "BSD-3-Clause"}
    assert free or (manifest.notice is not None and manifest.name not in USUAL_ORDER)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.parent.name)
def test_every_shipped_manifest_is_whole(path: Path) -> None:
    manifest = read_manifest(path)
    assert manifest.name == path.parent.name
    assert (path.parent / "card.md").read_text().startswith("# ")
    origin = manifest.original or manifest
    assert len(origin.sources) > 1 or (path.parent / manifest.file).is_file()
    described = manifest.description(manifest.labels or tuple(manifest.classes))
    assert (described.class_of_label() >= 0).sum() == len(manifest.classes)


def test_a_manifest_becomes_a_description(write_manifest: WriteManifest) -> None:
    told = read_manifest(write_manifest()).description(None)
    assert (told.input.layout, told.input.colour) == (Layout.NCHW, Colour.BGR)
    assert told.input.placement is Placement.TOP_LEFT
    assert told.output.box_unit is BoxUnit.GRID
    assert told.classes[:2] == ("person", "bicycle")
    assert told.labels[2] == "car"


def test_what_chooses_by_itself_is_not_suppressed_once_more(
    write_manifest: WriteManifest,
) -> None:
    path = write_manifest(family="yolo-end2end", iou_max=None, output={})
    assert read_manifest(path).description(None).iou_max is None


INPUT = {"width": 320, "height": 320, "type": "uint8"}
SOURCE = {"kind": "https", "address": "https://example.com/m.tflite"}


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"sha256": "ab"}, "sha256: "),
        ({"sha256": None}, "sha256: is missing"),
        ({"schema": 2}, "schema: "),
        ({"family": "rcnn"}, "family: .*yolo-v8"),
        ({"file": "../m.tflite"}, "file: .*without a folder"),
        ({"name": "A b"}, "name: "),
        ({"bytes": 0}, "bytes: "),
        ({"score_min": 1.5}, "score_min: 1.5 is above the most"),
        ({"input": INPUT | {"std": [1, 0, 1]}}, r"input\.std\[1\]: "),
        ({"input": INPUT | {"layout": "CHW"}}, r"input\.layout: "),
        ({"input": INPUT | {"hight": 3}}, r"input\.hight: .*height"),
        ({"output": {"order": [0, 1, 1, 2]}}, r"output\.order: "),
        ({"classes": {"unicorn": "car"}}, r"classes\.unicorn: is none of labels"),
        ({"classes": {"car": "CAR!"}}, r"classes.*car"),
        ({"classes": {}}, "classes: "),
        ({"sources": [SOURCE | {"address": "http://x/m"}]}, r"sources\[0\].*address: "),
        ({"sources": [SOURCE | {"address": "https://u:pw@x/m"}]}, "address: "),
        ({"sources": [{"kind": "ftp"}]}, r"sources\[0\]\.kind: "),
        (
            {"family": "yolo-end2end", "output": {"box_format": "xywh"}},
            r"output\.box_format: .* tells corners",
        ),
        ({"colour": "red"}, "colour: is not known here"),
    ],
    ids=str,
)
def test_a_fault_is_told_with_its_place_and_a_wish(
    write_manifest: WriteManifest, changes: dict[str, Any], told: str
) -> None:
    with pytest.raises(SettingsError, match=told):
        read_manifest(write_manifest(**changes))


def test_all_faults_come_at_once(write_manifest: WriteManifest) -> None:
    with pytest.raises(SettingsError) as caught:
        read_manifest(write_manifest(sha256="x", bytes=-1, licence=""))
    assert len(caught.value.faults) == 3
