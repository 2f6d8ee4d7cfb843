"""The demonstration: footage in, `tallypost run`, records out of a real broker."""

import argparse
import json
import selectors
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from scripts.demonstration.broker import NoBrokerError, running_broker, subscriber
from scripts.demonstration.footage import NoFootageError, find_footage
from scripts.demonstration.show import Tally

ROOT = Path(__file__).resolve().parents[2]
SITE = ROOT / "docs" / "examples" / "campus-site.toml"
DEFAULT_MODEL = "efficientdet-lite0"
DEVICE = "tp-demo"
TALLYPOST = [sys.executable, "-m", "tallypost"]
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
            source = asked.source or str(find_footage(ROOT / ".cache" / "footage"))
            if Path(source).exists():
                source = str(Path(source).resolve())
            _fetch_model(asked.model)
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


def _fetch_model(model: str | None) -> None:
    """Have the default model at hand, unless another was named."""
    if model is not None:
        return
    known = subprocess.run(
        [*TALLYPOST, "models", "list", "--json"],
        capture_output=True,
        text=True,
        check=True,
    )
    rows = [json.loads(line) for line in known.stdout.splitlines() if line.strip()]
    if not any(row.get("at_hand") for row in rows):
        subprocess.run([*TALLYPOST, "models", "add", DEFAULT_MODEL], check=True)


def _broker(named: str | None, folder: Path, stack: ExitStack) -> tuple[str, int]:
    if named is None:
        return stack.enter_context(running_broker(folder))
    host, _, port = named.rpartition(":")
    if not host or not port.isdecimal():
        raise NoBrokerError(f"--broker {named} is no address; write HOST:PORT")
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
            [*TALLYPOST, "run", "--no-live", "--settings", str(settings_file)],
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
    tally.sum_up(settings_file.parent)
    if counting.returncode or not tally.records:
        print(log_file.read_text("utf-8"), file=sys.stderr)
        return counting.returncode or 1
    return 0


def _delivered(
    listening: subprocess.Popen[str], counting: subprocess.Popen[bytes]
) -> Iterator[str]:
    """Give each line the subscriber prints, until counting is over and all is said."""
    assert listening.stdout is not None
    with selectors.DefaultSelector() as selector:
        selector.register(listening.stdout, selectors.EVENT_READ)
        while True:
            over = counting.poll() is not None
            if selector.select(timeout=0.5):
                line = listening.stdout.readline()
                if not line:
                    return
                yield line
            elif over:
                return


if __name__ == "__main__":
    sys.exit(main())
