"""The device at the pole, and the broker that its records come to."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scripts.rehearsal.city import DEVICE, Places, say
from tests.servers.mosquitto import Mosquitto
from tests.system.house import wait_until

STOP_S = 30.0
SETTINGS = """\
allow_anonymous false
cafile {folder}/ca.pem
certfile {folder}/broker.pem
keyfile {folder}/broker.key
password_file {folder}/passwords
acl_file {folder}/acl"""
LISTENER = "backend"


@contextmanager
def broker(places: Places) -> Iterator[Mosquitto]:
    """Give the city's broker, which knows its fleet by password."""
    password = places.broker / "listener"
    words = ("mosquitto_passwd", "-b", str(places.broker / "passwords"), LISTENER)
    password.write_text("only for a rehearsal", "utf-8")
    subprocess.run([*words, password.read_text("utf-8")], check=True)
    settings = SETTINGS.format(folder=places.broker)
    server = Mosquitto(places.folder / "mosquitto", settings, places.broker_port)
    try:
        yield server.start()
    finally:
        server.stop()


def first_start(places: Places) -> str:
    """Have the device take its card; return what it says in RESULT.txt."""
    words = ("--boot", str(places.boot), "--folder", str(places.device))
    say("tallypost", "first-boot", *words)
    return (places.boot / "tallypost" / "RESULT.txt").read_text("utf-8")


@contextmanager
def running(places: Places) -> Iterator[Path]:
    """Have the device run; give its log."""
    settings = places.device / "settings" / "tallypost.toml"
    log = places.folder / "device.log"
    words = ("run", "--no-live", "--settings", str(settings))
    with log.open("ab") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "tallypost", *words], stdout=file, stderr=file
        )
    try:
        yield log
    finally:
        process.terminate()
        try:
            process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def says(log: Path, text: str) -> None:
    """Return once a log says something.

    Raises:
        SystemExit: It does not, for minutes.
    """
    if not wait_until(lambda: text in log.read_text("utf-8")):
        raise SystemExit(f"the device never says {text!r}:\n{log.read_text('utf-8')}")


def record(places: Places) -> dict[str, object]:
    """Return the quality of the next record that the broker passes on to the city."""
    words = ["mosquitto_sub", "-h", "localhost", "-p", str(places.broker_port)]
    words += ["--cafile", str(places.broker / "ca.pem"), "-u", LISTENER]
    words += ["-P", (places.broker / "listener").read_text("utf-8")]
    words += ["-t", f"tallypost/{DEVICE}/kpi", "-C", "1", "-W", "60"]
    told = subprocess.run(words, capture_output=True, check=True).stdout
    quality: dict[str, object] = json.loads(told)["quality"]
    return quality
