"""A calibration that only measuring shows to be wrong, and lengths on the ground."""

import pytest

from tallypost.assembly.counting import counting
from tallypost.assembly.detector import Threshold
from tallypost.assembly.ground import ground_faults, ground_of, length_m
from tallypost.errors import SettingsError
from tallypost.settings.elements.calibration import Calibration, CalibrationPoint
from tallypost.settings.site import Line, Site

LINE = Line(name="gate", start=(0.0, 0.5), end=(1.0, 0.5))
PLAN = ((0.1, 0.1), (0.9, 0.1), (0.9, 0.9), (0.1, 0.9))
"""Seen straight from above: 40 m are 0.8 of the picture."""


def rectangle(corners: tuple[tuple[float, float], ...] = PLAN) -> Site:
    calibration = Calibration(corners=corners, width_m=40.0, length_m=40.0)
    return Site(lines=(LINE,), calibration=calibration)


def points(*, wrong_m: float) -> Site:
    ground = (
        (0.0, 0.0),
        (40.0, 0.0),
        (40.0, 40.0),
        (0.0, 40.0),
        (20.0 + wrong_m, 20.0),
    )
    pairs = tuple(
        CalibrationPoint(picture=picture, ground_m=ground_m)
        for picture, ground_m in zip((*PLAN, (0.5, 0.5)), ground, strict=True)
    )
    return Site(lines=(LINE,), calibration=Calibration(points=pairs))


def test_a_good_calibration_has_no_faults() -> None:
    assert ground_faults(rectangle()) == []
    assert ground_faults(points(wrong_m=0.5)) == []
    assert ground_faults(Site(lines=(LINE,))) == []


def test_a_point_that_does_not_fit_is_told_with_how_far_it_is_off() -> None:
    (fault,) = ground_faults(points(wrong_m=12.0))

    assert fault.startswith("calibration.points[4]: is ")
    assert fault.endswith(" m from where the other points put it; measure them again")


def test_a_point_too_far_away_is_told() -> None:
    def seen(x: float, y: float) -> CalibrationPoint:
        picture = 0.5 + 0.1 * x / (1 + 0.1 * y), 0.3 + 0.6 / (1 + 0.1 * y)
        return CalibrationPoint(picture=picture, ground_m=(x, y))

    near, far = (seen(-4.0, 0.0), seen(4.0, 0.0)), (seen(60.0, 200.0), seen(-60, 200.0))
    site = Site(lines=(LINE,), calibration=Calibration(points=near + far))

    assert ground_faults(site) == [
        f"calibration.points[{place}]: is too far from the camera to be measured; "
        "take places nearer to it"
        for place in (2, 3)
    ]


def test_nothing_is_counted_on_a_ground_that_does_not_hold() -> None:
    with pytest.raises(SettingsError, match="measure them again"):
        counting(
            points(wrong_m=12.0),
            place="site.toml",
            classes=("car",),
            threshold=Threshold(0.4),
            interval_s=60.0,
        )


def test_a_stretch_is_as_long_as_it_is_on_the_ground() -> None:
    ground = ground_of(rectangle())
    polygon = ((0.2, 0.4), (0.8, 0.4), (0.8, 0.5), (0.2, 0.5))

    along = length_m(ground, polygon, ((0.1, 0.45), (0.9, 0.45)))
    longest = length_m(ground, polygon, None)

    assert along == pytest.approx(30.0)
    assert longest == pytest.approx((30.0**2 + 5.0**2) ** 0.5)
    assert length_m(None, polygon, None) is None
