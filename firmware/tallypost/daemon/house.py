"""From a file of settings to a running house."""

import os
import signal
import threading
from importlib.metadata import version
from pathlib import Path
from types import FrameType

from tallypost.assembly.board import board, device_name
from tallypost.assembly.counting import check_classes
from tallypost.assembly.detector import model_of
from tallypost.assembly.vision import plays_fast
from tallypost.daemon.handover import Handover
from tallypost.daemon.supervisor import Supervisor
from tallypost.domain.records import Provenance
from tallypost.settings.reading import read_device_settings, read_site
from tallypost.settings.site import site_hash
from tallypost.wall.frame import Alphabet

HEADROOM = 2.0
"""The wall lets so many times the intervals pass that the clock can give."""
FAST_INTERVALS_PER_MINUTE = 60_000.0
"""Where footage is played as fast as it goes, the clock gives no bound."""


def prepare(settings_file: Path) -> Handover:
    """Return what both halves must know, after everything was checked once.

    Args:
        settings_file: `tallypost.toml`.

    Raises:
        SettingsError: The settings or the site cannot be accepted.
        ModelError: The model is not at hand or cannot be used.
    """
    settings = read_device_settings(settings_file)
    site = read_site(Path(settings.site))
    model = model_of(settings.detector)
    classes = model.description.classes
    check_classes(site, str(settings.site), classes)
    paced = not plays_fast(settings.camera)
    per_minute = 60.0 / settings.interval_s * HEADROOM
    return Handover(
        device=settings.device or device_name(),
        daemon=os.getpid(),
        paced=paced,
        host_uncertainty_s=settings.clock.host_uncertainty_s,
        interval_s=float(settings.interval_s),
        intervals_per_minute=per_minute if paced else FAST_INTERVALS_PER_MINUTE,
        alphabet=Alphabet(classes=classes, elements=site.elements()),
        provenance=Provenance(
            model=f"sha256:{model.description.sha256}",
            site=site_hash(site),
            firmware=version("tallypost"),
        ),
    )


def run_house(settings_file: Path, *, live: bool = False) -> int:
    """Run both halves until the footage is over or SIGINT or SIGTERM comes.

    Args:
        settings_file: `tallypost.toml`.
        live: Whether a table of counts is shown.

    Returns:
        The process's exit code.

    Raises:
        SettingsError: The settings or the site cannot be accepted.
        ModelError: The model is not at hand or cannot be used.
    """
    handover = prepare(settings_file)
    stop = threading.Event()

    def on_signal(number: int, frame: FrameType | None) -> None:
        del number, frame
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, on_signal)
    return Supervisor(settings_file, handover, board(), live=live).run(stop.is_set)
