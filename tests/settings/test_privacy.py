"""The privacy profile of a site."""

import pytest

from tallypost.settings.privacy import Privacy, noise_wants_classes
from tallypost.settings.site import Site, site_hash
from tests.settings.conftest import Faults

HEAT_MAP = '[[heat_maps]]\nname = "square"\n'


def test_a_site_that_says_nothing_withholds_what_fewer_than_three_did() -> None:
    assert Site(heat_maps=({"name": "square"},)).privacy.k == 3  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("privacy", "k"),
    [
        (Privacy(profile="open"), 1),
        (Privacy(profile="strict"), 10),
        (Privacy(k_min=5), 5),
        (Privacy(profile="open", k_min=2), 2),
    ],
)
def test_a_number_of_ones_own_goes_before_the_profile(privacy: Privacy, k: int) -> None:
    assert privacy.k == k


@pytest.mark.parametrize(
    ("table", "fault"),
    [
        pytest.param(
            'profile = "strict"\nk_min = 5',
            'privacy.k_min: is below the 10 of the profile "strict"; write 10 or more, '
            "or choose another profile",
            id="looser than its profile",
        ),
        pytest.param(
            "k_min = 1",
            'privacy.k_min: is below the 3 of the profile "standard"; write 3 or more, '
            "or choose another profile",
            id="looser than the default",
        ),
        pytest.param(
            'profile = "secret"',
            'privacy.profile: "secret" is not known here; write "open", "standard" or '
            '"strict"',
            id="unknown profile",
        ),
        pytest.param(
            "epsilon_per_day = 0",
            "privacy.epsilon_per_day: 0 is below the least (0.01)",
            id="no budget",
        ),
    ],
)
def test_a_contradiction_is_refused(
    site_faults: Faults, table: str, fault: str
) -> None:
    assert site_faults(f"[privacy]\n{table}\n{HEAT_MAP}") == [fault]


def test_a_profile_alone_is_nothing_to_count(site_faults: Faults) -> None:
    [fault] = site_faults('[privacy]\nprofile = "open"\n')

    assert fault.startswith("there is nothing to count")


def test_noise_wants_to_know_the_classes_of_a_junction() -> None:
    site = {
        "privacy": {"epsilon_per_day": 1.0},
        "movements": [{"name": "a", "classes": ["car"]}, {"name": "b"}],
    }

    [fault] = noise_wants_classes(site)

    assert fault.key == ("movements", 1, "classes")
    assert noise_wants_classes(site | {"privacy": {}}) == []


def test_a_site_drawn_before_there_were_profiles_keeps_its_hash() -> None:
    line = {"name": "gate", "start": [0.0, 0.5], "end": [1.0, 0.5]}
    corners = [[0.1, 0.4], [0.9, 0.4], [0.9, 0.9], [0.1, 0.9]]
    zone = {"name": "platform", "polygon": corners}
    site = Site(lines=(line,), zones=(zone,))  # type: ignore[arg-type]

    assert site_hash(site) == (
        "sha256:fe392adc269189e3d9c140933a750c16ec2c028e56d65c48f9f56f64e7ce87ed"
    )


def test_another_profile_is_another_hash() -> None:
    plain = Site(heat_maps=({"name": "square"},))  # type: ignore[arg-type]
    strict = plain.model_copy(update={"privacy": Privacy(profile="strict")})

    assert site_hash(plain) != site_hash(strict)
