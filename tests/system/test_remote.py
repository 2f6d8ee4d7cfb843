"""An operator, a real broker with access rules, and a device that counts footage."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tallypost.domain.desired import Standing
from tallypost.settings.journal import Journal
from tallypost.settings.journal_state import Force
from tallypost_backend.keys import new_key
from tests.servers.mosquitto import Mosquitto, program
from tests.system.house import MODEL, NO_UPLINK, SITE, House, video, wait_until

OPERATOR = [sys.executable, "-m", "tallypost_backend.cli"]
ACL = """\
user device
topic write tallypost/tp-test/#
topic read tallypost/tp-test/command
topic read tallypost/tp-test/desired
user city
topic read tallypost/#
topic write tallypost/+/command
topic write tallypost/+/desired
"""
CONFIRM_S = 12


class City:
    """A broker, an operator's key, and the operator.

    Args:
        folder: Where all of it lies.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.folder = folder
        passwords = folder / "passwords"
        passwords.touch(mode=0o600)
        for name in ("device", "city"):
            words = ("-b", str(passwords), name, f"{name}-secret")
            subprocess.run([program("mosquitto_passwd"), *words], check=True)
            self.secret(name, f"{name}-secret")
        acl = self.secret("acl", ACL)
        self.broker = Mosquitto(
            folder / "broker",
            f"allow_anonymous false\npassword_file {passwords}\nacl_file {acl}",
        ).start()
        self.key = folder / "operator.pem"
        self.run("keys", "new", self.key, "--no-passphrase")

    def secret(self, name: str, text: str) -> Path:
        """Write a file that only its owner may read."""
        path = self.folder / name
        path.touch(mode=0o600)
        path.write_text(text, "utf-8")
        return path

    def run(self, *words: object) -> tuple[int, str, str]:
        """Run the operator's tool; return its exit code, output and complaints."""
        done = subprocess.run(
            [*OPERATOR, *map(str, words)],
            capture_output=True,
            text=True,
            check=False,
            timeout=120.0,
        )
        return done.returncode, done.stdout, done.stderr

    def ask(self, *words: object, key: Path | None = None) -> tuple[int, Any]:
        """Send something; return the exit code and what the device said, or None."""
        code, out, complaints = self.run(
            *words,
            *("--device", "tp-test", "--key", key or self.key, "--no-tls"),
            *("--host", "127.0.0.1", "--port", self.broker.port),
            *("--username", "city", "--password-file", self.folder / "city"),
            *("--wait-s", 60),
        )
        assert "Traceback" not in complaints, complaints
        return code, json.loads(out) if out else complaints

    def publish_and_hear(self, envelope: str) -> Any:
        """Send an envelope as it is; return what the device answers."""
        client = ("-h", "127.0.0.1", "-p", str(self.broker.port), "-q", "1")
        login = ("-u", "city", "-P", "city-secret", "-t")
        done = subprocess.run(
            [
                *(program("mosquitto_rr"), *client, *login),
                *("tallypost/tp-test/command", "-e", "tallypost/tp-test/reply"),
                *("-m", envelope.strip(), "-W", "30"),
            ],
            capture_output=True,
            check=True,
        )
        return json.loads(done.stdout)

    @property
    def uplink(self) -> str:
        """What a device's settings say of its link and its operators."""
        return (
            f'kind = "mqtt"\nhost = "127.0.0.1"\nport = {self.broker.port}\n'
            f'tls = false\nusername = "device"\n'
            f"password_file = {json.dumps(str(self.folder / 'device'))}\n\n"
            f'[remote]\nfolder = "remote"\nconfirm_within_s = {CONFIRM_S}\n'
            f"operator_keys = [{json.dumps(str(self.key) + '.pub')}]"
        )


@pytest.fixture
def city(tmp_path: Path) -> Iterator[City]:
    city = City(tmp_path / "city")
    yield city
    city.broker.stop()


@pytest.fixture
def house(tmp_path: Path, city: City, data: Path) -> Iterator[House]:
    camera = video(data / "footage" / "vtest.avi", "real", loop=True)
    model = data / "models" / MODEL
    house = House(tmp_path, camera, model, uplink=city.uplink)
    house.start()
    assert wait_until(lambda: "state=watching" in house.log), house.log
    yield house
    house.close()


@pytest.fixture
def heard(city: City, house: House) -> Iterator[Callable[[], list[dict[str, Any]]]]:
    del house
    out = city.folder / "records.jsonl"
    with out.open("wb") as file:
        listening = subprocess.Popen(
            [
                *(program("mosquitto_sub"), "-p", str(city.broker.port), "-q", "1"),
                *("-u", "city", "-P", "city-secret", "-t", "tallypost/tp-test/kpi"),
            ],
            stdout=file,
        )
    yield lambda: [
        json.loads(line)
        for line in out.read_text("utf-8").splitlines(keepends=True)
        if line.endswith("\n")
    ]
    listening.terminate()
    listening.wait()


@pytest.mark.slow
def test_a_line_renamed_from_afar_is_counted_under_its_new_name(
    city: City, house: House, heard: Callable[[], list[dict[str, Any]]], tmp_path: Path
) -> None:
    site = tmp_path / "new-site.toml"
    site.write_text(SITE.replace('"middle"', '"gate"'), "utf-8")

    code, reported = city.ask("settings", "--site", site, "--revision", 5)

    assert code == 0, (reported, house.log)
    assert reported["state"] == "settled"
    assert reported["in_force"] == 5
    assert wait_until(lambda: "gate" in heard()[-1]["lines"]), house.log
    records = heard()
    assert records[-1]["quality"]["site"] == reported["site"]
    seqs = [record["seq"] for record in records]
    assert seqs == [*range(seqs[0], seqs[0] + len(seqs))]
    assert house.process is not None
    assert house.process.poll() is None


@pytest.mark.slow
def test_records_that_an_operator_asks_for_come_once_more(
    city: City, house: House, heard: Callable[[], list[dict[str, Any]]]
) -> None:
    assert wait_until(lambda: len(heard()) >= 4), house.log
    wanted = heard()[1]["seq"]

    code, reply = city.ask(
        "command", "report", f"first_seq={wanted}", f"last_seq={wanted + 1}"
    )

    assert (code, reply["records"]) == (0, 2), (reply, house.log)
    assert wait_until(
        lambda: [record["seq"] for record in heard()].count(wanted + 1) == 2
    ), house.log
    records = heard()
    for seq in (wanted, wanted + 1):
        first, again = (record for record in records if record["seq"] == seq)
        assert first == again
    assert [record["seq"] for record in records].count(wanted + 2) == 1


@pytest.mark.slow
def test_settings_with_which_nothing_can_be_delivered_are_taken_back(
    city: City, house: House, tmp_path: Path
) -> None:
    away = tmp_path / "away.toml"
    away.write_text("[uplink]\nport = 9\n", "utf-8")

    code, reported = city.ask("settings", "--settings", away, "--revision", 5)

    assert code == 1, (reported, house.log)
    assert reported["state"] == "rolled_back"
    assert f"within {CONFIRM_S} s" in reported["faults"][0]
    assert "in_force" not in reported
    assert house.log.count("settings from afar taken back") == 1


@pytest.mark.slow
def test_a_device_killed_on_trial_comes_back_to_what_had_proved_good(
    city: City, house: House, tmp_path: Path
) -> None:
    away = tmp_path / "away.toml"
    away.write_text("[uplink]\nport = 9\n", "utf-8")
    words = ("--key", city.key, "--device", "tp-test", "--settings", away)
    _, envelope, _ = city.run("settings", *words, "--revision", 7)
    publish = [
        *(program("mosquitto_pub"), "-p", str(city.broker.port), "-q", "1", "-r"),
        *("-u", "city", "-P", "city-secret", "-t", "tallypost/tp-test/desired"),
        *("-m", envelope),
    ]
    subprocess.run(publish, check=True)
    for start in range(2, 6):
        if start < 5:
            assert wait_until(lambda: house.log.count("watching") >= start), house.log  # noqa: B023
        assert house.process is not None
        os.kill(house.process.pid, signal.SIGKILL)
        house.process.wait()
        wait_until(lambda: False, 1.0)
        house.start()

    assert wait_until(lambda: "taken back" in house.log), house.log

    def standing() -> str:
        state = json.loads((tmp_path / "remote" / "state.json").read_text("utf-8"))
        return "trial" if state["trial"] else str(state["verdict"]["standing"])

    # It is told a moment before it is written.
    assert wait_until(lambda: standing() == "rolled_back"), standing()


DAMAGE = {
    "on trial, and refused": (b"interval_s = 7\n", False),
    "settled, and damaged since": (b"\x00\x00", True),
}


@pytest.mark.slow
@pytest.mark.parametrize(("text", "settled"), DAMAGE.values(), ids=DAMAGE.keys())
def test_settings_with_which_it_cannot_begin_never_keep_a_device_from_counting(
    tmp_path: Path, data: Path, text: bytes, settled: bool
) -> None:
    camera = video(data / "footage" / "vtest.avi", "real", loop=True)
    remote = '\n\n[remote]\nfolder = "remote"\noperator_keys = ["operator.pub"]'
    new_key(tmp_path / "operator", "")
    house = House(tmp_path, camera, data / "models" / MODEL, NO_UPLINK + remote)
    journal = Journal(tmp_path / "remote")
    journal.adopt(3, "d", {"tallypost.toml": text})
    if settled:
        journal.confirm()
    try:
        house.start()
        assert wait_until(lambda: "state=watching" in house.log), house.log
    finally:
        house.close()

    assert journal.state().in_force == Force()
    assert journal.state().verdict.standing is Standing.ROLLED_BACK


@pytest.mark.slow
def test_an_operator_asks_and_a_stranger_is_refused(
    city: City, house: House, tmp_path: Path
) -> None:
    code, reply = city.ask("command", "log_level", "level=debug", "duration_s=60")
    assert (code, reply["outcome"]) == (0, "done"), house.log

    words = ("command", "log_level", "level=info", "duration_s=9")
    _, envelope, _ = city.run(*words, "--device", "tp-test", "--key", city.key)
    first, again = (city.publish_and_hear(envelope) for _ in range(2))
    assert first == again
    assert first["outcome"] == "done"

    code, reply = city.ask("command", "identify", "duration_s=5")
    assert (code, reply["outcome"]) == (1, "unsupported")

    other = tmp_path / "other.pem"
    city.run("keys", "new", other, "--no-passphrase")
    code, reply = city.ask("command", "reboot", key=other)
    assert (code, reply["outcome"]) == (1, "refused")

    code, shown, _ = city.run("keys", "show", f"{other}.pub")
    public = shown.split()[1]
    code, reply = city.ask("command", "trust_key", f"public_key={public}")
    assert (code, reply["outcome"]) == (0, "done")
    code, reply = city.ask(
        "command", "log_level", "level=info", "duration_s=1", key=other
    )
    assert (code, reply["outcome"]) == (0, "done")


@pytest.mark.slow
def test_settings_that_are_not_heeded_end_with_the_reason(
    city: City, house: House, tmp_path: Path
) -> None:
    site = tmp_path / "new-site.toml"
    site.write_text(SITE.replace('"middle"', '"gate"'), "utf-8")
    other = tmp_path / "other.pem"
    city.run("keys", "new", other, "--no-passphrase")

    words = ("settings", "--site", site, "--revision")
    code, reported = city.ask(*words, 5, key=other)
    assert (code, reported["state"]) == (1, "local"), house.log
    assert "no key that is heeded" in reported["refused"]["reason"]
    assert reported["refused"]["revision"] == 5

    code, reported = city.ask(*words, 5)
    assert (code, reported["state"]) == (0, "settled"), house.log
    code, reported = city.ask("settings", "--revision", 4)
    assert (code, reported["in_force"]) == (1, 5)
    assert reported["refused"]["reason"] == "revision: 4 is not above 5"


@pytest.mark.slow
def test_what_may_not_be_set_is_reported_with_every_fault(
    city: City, house: House, tmp_path: Path
) -> None:
    settings = tmp_path / "wish.toml"
    settings.write_text(
        'device = "tp-other"\ninterval_s = 7\n[camera]\nkind = "video"\n'
        'source = "/etc/passwd"\n[remote]\noperator_keys = []\n',
        "utf-8",
    )
    site = tmp_path / "wish-site.toml"
    site.write_text(SITE + '[privacy]\nprofile = "open"\n', "utf-8")

    code, reported = city.ask("settings", "--settings", settings, "--site", site)

    assert code == 1, house.log
    assert reported["state"] == "refused"
    told = "\n".join(reported["faults"])
    for key in (
        "device:",
        "interval_s: 7 does not",
        "camera.kind:",
        "camera.source:",
        "remote.operator_keys:",
        "privacy.profile:",
    ):
        assert key in told, told
    assert house.log.count("state=watching") == 1, "nothing was started anew"
