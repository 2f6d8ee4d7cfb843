"""Operator keys, and the tool that signs with them."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tallypost.domain.commands import Identify, ReportAlerts
from tallypost.errors import SettingsError, TallypostError
from tallypost.telemetry.codec.command_v1 import decode_order
from tallypost.telemetry.codec.settings_v1 import decode_desired
from tallypost.telemetry.codec.signed import Purpose, public_key_of, read_envelope
from tallypost_backend.cli import group
from tallypost_backend.keys import new_key, read_private_key


def run(*words: object, **more: Any) -> Result:
    return CliRunner().invoke(group, list(map(str, words)), **more)


@pytest.fixture
def key(tmp_path: Path) -> Path:
    path = tmp_path / "me"
    assert run("keys", "new", path, "--no-passphrase").exit_code == 0
    return path


def test_a_private_key_is_its_owners_and_is_never_overwritten(key: Path) -> None:
    before = key.read_bytes()

    assert key.stat().st_mode & 0o777 == 0o600
    with pytest.raises(SettingsError, match="exists"):
        new_key(key, "")
    assert key.read_bytes() == before


def test_a_private_key_that_others_may_read_is_not_used(key: Path) -> None:
    key.chmod(0o640)

    with pytest.raises(SettingsError, match="chmod 600"):
        read_private_key(key, "")


def test_the_public_half_of_a_key_is_called_so(key: Path) -> None:
    with pytest.raises(SettingsError, match="is the public half of a key; name the"):
        read_private_key(key.with_name("me.pub"), "")


def test_a_passphrase_is_asked_for_and_never_shown(tmp_path: Path) -> None:
    path = tmp_path / "me"
    made = run("keys", "new", path, input="open sesame\nopen sesame\n")
    assert made.exit_code == 0
    words = ("command", "reboot", "--device", "tp-1", "--key", path)
    good, bad = run(*words, input="open sesame\n"), run(*words, input="wrong\n")

    assert good.exit_code == 0
    assert isinstance(bad.exception, SettingsError)
    for told in (made.output, good.output, bad.output, str(bad.exception)):
        assert "sesame" not in told
    assert "sesame" not in path.read_text()


def test_a_passphrase_may_stand_in_a_file_of_its_own(tmp_path: Path) -> None:
    secret, path = tmp_path / "secret", tmp_path / "me"
    secret.write_text("open sesame\n")
    secret.chmod(0o600)
    run("keys", "new", path, "--passphrase-file", secret)

    read_private_key(path, "open sesame")
    with pytest.raises(SettingsError, match="passphrase"):
        read_private_key(path, "")


def test_what_is_signed_is_printed_where_no_broker_is_named(key: Path) -> None:
    printed = run(
        *("command", "identify", "duration_s=60", "--device", "tp-1", "--key", key),
        *("--expires-in-s", 90),
    )
    sealed = read_envelope(printed.output.encode(), Purpose.COMMAND, bytes_max=4096)
    order = decode_order(sealed.body)
    public = public_key_of(key.with_name("me.pub").read_bytes())

    assert public is not None
    assert sealed.signed_by(public)
    assert order.command == Identify(duration_s=60)
    assert order.expires_utc_s - order.issued_utc_s == 90.0
    assert order.counter == round(order.issued_utc_s * 1000)
    shown = run("keys", "show", f"{key}.pub").output.split()
    assert shown == [sealed.key_id, public.hex()]


def test_alerts_are_asked_for_by_their_numbers(key: Path) -> None:
    words = ("first_seq=7", "last_seq=9", "--device", "tp-1", "--key", key)
    printed = run("command", "report_alerts", *words).output.encode()
    sealed = read_envelope(printed, Purpose.COMMAND, bytes_max=4096)

    asked = decode_order(sealed.body).command
    assert asked == ReportAlerts(first_seq=7, last_seq=9)


def test_settings_are_signed_as_their_files_stand(key: Path, tmp_path: Path) -> None:
    site = tmp_path / "site.toml"
    site.write_text("# über alles\n", "utf-8")
    printed = run(
        *("settings", "--device", "tp-1", "--site", site, "--revision", 5),
        *("--key", key),
    )
    sealed = read_envelope(printed.output.encode(), Purpose.SETTINGS, bytes_max=4096)
    desired = decode_desired(sealed.body)

    assert (desired.site, desired.settings) == ("# über alles\n", None)
    assert desired.revision == 5


MISTAKES = {
    "a command that there is not": ("command", "snapshot"),
    "an argument too many": ("command", "reboot", "now=1"),
    "no argument": ("command", "identify"),
    "a backward range": ("command", "report_alerts", "first_seq=9", "last_seq=7"),
    "an argument of another kind": ("command", "identify", "duration_s=soon"),
    "an argument out of its range": ("command", "identify", "duration_s=9999999"),
    "no value": ("command", "identify", "duration_s"),
    "a file that is not there": ("command", "take_certificate", "certificate=@no.crt"),
    "a name of no device": ("command", "reboot", "--device", "a/b"),
    "a topic for a device": ("command", "reboot", "--device", "+"),
    "a topic for one of many": ("command", "reboot", "--device", "*", "--to", "a/#"),
    "others than it was signed for": ("command", "reboot", "--to", "tp-2"),
    "what stops counts, of all": ("command", "reboot", "--device", "*"),
    "a prefix of many topics": ("command", "reboot", "--topic-prefix", "x/#"),
    "an empty broker": ("command", "reboot", "--host", ""),
    "a site that is not there": ("settings", "--site", "no.toml"),
}


@pytest.mark.parametrize("words", MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_is_told_in_a_sentence(key: Path, words: tuple[str, ...]) -> None:
    device = () if "--device" in words else ("--device", "tp-1")
    done = run(*words, *device, "--key", key)

    assert done.exit_code != 0
    assert isinstance(done.exception, SystemExit | TallypostError), done.exception
    told = done.output + str(done.exception)
    assert len(told.strip()) > 10


def test_a_number_out_of_all_range_is_told_as_a_number(key: Path) -> None:
    for number in ("-1", "9" * 40):
        words = (f"first_seq={number}", "last_seq=7", "--device", "tp-1", "--key", key)
        assert "is a text" not in run("command", "report", *words).output


def test_a_private_key_is_never_sent(key: Path) -> None:
    words = (f"certificate=@{key}", "--device", "tp-1", "--key", key)
    done = run("command", "take_certificate", *words)

    assert isinstance(done.exception, SettingsError)
    assert done.output == ""


def test_a_broker_that_is_not_there_is_told_so(key: Path) -> None:
    done = run(
        *("command", "reboot", "--device", "tp-1", "--key", key, "--no-tls"),
        *("--host", "127.0.0.1", "--port", 9),
    )

    assert isinstance(done.exception, TallypostError)
    assert "cannot be reached" in str(done.exception)


def test_a_word_on_the_line_is_never_a_secret() -> None:
    """Everybody on the machine can read a command line."""
    for name, command in group.commands["keys"].commands.items():  # type: ignore[attr-defined]
        for parameter in command.params:
            assert parameter.name not in {"passphrase", "password"}, name
    for name in ("command", "settings"):
        told = json.dumps([each.name for each in group.commands[name].params])
        assert '"password"' not in told
        assert '"passphrase"' not in told


def test_help_names_every_command() -> None:
    told = run("command", "--help").output

    assert "report" in told
    assert "identify" in told
