"""One label: all that must be on it is, and nothing lies over anything else."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tallypost.documents.drawing.code import QUIET_MODULES
from tallypost.documents.drawing.drawing import Shape, Words
from tallypost.documents.drawing.wrapping import width_em
from tallypost.errors import PaperError
from tallypost_provisioning.labels.label import BLANK, Part, Wanted, label
from tallypost_provisioning.labels.measures import DOT_PT, PT_PER_MM
from tallypost_provisioning.labels.rows import MORE, SIZES_PT
from tests.provisioning.devices import identity

SMALL, ON_SHEET, WIDE = (59.0, 26.0), (59.5, 29.9), (95.1, 38.3)
Box = tuple[float, float, float, float]


def said(parts: Sequence[Part]) -> str:
    return " ".join(each.text for each in parts if isinstance(each, Words))


def box(part: Part) -> Box:
    """Return left, top, right and bottom; a code's margin belongs to it."""
    if isinstance(part, Words):
        right = part.x_pt + width_em(part.text, bold=part.bold) * part.size_pt
        top = part.y_pt - 0.76 * part.size_pt
        return part.x_pt, top, right, part.y_pt + 0.24 * part.size_pt
    points = [
        point
        for outline in part.outlines
        for point in (outline.start, *(step.end for step in outline.segments))
    ]
    xs, ys = zip(*points, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def lie_over(first: Box, second: Box) -> bool:
    near = 0.01
    return (
        first[0] < second[2] - near
        and second[0] < first[2] - near
        and first[1] < second[3] - near
        and second[1] < first[3] - near
    )


def is_well_laid_out(parts: Sequence[Part], size_mm: tuple[float, float]) -> bool:
    right, bottom = (each * PT_PER_MM for each in size_mm)
    boxes = [box(each) for each in parts]
    inside = all(
        x >= 0 and y >= -0.01 and end_x <= right + 0.01 and end_y <= bottom + 0.01
        for x, y, end_x, end_y in boxes
    )
    return inside and not any(
        lie_over(each, other)
        for place, each in enumerate(boxes)
        for other in boxes[place + 1 :]
    )


@pytest.mark.parametrize("size", [SMALL, ON_SHEET, WIDE], ids=str)
def test_a_label_says_what_a_technician_needs(size: tuple[float, float]) -> None:
    parts = label(identity(), size, Wanted())

    told = said(parts)
    for each in (
        "7KQ2M-XW9HR",
        "tp-0001",
        "Lamp post 12, Quay Street",
        "tallypost-tp-0001",
        "AB12 CD34 AB12 CD34",
        "5F0C AB12 5F0C AB12",
    ):
        assert each in told
    assert is_well_laid_out(parts, size)


def test_the_code_is_by_far_the_largest_on_it() -> None:
    first, *others = label(identity(), SMALL, Wanted())

    assert isinstance(first, Words)
    assert first.text == "7KQ2M-XW9HR"
    words = [each for each in others if isinstance(each, Words)]
    assert first.size_pt > 1.3 * max(each.size_pt for each in words)
    assert first.size_pt >= 14


def test_a_certificate_that_nobody_knows_yet_is_left_to_be_written_down() -> None:
    parts = label(identity(panel_certificate_sha256=None), SMALL, Wanted())

    assert "after first start" in said(parts)
    assert BLANK in said(parts)


def test_a_signing_key_that_nobody_knows_yet_is_not_spoken_of() -> None:
    assert "Signing" not in said(label(identity(signing_key=None), SMALL, Wanted()))


def test_a_wide_label_has_the_whole_signing_key_and_a_code_for_the_wifi() -> None:
    parts = label(identity(), WIDE, Wanted())

    assert "".join(said(parts).split()).count("5F0CAB12" * 8) == 1
    assert "Wi-Fi Panel LoRaWAN" in said(parts)


def test_without_lorawan_its_code_is_gone_and_the_other_larger() -> None:
    both = label(identity(), SMALL, Wanted())
    alone = label(identity(), SMALL, Wanted(lorawan=False))

    def wide(parts: Sequence[Part]) -> list[float]:
        boxes = [box(each) for each in parts if isinstance(each, Shape)]
        return [each[2] - each[0] for each in boxes]

    assert len(wide(both)) == 2
    assert len(wide(alone)) == 1
    assert wide(alone)[0] > wide(both)[0]


def test_the_little_squares_of_codes_are_whole_dots_of_a_label_printer() -> None:
    for part in label(identity(), WIDE, Wanted()):
        if isinstance(part, Shape):
            for outline in part.outlines:
                for at in outline.start:
                    assert abs(at / DOT_PT - round(at / DOT_PT)) < 1e-6


def test_codes_keep_their_margin_from_each_other() -> None:
    codes = [
        box(each)
        for each in label(identity(), SMALL, Wanted())
        if isinstance(each, Shape)
    ]

    assert codes[1][0] - codes[0][2] >= QUIET_MODULES * 3 * DOT_PT - 0.01


NAMES = st.from_regex(r"\A[a-z0-9][a-z0-9-]{1,31}\Z")


@settings(max_examples=25)
@given(NAMES, st.text(max_size=300), st.sampled_from((SMALL, ON_SHEET, WIDE)))
def test_whatever_a_place_is_called_nothing_spills_or_lies_over_another(
    name: str, place: str, size: tuple[float, float]
) -> None:
    parts = label(identity(name, place=place), size, Wanted())

    assert is_well_laid_out(parts, size)
    assert said(parts).isprintable()
    words = [each for each in parts if isinstance(each, Words)]
    assert min(each.size_pt for each in words) >= SIZES_PT[-1]


def test_a_name_that_is_far_too_long_ends_with_dots() -> None:
    told = said(label(identity(place="Quay Street " * 40), SMALL, Wanted()))

    assert MORE in told
    assert "tp-0001" in told


def test_a_label_that_is_too_small_is_refused_with_the_devices_name() -> None:
    with pytest.raises(PaperError, match=r"^tp-0001: a label of 30 x 15 mm.*larger"):
        label(identity(), (30.0, 15.0), Wanted())


def test_a_number_that_is_none_is_refused_with_the_devices_name() -> None:
    with pytest.raises(PaperError, match=r"^tp-0001: DevEUI: 'none'"):
        label(identity(dev_eui="none"), SMALL, Wanted())
