"""Starts a real broker for the time of the demonstration, on this machine only."""

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

START_S = 15.0
STOP_S = 5.0
SBIN = "/usr/sbin/mosquitto"
AMQTT_CONFIG = """\
listeners:
  default:
    type: tcp
    bind: 127.0.0.1:{port}
plugins:
  amqtt.plugins.authentication.AnonymousAuthPlugin:
    allow_anonymous: true
"""


class NoBrokerError(Exception):
    """No broker could be started; says why."""


@contextmanager
def running_broker(folder: Path) -> Iterator[tuple[str, int]]:
    """Give the name and port of a broker; stop it afterwards, by its process id.

    Args:
        folder: Where its settings and log lie.

    Raises:
        NoBrokerError: None is installed, or it does not start.
    """
    port = _free_port()
    words = _command(folder, port)
    with (folder / "broker.log").open("wb") as log:
        process = subprocess.Popen(words, stdout=log, stderr=log)
        try:
            _wait_until_open(process, port, folder / "broker.log")
            yield "127.0.0.1", port
        finally:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(STOP_S)
            process.kill()
            process.wait()


def _command(folder: Path, port: int) -> list[str]:
    mosquitto = shutil.which("mosquitto") or (SBIN if Path(SBIN).exists() else None)
    config = folder / "broker.conf"
    if mosquitto is not None:
        config.write_text(f"listener {port} 127.0.0.1\nallow_anonymous true\n", "utf-8")
        print("broker: mosquitto, started for this demonstration", flush=True)
        return [mosquitto, "-c", str(config)]
    amqtt = Path(".venv-broker/bin/amqtt")
    if amqtt.exists():
        config.write_text(AMQTT_CONFIG.format(port=port), "utf-8")
        print("broker: amqtt, started for this demonstration", flush=True)
        return [str(amqtt.resolve()), "-c", str(config)]
    raise NoBrokerError(
        "no broker is installed; install mosquitto (apt install mosquitto) or name one "
        "that runs with --broker HOST:PORT"
    )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_open(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    until_s = time.monotonic() + START_S
    while time.monotonic() < until_s and process.poll() is None:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1.0):
            return
        time.sleep(0.1)
    told = log.read_text("utf-8", errors="replace").strip().splitlines()[-1:]
    raise NoBrokerError(
        f"the broker does not start: {' '.join(told) or 'it says nothing'}"
    )


def subscriber(host: str, port: int, topic: str) -> subprocess.Popen[str]:
    """Return an independent subscriber: what it prints, the broker has delivered."""
    mosquitto_sub = shutil.which("mosquitto_sub")
    if mosquitto_sub is not None:
        words = [mosquitto_sub, "-h", host, "-p", str(port), "-q", "1", "-t", topic]
    else:
        words = [sys.executable, "-m", "scripts.demonstration.listen"]
        words += [host, str(port), topic]
    return subprocess.Popen(
        words,
        stdout=subprocess.PIPE,
        encoding="utf-8",
        errors="replace",  # another's broker may deliver anything
        bufsize=1,
    )
