"""Commands, answers, settings from afar: what is read, and what nobody can ask."""

import json
from typing import Any, get_args

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tallypost.documents.remote_schema import (
    command_schema,
    desired_schema,
    reply_schema,
    reported_schema,
)
from tallypost.domain.commands import COMMANDS, Command, Order, Outcome, Reply
from tallypost.domain.desired import FAULTS_MAX, Refusal, Reported, Standing
from tallypost.errors import RecordError
from tallypost.telemetry.codec.command_v1 import (
    decode_order,
    decode_reply,
    encode_order,
    encode_reply,
)
from tallypost.telemetry.codec.settings_v1 import (
    BODY_BYTES_MAX,
    decode_desired,
    decode_reported,
    encode_desired,
    encode_reported,
)

SEEN = ("image", "picture", "photo", "frame", "snapshot", "video", "camera", "stream")
"""What a word about pictures would be made of."""

names = st.text(st.characters(codec="utf-8"), min_size=1, max_size=64)
numbers = st.integers(1, 2**62)
moments = st.integers(0, 4_000_000_000).map(float)
commands = st.one_of([st.from_type(kind) for kind in COMMANDS.values()]).filter(
    lambda command: getattr(command, "first_seq", 0) <= getattr(command, "last_seq", 0)
)
orders = st.builds(
    Order,
    device=names,
    counter=numbers,
    issued_utc_s=moments,
    expires_utc_s=moments.map(lambda utc_s: utc_s + 4_000_000_001),
    command=commands,
)
digests = st.from_regex(r"sha256:[0-9a-f]{64}", fullmatch=True)
reports = st.builds(
    Reported,
    device=names,
    standing=st.sampled_from(Standing),
    revision=st.none() | numbers,
    digest=st.none() | digests,
    in_force=st.none() | numbers,
    identity=st.none() | numbers,
    site=st.none() | digests,
    faults=st.lists(names, max_size=FAULTS_MAX).map(tuple),
    identity_state=st.none() | st.sampled_from(Standing),
    identity_fault=st.none() | names,
    refused=st.none()
    | st.builds(
        Refusal, reason=names, revision=st.none() | numbers, digest=st.none() | digests
    ),
)
replies = st.builds(
    Reply,
    device=names,
    outcome=st.sampled_from(Outcome),
    key=st.none() | names,
    counter=st.none() | numbers,
    command=st.none() | st.sampled_from(sorted(COMMANDS)),
    reason=st.none() | names,
    records=st.none() | st.integers(0, 2**40),
    request=st.none() | names,
)


def fits(payload: bytes, schema: dict[str, Any]) -> None:
    jsonschema.validate(json.loads(payload), schema)


@given(orders)
def test_an_order_is_read_back_and_fits_its_schema(order: Order) -> None:
    body = encode_order(order)

    assert decode_order(body) == order
    fits(body, command_schema())


@given(replies)
def test_an_answer_is_read_back_and_fits_its_schema(reply: Reply) -> None:
    payload = encode_reply(reply)

    assert decode_reply(payload) == reply
    fits(payload, reply_schema())


@given(reports)
def test_a_report_is_read_back_and_fits_its_schema(reported: Reported) -> None:
    payload = encode_reported(reported)

    assert decode_reported(payload) == reported
    fits(payload, reported_schema())


@given(names, numbers, st.none() | names, st.none() | names)
def test_settings_are_read_back_and_fit_their_schema(
    device: str, revision: int, site: str | None, settings: str | None
) -> None:
    body = encode_desired(device, revision, site=site, settings=settings)
    desired = decode_desired(body)

    assert (desired.device, desired.revision) == (device, revision)
    assert (desired.site, desired.settings) == (site, settings)
    fits(body, desired_schema())


def test_settings_larger_than_a_device_hears_are_refused_before_they_are_signed() -> (
    None
):
    with pytest.raises(RecordError, match="bytes"):
        encode_desired("tp-1", 1, site="#" * BODY_BYTES_MAX, settings=None)


def test_a_report_of_very_many_faults_stays_small() -> None:
    reported = Reported(
        device="tp-1",
        standing=Standing.REFUSED,
        faults=("\N{SNOWMAN}" * 9000,) * 999,
        identity_fault="\N{SNOWMAN}" * 99_000,
        refused=Refusal(reason="\N{SNOWMAN}" * 99_000),
    )

    assert len(encode_reported(reported)) < 64 * 1024
    assert len(decode_reported(encode_reported(reported)).faults) == FAULTS_MAX


def test_the_list_of_commands_is_closed_and_nothing_on_it_is_a_picture() -> None:
    """Whoever adds a command adds it here, and thinks about pictures once more."""
    schema = command_schema()
    listed = {
        each["properties"]["command"]["const"]: set(
            each["properties"]["arguments"]["properties"]
        )
        for each in schema["oneOf"]
    }

    assert listed == {
        "report": {"first_seq", "last_seq"},
        "report_alerts": {"first_seq", "last_seq"},
        "reboot": set(),
        "identify": {"duration_s"},
        "log_level": {"level", "duration_s"},
        "update": {"version"},
        "trust_key": {"public_key"},
        "revoke_key": {"key"},
        "new_tls_key": set(),
        "take_certificate": {"certificate"},
    }
    assert schema["properties"]["command"]["enum"] == list(listed)
    assert set(COMMANDS.values()) == set(get_args(Command))
    for each in (schema, *(x["properties"]["arguments"] for x in schema["oneOf"])):
        assert each["additionalProperties"] is False
    words = json.dumps([*listed, *map(sorted, listed.values())])
    assert not [seen for seen in SEEN if seen in words]


def test_no_answer_has_room_for_a_picture() -> None:
    properties = {**reply_schema()["properties"], **reported_schema()["properties"]}
    assert set(properties) == {
        *("schema", "device", "outcome", "key", "counter", "command", "reason"),
        *("records", "request", "state", "revision", "digest", "in_force"),
        *("identity", "site", "faults", "refused", "identity_state", "identity_fault"),
    }


@given(orders, st.sampled_from(SEEN))
def test_an_order_with_one_word_more_is_none(order: Order, word: str) -> None:
    document = json.loads(encode_order(order))
    for changed in (
        document | {word: True},
        document | {"command": word},
        document | {"arguments": document["arguments"] | {word: True}},
    ):
        with pytest.raises(RecordError):
            decode_order(json.dumps(changed).encode())
