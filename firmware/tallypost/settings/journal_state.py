"""What the journal knows, in one small text: what is in force, and what became of it.

    {"settled": {"settings": 12, "drawing": null, "identity": null},
     "trial": null, "starts": 0,
     "verdict": {"standing": "settled", "revision": 12, "digest": "sha256:...",
                 "faults": []},
     "identity": {"standing": "local", "revision": 0, "digest": "", "faults": []},
     "drawing": {"standing": "local", "revision": 0, "digest": "", "faults": []}}

Journals of before identities could come from afar, or sites be drawn at the device, say
nothing of them.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Literal

from tallypost.domain import fields
from tallypost.domain.desired import (
    FAULT_CHARACTERS_MAX,
    FAULTS_MAX,
    REVISION_MAX,
    Standing,
)
from tallypost.domain.json_text import parse, spell

STATE_BYTES_MAX = 256 * 1024

Layer = Literal["settings", "drawing", "identity"]
LAYERS: tuple[Layer, ...] = ("settings", "drawing", "identity")
"""What lies over the device's own files, the lowest first."""


@dataclass(frozen=True, slots=True)
class Force:
    """What is laid over the device's own files.

    Attributes:
        settings: Revision of the settings from afar; None for none.
        identity: Number of the TLS key and certificate from afar; None for none.
        drawing: Number of the site that was drawn at the device; None for none.
    """

    settings: int | None = None
    identity: int | None = None
    drawing: int | None = None

    @property
    def layers(self) -> list[tuple[Layer, int]]:
        """What there is, the lowest first, with its number."""
        numbers = (self.settings, self.drawing, self.identity)
        both = zip(LAYERS, numbers, strict=True)
        return [(layer, number) for layer, number in both if number is not None]


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
        return replace(self, standing=standing, faults=kept_faults(faults))


@dataclass(frozen=True, slots=True)
class State:
    """What the journal knows.

    Attributes:
        settled: What has proved good.
        trial: What has yet to; None where nothing has.
        starts: How many times the trial has started.
        verdict: What became of the settings that came last.
        identity: What became of the certificate that came last.
        drawing: What became of the site that was drawn last.
    """

    settled: Force = field(default_factory=Force)
    trial: Force | None = None
    starts: int = 0
    verdict: Verdict = field(default_factory=Verdict)
    identity: Verdict = field(default_factory=Verdict)
    drawing: Verdict = field(default_factory=Verdict)

    @property
    def in_force(self) -> Force:
        """What is laid over the device's own files just now."""
        return self.trial or self.settled

    @property
    def only_drawn(self) -> bool:
        """Whether nothing is on trial but what was drawn at the device."""
        trial, settled = self.trial, self.settled
        return (
            trial is not None
            and trial != settled
            and (replace(trial, drawing=settled.drawing) == settled)
        )


def kept_faults(faults: Sequence[str]) -> tuple[str, ...]:
    """Return as many faults as are kept: the text that holds them stays small.

    A path in one may hold bytes that are no UTF-8; nobody could read them back.
    """
    return tuple(
        fault[:FAULT_CHARACTERS_MAX].encode(errors="replace").decode()
        for fault in faults[:FAULTS_MAX]
    )


def encode_state(state: State) -> bytes:
    """Return what is known as a text."""
    return spell(asdict(state))


def decode_state(text: bytes) -> State:
    """Return what a text tells.

    Raises:
        RecordError: It is none of ours; names the key's path.
    """
    found = fields.mapping(parse(text, bytes_max=STATE_BYTES_MAX), "")
    trial = fields.member(found, "", "trial")
    starts = fields.member(found, "", "starts")
    return State(
        settled=_force(fields.member(found, "", "settled"), "settled"),
        trial=None if trial is None else _force(trial, "trial"),
        starts=fields.count(starts, "starts"),
        verdict=_verdict(fields.member(found, "", "verdict"), "verdict"),
        identity=_later(found, "identity"),
        drawing=_later(found, "drawing"),
    )


def _later(found: fields.Object, key: str) -> Verdict:
    """Return a verdict that older journals say nothing of."""
    return _verdict(found[key], key) if key in found else Verdict()


def _force(raw: object, path: str) -> Force:
    told = fields.mapping(raw, path)
    numbers = {
        layer: _number(raw, path, layer)
        for layer in LAYERS
        if layer in told or layer != "drawing"
    }
    return Force(**numbers)


def _number(raw: object, path: str, layer: Layer) -> int | None:
    told, where = fields.member(raw, path, layer), fields.join(path, layer)
    if told is None:
        return None
    return fields.whole(told, where, low=1, high=REVISION_MAX)


def _verdict(raw: object, path: str) -> Verdict:
    standing, revision, digest, faults = (
        (fields.member(raw, path, key), fields.join(path, key))
        for key in ("standing", "revision", "digest", "faults")
    )
    return Verdict(
        standing=fields.choice(*standing, Standing),
        revision=fields.whole(*revision, low=0, high=REVISION_MAX),
        digest=fields.text(*digest),
        faults=tuple(
            fields.text(each, faults[1], characters_max=FAULT_CHARACTERS_MAX)
            for each in fields.listed(*faults, items_max=FAULTS_MAX)
        ),
    )
