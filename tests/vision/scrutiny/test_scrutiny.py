"""Cameras that lie are found out; cameras that do not are trusted."""

import numpy as np
import pytest

from tallypost.domain.vision import Fault, Pixels
from tallypost.domain.words import Light
from tallypost.vision.glimpse import glimpse
from tallypost.vision.scrutiny.scrutiny import Scrutiny
from tests.vision.scrutiny.scenes import (
    STREET,
    Drawing,
    Watched,
    blurred,
    bus,
    crowd,
    learned,
    lit,
    noisy,
    rolled,
    smeared,
    street,
    untouched,
)


def flat(level: int) -> Drawing:
    return lambda pixels, _: np.full_like(pixels, level)


def glare(pixels: Pixels, _time_s: float) -> Pixels:
    result = pixels.copy()
    result[:, :200] = 255
    return result


def cloth(pixels: Pixels, _time_s: float) -> Pixels:
    result = pixels.copy()
    result[:, 90:] = 60
    return result


FAULTS = {
    "shifted": (Fault.MOVED, untouched, street(right=10)),
    "tilted": (Fault.MOVED, untouched, street(down=-6)),
    "rolled": (Fault.MOVED, untouched, rolled(3.0)),
    "zoomed": (Fault.MOVED, untouched, rolled(0.0, 1.07)),
    "farther": (Fault.MOVED, untouched, rolled(0.0, 0.93)),
    "turned away": (Fault.MOVED, untouched, street(right=60, down=40)),
    "upside down": (Fault.MOVED, untouched, STREET[::-1, ::-1]),
    "glare": (Fault.BLINDED, glare, STREET),
    "covered": (Fault.COVERED, flat(70), STREET),
    "mostly covered": (Fault.COVERED, cloth, STREET),
    "dark": (Fault.DARK, lambda p, _: lit(p, 0.03), STREET),
    "out of focus": (Fault.DEFOCUSED, untouched, blurred(STREET, 5)),
    "dirty": (Fault.DIRTY, untouched, smeared(STREET)),
}


@pytest.mark.parametrize("what", FAULTS)
def test_a_fault_is_told_once_and_is_over_when_it_is_mended(what: str) -> None:
    fault, drawing, scene = FAULTS[what]
    watched = learned()

    assert watched.show(80.0, drawing, scene) == [(fault, True)]
    assert watched.condition.faults == {fault}
    assert watched.show(40.0) == [(fault, False)]
    assert watched.condition.faults == set()
    assert watched.condition.trustworthy


@pytest.mark.parametrize("what", FAULTS)
def test_counting_stops_at_once_with_what_blinds_and_only_with_that(what: str) -> None:
    fault, drawing, scene = FAULTS[what]
    watched = learned()
    watched.show(0.2, drawing, scene)

    blinds = fault not in (Fault.DEFOCUSED, Fault.DIRTY)
    assert watched.condition.trustworthy is not blinds
    assert watched.condition.faults == set()


HARMLESS: dict[str, Drawing] = {
    "nothing": untouched,
    "clouds and sun": lambda p, s: lit(p, 1 + 0.4 * float(np.sin(s / 7))),
    "gain steps": lambda p, s: lit(p, 0.6 if s % 14 < 7 else 1.3),
    "dusk and noise": lambda p, s: noisy(lit(p, 0.25), 3.0, int(s * 10)),
    "a crowd": crowd,
    "a bus before half the view": bus,
    "a swaying pole": lambda _, s: street(round(1.2 * np.sin(5 * s))),
}


@pytest.mark.parametrize("what", HARMLESS)
def test_what_a_street_does_is_no_fault(what: str) -> None:
    watched = learned()

    assert watched.show(120.0, HARMLESS[what]) == []
    assert watched.distrusted == 0


def test_a_moved_camera_is_not_trusted_until_it_points_where_it_did() -> None:
    watched = learned()
    watched.show(200.0, scene=street(right=14))

    assert watched.condition.faults == {Fault.MOVED}
    assert not watched.condition.trustworthy
    watched.show(10.0)
    assert watched.condition.trustworthy


def test_whoever_starts_afresh_takes_a_moved_camera_as_it_stands() -> None:
    watched = Watched()

    assert watched.show(60.0, scene=street(right=14)) == []
    assert watched.distrusted == 0


def test_a_camera_moved_before_the_night_is_still_moved_after_it() -> None:
    watched = learned()
    watched.show(10.0, scene=street(right=14))
    night = watched.show(60.0, lambda p, _: lit(p, 0.03), street(right=14))
    morning = watched.show(20.0, scene=street(right=14))

    assert night == [(Fault.DARK, True)]
    assert morning == [(Fault.DARK, False)]
    assert Fault.MOVED in watched.condition.faults


def test_a_cover_never_becomes_usual() -> None:
    watched = learned()
    watched.show(300.0, cloth)

    assert watched.condition.faults == {Fault.COVERED}


def test_a_short_cover_is_not_counted_and_not_told() -> None:
    watched = learned()

    assert watched.show(3.0, flat(70)) == []
    assert watched.distrusted == 15


def test_slow_change_becomes_usual() -> None:
    """Sun goes round within hours: shades that were not there must not add up."""
    watched = learned()
    shade = np.ones((192, 320, 1))
    for step in range(0, 16, 2):
        shade[:, : 20 * step] = 0.6
        darker = np.asarray(STREET * shade, np.uint8)
        assert watched.show(60.0, scene=darker) == []
    assert watched.distrusted == 0


def test_an_ignored_fault_is_neither_told_nor_heeded() -> None:
    watched = learned(ignored=frozenset((Fault.MOVED,)))

    assert watched.show(30.0, scene=street(right=14)) == []
    assert watched.distrusted == 0
    assert watched.show(30.0, flat(70)) == [(Fault.COVERED, True)]


def test_a_covered_start_is_told_without_any_comparison() -> None:
    assert Watched().show(10.0, flat(120)) == [(Fault.COVERED, True)]


def test_pictures_of_another_shape_show_something_else() -> None:
    watched = learned()
    verdicts = watched.show(10.0, scene=STREET[:96])

    assert verdicts == [(Fault.MOVED, True)]
    assert not watched.condition.trustworthy


def test_tiny_pictures_are_trusted() -> None:
    scrutiny = Scrutiny()
    for number in range(100):
        assert scrutiny.look(glimpse(np.zeros((8, 8, 3), np.uint8)), number / 5) == []

    assert scrutiny.condition.trustworthy
    assert scrutiny.condition.light is None


def test_time_that_goes_back_forgets_nothing() -> None:
    watched = learned()
    watched.number = 0

    assert watched.show(20.0, scene=street(right=14)) == [(Fault.MOVED, True)]


def test_a_hundred_pictures_a_second_are_judged_as_five_are() -> None:
    seldom, often = Scrutiny(), Scrutiny()
    for number in range(4000):
        pixels = noisy(STREET, 1.0, number // 20)
        often.look(glimpse(pixels), number / 100)
        if number % 20 == 0:
            seldom.look(glimpse(pixels), number / 100)
    moved = glimpse(street(right=14))
    for number in range(800):
        often.look(moved, 40 + number / 100)
        if number % 20 == 0:
            seldom.look(moved, 40 + number / 100)

    assert often.condition.faults == seldom.condition.faults == {Fault.MOVED}


@pytest.mark.parametrize(
    ("gain", "light"), [(1.0, Light.DAY), (0.22, Light.DUSK), (0.1, Light.NIGHT)]
)
def test_light_is_told_by_the_shades(gain: float, light: Light) -> None:
    watched = Watched()
    watched.show(5.0, lambda p, _: lit(p, gain))

    assert watched.condition.light is light


def test_a_passing_shade_is_no_dusk() -> None:
    watched = Watched()
    watched.show(60.0, lambda p, s: lit(p, 0.2 if s % 40 < 20 else 1.0))

    assert watched.condition.light is Light.DUSK
    watched.show(5.0)
    assert watched.condition.light is Light.DUSK


def test_what_is_kept_is_no_picture() -> None:
    kept = learned().scrutiny._reference
    assert kept.profiles is not None
    assert kept._logarithms is not None
    arrays = [kept._logarithms, kept.profiles.across, kept.profiles.down, kept.still]
    blocks = glimpse(STREET).luma

    assert sum(each.size for each in arrays) < 0.35 * blocks.size
    assert {type(each) for each in vars(kept).values()} == {
        np.ndarray,
        type(kept.profiles),
        int,
        float,
    }
