"""Keeps the house where a service manager starts the halves, each by itself."""

import logging
from dataclasses import replace
from pathlib import Path

from tallypost.assembly.board import board
from tallypost.assembly.manager import actuator, proof_file, service_manager
from tallypost.board.base import Board
from tallypost.board.stalls import FILE
from tallypost.daemon.handover import Handover
from tallypost.daemon.house import prepare_on_trial, signals
from tallypost.daemon.passed import emptied
from tallypost.daemon.trial import Trial
from tallypost.daemon.vigil import Vigil
from tallypost.daemon.witness import read_proof
from tallypost.durable import write_durably
from tallypost.errors import SettingsError
from tallypost.exits import OK
from tallypost.settings.overlay import read_settings_in_force
from tallypost.settings.sight import for_fetcher, for_sight

HANDOVER_FILE, SETTINGS_FILE, SITE_FILE = "handover.json", "tallypost.toml", "site.toml"
FETCHER_FOLDER = "fetcher"
"""Is there where a camera on the network is fetched from; hidden from who sees."""
FOR_ALL = 0o644
TURN_S = 1.0

log = logging.getLogger("tallypost.daemon")


def keep_house(settings_file: Path, folder: Path, wall: int) -> int:
    """Leave for both halves what they must know; end when they shall start anew.

    The service manager starts both with this process, and starts both anew when it has
    ended and starts anew itself. Settings from afar that cannot be accepted or are not
    confirmed in time are taken back. Where starting them anew has not helped for long,
    the machine is started anew.

    Args:
        settings_file: `tallypost.toml`.
        folder: Where they find it: no key and no password is in it.
        wall: The wall's descriptor, for reading: what nobody took is of before.

    Returns:
        The process's exit code.

    Raises:
        SettingsError: The settings or the site cannot be accepted, or the folder cannot
            be written.
        ModelError: The model is not at hand or cannot be used.
    """
    stop, renew = signals()
    here, manager = board(), service_manager()
    if left_bytes := emptied(wall):
        log.warning("wall was not empty bytes=%d action=forgotten", left_bytes)
    trial = Trial(settings_file, here)
    trial.start()
    handover = _leave(settings_file, folder, trial)
    vigil = _vigil(settings_file, handover, here)
    manager.ready()
    while not (stop.is_set() or renew.is_set() or trial.overdue):
        manager.alive()
        if vigil is not None:
            vigil.look()
        here.wait(TURN_S)
    manager.ending()
    if trial.timed_out:
        trial.end_late()
    elif renew.is_set():
        log.warning("settings have changed action=both halves start anew")
    return OK


def _vigil(settings_file: Path, handover: Handover, here: Board) -> Vigil | None:
    settings = read_settings_in_force(settings_file)
    if not settings.board.reboots:
        return None
    word = proof_file(settings.outbox.ram_folder)
    return Vigil(
        proof=lambda: read_proof(word),
        memory=Path(settings.outbox.path).with_name(FILE),
        reboot=actuator(None).reboot,
        board=here,
        interval_s=handover.interval_s,
        camera=not handover.fetched,
    )


def _leave(settings_file: Path, folder: Path, trial: Trial) -> Handover:
    """Write what all must know, and what who sees and who fetches need besides.

    Raises:
        SettingsError: They cannot be accepted, or the folder cannot be written.
    """
    handover = replace(
        prepare_on_trial(settings_file, trial, no_lock_in=False), kept=True
    )
    settings, site = read_settings_in_force(settings_file), folder / SITE_FILE
    fetched = for_fetcher(settings)
    fetcher = folder / FETCHER_FOLDER / SETTINGS_FILE
    try:
        fetcher.unlink(missing_ok=True)
        if fetched is not None:
            fetcher.parent.mkdir(exist_ok=True)
            write_durably(fetcher, fetched.encode(), FOR_ALL)
        write_durably(site, settings.site.read_bytes(), FOR_ALL)
        told = for_sight(settings, site).encode()
        write_durably(folder / SETTINGS_FILE, told, FOR_ALL)
        write_durably(folder / HANDOVER_FILE, handover.to_json(), FOR_ALL)
    except OSError as error:
        fault = f"cannot be written ({error.strerror}); see RuntimeDirectory="
        raise SettingsError(str(folder), [fault]) from error
    return handover
