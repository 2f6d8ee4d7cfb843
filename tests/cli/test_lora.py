"""`tallypost lora` and `tallypost doctor --lora`, as a technician types them."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tallypost.board.linux import LinuxBoard
from tallypost.cli import doctor, lora, lora_words
from tallypost.errors import JoinRefusedError, SettingsError
from tallypost.simulated.modem.hurry import HurriedBoard
from tallypost.simulated.modem.terminal import Terminal
from tallypost.simulated.stage import Scene, Stage, set_up
from tallypost.telemetry.uplink.lorawan.airtime import Lora
from tallypost.telemetry.uplink.lorawan.memory import Memory
from tallypost.telemetry.uplink.lorawan.survey import Step
from tallypost.telemetry.uplink.modem.base import LinkCheck

KEY = bytes(range(16))
SETTINGS = """\
device = "tp-test"

[uplink]
kind = "lorawan"
port = "{port}"
region = "in865"
join_eui = "0000000000000000"
app_key_file = "app.key"

[outbox]
path = "outbox.db"

[clock]
host_uncertainty_s = 1.0
"""
Ask = Callable[..., Result]


@pytest.fixture
def hurried() -> HurriedBoard:
    return HurriedBoard(LinuxBoard(), 100.0)


@pytest.fixture
def stage(request: pytest.FixtureRequest, hurried: HurriedBoard) -> Stage:
    model = getattr(request, "param", "rak3172")
    return set_up(model, hurried, Scene(region="in865", app_key=KEY))


@pytest.fixture
def terminal(stage: Stage, hurried: HurriedBoard) -> Iterator[Terminal]:
    with Terminal(stage.modem, hurried) as terminal:
        yield terminal


@pytest.fixture
def settings(tmp_path: Path, terminal: Terminal) -> Path:
    file = tmp_path / "tallypost.toml"
    file.write_text(SETTINGS.format(port=terminal.path), "utf-8")
    (tmp_path / "site.toml").write_text(
        '[[lines]]\nname = "gate"\nstart = [0.0, 0.5]\nend = [1.0, 0.5]\n', "utf-8"
    )
    key = tmp_path / "app.key"
    key.write_text(KEY.hex() + "\n")
    key.chmod(0o600)
    return file


@pytest.fixture
def ask(settings: Path) -> Ask:
    def run(word: str, *more: str) -> Result:
        runner = CliRunner()
        return runner.invoke(
            lora.command,
            [word, "--settings", str(settings), *more],
            standalone_mode=False,
        )

    return run


def test_info_tells_which_modem_there_is(ask: Ask, stage: Stage) -> None:
    result = ask("info")
    assert "model          rak3172" in result.output, result.exception
    assert stage.device.dev_eui.hex() in result.output
    assert stage.network.received == []


def test_join_says_that_it_has(ask: Ask, tmp_path: Path) -> None:
    Memory(tmp_path / "outbox.db.radio").keep(session="of before")
    result = ask("join")
    assert Memory(tmp_path / "outbox.db.radio").kept.session == ""
    assert result.output.endswith("joined\n"), result.exception


def test_join_says_what_to_look_at_when_nobody_answers(ask: Ask, stage: Stage) -> None:
    stage.air.away = True
    result = ask("join")
    assert isinstance(result.exception, JoinRefusedError)
    assert result.stderr.startswith("asking the network to let us in;")
    assert "gateway is in reach" in str(result.exception)


def test_send_says_how_well_the_network_hears(ask: Ask) -> None:
    result = ask("send")
    assert "answered\n" in result.output, result.exception
    assert "1 gateway" in result.output
    assert result.return_value == 0


def test_a_survey_asks_at_each_data_rate(ask: Ask) -> None:
    result = ask("survey")
    lines = result.stdout.splitlines()
    assert [line.split()[0] for line in lines[:6]] == [
        *("DR5", "DR4", "DR3", "DR2", "DR1", "DR0")
    ], result.exception
    assert "DR5 is sound here: a record every 900 s takes 6 s a day." in lines[-1]
    assert result.return_value == 0


def findings(result: Result) -> list[dict[str, Any]]:
    """What the doctor has found, by its last line: patience is asked for before."""
    found: list[dict[str, Any]] = json.loads(result.stdout.splitlines()[-1])["findings"]
    return found


def test_the_doctor_looks_at_settings_clock_and_radio(settings: Path) -> None:
    result = CliRunner().invoke(
        doctor.command,
        ["--lora", "--json", "--settings", str(settings)],
        standalone_mode=False,
    )
    found = {each["name"]: each["well"] for each in findings(result)}
    assert [*found][-4:] == ["keys", "modem", "network", "link"], result.output
    assert {"device settings", "site", "clock", "temperature"} <= {*found}
    assert all(found[each] for each in ("keys", "modem", "network", "link"))


def test_the_doctor_names_what_is_ill(settings: Path, stage: Stage) -> None:
    stage.air.away = True
    result = CliRunner().invoke(
        doctor.command,
        ["--lora", "--json", "--settings", str(settings)],
        standalone_mode=False,
    )
    network = findings(result)[-1]
    assert (network["name"], network["verdict"]) == ("network", "ill")
    assert network["told"] == "nobody lets us in"
    assert result.return_value == 1


@pytest.mark.parametrize("stage", ["stm32wl"], indirect=True)
def test_the_doctor_says_that_a_modem_forgets_its_nonce(
    settings: Path, stage: Stage
) -> None:
    stage.air.away = True
    result = CliRunner().invoke(
        doctor.command,
        ["--lora", "--json", "--settings", str(settings)],
        standalone_mode=False,
    )
    wish = findings(result)[-1]["wish"]
    assert "have the network server reset or ignore the DevNonces" in wish


def test_the_doctor_tells_a_fault_once(tmp_path: Path) -> None:
    result = CliRunner().invoke(
        doctor.command,
        ["--lora", "--json", "--settings", str(tmp_path / "none.toml")],
        standalone_mode=False,
    )
    assert result.output.count("cannot be read") == 1
    for each in findings(result)[1:]:
        assert each["told"].startswith("nobody can tell before"), each["name"]
    assert result.return_value == 1


def test_settings_without_a_radio_are_told_so(tmp_path: Path) -> None:
    file = tmp_path / "tallypost.toml"
    file.write_text('device = "tp-test"\n')
    with pytest.raises(SettingsError, match="has no LoRaWAN link"):
        lora.radio_settings(file)


@pytest.mark.parametrize(
    ("link", "words"),
    [
        (None, "the network does not say how well it hears"),
        (LinkCheck(15, 2), "good: 2 gateways, 15 dB above the least that it needs"),
        (LinkCheck(5, 1), "fair: 1 gateway, 5 dB above"),
        (LinkCheck(1, 1), "thin: 1 gateway, only 1 dB above"),
    ],
    ids=["untold", "good", "fair", "thin"],
)
def test_a_margin_is_told_in_words(link: LinkCheck | None, words: str) -> None:
    assert lora_words.margin(link).startswith(words)


def step(data_rate: int, answered: int, tries: int = 3) -> Step:
    return Step(data_rate, Lora(12 - data_rate), answered, tries, None)


@pytest.mark.parametrize(
    ("steps", "words"),
    [
        ([step(5, 0, 0), step(0, 0, 0)], "Nobody answers here"),
        ([step(5, 1), step(4, 2)], "Only some frames were answered"),
        ([step(5, 1), step(3, 3), step(2, 3)], "DR3 is sound here: a record"),
        ([step(5, 0), step(0, 3)], "DR0 is sound here, yet a record"),
    ],
    ids=["nobody", "some", "sound", "slow"],
)
def test_a_survey_ends_in_one_sentence(steps: list[Step], words: str) -> None:
    assert lora_words.verdict(steps, 900.0, 30.0).startswith(words)
