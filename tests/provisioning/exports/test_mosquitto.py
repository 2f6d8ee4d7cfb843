"""A real mosquitto with the files that we write for it."""

import base64
import re
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from tallypost_provisioning.errors import FleetError
from tallypost_provisioning.exports.access import rules
from tallypost_provisioning.exports.passwords import SALT_BYTES, hashed, password_file
from tallypost_provisioning.inventory.words import Identity
from tests.provisioning.devices import identity
from tests.servers.mosquitto import Mosquitto, program
from tests.telemetry.listening import until

EXAMPLE = Path(__file__).parents[3] / "docs" / "examples" / "acl"
FLEET = [identity("tp-0001"), identity("tp-0002", mqtt_username="second sensor")]
NAMED = [identity("tp-0001"), identity("tp-0002")]
STAFF = {"operator": "says what to do", "backend": "reads it all"}
Enter = Callable[[str, str], "Somebody"]


class Somebody:
    """A client who logs in by name and password."""

    def __init__(self, port: int, user: str, password: str) -> None:
        self.heard: list[str] = []
        self.answer: str | None = None
        self._refused = 0
        self._subscribed = False
        self._client = paho.Client(CallbackAPIVersion.VERSION2, protocol=paho.MQTTv5)
        self._client.username_pw_set(user, password)
        self._client.on_connect = lambda _c, _u, _f, code, _p: setattr(
            self, "answer", str(code)
        )
        self._client.on_message = lambda _c, _u, told: self.heard.append(told.topic)
        self._client.on_publish = self._note
        self._client.on_subscribe = lambda *_: setattr(self, "_subscribed", True)
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()
        until(lambda: self.answer is not None)
        if self.is_in:
            self._client.subscribe("#", 1)
            until(lambda: self._subscribed)

    @property
    def is_in(self) -> bool:
        return self.answer == "Success"

    def _note(self, *told: object) -> None:
        self._refused += bool(getattr(told[3], "is_failure", False))

    def may_write(self, topic: str) -> bool:
        before = self._refused
        self._client.publish(topic, b"x", 1).wait_for_publish(10)
        time.sleep(0.05)
        return self._refused == before

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()


def broker(folder: Path, fleet: list[Identity], *, pattern: bool) -> Mosquitto:
    folder.mkdir()
    staff = "".join(
        f"{each}:{hashed(word, bytes(SALT_BYTES))}\n" for each, word in STAFF.items()
    )
    known = {each.mqtt_username for each in fleet}
    (folder / "passwords").write_text(password_file(fleet, known, staff))
    told = rules(
        fleet,
        prefix="tallypost",
        backends=["backend"],
        operators=["operator"],
        pattern=pattern,
    )
    (folder / "acl").write_text(told)
    lines = (
        "allow_anonymous false",
        f"password_file {folder / 'passwords'}",
        f"acl_file {folder / 'acl'}",
        "max_queued_messages 10000",
    )
    return Mosquitto(folder / "m", "\n".join(lines)).start()


@pytest.fixture(scope="module", params=[False, True], ids=["each", "pattern"])
def fleet(request: pytest.FixtureRequest) -> list[Identity]:
    return NAMED if request.param else FLEET


@pytest.fixture(scope="module")
def enter(
    tmp_path_factory: pytest.TempPathFactory, fleet: list[Identity]
) -> Iterator[Enter]:
    folder = tmp_path_factory.mktemp("broker") / "b"
    with ExitStack() as stack:
        running = broker(folder, fleet, pattern=fleet is NAMED)
        stack.callback(running.stop)

        def entered(user: str, password: str) -> Somebody:
            found = Somebody(running.port, user, password)
            stack.callback(found.close)
            return found

        yield entered


def test_a_right_password_gets_in_and_a_wrong_one_does_not(
    enter: Enter, fleet: list[Identity]
) -> None:
    for each in fleet:
        assert enter(each.mqtt_username, each.mqtt_password).is_in
        assert not enter(each.mqtt_username, each.mqtt_password + "!").is_in
    assert not enter("tp-0003", fleet[0].mqtt_password).is_in
    assert not enter(fleet[0].mqtt_username, fleet[1].mqtt_password).is_in


def test_a_device_speaks_on_its_own_topics_and_no_others(
    enter: Enter, fleet: list[Identity]
) -> None:
    first, second = (enter(each.mqtt_username, each.mqtt_password) for each in fleet)
    own = ("kpi", "alert", "batch", "status", "health", "reply", "time/request")
    for last in (*own, "reported"):
        assert first.may_write(f"tallypost/tp-0001/{last}")
        assert not second.may_write(f"tallypost/tp-0001/{last}")
    for topic in ("tallypost/tp-0001/command", "tallypost/tp-0001/picture", "else"):
        assert not first.may_write(topic)
    time.sleep(0.3)
    assert first.heard == []
    assert second.heard == []


def test_an_operator_is_heard_by_the_device_and_the_backend_only_listens(
    enter: Enter, fleet: list[Identity]
) -> None:
    device, other = (enter(each.mqtt_username, each.mqtt_password) for each in fleet)
    operator, backend = (enter(*each) for each in STAFF.items())
    heard = ("command", "desired", "time")
    for last in heard:
        assert operator.may_write(f"tallypost/tp-0001/{last}")
        assert not backend.may_write(f"tallypost/tp-0001/{last}")
    assert not operator.may_write("tallypost/tp-0001/kpi")
    until(lambda: len(device.heard) == 3)
    assert device.heard == [f"tallypost/tp-0001/{last}" for last in heard]
    assert device.may_write("tallypost/tp-0001/kpi")
    until(lambda: "tallypost/tp-0001/kpi" in backend.heard)
    assert other.heard == []


def test_the_pattern_is_the_one_that_the_page_about_mqtt_shows() -> None:
    told = rules(
        NAMED,
        prefix="tallypost",
        backends=["backend"],
        operators=["operator"],
        pattern=True,
    )

    def lines(text: str) -> set[str]:
        return {each for each in text.splitlines() if not each.startswith("#")}

    assert lines(told) == lines(EXAMPLE.read_text())


def test_a_password_is_spelt_as_mosquitto_itself_spells_it(tmp_path: Path) -> None:
    file = tmp_path / "theirs"
    file.touch()
    words = [program("mosquitto_passwd"), "-b", str(file), "tp-1", "a password"]
    subprocess.run(words, check=True, capture_output=True)
    _, _, told = file.read_text().strip().partition(":")
    _, kind, iterations, salt, _ = told.split("$")
    assert kind == "7"

    assert hashed("a password", base64.b64decode(salt), int(iterations)) == told


def test_who_is_none_of_the_fleet_keeps_his_line_and_who_was_revoked_loses_it() -> None:
    known = {"tp-0001", "tp-0002", "tp-gone"}
    before = "operator:$7$101$c2FsdA==$aGFzaA==\ntp-gone:x\ntp-0001:y\n"

    told = password_file(NAMED, known, before)

    users = [line.partition(":")[0] for line in told.splitlines()]
    assert users == ["operator", "tp-0001", "tp-0002"]
    assert "operator:$7$101$c2FsdA==$aGFzaA==\n" in told
    assert "tp-0001:y" not in told


def test_a_file_that_is_still_right_is_left_as_it_is() -> None:
    known = {"tp-0001", "tp-0002"}
    first = password_file(NAMED, known, "")

    assert password_file(NAMED, known, first) == first
    changed = [identity("tp-0001", mqtt_password="another"), NAMED[1]]
    second = password_file(changed, known, first).splitlines()
    assert second[0] != first.splitlines()[0]
    assert second[1] == first.splitlines()[1]


def test_no_password_stands_in_the_file() -> None:
    told = password_file(NAMED, set(), "")

    assert "password of" not in told
    assert all(re.fullmatch(r"[^:]+:\$7\$101\$\S+\$\S+", each) for each in told.split())


@pytest.mark.parametrize(
    "user", ["", " ", "a\nuser b", "+", "a/#", "\x00", "a "], ids=ascii
)
def test_a_user_who_would_be_read_otherwise_is_refused_in_both_files(user: str) -> None:
    fleet = [identity("tp-0001", mqtt_username=user)]

    with pytest.raises(FleetError, match=r"the rules of access: .*fault"):
        rules(fleet, prefix="t", backends=[], operators=[], pattern=False)
    with pytest.raises(FleetError, match="tp-0001: the user"):
        password_file(fleet, set(), "")


def test_a_user_with_a_colon_has_no_line_among_passwords() -> None:
    with pytest.raises(FleetError, match="leave out :"):
        password_file([identity(mqtt_username="a:b")], set(), "")


def test_a_user_who_is_called_as_a_pattern_gets_no_rules() -> None:
    fleet = [identity(mqtt_username="%u")]
    with pytest.raises(FleetError, match="'%u' has a letter"):
        rules(fleet, prefix="t", backends=[], operators=[], pattern=False)


@pytest.mark.parametrize("other", ["a\ntopic readwrite #", "+", "#", "", "$SYS"])
def test_a_prefix_that_would_open_other_topics_is_refused(other: str) -> None:
    for prefix, backends in ((other, ["b"]), ("t", [other])):
        with pytest.raises(FleetError):
            rules(NAMED, prefix=prefix, backends=backends, operators=[], pattern=True)


def test_one_pattern_for_all_needs_users_that_are_called_as_their_devices() -> None:
    with pytest.raises(FleetError, match="tp-0002: its user is 'second sensor'"):
        rules(FLEET, prefix="t", backends=[], operators=[], pattern=True)


def test_no_device_has_the_rights_of_who_sees_the_fleet() -> None:
    fleet = [identity("operator"), identity("backend")]

    with pytest.raises(FleetError, match="2 faults"):
        rules(
            *(fleet,),
            prefix="t",
            backends=["backend"],
            operators=["operator"],
            pattern=True,
        )
    with pytest.raises(FleetError, match="'operator' is a device's user"):
        password_file([], {"operator"}, "", {"operator", "backend"})
