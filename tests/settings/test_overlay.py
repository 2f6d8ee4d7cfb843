"""Settings from afar, laid over the device's own."""

import shutil
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from tallypost.board.simulated import SimulatedBoard
from tallypost.daemon.house import prepare
from tallypost.daemon.trial import Trial
from tallypost.domain.desired import FAULTS_MAX
from tallypost.errors import SettingsError
from tallypost.settings.device import DeviceSettings
from tallypost.settings.explanation import unfold
from tallypost.settings.journal import Journal
from tallypost.settings.overlay import (
    check_privacy,
    faults_of,
    merged,
    privacy_faults,
    read_settings_in_force,
)
from tallypost.settings.privacy import Privacy
from tallypost.settings.reading import read_site
from tallypost.settings.remote import NEVER, SETTABLE, refusal

SITE = '[[lines]]\nname = "gate"\nstart = [0.0, 0.5]\nend = [1.0, 0.5]\n'
OWN = 'interval_s = 30\n[remote]\nfolder = "remote"\noperator_keys = ["op.pub"]\n'
OVER = "interval_s = 60\n[detector]\nthreads = 4\n"


@pytest.fixture
def own(tmp_path: Path) -> Path:
    path = tmp_path / "tallypost.toml"
    path.write_text(OWN, "utf-8")
    (tmp_path / "site.toml").write_text(SITE, "utf-8")
    return path


def journal(own: Path) -> Journal:
    return Journal(own.parent / "remote")


def faults(own: Path, settings: str | None = None, site: str | None = None) -> str:
    return "\n".join(faults_of(own, settings=settings, site=site, classes=("car",)))


def test_without_anything_from_afar_the_own_file_is_in_force(own: Path) -> None:
    assert read_settings_in_force(own).interval_s == 30


def test_what_is_on_trial_and_what_has_settled_is_in_force(own: Path) -> None:
    files = {"tallypost.toml": OVER.encode(), "site.toml": SITE.encode()}
    journal(own).adopt(7, "d", files)
    trial = read_settings_in_force(own)
    journal(own).confirm()

    assert read_settings_in_force(own) == trial
    assert (trial.interval_s, trial.detector.threads) == (60, 4)
    assert trial.site == own.parent / "remote" / "settings-7" / "site.toml"
    assert trial.remote.folder == own.parent / "remote"


def test_without_an_operators_key_nothing_from_afar_is_in_force(own: Path) -> None:
    journal(own).adopt(7, "d", {"tallypost.toml": OVER.encode()})
    own.write_text('interval_s = 30\n[remote]\nfolder = "remote"\n', "utf-8")

    assert read_settings_in_force(own).interval_s == 30


def test_a_certificate_from_afar_goes_with_its_key(own: Path) -> None:
    own.write_text('[uplink]\nkind = "mqtt"\nhost = "b"\n' + OWN[16:], "utf-8")
    journal(own).adopt_identity({"device.key": b"k", "device.crt": b"c"})
    uplink: Any = read_settings_in_force(own).uplink

    assert uplink.key_file.read_bytes() == b"k"
    assert uplink.certificate_file.read_bytes() == b"c"


@pytest.mark.parametrize("lost", ["device.key", "device.crt"])
def test_a_file_of_an_identity_that_is_lost_is_an_error_that_names_it(
    own: Path, lost: str
) -> None:
    own.write_text('[uplink]\nkind = "mqtt"\nhost = "b"\n' + OWN[16:], "utf-8")
    journal(own).adopt_identity({"device.key": b"k", "device.crt": b"c"})
    (journal(own).place("identity", 1) / lost).unlink()

    with pytest.raises(SettingsError, match="identity-1") as raised:
        read_settings_in_force(own)
    assert journal(own).layer_of(raised.value.place) == "identity"


def test_settings_that_are_lost_are_an_error_that_names_them(own: Path) -> None:
    journal(own).adopt(7, "d", {"tallypost.toml": b"interval_s = 90"})
    shutil.rmtree(journal(own).place("settings", 7))

    with pytest.raises(SettingsError, match=r"settings-7.*\n.*is gone") as raised:
        read_settings_in_force(own)
    assert journal(own).layer_of(raised.value.place) == "settings"


def test_a_damaged_overlay_is_an_error_that_names_it(own: Path) -> None:
    journal(own).adopt(7, "d", {"tallypost.toml": b"nonsense"})

    with pytest.raises(SettingsError, match="settings-7"):
        read_settings_in_force(own)


def test_what_was_sent_and_fits_its_own_file_no_more_is_an_error_that_names_it(
    own: Path,
) -> None:
    link = '[uplink]\nkind = "mqtt"\nhost = "a"\n'
    own.write_text(link + OWN[16:], "utf-8")
    journal(own).adopt(7, "d", {"tallypost.toml": b'[uplink]\nhost = "b"\n'})
    journal(own).confirm()
    journal(own).adopt_identity({"device.key": b"k", "device.crt": b"c"})
    journal(own).confirm()
    read_settings_in_force(own)

    own.write_text(link + "tls = false\n" + OWN[16:], "utf-8")
    with pytest.raises(SettingsError, match=r"identity-1: 2 settings.*\n.*uplink"):
        read_settings_in_force(own)
    own.write_text(OWN, "utf-8")
    with pytest.raises(SettingsError, match=r"settings-7: 1 setting.*\n.*uplink.kind"):
        read_settings_in_force(own)


def test_tables_are_laid_over_key_by_key_and_lists_whole() -> None:
    assert merged({"a": {"b": 1, "c": [1, 2]}, "d": 1}, {"a": {"c": [3]}, "e": 2}) == {
        "a": {"b": 1, "c": [3]},
        "d": 1,
        "e": 2,
    }


REFUSED = {
    "another device": 'device = "tp-9"',
    "another site file": 'site = "/etc/passwd"',
    "a film in place of the camera": '[camera]\nkind = "video"\nsource = "film.mp4"',
    "a film by its source alone": '[camera]\nsource = "film.mp4"',
    "a dotted key": 'camera.source = "film.mp4"',
    "another model": '[detector]\nmodel = "/tmp/model.tflite"',
    "a library": '[detector]\ndelegate = "/tmp/evil.so"',
    "a library's options": "[detector.delegate_options]\n",
    "no encryption": "[uplink]\ntls = false",
    "another secret": '[uplink]\npassword_file = "/etc/shadow"',
    "another authority": '[uplink]\nca_file = "mine.pem"',
    "another outbox": '[outbox]\npath = "/tmp/o.db"',
    "other operators": '[remote]\noperator_keys = ["mine.pub"]',
    "more time": "[remote]\nconfirm_within_s = 86400",
    "a whole table": "[remote]\n",
    "a table that nobody knows": "[shell]\ncommand = 'ls'",
    "a key that nobody knows": "reboot = true",
    "a value of the wrong kind": "interval_s = { a = 1 }",
    "a table for a list": "[scrutiny.ignored]\nx = 1",
    "what the schema refuses": "interval_s = 7",
    "intervals that tell of single people": "interval_s = 10",
    "what does not go together": "[detector]\nthreads = 99",
    "no TOML": "interval_s =",
    "nothing": "",
}


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED.keys())
def test_what_may_not_be_set_from_afar_is_a_fault(own: Path, text: str) -> None:
    assert faults(own, settings=text).startswith("tallypost.toml: ")


def test_all_faults_come_in_one_answer(own: Path) -> None:
    settings = 'device = "x"\ninterval_s = 7\n[remote]\nlight = "ACT"\n'
    told = faults(own, settings=settings, site='[[lines]]\nname = "gate"\n')

    for place in (
        "tallypost.toml: device",
        "tallypost.toml: remote.light",
        "tallypost.toml: interval_s",
        "site.toml: lines[0].start",
        "site.toml: lines[0].end",
    ):
        assert place in told, told


def test_faults_without_end_are_told_in_part(own: Path) -> None:
    table = f"[{'a' * 10_000}]\n" + "".join(f"k{each}=1\n" for each in range(4000))

    assert len(faults_of(own, settings=table, site=None, classes=())) == FAULTS_MAX


def test_what_may_be_set_and_fits_has_no_fault(own: Path) -> None:
    assert faults(own, settings=OVER, site=SITE) == ""
    assert faults(own) == ""


def test_a_class_that_the_model_does_not_tell_is_a_fault(own: Path) -> None:
    assert "yeti" in faults(own, site=SITE + 'classes = ["yeti"]\n')


PRIVACY = {
    "laxer profile": ({"profile": "strict"}, {"profile": "standard"}, False),
    "open": ({}, {"profile": "open"}, False),
    "smaller number": ({"k_min": 8}, {"k_min": 5}, False),
    "number left out": ({"k_min": 8}, {}, False),
    "more budget": ({"epsilon_per_day": 1.0}, {"epsilon_per_day": 2.0}, False),
    "no noise": ({"epsilon_per_day": 1.0}, {}, False),
    "operations": ({"purpose": "statistics"}, {}, False),
    "statistics": ({}, {"purpose": "statistics"}, True),
    "the same": ({"profile": "strict"}, {"profile": "strict"}, True),
    "stricter": ({}, {"profile": "strict"}, True),
    "noise": ({}, {"epsilon_per_day": 1.0}, True),
    "less budget": ({"epsilon_per_day": 2.0}, {"epsilon_per_day": 1.0}, True),
}


@pytest.mark.parametrize(
    ("had", "wanted", "good"), PRIVACY.values(), ids=PRIVACY.keys()
)
def test_privacy_may_be_made_stricter_from_afar_and_never_laxer(
    had: dict[str, Any], wanted: dict[str, Any], good: bool
) -> None:
    assert (not list(privacy_faults(Privacy(**had), Privacy(**wanted)))) is good


def test_a_card_that_is_stricter_by_now_takes_back_what_was_drawn(own: Path) -> None:
    journal(own).adopt_drawing(SITE.encode(), "d")
    journal(own).confirm()
    settings = read_settings_in_force(own)
    check_privacy(own, settings, read_site(Path(settings.site)))
    (own.parent / "site.toml").write_text(
        SITE + '[privacy]\nprofile = "strict"\n', "utf-8"
    )

    with pytest.raises(SettingsError, match=r"privacy\.profile.*laxer") as raised:
        prepare(own)
    trial = Trial(own, SimulatedBoard(0.0))
    trial.start()
    assert trial.abandon(raised.value)
    assert read_settings_in_force(own).site == own.parent / "site.toml"


def keys(model: type[BaseModel], path: str = "") -> set[str]:
    """Return all keys of a file of settings."""
    found: set[str] = set()
    for name, field in model.model_fields.items():
        place = f"{path}{name}"
        tables = [
            hint
            for hint in unfold(field.annotation)[0]
            if isinstance(hint, type) and issubclass(hint, BaseModel)
        ]
        found |= {key for each in tables for key in keys(each, f"{place}.")}
        found |= set() if tables else {place}
    return found


def test_every_key_may_be_set_from_afar_or_has_a_reason_why_not() -> None:
    assert keys(DeviceSettings) >= SETTABLE
    assert {key.partition(".")[0] for key in keys(DeviceSettings)} == {
        *NEVER,
        *(key for key in SETTABLE if "." not in key),
    }
    assert all(refusal(key) for key in keys(DeviceSettings) - SETTABLE)


def test_no_path_secret_program_or_kind_may_be_set_from_afar() -> None:
    for key in SETTABLE:
        table, _, last = key.rpartition(".")
        assert last not in {"kind", "source", "path", "folder", "model", "delegate"}
        assert not last.endswith("_file")
        assert table != "remote"


def test_no_settable_key_holds_a_path() -> None:
    for key in SETTABLE:
        hints = _hints(DeviceSettings, key.split("."))
        assert hints
        assert Path not in {each for hint in hints for each in (hint, *get_args(hint))}


def _hints(model: type[BaseModel], path: list[str]) -> list[Any]:
    field = model.model_fields.get(path[0])
    if field is None:
        return []
    hints = unfold(field.annotation)[0]
    if len(path) == 1:
        return hints
    return [inner for hint in hints for inner in _hints(hint, path[1:])]
