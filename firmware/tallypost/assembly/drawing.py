"""Where a site that is drawn at the device is judged, tried and confirmed."""

import logging
import queue
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from pathlib import Path

from tallypost.domain.desired import Standing
from tallypost.errors import SettingsError
from tallypost.settings.device import DeviceSettings
from tallypost.settings.journal import Journal
from tallypost.settings.overlay import SITE_FILE, faults_of
from tallypost.settings.reading import accept, parse_table
from tallypost.settings.site import Site, site_hash
from tallypost.settings.site_text import site_text
from tallypost.telemetry.reception.base import Answer

WITHIN_S = 10.0
BUSY = "site: is not kept yet, the device is busy; save it once more"
NOBODY = "no operator is heeded any more"

_logger = logging.getLogger(__name__)


class Drawing:
    """Judges what is drawn by the schema of all sites, and has it tried.

    The journal is written in `step` alone: whoever draws waits for the thread in which
    settings from afar are kept, too.

    Args:
        settings_file: The device's own `tallypost.toml`.
        settings: What is in force.
        site: What is drawn now, as JSON.
        classes: What the model tells.
        renew: Has both halves start anew.
    """

    def __init__(
        self,
        settings_file: Path,
        settings: DeviceSettings,
        *,
        site: Mapping[str, object],
        classes: Sequence[str],
        renew: Callable[[], None],
    ) -> None:
        self._settings_file = settings_file
        self._site = site
        self._classes = classes
        self._renew = renew
        self._heeded = bool(settings.remote.operator_keys)
        self._journal = Journal(settings.remote.folder)
        self._began_with = self._journal.state().in_force
        self._confirmed = False
        self._wanted: queue.SimpleQueue[tuple[Future[None], bytes, str]] = (
            queue.SimpleQueue()
        )

    def draw(self, site: Mapping[str, object], *, dry: bool = False) -> Answer:
        """Judge a site; put it on trial, unless that is not wanted.

        Args:
            site: As JSON has it.
            dry: Whether it is judged alone.

        Raises:
            SettingsError: It cannot be accepted, or not be kept; tells all faults.
        """
        text = site_text(site)
        faults = faults_of(
            self._settings_file, settings=None, site=text, classes=self._classes
        )
        if faults:
            told = [fault.removeprefix(f"{SITE_FILE}: ") for fault in faults]
            raise SettingsError(SITE_FILE, told)
        table = parse_table(Path(SITE_FILE), text.encode())
        digest = site_hash(accept(Path(SITE_FILE), table, Site))
        if not dry and site != self._site:
            self._want(text.encode(), digest)
        return {"site_hash": digest}

    def trial(self) -> Answer | None:
        """Return what became of the site that was drawn last; None before the first."""
        verdict = self._journal.state().drawing
        if verdict.standing is Standing.LOCAL:
            return None
        return {
            "state": verdict.standing.value,
            "faults": list(verdict.faults),
            "site_hash": verdict.digest,
        }

    def step(self, *, watching: bool) -> None:
        """Keep what was drawn; end the trial of what the camera watches with.

        Nothing need be delivered for that: whoever drew it stands there, and the link
        may be down.
        """
        while not self._wanted.empty():
            kept, text, digest = self._wanted.get()
            if kept.set_running_or_notify_cancel():
                self._keep(kept, text, digest)
        if watching and not self._confirmed:
            self._confirm()

    def _want(self, text: bytes, digest: str) -> None:
        kept: Future[None] = Future()
        self._wanted.put((kept, text, digest))
        try:
            kept.result(WITHIN_S)
        except TimeoutError:
            if kept.cancel():
                raise SettingsError(SITE_FILE, [BUSY]) from None
            kept.result(WITHIN_S)

    def _keep(self, kept: Future[None], text: bytes, digest: str) -> None:
        try:
            if not (self._heeded or self._journal.state().only_drawn):
                self._journal.roll_back([NOBODY])
            self._journal.adopt_drawing(text, digest)
        except SettingsError as error:
            kept.set_exception(error)
            return
        kept.set_result(None)
        _logger.warning("site drawn at the device site=%s action=on trial", digest)
        self._renew()

    def _confirm(self) -> None:
        state = self._journal.state()
        self._confirmed = True
        if not state.only_drawn or state.trial != self._began_with:
            return
        try:
            self._journal.confirm()
        except SettingsError as error:
            self._confirmed = False
            _logger.error("trial not ended reason=%s", error)  # noqa: TRY400
            return
        _logger.warning("site drawn at the device has proved good")
