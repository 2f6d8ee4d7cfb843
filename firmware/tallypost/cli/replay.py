"""`tallypost replay`: footage, or recorded detections, in; records out."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tallypost.cli import words
from tallypost.domain.words import DAY_S

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tallypost.assembly.footage import Wishes
    from tallypost.domain.vision import Detections
    from tallypost.vision.detection.delegate import Delegate


@click.command("replay", short_help="Count footage; write records.")
@click.argument("source", required=False)
@click.option(
    "--site",
    "site_file",
    type=click.Path(path_type=Path),
    required=True,
    help="The file that holds lines and zones.",
)
@click.option("--model", help="A model's name or file; by default the best at hand.")
@click.option(
    "--pace",
    type=click.Choice(["fast", "real"]),
    default="fast",
    show_default=True,
    help="As fast as it goes without losing a frame, or as time passes.",
)
@click.option(
    "--out",
    "out_file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the records there; by default to standard output.",
)
@click.option(
    "--alerts",
    "alerts_file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write alerts there, one object a line.",
)
@click.option(
    "--detections",
    "recording_file",
    type=click.Path(path_type=Path),
    help="Recorded detections instead of pictures: MOT Challenge text.",
)
@click.option(
    "--rate-hz",
    type=words.Number(min=0.5, max=1000),
    help="Detections: how many frames made a second. Pictures: look at no more.",
)
@click.option("--size", type=words.Size(), help="Detections: size of their pictures.")
@click.option(
    "--interval-s",
    type=click.IntRange(1, 3600),
    default=60,
    show_default=True,
    help="One record covers so many seconds.",
)
@click.option(
    "--start",
    "start_utc_s",
    type=words.Moment(),
    help="When the footage began; by default records count from 1970.",
)
@click.option(
    "--device",
    type=words.Device(),
    default="replay",
    show_default=True,
    help="Name in records.",
)
@click.option("--score-min", type=words.Number(0, 1), help="Look at no lower scores.")
@click.option(
    "--looks",
    "looks_max",
    type=click.IntRange(1, 16),
    default=1,
    show_default=True,
    help="Pictures: look so often at each, closer round lines and zones.",
)
@click.option(
    "--trust-camera",
    is_flag=True,
    help="Pictures: count whatever they show; do not ask whether the camera was moved, "
    "blinded or covered.",
)
@words.threads
@words.delegate
def command(**options: Any) -> None:
    """Count footage and write one record an interval, as JSON, one object a line.

    SOURCE is a video file, an image sequence (frames/*.jpg), an RTSP address or a
    camera (/dev/video0). With --detections no pictures are needed at all. Progress goes
    to standard error; a live source runs until Ctrl-C.

    Alerts are told there in a line each, and written to the file that --alerts names.

    \b
    tallypost replay street.mp4 --site site.toml --out street.jsonl
    tallypost replay --detections det.txt --rate-hz 25 --size 768x576 --site site.toml
    """
    asked = Asked(**options)
    if (asked.source is None) == (asked.recording_file is None):
        raise click.UsageError("give either SOURCE or --detections FILE")
    if DAY_S % asked.interval_s:
        raise click.UsageError("--interval-s must divide a day evenly, as 60 does")
    _spare_inputs(asked)
    if asked.recording_file is None:
        _pictures(asked)
    elif asked.rate_hz is None or asked.size is None:
        raise click.UsageError("--detections needs --rate-hz and --size")
    else:
        _detections(asked, asked.recording_file, asked.rate_hz, asked.size)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The command's words, as click has checked them."""

    source: str | None
    site_file: Path
    model: str | None
    pace: str
    out_file: Path | None
    alerts_file: Path | None
    recording_file: Path | None
    rate_hz: float | None
    size: tuple[int, int] | None
    interval_s: int
    start_utc_s: float | None
    device: str
    score_min: float | None
    threads: int
    delegate: Delegate | None
    looks_max: int
    trust_camera: bool


def _spare_inputs(asked: Asked) -> None:
    """Refuse to write over what is read, or over what are no records.

    Raises:
        click.UsageError: `--out` or `--alerts` names such a file, or both name one.
    """
    out, alerts = asked.out_file, asked.alerts_file
    if out is not None and alerts is not None and out.absolute() == alerts.absolute():
        raise click.UsageError(f"--alerts {alerts} takes records; name another file")
    for option, file in (("--out", out), ("--alerts", alerts)):
        if file is not None and file.is_file():
            _spare(asked, option, file)


def _spare(asked: Asked, option: str, written: Path) -> None:
    inputs = [asked.source, asked.site_file, asked.model, asked.recording_file]
    read = [Path(each) for each in inputs if each is not None]
    if any(each.exists() and written.samefile(each) for each in read):
        raise click.UsageError(f"{option} {written} is read from; name another file")
    with suppress(OSError), written.open("rb") as file:
        if file.read(1) not in (b"", b"{"):
            raise click.UsageError(
                f"{option} {written} is there and holds no records; name another file"
            )


def _pictures(asked: Asked) -> None:
    from tallypost.assembly.board import board
    from tallypost.assembly.footage import open_replay
    from tallypost.cli.replay_show import Show
    from tallypost.replay import Ledger, replay_pictures

    here = board()
    with (
        open_replay(str(asked.source), _wishes(asked), here) as replay,
        Show(asked.out_file, asked.alerts_file, here) as show,
    ):

        def progress() -> None:
            show.progress(replay.pipeline.frames, replay.counting.crossings)

        # A live source has no end of its own: what was counted is written all the same.
        with suppress(KeyboardInterrupt):
            ledger = Ledger(asked.device, replay.provenance)
            replay_pictures(replay.pipeline, ledger, show.write, progress)
        progress()


def _detections(
    asked: Asked, recording_file: Path, rate_hz: float, size: tuple[int, int]
) -> None:
    from tallypost.assembly.board import board
    from tallypost.assembly.footage import open_recording
    from tallypost.cli.replay_show import Show
    from tallypost.replay import Ledger, replay_detections

    recorded = open_recording(recording_file, size, _wishes(asked))
    ledger = Ledger(asked.device, recorded.provenance)
    with Show(asked.out_file, asked.alerts_file, board()) as show:
        frames = 0

        def looked_at() -> Iterator[Detections]:
            nonlocal frames
            for frames, detections in enumerate(recorded.frames, start=1):
                show.progress(frames, recorded.counting.crossings)
                yield detections

        told = replay_detections(
            looked_at(),
            counting=recorded.counting,
            scene=recorded.scene,
            rate_hz=rate_hz,
            timeline=recorded.timeline,
        )
        for each in told:
            show.write(ledger.note(each))


def _wishes(asked: Asked) -> Wishes:
    from tallypost.assembly.attention import EVERYTHING
    from tallypost.assembly.footage import Wishes
    from tallypost.settings.regions import RegionsSettings

    return Wishes(
        site_file=asked.site_file,
        interval_s=float(asked.interval_s),
        start_utc_s=asked.start_utc_s,
        model=asked.model,
        score_min=asked.score_min,
        threads=asked.threads,
        delegate=asked.delegate,
        real_pace=asked.pace == "real",
        rate_hz_max=asked.rate_hz,
        regions=RegionsSettings(looks_max=asked.looks_max),
        ignored=EVERYTHING if asked.trust_camera else (),
    )
