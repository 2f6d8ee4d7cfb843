"""From a file of settings to a running house."""

import logging
import os
import signal
import threading
from contextlib import closing
from importlib.metadata import version
from pathlib import Path
from types import FrameType

from tallypost.assembly.aiming import aiming_folder, wanted
from tallypost.assembly.board import board, device_name
from tallypost.assembly.counting import check_classes
from tallypost.assembly.detector import model_of, try_detector
from tallypost.assembly.vision import is_fetched, plays_fast
from tallypost.board.base import Board
from tallypost.daemon.handover import Handover
from tallypost.daemon.porter import Porter
from tallypost.daemon.supervisor import HOPELESS, Supervisor
from tallypost.daemon.trial import Trial
from tallypost.domain.records import Provenance
from tallypost.errors import SettingsError, TallypostError
from tallypost.settings.overlay import check_privacy, read_settings_in_force
from tallypost.settings.reading import read_device_settings, read_site
from tallypost.settings.site import site_hash, unasked
from tallypost.wall.frame import Alphabet

log = logging.getLogger("tallypost.daemon")

HEADROOM = 2.0
"""The wall lets so many times the intervals pass that the clock can give."""
FAST_INTERVALS_PER_MINUTE = 60_000.0
"""Where footage is played as fast as it goes, the clock gives no bound."""


def prepare(settings_file: Path, *, no_lock_in: bool = False) -> Handover:
    """Return what both halves must know, after everything was checked once.

    Args:
        settings_file: `tallypost.toml`.
        no_lock_in: Whether the half that sees is not locked in.

    Raises:
        SettingsError: The settings or the site cannot be accepted.
        ModelError: The model is not at hand or cannot be used.
    """
    settings = read_settings_in_force(settings_file)
    site = read_site(Path(settings.site))
    check_privacy(settings_file, settings, site)
    model = model_of(settings.detector)
    classes = model.description.classes
    check_classes(site, str(settings.site), classes)
    # In words: the half that sees is locked in by then, and can tell but a number.
    try_detector(model, threads=settings.detector.threads)
    paced = not plays_fast(settings.camera)
    aiming = wanted(aiming_folder(settings), board()) if paced else None
    per_minute = 60.0 / settings.interval_s * HEADROOM
    return Handover(
        device=settings.device or device_name(),
        daemon=os.getpid(),
        paced=paced,
        host_uncertainty_s=settings.clock.host_uncertainty_s,
        interval_s=float(settings.interval_s),
        intervals_per_minute=per_minute if paced else FAST_INTERVALS_PER_MINUTE,
        alphabet=Alphabet(
            classes=classes,
            elements=site.elements(),
            alerts=site.alerts(),
            unasked=unasked(site),
        ),
        provenance=Provenance(
            model=f"sha256:{model.description.sha256}",
            site=site_hash(site),
            firmware=version("tallypost"),
            no_lock_in=no_lock_in,
        ),
        fetched=is_fetched(settings.camera),
        aiming=aiming,
    )


def run_house(
    settings_file: Path, *, live: bool = False, no_lock_in: bool = False
) -> int:
    """Run both halves until the footage is over or SIGINT or SIGTERM comes.

    On SIGUSR1 both start anew with the settings that are then in force. Settings from
    afar that cannot be accepted, end a half for good or are not confirmed in time are
    taken back.

    Args:
        settings_file: `tallypost.toml`.
        live: Whether a table of counts is shown.
        no_lock_in: Whether the half that sees is not locked in.

    Returns:
        The process's exit code.

    Raises:
        SettingsError: The settings or the site cannot be accepted.
        ModelError: The model is not at hand or cannot be used.
    """
    stop, renew = signals()
    here = board()
    trial = Trial(settings_file, here)
    with closing(_porter(settings_file, here)) as porter:
        while True:
            renew.clear()
            trial.start()
            handover = prepare_on_trial(settings_file, trial, no_lock_in=no_lock_in)

            def ended() -> bool:
                porter.look()
                return stop.is_set() or renew.is_set() or trial.overdue

            code = Supervisor(settings_file, handover, here, live=live).run(ended)
            if stop.is_set():
                return code
            failure = f"a half ended with code {code}"
            if trial.timed_out:
                trial.end_late()
            elif renew.is_set():
                log.warning("settings have changed action=both halves start anew")
            elif not (code in HOPELESS and trial.fail([failure])):
                return code


def _porter(settings_file: Path, here: Board) -> Porter:
    """Return who starts the panel: by the device's own settings, whatever is sent."""
    settings = read_device_settings(settings_file)
    return Porter(settings.panel, settings.device or device_name(), here)


def prepare_on_trial(
    settings_file: Path, trial: Trial, *, no_lock_in: bool
) -> Handover:
    """Return what both halves must know; take back what it cannot be had with."""
    while True:  # each time less is from afar
        try:
            return prepare(settings_file, no_lock_in=no_lock_in)
        except SettingsError as error:
            if not (trial.fail(str(error).splitlines()) or trial.abandon(error)):
                raise
        except TallypostError as error:
            if not trial.fail(str(error).splitlines()):
                raise


def signals() -> tuple[threading.Event, threading.Event]:
    """Return events: to stop, and to start anew with the settings of then."""
    stop, renew = threading.Event(), threading.Event()

    def on_signal(number: int, frame: FrameType | None) -> None:
        del frame
        (renew if number == signal.SIGUSR1 else stop).set()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGUSR1):
        signal.signal(number, on_signal)
    return stop, renew
