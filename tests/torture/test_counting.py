"""We count every scene exactly, at every rate at which its truth can be known.

But for those that `inexact.py` names, with the reason: they must fail, so that the list
stays true.
"""

from collections import Counter
from collections.abc import Callable
from typing import TypeAlias

import pytest
from _pytest.mark.structures import ParameterSet

from tests.torture.days import days
from tests.torture.inexact import INEXACT, REASONS
from tests.torture.language import Scene
from tests.torture.ours import Counted, counted
from tests.torture.scenes import SCENES
from tests.torture.truth import Crossing, Membership, Truth, truth

Counts: TypeAlias = Counter[Crossing] | Counter[Membership]

DAYS = 2
STAY_SLACK_S = 1.0
"""How much later than it happened somebody may be seen to come or go."""
GIVEN_UP_S = 2.0
"""How long somebody who is lost inside may be held to be there."""


def tried(wanted: Callable[[Scene], object]) -> list[ParameterSet]:
    """Every scene at every rate; what is known not to be exact must still not be."""
    return [
        pytest.param(
            scene,
            rate_hz,
            id=f"{scene.name}-{rate_hz:g} Hz",
            marks=[
                pytest.mark.xfail(reason=REASONS[why])
                for why in [INEXACT.get((scene.name, rate_hz))]
                if why
            ],
        )
        for scene in filter(wanted, SCENES)
        for rate_hz in scene.rates_hz
    ]


LINES, ZONES = tried(lambda scene: scene.lines), tried(lambda scene: scene.zones)


def test_what_is_known_to_be_inexact_is_a_scene_and_has_a_reason() -> None:
    scenes = {(scene.name, rate) for scene in SCENES for rate in scene.rates_hz}

    assert scenes >= set(INEXACT)
    assert set(REASONS) == set(INEXACT.values())


def faults(what: str, true: Counts, told: Counts) -> list[str]:
    """Return every count that is not right, in words."""
    return [
        f"{what} {', '.join(key)}: {told[key]}, want {true[key]}"
        for key in sorted({*true, *told})
        if told[key] != true[key]
    ]


@pytest.mark.parametrize(("scene", "rate_hz"), LINES)
def test_crossings_are_counted_exactly(scene: Scene, rate_hz: float) -> None:
    true = truth(scene).effective
    wrong = [
        fault
        for seed, looks in days(scene, rate_hz, DAYS)
        for fault in faults(
            f"day {seed}:", true, counted(scene, looks, rate_hz).crossings
        )
    ]

    assert wrong == []


@pytest.mark.parametrize(("scene", "rate_hz"), ZONES)
def test_visits_are_counted_exactly(scene: Scene, rate_hz: float) -> None:
    true = truth(scene)
    wrong = []
    for seed, looks in days(scene, rate_hz, DAYS):
        ours = counted(scene, looks, rate_hz)
        wrong += faults(f"day {seed}: into", true.entries, ours.entries)
        wrong += faults(f"day {seed}: out of", true.exits, ours.exits)
        if not wrong:
            check_stays(ours, true, rate_hz)

    assert wrong == []


def check_stays(ours: Counted, true: Truth, rate_hz: float) -> None:
    """Ask that stays last about as long as they did, and the zone is as full."""
    slack_s = STAY_SLACK_S + 2 / rate_hz
    for (zone, label), stays_s in true.dwells_s.items():
        mean_s = ours.interval.zones[zone].dwell_mean_s[label]
        assert mean_s == pytest.approx(sum(stays_s) / len(stays_s), abs=slack_s)
    for key, presence_s in true.presence_s.items():
        mean = ours.interval.zones[key.zone].occupancy_mean[key.label]
        assert mean * ours.interval.quality.observed_s == pytest.approx(
            presence_s, abs=true.entries[key] * (slack_s + GIVEN_UP_S)
        )
