"""Whatever lies on a card: an answer in words, all or nothing, and never a secret."""

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tallypost.domain.first_start import Verdict
from tests.commissioning.card import SECRETS, Box, body, sealed
from tests.commissioning.conftest import RAM

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(max_size=12), inner, max_size=4)
    ),
    max_leaves=12,
)
KEYS = st.sampled_from([*body(), "", "\ud800", "__class__"])
SOMETIMES = settings(max_examples=150)


@contextmanager
def a_box() -> Iterator[Box]:
    """Give a device of its own to each example."""
    with tempfile.TemporaryDirectory(dir=RAM if RAM.is_dir() else None) as folder:
        yield Box(Path(folder))


def assert_all_or_nothing(box: Box) -> list[Verdict]:
    """Start it; return what became of it, which was done whole or not at all."""
    verdicts = box.verdicts()
    taken = verdicts == [Verdict.TAKEN]
    own = {each.name for each in box.own.iterdir()} if box.own.is_dir() else set()
    assert taken == ("settings" in own)
    assert taken == (box.own / "commissioning" / "state.json").exists()
    assert taken == (box.card / "device.json").exists()
    assert taken or all(each.refused for each in verdicts)
    assert not (box.own / "commissioning" / "pending.json").exists()
    assert not any(secret in box.result for secret in SECRETS)
    return verdicts


@SOMETIMES
@given(data=st.data())
def test_a_bundle_with_a_few_bytes_wrong_is_refused(data: st.DataObject) -> None:
    with a_box() as box:
        raw = bytearray(box.put())
        begin = data.draw(st.integers(0, len(raw) - 1))
        end = data.draw(st.integers(begin, min(begin + 40, len(raw))))
        raw[begin:end] = data.draw(st.binary(max_size=40))
        (box.card / "bundle.json").write_bytes(raw)
        unchanged = bytes(raw) == sealed(box.operator, body())

        assert (assert_all_or_nothing(box) == [Verdict.TAKEN]) <= (
            unchanged or same_envelope(bytes(raw), sealed(box.operator, body()))
        )


def same_envelope(first: bytes, second: bytes) -> bool:
    """Return whether two spellings say the same: white space is nobody's business."""
    try:
        return bool(json.loads(first) == json.loads(second))
    except ValueError:
        return False


@SOMETIMES
@given(key=KEYS, value=JSON)
def test_a_body_with_one_thing_wrong_is_taken_whole_or_refused(
    key: str, value: Any
) -> None:
    with a_box() as box:
        box.put(**{key: value})

        assert_all_or_nothing(box)


@SOMETIMES
@given(told=st.text(max_size=60) | st.sampled_from(["device = 1", "[uplink]", "a.b"]))
def test_settings_that_are_none_are_refused_before_anything_is_taken(told: str) -> None:
    with a_box() as box:
        box.put(settings=told, site=told)

        assert assert_all_or_nothing(box) != [Verdict.TAKEN]


@SOMETIMES
@given(name=st.text(max_size=80), text=st.text(max_size=80))
def test_no_name_of_a_file_leads_out_of_its_folder(name: str, text: str) -> None:
    with a_box() as box:
        box.put(files={name: text}, secrets={name: text or "x"})
        before = {each for each in box.folder.rglob("*") if box.own not in each.parents}

        assert_all_or_nothing(box)

        after = {each for each in box.folder.rglob("*") if box.own not in each.parents}
        said = {"RESULT.txt", "device.json", "bundle.json", "own"}
        assert {each.name for each in before ^ after} <= said
        for kind in ("files", "secrets"):
            inside = box.own / "settings" / kind
            assert not inside.exists() or all(
                each.is_file() for each in inside.iterdir()
            )


@SOMETIMES
@given(raw=st.binary(max_size=300), trust=st.binary(max_size=300))
def test_any_bytes_are_refused_in_words(raw: bytes, trust: bytes) -> None:
    with a_box() as box:
        (box.card / "bundle.json").write_bytes(raw)
        (box.card / "trust.pem").write_bytes(trust)
        (box.card / "certificate.pem").write_bytes(raw)

        assert all(each.refused for each in box.verdicts())
        assert not (box.own / "settings").exists()


@SOMETIMES
@given(chain=st.binary(max_size=300) | st.text(max_size=100).map(str.encode))
def test_any_certificate_that_is_none_leaves_the_old_one(chain: bytes) -> None:
    with a_box() as box:
        box.put()
        box.start()
        shown = (box.own / "settings" / "files" / "device.crt").read_bytes()
        (box.card / "certificate.pem").write_bytes(chain)

        assert box.verdicts() == [Verdict.REFUSED_CERTIFICATE]
        assert (box.own / "settings" / "files" / "device.crt").read_bytes() == shown
