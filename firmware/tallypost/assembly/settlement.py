"""Where settings from afar are judged and tried."""

from collections.abc import Callable, Sequence
from pathlib import Path

from tallypost.domain.desired import Desired, Reported, Standing
from tallypost.errors import SettingsError
from tallypost.settings.device import DeviceSettings
from tallypost.settings.journal import Journal
from tallypost.settings.overlay import (
    CERTIFICATE_FILE,
    KEY_FILE,
    SETTINGS_FILE,
    SITE_FILE,
    faults_of,
)
from tallypost.settings.uplink import MqttSettings


class JournalSettlement:
    """Judges settings by the schema of the device's own, and tries them.

    Args:
        settings_file: The device's own `tallypost.toml`.
        settings: What is in force.
        device: Who we are.
        site: Hash of the site in force.
        classes: What the model tells.
        renew: Has both halves start anew.
    """

    def __init__(
        self,
        settings_file: Path,
        settings: DeviceSettings,
        *,
        device: str,
        site: str,
        classes: Sequence[str],
        renew: Callable[[], None],
    ) -> None:
        self._settings_file = settings_file
        self._settings = settings
        self._device = device
        self._site = site
        self._classes = classes
        self._renew = renew
        self._journal = Journal(settings.remote.folder)
        self._began_with = self._journal.state().in_force

    def reported(self) -> Reported:
        """Return what is in force, and what became of what came last."""
        state = self._journal.state()
        came = state.identity.standing is not Standing.LOCAL
        return Reported(
            device=self._device,
            standing=state.verdict.standing,
            revision=state.verdict.revision or None,
            digest=state.verdict.digest or None,
            in_force=state.in_force.settings,
            identity=state.in_force.identity,
            identity_state=state.identity.standing if came else None,
            identity_fault="; ".join(state.identity.faults) or None,
            site=self._site if state.in_force == self._began_with else None,
            faults=state.verdict.faults,
        )

    def faults(self, desired: Desired) -> Sequence[str]:
        """Return everything that speaks against settings, all at once."""
        return faults_of(
            self._settings_file,
            settings=desired.settings,
            site=desired.site,
            classes=self._classes,
        )

    def refuse(self, desired: Desired, faults: Sequence[str]) -> None:
        """Keep in mind that settings were refused."""
        self._journal.refuse(desired.revision, desired.digest, faults)

    def adopt(self, desired: Desired) -> None:
        """Put settings in force on trial, and have both halves start anew."""
        texts = {SETTINGS_FILE: desired.settings, SITE_FILE: desired.site}
        files = {
            name: text.encode() for name, text in texts.items() if text is not None
        }
        self._journal.adopt(desired.revision, desired.digest, files)
        self._renew()

    def adopt_identity(self, key: bytes, certificates: bytes) -> None:
        """Show another certificate from now on, on trial."""
        uplink = self._settings.uplink
        if not isinstance(uplink, MqttSettings) or not uplink.tls:
            raise SettingsError(
                "uplink", ["is no MQTT link with tls: it shows no certificate"]
            )
        self._journal.adopt_identity({KEY_FILE: key, CERTIFICATE_FILE: certificates})
        self._renew()

    def confirm(self) -> bool:
        """End the trial that this process began with; return whether there was one."""
        trial = self._journal.state().trial
        if trial is None or trial != self._began_with:
            return False
        self._journal.confirm()
        return True
