"""The demonstration: footage in, `tallypost run`, records out of a real broker."""

import argparse
import json
import queue
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from scripts.demonstration.broker import NoBrokerError, running_broker, subscriber
from scripts.demonstration.footage import NoFootageError, find_footage
from scripts.demonstration.show import Tally

ROOT = Path(__file__).resolve().parents[2]
SITE = ROOT / "docs" / "examples" / "campus-site.toml"
DEVICE = "tp-demo"
KNOCK_S = 3.0
TALLYPOST = [sys.executable, "-m", "tallypost"]
SILENCE_S = 0.5
"""When counting is over and the broker is silent for so long, all has been said."""
SETTINGS = """\
device = "{device}"
site = {site}
interval_s = {interval_s}

[camera]
kind = "video"
source = {source}
pace = "{pace}"

[detector]
{model}

[uplink]
kind = "mqtt"
host = "{host}"
port = {port}
tls = false

[outbox]
path = "outbox.db"

[clock]
host_uncertainty_s = 1.0
"""


def arguments() -> argparse.Namespace:
    """Return what the person asked for."""
    parser = argparse.ArgumentParser(
        prog="scripts/demo",
        description="Counts people in real footage with `tallypost run` and shows the "
        "records as a real broker delivers them.",
    )
    parser.add_argument("--source", help="a video file, an address or a camera")
    parser.add_argument("--site", type=Path, default=SITE, help="lines and zones")
    parser.add_argument("--model", help="a model's name or file")
    parser.add_argument("--broker", metavar="HOST:PORT", help="a broker that runs")
    parser.add_argument("--interval-s", type=int, default=5, help="of one record")
    parser.add_argument(
        "--pace",
        choices=["real", "fast"],
        default="real",
        help="as time passes, or as fast as it goes (default: real)",
    )
    return parser.parse_args()


def main() -> int:
    """Run the demonstration; return its exit code."""
    asked = arguments()
    try:
        with ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            source = _source(asked.source)
            host, port = _broker(asked.broker, folder, stack)
            settings_file = folder / "tallypost.toml"
            settings_file.write_text(
                _settings(asked, source, host, port), encoding="utf-8"
            )
            return _run(settings_file, host, port)
    except (NoFootageError, NoBrokerError) as error:
        print(f"scripts/demo: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _source(named: str | None) -> str:
    """Return where pictures come from: an address, or the whole path of a file."""
    source = named or str(find_footage(ROOT / ".cache" / "footage"))
    if "://" in source:
        return source
    if not Path(source).exists():
        raise NoFootageError(f"--source {source} is not there; name footage of yours")
    return str(Path(source).resolve())


def _broker(named: str | None, folder: Path, stack: ExitStack) -> tuple[str, int]:
    if named is None:
        return stack.enter_context(running_broker(folder))
    host, _, port = named.rpartition(":")
    if not host or not port.isdecimal():
        raise NoBrokerError(f"--broker {named} is no address; write HOST:PORT")
    try:
        socket.create_connection((host, int(port)), KNOCK_S).close()
    except (OSError, OverflowError) as error:
        raise NoBrokerError(
            f"--broker {named} does not answer ({error}); is it running?"
        ) from error
    return host, int(port)


def _settings(asked: argparse.Namespace, source: str, host: str, port: int) -> str:
    model = asked.model
    if model is not None and Path(model).exists():
        model = str(Path(model).resolve())
    return SETTINGS.format(
        device=DEVICE,
        site=json.dumps(str(asked.site.resolve())),
        interval_s=asked.interval_s,
        source=json.dumps(source),
        pace=asked.pace,
        model="" if model is None else f"model = {json.dumps(model)}",
        host=host,
        port=port,
    )


def _run(settings_file: Path, host: str, port: int) -> int:
    topic = f"tallypost/{DEVICE}/kpi"
    listening = subscriber(host, port, topic)
    time.sleep(1.0)
    log_file = settings_file.with_name("tallypost.log")
    tally = Tally(topic)
    with log_file.open("w", encoding="utf-8") as log:
        counting = subprocess.Popen(
            [
                *(*TALLYPOST, "run", "--no-live"),
                *("--settings", str(settings_file)),
            ],
            stderr=log,
        )
        try:
            with tally:
                for line in _delivered(listening, counting):
                    tally.take(line)
        finally:
            counting.terminate()
            counting.wait()
            listening.terminate()
            listening.wait()
    if tally.records:
        tally.sum_up(settings_file.parent)
    if counting.returncode or not tally.records:
        print(log_file.read_text("utf-8"), file=sys.stderr)
        return counting.returncode or 1
    return 0


def _delivered(
    listening: subprocess.Popen[str], counting: subprocess.Popen[bytes]
) -> Iterator[str]:
    """Give each line the subscriber prints, until counting is over and all is said."""
    lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()

    def hear() -> None:
        assert listening.stdout is not None
        for line in listening.stdout:
            lines.put(line)
        lines.put(None)

    # A thread, because what Python has read ahead, no selector knows of.
    threading.Thread(target=hear, name="listening", daemon=True).start()
    while True:
        over = counting.poll() is not None
        try:
            line = lines.get(timeout=SILENCE_S)
        except queue.Empty:
            if over:
                return
            continue
        if line is None:
            return
        yield line


if __name__ == "__main__":
    sys.exit(main())
