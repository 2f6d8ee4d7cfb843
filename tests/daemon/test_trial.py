"""The trial that stands outside of what is on trial."""

from pathlib import Path

import pytest

from tallypost.board.simulated import SimulatedBoard
from tallypost.daemon.trial import Trial
from tallypost.domain.desired import Standing
from tallypost.errors import SettingsError
from tallypost.settings.journal import STARTS_MAX, Journal
from tallypost.settings.journal_state import Force

OWN = '[remote]\nfolder = "remote"\noperator_keys = ["op.pub"]\nconfirm_within_s = 60\n'


@pytest.fixture
def settings_file(tmp_path: Path) -> Path:
    path = tmp_path / "tallypost.toml"
    path.write_text(OWN, "utf-8")
    return path


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    journal = Journal(tmp_path / "remote")
    journal.adopt(1, "d1", {})
    journal.confirm()
    journal.adopt(2, "d2", {})
    return journal


def begun(settings_file: Path, board: SimulatedBoard) -> Trial:
    trial = Trial(settings_file, board)
    trial.start()
    return trial


def test_a_trial_that_is_not_confirmed_in_time_is_taken_back(
    settings_file: Path, journal: Journal, board: SimulatedBoard
) -> None:
    trial = begun(settings_file, board)
    board.advance(59.9)
    early = trial.overdue
    board.advance(0.1)
    assert (early, trial.overdue) == (False, True)
    assert trial.timed_out
    trial.end_late()

    assert journal.state().in_force == Force(settings=1)
    assert "60 s" in journal.state().verdict.faults[0]
    assert not trial.overdue


def test_a_trial_that_is_confirmed_at_the_last_moment_stands(
    settings_file: Path, journal: Journal, board: SimulatedBoard
) -> None:
    trial = begun(settings_file, board)
    journal.confirm()
    board.advance(60.0)

    assert not trial.overdue
    trial.end_late()
    assert journal.state().in_force == Force(settings=2)


def test_a_trial_that_starts_too_often_is_taken_back(
    settings_file: Path, journal: Journal, board: SimulatedBoard
) -> None:
    for _ in range(STARTS_MAX):
        begun(settings_file, board)
    assert journal.state().in_force == Force(settings=2)
    begun(settings_file, board)

    assert journal.state().in_force == Force(settings=1)
    assert journal.state().verdict.standing is Standing.ROLLED_BACK


def test_a_half_that_ends_for_good_ends_a_trial_and_nothing_else(
    settings_file: Path, journal: Journal, board: SimulatedBoard
) -> None:
    trial = begun(settings_file, board)

    assert trial.fail(["a half ended with code 2"])
    assert not trial.fail(["a half ended with code 2"])
    assert journal.state().in_force == Force(settings=1)


def test_where_nobody_is_heeded_there_is_no_trial(
    settings_file: Path, journal: Journal, board: SimulatedBoard
) -> None:
    settings_file.write_text('[remote]\nfolder = "remote"\n', "utf-8")
    trial = begun(settings_file, board)
    board.advance(1e6)

    assert not trial.overdue
    assert not trial.fail(["x"])
    assert journal.state().starts == 0


def test_what_fits_the_own_settings_no_more_is_given_up_and_nothing_else(
    settings_file: Path, journal: Journal, board: SimulatedBoard
) -> None:
    journal.confirm()
    journal.adopt_identity({"device.key": b"k", "device.crt": b"c"})
    journal.confirm()
    trial = begun(settings_file, board)
    sent = str(journal.place("settings", 2) / "site.toml")

    assert not trial.abandon(SettingsError(str(settings_file), ["is wrong"]))
    assert journal.state().in_force == Force(settings=2, identity=1)
    assert trial.abandon(SettingsError(sent, ["is gone"]))
    assert journal.state().in_force == Force(identity=1)
    shown = str(journal.place("identity", 1))
    assert trial.abandon(SettingsError(shown, ["is only used with tls"]))
    assert journal.state().in_force == Force()


def test_what_was_drawn_at_the_device_is_tried_where_nobody_is_heeded(
    settings_file: Path, journal: Journal, board: SimulatedBoard
) -> None:
    settings_file.write_text('[remote]\nfolder = "remote"\n', "utf-8")
    journal.confirm()
    journal.adopt_drawing(b"# drawn", "sha256:1")
    trial = begun(settings_file, board)
    early = trial.overdue
    board.advance(601.0)

    assert (early, trial.overdue) == (False, True)
    trial.end_late()
    assert journal.state().drawing.standing is Standing.ROLLED_BACK
    assert journal.state().in_force.drawing is None


def test_what_is_drawn_while_an_older_trial_ends_is_tried(
    settings_file: Path, journal: Journal, board: SimulatedBoard
) -> None:
    journal.confirm()
    journal.adopt_drawing(b"# drawn", "sha256:1")
    trial = begun(settings_file, board)
    board.advance(60.0)
    assert trial.overdue
    journal.adopt_drawing(b"# drawn anew", "sha256:2")
    trial.end_late()
    assert journal.state().in_force == Force(settings=2, drawing=2)
    trial.start()
    board.advance(60.0)
    assert trial.overdue
    trial.end_late()

    assert journal.state().in_force == Force(settings=2)
    assert journal.state().drawing.faults == ("did not watch within 60 s",)
