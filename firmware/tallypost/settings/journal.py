"""Keeps which settings lie over the device's own, through power cuts at any moment.

All that matters is one small file that is put in place whole; what it names was written
before, and nothing that it names is ever changed:

    state.json       settled, trial, how many starts the trial has had, last verdicts
    settings-12/     site.toml, tallypost.toml: revision 12, as it was sent
    drawing-4/       site.toml: what was drawn fourth at the device
    identity-3/      device.key, device.crt

         adopt               confirm
    settled(A) ──▶ trial(B, back to A) ──▶ settled(B)
         ▲                   │
         └───────────────────┘ roll_back: too late, too many starts, a half that ends
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from shutil import rmtree

from tallypost.domain.desired import Standing
from tallypost.durable import NEW, write_durably, write_folder_durably
from tallypost.errors import RecordError, SettingsError
from tallypost.settings.journal_state import (
    LAYERS,
    STATE_BYTES_MAX,
    Force,
    Layer,
    State,
    Verdict,
    decode_state,
    encode_state,
    kept_faults,
)

STATE, SITE_FILE = "state.json", "site.toml"
REPLACED = "settings with another site came from afar meanwhile"
STARTS_MAX = 3
"""So many times a trial may start afresh: a reboot may be an accident, four are not."""


class Journal:
    """The journal in a folder; each call reads what is there, for two processes use it.

    Args:
        folder: Its own folder; made when something is first written.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def state(self) -> State:
        """Return what is known.

        A file that holds something else counts as none: the device's own files are in
        force. A disk that does not say what it holds may hold stricter ones.

        Raises:
            SettingsError: The disk refuses to read it.
        """
        path = self._folder / STATE
        try:
            with path.open("rb") as file:
                return decode_state(file.read(STATE_BYTES_MAX + 1))
        except (FileNotFoundError, NotADirectoryError, RecordError):
            known = self._numbers("settings")
            return State(verdict=Verdict(revision=max(known, default=0)))
        except OSError as error:
            told = (
                f"cannot be read ({error.strerror}); have tallypost read it, or remove "
                "it: then the device's own settings are in force"
            )
            raise SettingsError(str(path), [told]) from error

    def layer_of(self, path: str) -> Layer | None:
        """Return what a file belongs to that was sent; None where it is another."""
        for each in (Path(path), *Path(path).parents):
            if each.parent == self._folder:
                word = each.name.partition("-")[0]
                return next((layer for layer in LAYERS if layer == word), None)
        return None

    def place(self, layer: Layer, number: int) -> Path:
        """Return the folder of what was sent."""
        return self._folder / f"{layer}-{number}"

    def refuse(self, revision: int, digest: str, faults: Sequence[str]) -> None:
        """Keep in mind that settings were refused.

        Raises:
            SettingsError: The disk refuses.
        """
        verdict = Verdict(Standing.REFUSED, revision, digest, kept_faults(faults))
        self._put(replace(self.state(), verdict=verdict))

    def adopt(self, revision: int, digest: str, files: Mapping[str, bytes]) -> None:
        """Begin a trial of settings.

        Args:
            revision: Above all before.
            digest: What tells them from others.
            files: `site.toml`, `tallypost.toml`; what is missing is the device's own.

        Raises:
            SettingsError: The disk refuses; nothing has changed.
        """
        state = self.state()
        trial = replace(state.in_force, settings=revision)
        drawing = state.drawing
        if SITE_FILE in files:
            # What came last is in force, be it sent or drawn.
            trial = replace(trial, drawing=None)
            drawing = drawing.after_trial(Standing.ROLLED_BACK, [REPLACED])
        verdict = Verdict(Standing.TRIAL, revision, digest)
        self._write("settings", revision, files)
        self._put(
            replace(state, trial=trial, starts=0, verdict=verdict, drawing=drawing)
        )
        self._sweep()

    def adopt_drawing(self, site: bytes, digest: str) -> None:
        """Begin a trial of a site that was drawn at the device.

        It takes the place of the one that was drawn last, also where that is on trial.

        Args:
            site: A whole `site.toml`.
            digest: What tells it from others.

        Raises:
            SettingsError: The disk refuses, or something from afar is on trial.
        """
        state = self.state()
        if state.trial is not None and not state.only_drawn:
            raise SettingsError(
                str(self._folder),
                ["settings from afar are on trial; try again in some minutes"],
            )
        number = max(self._numbers("drawing"), default=0) + 1
        self._write("drawing", number, {SITE_FILE: site})
        trial = replace(state.settled, drawing=number)
        verdict = Verdict(Standing.TRIAL, number, digest)
        self._put(replace(state, trial=trial, starts=0, drawing=verdict))
        self._sweep()

    def adopt_identity(self, files: Mapping[str, bytes]) -> None:
        """Begin a trial of a TLS key and its certificate: `device.key`, `device.crt`.

        Raises:
            SettingsError: The disk refuses, or settings are on trial just now.
        """
        state = self.state()
        if state.trial is not None:
            raise SettingsError(
                str(self._folder),
                ["something else from afar is on trial; try again afterwards"],
            )
        number = max(self._numbers("identity"), default=0) + 1
        self._write("identity", number, files)
        trial = replace(state.settled, identity=number)
        verdict = Verdict(Standing.TRIAL, number)
        self._put(replace(state, trial=trial, starts=0, identity=verdict))
        self._sweep()

    def confirm(self) -> None:
        """End a trial well; what was in force before is kept until the next one.

        Raises:
            SettingsError: The disk refuses; the trial goes on.
        """
        state = self.state()
        if state.trial is not None:
            self._end_trial(state, state.trial, Standing.SETTLED)

    def roll_back(self, faults: Sequence[str]) -> None:
        """End a trial badly: what was in force before is so again.

        Raises:
            SettingsError: The disk refuses; the trial goes on.
        """
        state = self.state()
        if state.trial is not None:
            self._end_trial(state, state.settled, Standing.ROLLED_BACK, faults)

    def abandon(self, layer: Layer, faults: Sequence[str]) -> None:
        """Go back to the device's own: what is from afar cannot be used any more.

        Raises:
            SettingsError: The disk refuses.
        """
        state = self.state()
        told, own = kept_faults(faults), replace(state.settled, **{layer: None})
        key = "verdict" if layer == "settings" else layer
        verdict: Verdict = getattr(state, key)
        ended = replace(verdict, standing=Standing.ROLLED_BACK, faults=told)
        self._put(replace(state, settled=own, trial=None, starts=0, **{key: ended}))

    def start(self) -> bool:
        """Count a start; return whether a trial may start once more.

        Raises:
            SettingsError: The disk refuses.
        """
        state = self.state()
        if state.trial is None:
            return True
        if state.starts >= STARTS_MAX:
            return False
        self._put(replace(state, starts=state.starts + 1))
        return True

    def _end_trial(
        self, state: State, force: Force, standing: Standing, faults: Sequence[str] = ()
    ) -> None:
        ended = (
            each.after_trial(standing, faults)
            for each in (state.verdict, state.identity, state.drawing)
        )
        self._put(State(force, None, 0, *ended))

    def _write(self, layer: Layer, number: int, files: Mapping[str, bytes]) -> None:
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_folder_durably(self.place(layer, number), files)
        except OSError as error:
            raise self._refused(error) from error

    def _put(self, state: State) -> None:
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_durably(self._folder / STATE, encode_state(state))
        except OSError as error:
            raise self._refused(error) from error

    def _refused(self, error: OSError) -> SettingsError:
        told = f"cannot be kept here ({error.strerror}); mend the disk"
        return SettingsError(str(self._folder), [told])

    def _sweep(self) -> None:
        """Remove what neither is in force nor was before."""
        state = self.state()
        for layer in LAYERS:
            kept = {getattr(each, layer) for each in (state.settled, state.in_force)}
            for number in self._numbers(layer) - kept:
                rmtree(self.place(layer, number), ignore_errors=True)
        for left in self._folder.glob(f"*-*{NEW}"):
            rmtree(left, ignore_errors=True)

    def _numbers(self, layer: Layer) -> set[int]:
        words = [
            path.name.rpartition("-")[2] for path in self._folder.glob(f"{layer}-*")
        ]
        return {int(word) for word in words if word.isdecimal()}
