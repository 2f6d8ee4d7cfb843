"""Whatever is in a file, or in place of one: settings come out, or a sentence."""

import math
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tallypost.errors import SettingsError
from tallypost.settings.device import DeviceSettings
from tallypost.settings.reading import (
    accept,
    read_device_settings,
    read_site,
    read_table,
)
from tallypost.settings.site import Site

NO_TOML = "is no TOML"


def fault(path: Path) -> str:
    with pytest.raises(SettingsError) as caught:
        read_device_settings(path)
    (only,) = caught.value.faults
    return only


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param(
            b"interval_s = sixty\n",
            f"line 1, column 14: {NO_TOML} (invalid value); write a number, true, "
            "false, "
            'or a text in "quotation marks"',
            id="text without marks",
        ),
        pytest.param(
            b'# x\ndevice = "a\n',
            f"line 2, column 12: {NO_TOML} (illegal character '\\n'); end the text "
            "with "
            "its quotation mark on the same line",
            id="text without an end",
        ),
        pytest.param(
            b"[camera]\nkind\n",
            f"line 2, column 5: {NO_TOML} (expected '=' after a key in a key/value "
            "pair); write key = value",
            id="no equals sign",
        ),
        pytest.param(
            b"interval_s = 60\ninterval_s = 60\n",
            f"line 2, column 16: {NO_TOML} (cannot overwrite a value); the key is "
            "there "
            "twice; keep one",
            id="key twice",
        ),
        pytest.param(
            b"[camera]\n[camera]\n",
            f"line 2, column 8: {NO_TOML} (cannot declare ('camera',) twice); the "
            "table "
            "is there twice; keep one, or use [[double brackets]]",
            id="table twice",
        ),
        pytest.param(
            b"# one\n# \xe9\n",
            "line 2: is not UTF-8; save the file as UTF-8 text",
            id="Latin-1",
        ),
        pytest.param(
            "device = 'x1'".encode("utf-16"),
            "line 1: is not UTF-8; save the file as UTF-8 text",
            id="UTF-16",
        ),
        pytest.param(
            b" \n", "is empty; begin with the example in docs/settings.md", id="empty"
        ),
        pytest.param(
            b"x = 1\n" * 200_000,
            "is larger than 1048576 bytes; name a file of settings",
            id="huge",
        ),
        pytest.param(
            b"x = 1\n" + b".".join([b"a"] * 5000) + b" = 1",
            "line 2: has 4999 dots, above the most (160); write a list on several "
            "lines",
            id="endless key",
        ),
        pytest.param(
            b"x = " + b"[\n" * 100_000,
            "holds lists or tables nested too deep; write it flat",
            id="deep",
        ),
    ],
)
def test_a_file_that_is_no_toml_is_told_with_its_place(
    tmp_path: Path, text: bytes, told: str
) -> None:
    path = tmp_path / "tallypost.toml"
    path.write_bytes(text)

    assert fault(path) == told


def test_a_mark_that_windows_writes_first_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "tallypost.toml"
    path.write_bytes(b"\xef\xbb\xbfinterval_s = 30\r\n")

    assert read_device_settings(path).interval_s == 30


def test_the_largest_site_is_accepted(tmp_path: Path) -> None:
    """Written by a program: all digits, and every zone on one line of text."""
    turns = [number / 32 * math.pi for number in range(64)]
    circle = [
        [0.5 + 0.4 * math.cos(turn), 0.5 + 0.4 * math.sin(turn)] for turn in turns
    ]
    classes = [f"kind of vehicle {number}" for number in range(100)]
    path = tmp_path / "site.toml"
    with path.open("w") as file:
        for number in range(64):
            file.write(f'[[zones]]\nname = "z{number}"\npolygon = {circle}\n')
            file.write(f'[[lines]]\nname = "l{number}"\nstart = [0, 0]\nend = [1, 1]\n')
            file.write(f"classes = {classes if number < 16 else classes[:20]}\n")

    assert len(read_site(path).zones) == 64


def test_what_is_no_file_is_refused_without_waiting_for_it(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    no_file = "is no regular file; name a file of settings"

    assert fault(pipe) == no_file
    assert fault(Path("/dev/zero")) == no_file


def test_a_file_that_cannot_be_read_says_why(tmp_path: Path) -> None:
    loop = tmp_path / "loop"
    loop.symlink_to(loop)

    assert fault(tmp_path / "none.toml") == (
        "cannot be read (No such file or directory); name a file of settings"
    )
    assert "Is a directory" in fault(tmp_path)
    assert "Too many levels of symbolic links" in fault(loop)
    assert "File name too long" in fault(tmp_path / ("x" * 5000))
    assert "no file can be called so" in fault(Path("a\0b"))


def test_the_message_names_the_file_and_counts_the_faults(tmp_path: Path) -> None:
    path = tmp_path / "site.toml"
    path.write_text("[[lines]]\nname='gate'\nstart=[0,0]\nend=[0,0]\nwidth=2\n")

    with pytest.raises(SettingsError) as caught:
        read_site(path)

    assert str(caught.value) == (
        f"{path}: 2 settings cannot be accepted\n"
        "  lines[0].width: is not known here; take it out, or use one of name, start, "
        "end, classes, anchor, riders, headways, modal_split\n"
        "  lines[0].end: is the same point as start; a line needs two"
    )


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    raw=st.binary(max_size=200)
    | st.text(alphabet='[]{}=.,"#\n ab\\u01-:e_', max_size=200).map(str.encode)
)
def test_any_bytes_give_a_table_or_a_sentence(tmp_path: Path, raw: bytes) -> None:
    path = tmp_path / "any.toml"
    path.write_bytes(raw)

    try:
        read_table(path)
    except SettingsError as error:
        faults = error.faults
    else:
        return
    assert faults


scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([10**20, -(10**400), 2**63])
    | st.floats()
    | st.text(max_size=20)
    | st.dates()
    | st.sampled_from(["mqtt", "video", "gstreamer", "file", "ground", "a:1", "x://["])
)
point = st.lists(st.sampled_from([0, 0.1, 0.3, 0.7, 1, 1.5]), min_size=2, max_size=2)


def words(model: Any) -> list[str]:
    """Return every key that a file of settings may hold, at any depth."""
    schema = model.model_json_schema()
    tables = [schema, *schema["$defs"].values()]
    return sorted({key for table in tables for key in table.get("properties", ())})


def tables(model: Any) -> st.SearchStrategy[dict[str, Any]]:
    """Return tables that come close to settings, with anything in them."""
    keys = st.sampled_from(words(model)) | st.text(max_size=8)
    anything = st.recursive(
        scalars | point | st.lists(point, max_size=6),
        lambda inner: (
            st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=6)
        ),
        max_leaves=20,
    )
    return st.dictionaries(keys, anything, max_size=6)


def is_judged(table: dict[str, Any], model: type[DeviceSettings | Site]) -> bool:
    """Whether a table is accepted, or refused with a sentence for each fault."""
    try:
        return isinstance(accept(Path("/nowhere/x.toml"), table, model), model)
    except SettingsError as error:
        return bool(error.faults) and all(
            each.isprintable() and "cannot be accepted" not in each
            for each in error.faults
        )


@settings(max_examples=150, deadline=None)
@given(table=tables(DeviceSettings))
def test_any_table_is_accepted_as_a_device_or_refused_in_words(
    table: dict[str, Any],
) -> None:
    assert is_judged(table, DeviceSettings)


@settings(max_examples=150, deadline=None)
@given(table=tables(Site))
def test_any_table_is_accepted_as_a_site_or_refused_in_words(
    table: dict[str, Any],
) -> None:
    assert is_judged(table, Site)


@settings(max_examples=200, deadline=None)
@given(corners=st.lists(point, min_size=3, max_size=7))
def test_any_polygon_is_accepted_or_refused_in_words(corners: list[Any]) -> None:
    assert is_judged({"zones": [{"name": "z", "polygon": corners}]}, Site)
