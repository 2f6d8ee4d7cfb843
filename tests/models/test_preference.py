"""Which model is used when none is named."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tallypost.errors import SettingsError
from tallypost.models.figures import (
    FIGURES,
    YARDSTICK,
    MeasuredTable,
    figures_at_hand,
    read_figures,
)
from tallypost.models.preference import Candidate, may_be_default, preferred

SHA256 = "ab" * 32


def raw(**models: tuple[float, float]) -> dict[str, Any]:
    """Return a table as it is written: AP50 and milliseconds by name."""
    models.setdefault(YARDSTICK, (0.6, 20.0))
    return {
        "schema": 1,
        "date": "2026-11-28",
        "machine": "a desk",
        "pictures": 370,
        "models": [
            {
                "name": name.replace("_", "-"),
                "sha256": SHA256,
                "ap50": ap50,
                "ap50_95": ap50 / 2,
                "invoke_ms": {"one_thread": 2 * taken_ms, "two_threads": taken_ms},
            }
            for name, (ap50, taken_ms) in models.items()
        ],
    }


def table(**models: tuple[float, float]) -> MeasuredTable:
    return MeasuredTable.model_validate(raw(**models))


def known(*names: str, licence: str = "Apache-2.0", **facts: Any) -> list[Candidate]:
    return [
        Candidate(
            name, facts.get("sha256", SHA256), licence, facts.get("shipped", False)
        )
        for name in names
    ]


def order(candidates: list[Candidate], told: MeasuredTable | None) -> list[str]:
    return [each.name for each in preferred(candidates, told)]


def test_the_most_precise_of_those_that_are_quick_enough_comes_first() -> None:
    told = table(ours=(0.7, 12.0), quick=(0.5, 3.0), slow=(0.9, 21.0))
    names = known("slow", "quick", YARDSTICK, "ours")
    assert order(names, told) == ["ours", YARDSTICK, "quick", "slow"]


def test_a_slow_one_is_better_than_none() -> None:
    told = table(slow=(0.8, 40.0), slower=(0.9, 50.0))
    assert order(known("slower", "slow"), told) == ["slow", "slower"]


def test_as_slow_as_the_yardstick_is_quick_enough() -> None:
    told = table(ours=(0.7, 20.0))
    assert order(known(YARDSTICK, "ours"), told)[0] == "ours"


def test_of_two_with_the_same_figures_the_shipped_one_comes_first() -> None:
    told = table(a=(0.7, 12.0), b=(0.7, 12.0))
    assert order([*known("a"), *known("b", shipped=True)], told) == ["b", "a"]
    assert order([*known("a", shipped=True), *known("b")], told) == ["a", "b"]


def test_figures_of_another_file_say_nothing() -> None:
    told = table(ours=(0.9, 2.0))
    changed = known("ours", sha256="cd" * 32)
    assert order([*known(YARDSTICK), *changed], told) == [YARDSTICK]


@pytest.mark.parametrize("licence", ["AGPL-3.0", "agpl-3.0-only", "GPL-3.0-or-later"])
def test_a_licence_that_binds_is_never_the_default(licence: str) -> None:
    told = table(theirs=(0.99, 1.0))
    names = [*known("theirs", licence=licence), *known(YARDSTICK)]
    assert order(names, told) == [YARDSTICK]
    assert not may_be_default(f"MIT OR {licence}")


def test_without_figures_the_usual_order_counts() -> None:
    names = known("yolox-nano", "ours", "efficientdet-lite2", YARDSTICK)
    assert order(names, None) == [YARDSTICK, "efficientdet-lite2", "yolox-nano"]


def test_what_was_measured_comes_before_what_was_not() -> None:
    told = table(yolox_nano=(0.5, 50.0))
    names = known("efficientdet-lite1", "yolox-nano")
    assert order(names, told) == ["yolox-nano", "efficientdet-lite1"]


NAMES = ["m0", "m1", "m2", "m3", YARDSTICK]


@given(
    st.lists(
        st.tuples(st.sampled_from([0.2, 0.5, 0.6]), st.sampled_from([5.0, 20.0, 30.0])),
        min_size=5,
        max_size=5,
    ),
    st.sets(st.sampled_from(NAMES), min_size=1),
)
def test_whoever_is_at_hand_the_default_is_beaten_in_both_by_none(
    figures: list[tuple[float, float]], at_hand: set[str]
) -> None:
    told = dict(zip(NAMES, figures, strict=True))
    everybody = order(known(*NAMES), table(**told))
    first = next(name for name in everybody if name in at_hand)
    assert order(known(*at_hand), table(**told))[0] == first
    ap50, taken_ms = told[first]
    for other in at_hand:
        better, quicker = told[other][0] - ap50, taken_ms - told[other][1]
        assert not (min(better, quicker) >= 0 and max(better, quicker) > 0)


def test_figures_are_read_from_the_shipped_folder(tmp_path: Path) -> None:
    (tmp_path / FIGURES).write_text(json.dumps(raw(ours=(0.7, 12.0))))
    found = figures_at_hand([tmp_path])
    assert found is not None
    assert found.yardstick_ms == 20.0


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "cannot be read"),
        ("", "is no JSON"),
        ("[" * 100_000, "is no JSON"),
        ("[]", "1 setting cannot be accepted"),
        ('{"schema": 1}', "models"),
        (json.dumps(raw() | {"models": []}), "models"),
        (json.dumps(raw(x=(1.5, 1.0))), "ap50"),
        (json.dumps(raw(x=(0.5, -1.0))), "invoke_ms"),
        (json.dumps(raw() | {"models": raw(x=(0.5, 1.0))["models"][:1]}), YARDSTICK),
        (" " * (1 << 21), "is larger than"),
    ],
    ids=[
        "missing",
        "empty",
        "nested without end",
        "no table",
        "keys missing",
        "no models",
        "more than all",
        "a time that cannot be",
        "no yardstick",
        "too large",
    ],
)
def test_damaged_figures_are_told_and_do_without(
    tmp_path: Path, content: str | None, told: str, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / FIGURES
    if content is not None:
        path.write_text(content)
    with pytest.raises(SettingsError, match=told):
        read_figures(path)
    assert figures_at_hand([tmp_path]) is None
    assert str(path) in caplog.text


def test_where_nothing_is_shipped_nothing_is_missed(
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert figures_at_hand([]) is None
    assert not caplog.records


def test_what_comes_with_the_product_counts_before_anybody_has_measured_it() -> None:
    ours = known("ours", "a-theirs", shipped=True)
    assert order([*known("stranger"), *ours], None) == ["a-theirs", "ours"]
    told = table(quick=(0.5, 3.0))
    names = [*known("ours", shipped=True), *known("quick", "yolox-nano")]
    assert order(names, told) == ["quick", "yolox-nano", "ours"]
