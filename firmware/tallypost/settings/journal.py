"""Keeps which settings from afar are in force, through power cuts at any moment.

All that matters is one small file that is put in place whole; what it names was written
before, and nothing that it names is ever changed:

    state.json       settled, trial, how many starts the trial has had, last verdicts
    settings-12/     site.toml, tallypost.toml: revision 12, as it was sent
    identity-3/      device.key, device.crt

         adopt               confirm
    settled(A) ──▶ trial(B, back to A) ──▶ settled(B)
         ▲                   │
         └───────────────────┘ roll_back: too late, too many starts, a half that ends
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from shutil import rmtree
from typing import Any, Literal

from tallypost.domain.desired import FAULT_CHARACTERS_MAX, FAULTS_MAX, Standing
from tallypost.durable import NEW, write_durably, write_folder_durably
from tallypost.errors import SettingsError

STATE = "state.json"
STATE_BYTES_MAX = 256 * 1024
STARTS_MAX = 3
"""So many times a trial may start afresh: a reboot may be an accident, four are not."""

Layer = Literal["settings", "identity"]
LAYERS: tuple[Layer, ...] = ("settings", "identity")
"""What may come from afar, the lowest first: each lies over the one before it."""


@dataclass(frozen=True, slots=True)
class Force:
    """What from afar is laid over the device's own files.

    Attributes:
        settings: Revision of the settings; None for none.
        identity: Number of the TLS key and certificate; None for none.
    """

    settings: int | None = None
    identity: int | None = None

    @property
    def layers(self) -> list[tuple[Layer, int]]:
        """What there is, the lowest first, with its number."""
        numbers = zip(LAYERS, (self.settings, self.identity), strict=True)
        return [(layer, number) for layer, number in numbers if number is not None]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of the settings, or of the certificate, that came last.

    Attributes:
        standing: In one word.
        revision: Theirs, or the certificate's number; 0 where none ever came.
        digest: What tells settings from others.
        faults: Why they were refused or taken back.
    """

    standing: Standing = Standing.LOCAL
    revision: int = 0
    digest: str = ""
    faults: tuple[str, ...] = ()

    def after_trial(self, standing: Standing, faults: Sequence[str]) -> "Verdict":
        """Return what becomes of it at a trial's end; itself where it was on none."""
        if self.standing is not Standing.TRIAL:
            return self
        return replace(self, standing=standing, faults=_told(faults))


@dataclass(frozen=True, slots=True)
class State:
    """What the journal knows.

    Attributes:
        settled: What has proved good.
        trial: What has yet to; None where nothing has.
        starts: How many times the trial has started.
        verdict: What became of the settings that came last.
        identity: What became of the certificate that came last.
    """

    settled: Force = field(default_factory=Force)
    trial: Force | None = None
    starts: int = 0
    verdict: Verdict = field(default_factory=Verdict)
    identity: Verdict = field(default_factory=Verdict)

    @property
    def in_force(self) -> Force:
        """What is laid over the device's own files just now."""
        return self.trial or self.settled


class Journal:
    """The journal in a folder; each call reads what is there, for two processes use it.

    Args:
        folder: Its own folder; made when something is first written.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def state(self) -> State:
        """Return what is known.

        A file that cannot be read counts as none: the device's own files are in force.
        """
        try:
            with (self._folder / STATE).open("rb") as file:
                return _state(json.loads(file.read(STATE_BYTES_MAX)))
        except (OSError, ValueError, TypeError, KeyError, RecursionError):
            known = self._numbers("settings")
            return State(verdict=Verdict(revision=max(known, default=0)))

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
        verdict = Verdict(Standing.REFUSED, revision, digest, _told(faults))
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
        verdict = Verdict(Standing.TRIAL, revision, digest)
        self._write("settings", revision, files)
        self._put(replace(state, trial=trial, starts=0, verdict=verdict))
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
        told, own = _told(faults), replace(state.settled, **{layer: None})
        verdict, identity = state.verdict, state.identity
        if layer == "identity":
            identity = replace(identity, standing=Standing.ROLLED_BACK, faults=told)
        else:
            verdict = replace(verdict, standing=Standing.ROLLED_BACK, faults=told)
        self._put(State(settled=own, verdict=verdict, identity=identity))

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
            for each in (state.verdict, state.identity)
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
            text = json.dumps(asdict(state), separators=(",", ":"))
            write_durably(self._folder / STATE, text.encode())
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


def _told(faults: Sequence[str]) -> tuple[str, ...]:
    """Return as many faults as are kept: the file that holds them stays small."""
    return tuple(fault[:FAULT_CHARACTERS_MAX] for fault in faults[:FAULTS_MAX])


def _state(table: Mapping[str, Any]) -> State:
    # Older journals say nothing of identities.
    identity = _verdict(table["identity"]) if "identity" in table else Verdict()
    return State(
        settled=Force(**table["settled"]),
        trial=None if table["trial"] is None else Force(**table["trial"]),
        starts=int(table["starts"]),
        verdict=_verdict(table["verdict"]),
        identity=identity,
    )


def _verdict(table: Mapping[str, Any]) -> Verdict:
    return Verdict(
        standing=Standing(table["standing"]),
        revision=int(table["revision"]),
        digest=str(table["digest"]),
        faults=tuple(map(str, table["faults"])),
    )
