"""The journal of settings from afar, cut short at every step."""

import errno
import json
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from tallypost.domain.desired import Standing
from tallypost.errors import SettingsError
from tallypost.settings.journal import STARTS_MAX, STATE, Journal
from tallypost.settings.journal_state import (
    STATE_BYTES_MAX,
    Force,
    State,
    Verdict,
    decode_state,
    encode_state,
)

FILES = {"tallypost.toml": b"interval_s = 60\n", "site.toml": b"# a site\n"}


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "remote")


def settled(journal: Journal, revision: int) -> Journal:
    journal.adopt(revision, f"d{revision}", FILES)
    journal.confirm()
    return journal


def test_an_empty_journal_knows_nothing_and_writes_nothing(
    journal: Journal, tmp_path: Path
) -> None:
    assert journal.state().in_force == Force()
    assert journal.start()
    journal.confirm()
    journal.roll_back(["no"])

    assert not (tmp_path / "remote").exists()


def test_a_trial_is_in_force_until_it_is_taken_back(journal: Journal) -> None:
    settled(journal, 1).adopt(2, "d2", FILES)
    assert journal.state().in_force == Force(settings=2)
    assert journal.place("settings", 1).exists()
    journal.roll_back(["too late"])

    state = journal.state()
    assert state.in_force == Force(settings=1)
    assert state.verdict.standing is Standing.ROLLED_BACK
    assert state.verdict.faults == ("too late",)


def test_what_was_in_force_before_is_kept_until_the_next_trial(
    journal: Journal,
) -> None:
    settled(settled(journal, 1), 2)
    assert journal.place("settings", 1).exists()
    settled(journal, 3)

    assert not journal.place("settings", 1).exists()
    assert journal.place("settings", 2).exists()


def test_a_trial_starts_so_many_times_and_no_more(journal: Journal) -> None:
    journal.adopt(1, "d", FILES)

    assert [journal.start() for _ in range(STARTS_MAX + 1)] == [True] * 3 + [False]


def test_refused_settings_leave_what_is_in_force(journal: Journal) -> None:
    settled(journal, 1).refuse(2, "d2", ["a fault"])

    assert journal.state().in_force == Force(settings=1)
    assert journal.state().verdict.revision == 2


def test_an_identity_is_tried_beside_the_settings_that_have_settled(
    journal: Journal,
) -> None:
    settled(journal, 1).adopt_identity({"device.key": b"k", "device.crt": b"c"})
    assert journal.state().in_force == Force(settings=1, identity=1)
    with pytest.raises(SettingsError, match="on trial"):
        journal.adopt_identity({})
    journal.roll_back(["refused by the broker"])

    state = journal.state()
    assert state.in_force == Force(settings=1)
    assert state.verdict.standing is Standing.SETTLED, "of the settings"
    told = Verdict(Standing.ROLLED_BACK, 1, faults=("refused by the broker",))
    assert state.identity == told


def test_what_became_of_an_identity_outlives_settings_that_come_after(
    journal: Journal,
) -> None:
    assert journal.state().identity.standing is Standing.LOCAL
    journal.adopt_identity({"device.key": b"k", "device.crt": b"c"})
    assert journal.state().identity == Verdict(Standing.TRIAL, 1)
    journal.confirm()
    settled(journal, 2).refuse(3, "d3", ["a fault"])
    assert journal.state().identity == Verdict(Standing.SETTLED, 1)
    journal.abandon("identity", ["device.key: is gone"])

    state = journal.state()
    assert state.identity.standing is Standing.ROLLED_BACK
    assert state.identity.faults == ("device.key: is gone",)
    assert state.verdict.standing is Standing.REFUSED


def test_a_journal_that_knows_nothing_of_identities_is_believed(
    journal: Journal, tmp_path: Path
) -> None:
    settled(journal, 1)
    path = tmp_path / "remote" / "state.json"
    kept = json.loads(path.read_text())
    del kept["identity"]
    path.write_text(json.dumps(kept))

    assert journal.state().in_force == Force(settings=1)
    assert journal.state().identity == Verdict()


def test_settings_that_come_while_a_certificate_is_tried_are_tried_with_it(
    journal: Journal,
) -> None:
    settled(journal, 1).adopt_identity({"device.key": b"k", "device.crt": b"c"})
    journal.adopt(2, "d2", FILES)
    assert journal.state().in_force == Force(settings=2, identity=1)
    journal.roll_back(["late"])

    state = journal.state()
    assert state.in_force == Force(settings=1)
    assert state.identity.standing is Standing.ROLLED_BACK
    assert state.verdict.standing is Standing.ROLLED_BACK


def test_a_damaged_journal_falls_back_and_still_knows_how_far_it_came(
    journal: Journal, tmp_path: Path
) -> None:
    settled(journal, 41)
    good = (tmp_path / "remote" / STATE).read_text()
    for text in (
        *("", "{", "[]", '{"settled": 3}', "null"),
        good.replace('"starts":0', '"starts":1e999'),
        good.replace('"settings":41', '"settings":"../../etc"'),
    ):
        assert text != good
        (tmp_path / "remote" / STATE).write_text(text)

        assert journal.state().in_force == Force()
        assert journal.state().verdict.revision == 41


def test_a_disk_that_does_not_say_what_is_in_force_stops_and_changes_nothing(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    settled(journal, 1)
    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", _refuses)
        for act in (journal.state, journal.start, partial(journal.refuse, 2, "d", [])):
            with pytest.raises(SettingsError, match="cannot be read"):
                act()

    assert journal.state().in_force == Force(settings=1)


def _refuses(*_anything: object) -> None:
    raise OSError(errno.EIO, os.strerror(errno.EIO))


def test_a_fault_with_half_a_character_is_kept_so_that_it_can_be_read(
    journal: Journal,
) -> None:
    settled(journal, 1).refuse(2, "d2", ["gr\udce9.toml: is gone"])

    assert journal.state().in_force == Force(settings=1)
    assert journal.state().verdict.faults == ("gr?.toml: is gone",)


def test_what_is_known_is_read_as_it_was_written() -> None:
    state = State(
        settled=Force(settings=2**62, identity=1),
        trial=Force(identity=2),
        starts=3,
        verdict=Verdict(Standing.REFUSED, 7, "sha256:ab", ("a", "é")),
    )
    assert decode_state(encode_state(state)) == state


def test_settings_that_cannot_be_read_any_more_are_given_up_alone(
    journal: Journal,
) -> None:
    settled(journal, 1).adopt_identity({"device.key": b"k", "device.crt": b"c"})
    journal.confirm()
    journal.abandon("settings", ["site.toml: is gone"])

    assert journal.state().in_force == Force(identity=1)
    assert journal.state().verdict.revision == 1
    assert journal.state().verdict.faults == ("site.toml: is gone",)


def test_faults_without_end_take_nothing_out_of_force(
    journal: Journal, tmp_path: Path
) -> None:
    settled(journal, 1)
    journal.refuse(2, "d2", ["\N{SNOWMAN}" * 100_000] * 1000)

    assert journal.state().in_force == Force(settings=1)
    assert journal.state().verdict.standing is Standing.REFUSED
    assert (tmp_path / "remote" / "state.json").stat().st_size < STATE_BYTES_MAX


class CutError(BaseException):
    """The power is gone."""


def adopt(journal: Journal) -> None:
    journal.adopt(2, "d2", FILES)


def adopt_again(journal: Journal) -> None:
    adopt(journal)
    journal.adopt(3, "d3", FILES)


def confirm(journal: Journal) -> None:
    adopt(journal)
    journal.confirm()


def roll_back(journal: Journal) -> None:
    adopt(journal)
    journal.roll_back(["late"])


def start(journal: Journal) -> None:
    adopt(journal)
    journal.start()


STEPS: dict[str, Callable[[Journal], None]] = {
    "adopt": adopt,
    "adopt again": adopt_again,
    "identity": lambda journal: journal.adopt_identity({"device.key": b"k"}),
    "confirm": confirm,
    "roll back": roll_back,
    "start": start,
    "refuse": lambda journal: journal.refuse(2, "d2", ["a fault"]),
}
CALLS = ("fsync", "replace", "rename", "open", "mkdir", "unlink", "rmdir")


@pytest.mark.slow
@pytest.mark.parametrize("step", STEPS.values(), ids=STEPS.keys())
@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
def test_a_power_cut_at_any_call_leaves_the_old_or_the_new_whole(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    step: Callable[[Journal], None],
    before: bool,
) -> None:
    """The n-th call to the kernel that writes is the last one; for every n."""
    for cut in range(1, 200):
        folder = tmp_path / f"{before}-{cut}"
        journal = settled(Journal(folder), 1)
        with monkeypatch.context() as patch:
            act = partial(step, journal)
            finished = not _cut_short(patch, cut, act, before=before)
        state = Journal(folder).state()

        assert state.settled in (
            Force(settings=1),
            Force(settings=2),
        ), "what had proved good is never lost"
        for layer, number in (
            ("settings", state.in_force.settings),
            ("settings", state.settled.settings),
        ):
            assert number is not None
            place = Journal(folder).place(layer, number)  # type: ignore[arg-type]
            found = {path.name: path.read_bytes() for path in place.iterdir()}
            assert found == FILES, (cut, state)
        if state.in_force == Force(settings=1):
            settled(Journal(folder), 2)  # the broker sends it again
            assert Journal(folder).state().settled == Force(settings=2)
        settled(Journal(folder), 9)
        assert Journal(folder).state().in_force.settings == 9, "it goes on"
        if finished:
            assert cut > 2
            return
    pytest.fail("it never ended")


def _cut_short(
    patch: pytest.MonkeyPatch, cut: int, act: Callable[[], None], *, before: bool
) -> bool:
    """Act, with the power gone at the n-th call; return whether it was."""
    calls = 0

    def counting(real: Callable[..., object]) -> Callable[..., object]:
        def call(*words: object, **named: object) -> object:
            nonlocal calls
            calls += 1
            if calls == cut and before:
                raise CutError
            mine = calls
            try:
                return real(*words, **named)
            finally:
                if mine == cut:
                    raise CutError

        return call

    for name in CALLS:
        patch.setattr(os, name, counting(getattr(os, name)))
    try:
        act()
    except CutError:
        return True
    return False


def test_a_full_disk_changes_nothing(
    journal: Journal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settled(journal, 1)

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(SettingsError, match="No space left"):
        journal.adopt(2, "d2", FILES)

    assert Journal(tmp_path / "remote").state().in_force == Force(settings=1)
