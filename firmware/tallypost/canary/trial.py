"""Holds the test: real halves, canaries before the real camera, and then the search."""

import secrets
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tallypost.assembly.board import board
from tallypost.board.base import Board
from tallypost.canary import places
from tallypost.canary.borrowed import write_settings
from tallypost.canary.catcher import Catcher
from tallypost.canary.findings import NOT_TRIED, Findings, Lifetime, Place, Way
from tallypost.canary.forms import forms
from tallypost.canary.pair import LOGS, TALLYPOST, Pair, running
from tallypost.canary.pattern import SEED_BITS
from tallypost.canary.search import Finder
from tallypost.canary.strays import strays
from tallypost.canary.tap import Tap
from tallypost.canary.told import Kind
from tallypost.daemon.handover import Handover
from tallypost.daemon.house import prepare
from tallypost.domain.aiming import AIMING_S_MAX, Aiming, Sketch
from tallypost.domain.records import Interval
from tallypost.errors import PrivacyTestError, WallError
from tallypost.settings.camera import CameraSettings
from tallypost.settings.device import DeviceSettings
from tallypost.vision.sandbox.attempts import attempts
from tallypost.wall.frame import FRAME_BYTES
from tallypost.wall.reader import WallReader

FRAMES = 30
PATIENCE_S = 120.0
"""So long may a half need to open camera and model, and to see its frames."""
SKETCHES_S = 11.0
"""So long it takes until a sketch may show anything, and to tell a few of them."""
POLL_S = 0.1
ANY_PACE = 1e9
"""How many intervals a minute the test itself hears; the real half has its ration."""
LOG_TAIL_LETTERS = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What is tested.

    Attributes:
        settings: Those in force on the device.
        camera: Where pictures come from.
        frames: How many canaries are shown.
        aiming_s: For how long at least, while somebody aims and a sketch leaves the
            half that sees; 0: nobody does.
        program: What is called as `tallypost`.
        on_step: Told what is done next, for a person who waits.
    """

    settings: DeviceSettings
    camera: CameraSettings
    frames: int = FRAMES
    aiming_s: float = 0.0
    program: Sequence[str] = TALLYPOST
    on_step: Callable[[str], None]


def hold(trial: Trial) -> tuple[Findings, Handover]:
    """Hold the test; return what was found, and what was told to the halves.

    Raises:
        PrivacyTestError: The half that sees did not come so far that anything could be
            said.
        TallypostError: The settings, the site or the model cannot be used.
    """
    here, catcher = board(trial.settings.clock.host_uncertainty_s), Catcher()
    try:
        with tempfile.TemporaryDirectory(prefix="tallypost-privacy-") as name:
            folder = Path(name).resolve()
            return _held(trial, folder, catcher, here)
    finally:
        catcher.close()


def _held(
    trial: Trial, folder: Path, catcher: Catcher, here: Board
) -> tuple[Findings, Handover]:
    began_utc_s = here.utc_s()
    file = write_settings(trial.settings, trial.camera, folder, catcher.port)
    handover = replace(prepare(file), aiming=_aiming(here) if trial.aiming_s else None)
    seed = secrets.randbits(SEED_BITS)
    words = ["--seed", str(seed), "--frames", str(trial.frames)]
    words += ["--lasts-s", str(trial.aiming_s)]
    trial.on_step("showing canaries to the half that sees")
    with running(file, handover, words, trial.program) as pair:
        _await(pair, here)
        ways = _ways(pair)
        finder = _finder(pair.tap, seed, folder)
        trial.on_step("searching the memory of both halves")
        searched = [
            places.memory_of(finder, "memory of the half that sees", pair.vision.pid),
            places.memory_of(
                finder, "memory of the half that speaks", pair.telemetry.pid
            ),
        ]
        ended = _ended(pair, folder)
        trial.on_step("making the half that sees fail")
        dumped = pair.abort()
        pair.drain()
    trial.on_step("searching what was said, sent and written")
    lifetime, broken = _heard(pair.tap.wall, handover, here.monotonic_s())
    searched += _searched(finder, pair.tap, catcher, folder, began_utc_s)
    findings = Findings(
        frames=sum(t.one for t in pair.tap.told if t.kind is Kind.FINISHED),
        records=catcher.messages,
        lifetime=lifetime,
        places=searched,
        ways=ways,
        dumped=dumped,
        broken=[*ended, *broken],
    )
    return findings, handover


def _aiming(here: Board) -> Aiming:
    return Aiming(AIMING_S_MAX, here.monotonic_s() + AIMING_S_MAX)


def _await(pair: Pair, here: Board) -> None:
    """Wait until the half that sees has tried everything, or has ended."""
    until_s = here.monotonic_s() + PATIENCE_S
    while here.monotonic_s() < until_s and not pair.tap.finished.is_set():
        here.wait(POLL_S)


def _finder(tap: Tap, seed: int, folder: Path) -> Finder:
    """Return what looks for the canaries that were planted.

    Raises:
        PrivacyTestError: None was.
    """
    shapes = [
        (each.index, each.one, each.two)
        for each in tap.told
        if each.kind is Kind.PLANTED
    ]
    if not shapes:
        raise PrivacyTestError(
            "privacy test: the half that sees did not begin, or saw nothing within "
            f"{PATIENCE_S:.0f} s; it says: {_last_words(folder / LOGS['vision'])}"
        )
    return Finder(forms(shapes, seed))


def _ended(pair: Pair, folder: Path) -> list[str]:
    """Return which half has ended by itself, and why: all should live until now."""
    halves = {"vision": pair.vision, "telemetry": pair.telemetry}
    return [
        f"the {name} half ended by itself with code {half.returncode}; it says: "
        f"{_last_words(folder / LOGS[name])}"
        for name, half in halves.items()
        if half.poll() is not None
    ]


def _last_words(log: Path) -> str:
    said = log.read_text("utf-8", "replace").strip()
    return said[-LOG_TAIL_LETTERS:] or "nothing"


def _ways(pair: Pair) -> list[Way]:
    """Return what became of every attempt; one that ended the half was open."""
    told = pair.tap.told
    begun = {each.index for each in told if each.kind is Kind.BEGUN}
    answers = {each.index: each.one for each in told if each.kind is Kind.ANSWERED}
    outlet = FRAME_BYTES  # any number: names and errors do not depend on it
    return [
        Way(attempt, answers.get(index, 0 if index in begun else NOT_TRIED))
        for index, attempt in enumerate(attempts(outlet, FRAME_BYTES))
    ]


def _heard(
    wall: bytes, handover: Handover, now_s: float
) -> tuple[Lifetime | None, list[str]]:
    """Return how long pictures lived, and what on the wall was not of the schema."""
    reader = WallReader(
        handover.alphabet, ANY_PACE, paced=False, aiming=handover.aiming
    )
    try:
        told = reader.feed(wall, now_s)
    except WallError as error:
        return None, [str(error)]
    broken = []
    if handover.aiming is not None and not any(isinstance(x, Sketch) for x in told):
        broken.append("no sketch passed the wall; nothing is proven of it")
    return _lifetime([each for each in told if isinstance(each, Interval)]), broken


def _lifetime(intervals: Sequence[Interval]) -> Lifetime | None:
    """Return the worst of all intervals."""
    known = [
        (
            each.frame_lifetime_ms_p50,
            each.frame_lifetime_ms_p99,
            each.frame_lifetime_ms_max,
        )
        for each in (interval.quality for interval in intervals)
    ]
    worst = [
        max((each or 0.0 for each in column), default=0.0)
        for column in zip(*known, strict=True)
    ]
    return Lifetime(*worst) if any(worst) else None


def _searched(
    finder: Finder, tap: Tap, catcher: Catcher, folder: Path, began_utc_s: float
) -> list[Place]:
    logs = [path for name in LOGS.values() if (path := folder / name).exists()]
    written = [
        path for path in folder.rglob("*") if path.is_file() and path not in logs
    ]
    return [
        places.wall(finder, tap.wall),
        places.texts(finder, "uplink", [catcher.caught]),
        places.files(finder, "logs", logs, own=True),
        places.files(finder, "files of the halves", written, own=True),
        places.files(
            finder,
            "other files written meanwhile",
            strays(began_utc_s, folder),
            own=False,
        ),
    ]
