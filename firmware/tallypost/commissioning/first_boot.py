"""Takes what lies on the boot partition, once, in an order that survives power cuts.

    judge        signature, schema, machine, turn            nothing is written
    stage        the new settings; the house judges them     a power cut: staged anew
    begin        pending.json                                from here on it is taken
    finish       settings are in force, keys, panel,         a power cut: finished at
                 device.json, state.json, wiped, RESULT.txt  the next start
    end          pending.json is gone

Each step of `finish` leaves what is there already as it is.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tallypost.board.base import BUILT_UTC_S, Board
from tallypost.commissioning import judging
from tallypost.commissioning.base import House, Machine
from tallypost.commissioning.boot_partition import WIPED, BootPartition
from tallypost.commissioning.client_keys import ClientKeys
from tallypost.commissioning.judging import Judged
from tallypost.commissioning.memory import Memory, Taken
from tallypost.commissioning.panel_keys import PanelKeys, fingerprint
from tallypost.commissioning.result import Outcome, spell_result, taken_outcome
from tallypost.commissioning.settings_tree import SETTINGS_FILE, SettingsTree
from tallypost.commissioning.unsaid import Unsaid
from tallypost.domain.bundle import (
    BUNDLE,
    CERTIFICATE,
    ENVELOPE_BYTES_MAX,
    REPORT,
    RESULT,
    TRUST,
    Bundle,
)
from tallypost.domain.device_report import Report, spell_report
from tallypost.domain.first_start import Verdict
from tallypost.domain.records import ClockTrust
from tallypost.domain.words import DAY_S
from tallypost.durable import make_folder_durably
from tallypost.errors import RefusalError, SettingsError, TallypostError
from tallypost.telemetry.notary.key import own_key

TRUST_BYTES_MAX = 4096
CERTIFICATE_BYTES_MAX = 64 * 1024


class FirstBoot:
    """One start of a device.

    Args:
        boot: Where the boot partition is mounted.
        folder: The device's own.
        house: Judges settings.
        machine: What runs here.
        board: Whose clock is asked.
    """

    def __init__(
        self, boot: Path, folder: Path, *, house: House, machine: Machine, board: Board
    ) -> None:
        self._partition = BootPartition(boot)
        self._own = folder / "commissioning"
        self._memory = Memory(self._own)
        self._tree = SettingsTree(folder)
        self._panel = PanelKeys(folder / "panel", machine.panel_owner)
        self._house = house
        self._machine = machine
        self._board = board
        self._said = b""

    def run(self) -> list[Outcome]:
        """Take what is there; say on the boot partition what became of it.

        Returns:
            What became of each thing; the first is the last bundle.
        """
        if not self._has_work():
            return [Outcome(Verdict.NOTHING_NEW)]
        try:
            self._say([Outcome(Verdict.BEGUN)])
        except RefusalError as error:
            # Neither could people be told, nor could secrets be wiped.
            return [Outcome.of(error)]
        steps = (self._finish_begun, self._take_bundle, self._take_certificate)
        outcomes = [each for step in steps if (each := _tried(step)) is not None]
        outcomes = _since_taken(outcomes) or [Outcome(Verdict.NOTHING_NEW)]
        try:
            self._say(outcomes)
        except RefusalError as error:
            outcomes.append(Outcome.of(error))
        return outcomes

    def _has_work(self) -> bool:
        """Return whether anything lies there, or nothing ever did."""
        return (
            self._partition.holds(BUNDLE)
            or self._partition.holds(CERTIFICATE)
            or not self._memory.is_settled
        )

    def _say(self, outcomes: Sequence[Outcome]) -> None:
        """Have people read what became of the card, unless they do already."""
        told = spell_result(outcomes)
        if told != self._said:
            self._partition.write(RESULT, told)
            self._said = told

    def _finish_begun(self) -> Outcome | None:
        """Finish what a power cut, or a disk, has interrupted."""
        pending = self._memory.pending()
        return None if pending is None else self._finish(judging.opened(pending))

    def _take_bundle(self) -> Outcome | None:
        raw = self._partition.read(BUNDLE, ENVELOPE_BYTES_MAX)
        before = self._before()
        if raw is not None and raw.startswith(WIPED):
            # Somebody was interrupted who wiped it; no bundle begins so.
            self._partition.wipe(BUNDLE)
            raw = None
        if raw is None:
            return None if before else Outcome(Verdict.REFUSED_NO_BUNDLE)
        trust = self._partition.read(TRUST, TRUST_BYTES_MAX)
        found = judging.judged(raw, trust, before)
        if before is not None and found.digest == before.digest:
            return self._known_already()
        judging.check_machine(found.bundle, self._machine.serial)
        if before is not None:
            judging.check_turn(found, before)
        try:
            place = self._tree.stage(found.bundle, found.digest)
            self._judge_settings(place, found.bundle)
            self._memory.begin(found.pending)
        except (TallypostError, OSError):
            self._tree.sweep()
            raise
        return self._finish(found)

    def _known_already(self) -> Outcome | None:
        if self._memory.pending() is not None:
            return None  # why it could not be finished is told already
        self._partition.wipe(BUNDLE)
        return Outcome(Verdict.NOTHING_NEW)

    def _before(self) -> Taken | None:
        """Return the last bundle that was taken, or is being taken."""
        pending = self._memory.pending()
        if pending is None:
            return self._memory.taken()
        return self._taken(judging.opened(pending))

    def _judge_settings(self, place: Path, bundle: Bundle) -> None:
        file = place / SETTINGS_FILE
        with _without_secrets(place, bundle):
            faults = self._house.faults(file, bundle.device)
            if faults:
                raise SettingsError(str(file), faults)
            client = self._house.wanted(file).client
        if client and client.certificate.resolve() == client.key.resolve():
            told = "is uplink.key_file, too; name a file for each"
            fault = f"{SETTINGS_FILE}: uplink.certificate_file: {told}"
            raise RefusalError(Verdict.REFUSED_SETTINGS, [fault])

    def _finish(self, found: Judged) -> Outcome:
        """Do all that taking a bundle means, and that is not done yet."""
        bundle, begin_utc_s = found.bundle, self._begin_utc_s()
        place = self._tree.place(bundle, found.digest)
        if not place.is_dir():
            place = self._tree.stage(bundle, found.digest)
        with _without_secrets(place, bundle):
            wanted = self._house.wanted(place / SETTINGS_FILE)
        request = None
        if wanted.client is not None:
            self._tree.carry_over(place, wanted.client)
            keys = ClientKeys(self._own, wanted.client, bundle.device, self._board)
            request = keys.make(begin_utc_s)
        self._tree.put_in_force(place)
        make_folder_durably(wanted.signing_folder)
        signing_key = own_key(wanted.signing_folder).public_key().public_bytes_raw()
        certificate = self._panel.make(bundle.device, begin_utc_s)
        self._panel.admit(bundle.panel)
        self._panel.hand_over()
        report = Report(
            device=bundle.device,
            signing_key=signing_key.hex(),
            panel_certificate_sha256=fingerprint(certificate),
            request=request,
            serial=self._machine.serial,
            firmware=self._machine.firmware,
        )
        self._partition.write(REPORT, spell_report(report))
        self._memory.keep(self._taken(found))
        return self._end(found, report)

    def _end(self, found: Judged, report: Report) -> Outcome:
        """Wipe what is secret, now that it is kept here; say that all is done."""
        if self._is_ours(found):
            self._partition.wipe(BUNDLE)
        outcome = taken_outcome(found.bundle, report, found.pending.signer)
        self._say([outcome])
        self._tree.sweep()
        self._memory.end()
        return outcome

    def _is_ours(self, found: Judged) -> bool:
        """Return whether what lies there is what was taken, or the rest of it."""
        raw = self._partition.read(BUNDLE, ENVELOPE_BYTES_MAX)
        return raw is not None and (raw == found.pending.envelope or WIPED in raw)

    def _taken(self, found: Judged) -> Taken:
        known = self._board.clock().trust is not ClockTrust.UNSYNCED
        return Taken(
            device=found.bundle.device,
            counter=found.bundle.counter,
            signer=found.pending.signer,
            digest=found.digest,
            utc_s=self._board.utc_s() if known else None,
        )

    def _begin_utc_s(self) -> float:
        """Return a moment that is surely over: from then on certificates are valid."""
        if self._board.clock().trust is ClockTrust.UNSYNCED:
            return BUILT_UTC_S
        return max(BUILT_UTC_S, self._board.utc_s() - DAY_S)

    def _take_certificate(self) -> Outcome | None:
        chain = self._partition.read(CERTIFICATE, CERTIFICATE_BYTES_MAX)
        if chain is None:
            return None
        taken = self._memory.taken()
        if taken is None:
            return _refused_certificate("no bundle was taken yet; put one on the card")
        wanted = self._house.wanted(self._tree.in_force / SETTINGS_FILE)
        if wanted.client is None:
            return _refused_certificate(
                "the settings name no certificate_file and key_file in [uplink]; "
                "name both, and write the card again"
            )
        keys = ClientKeys(self._own, wanted.client, taken.device, self._board)
        facts = keys.certify(chain)
        self._partition.remove(CERTIFICATE)
        return Outcome(Verdict.CERTIFIED, facts=facts)


def _since_taken(outcomes: list[Outcome]) -> list[Outcome]:
    """Return what still matters: a newer bundle mends what an older one could not."""
    places = [
        place for place, each in enumerate(outcomes) if each.verdict is Verdict.TAKEN
    ]
    return outcomes[places[-1] :] if places else outcomes


@contextmanager
def _without_secrets(place: Path, bundle: Bundle) -> Iterator[None]:
    """Have faults of settings tell no secret that came with them."""
    try:
        yield
    except SettingsError as error:
        faults = Unsaid(bundle.secrets.values(), str(place)).clean(error.faults)
        raise RefusalError(Verdict.REFUSED_SETTINGS, faults) from None


def _refused_certificate(fault: str) -> Outcome:
    return Outcome(Verdict.REFUSED_CERTIFICATE, (f"{CERTIFICATE}: {fault}",))


def _tried(step: Callable[[], Outcome | None]) -> Outcome | None:
    """Return what a step ends with, faults included."""
    try:
        return step()
    except RefusalError as error:
        return Outcome.of(error)
    except SettingsError as error:
        return Outcome(Verdict.REFUSED_SETTINGS, error.faults)
    except TallypostError as error:
        return Outcome(Verdict.REFUSED_DISK, (str(error),))
    except OSError as error:
        place = error.filename or "the device's disk"
        told = f"{place}: refuses ({error.strerror}); make room, or mend the disk"
        return Outcome(Verdict.REFUSED_DISK, (told,))
