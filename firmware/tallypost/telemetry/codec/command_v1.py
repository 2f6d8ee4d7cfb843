"""Commands and their answers as JSON; a command with anything unknown in it is none."""

from dataclasses import fields as fields_of

from tallypost.domain import fields
from tallypost.domain.commands import (
    COMMAND_SCHEMA,
    COMMANDS,
    COUNTER_MAX,
    REPLY_SCHEMA,
    Command,
    Order,
    Reply,
    Report,
    ReportAlerts,
    name_of,
)
from tallypost.domain.document import Document, from_document, to_document
from tallypost.domain.json_text import parse_document, spell
from tallypost.errors import RecordError

ENVELOPE_BYTES_MAX = 32 * 1024
"""A command in its envelope: a chain of certificates fits, a picture does not."""
REPLY_BYTES_MAX = 32 * 1024
_ORDER = ("schema", "device", "counter", "issued", "expires", "command", "arguments")


def encode_order(order: Order) -> bytes:
    """Return an order as JSON: the body that an operator signs.

    Raises:
        RecordError: `decode_order` would not take it back.
    """
    document: Document = {
        "schema": COMMAND_SCHEMA,
        "device": order.device,
        "counter": order.counter,
        "issued": fields.instant_text(order.issued_utc_s),
        "expires": fields.instant_text(order.expires_utc_s),
        "command": name_of(order.command),
        "arguments": to_document(order.command),
    }
    body = spell(document)
    decode_order(body)
    return body


def decode_order(body: bytes) -> Order:
    """Return the order that a body spells, whoever wrote it.

    Raises:
        RecordError: It spells none; names the key's path.
    """
    found = parse_document(body, COMMAND_SCHEMA, bytes_max=ENVELOPE_BYTES_MAX)
    fields.only(found, "", _ORDER)
    counter = fields.member(found, "", "counter")
    issued_utc_s, expires_utc_s = (
        fields.instant(fields.member(found, "", key), key)
        for key in ("issued", "expires")
    )
    if expires_utc_s <= issued_utc_s:
        raise RecordError("expires: is not after issued")
    return Order(
        device=fields.name(fields.member(found, "", "device"), "device"),
        counter=fields.whole(counter, "counter", low=1, high=COUNTER_MAX),
        issued_utc_s=issued_utc_s,
        expires_utc_s=expires_utc_s,
        command=_command(found),
    )


def encode_reply(reply: Reply) -> bytes:
    """Return an answer as JSON."""
    return spell({"schema": REPLY_SCHEMA} | to_document(reply))


def decode_reply(payload: bytes) -> Reply:
    """Return the answer that a payload spells.

    Raises:
        RecordError: It spells none; names the key's path.
    """
    found = parse_document(payload, REPLY_SCHEMA, bytes_max=REPLY_BYTES_MAX)
    return from_document(Reply, found)


def _command(found: fields.Object) -> Command:
    name = fields.text(fields.member(found, "", "command"), "command")
    if name not in COMMANDS:
        known = ", ".join(COMMANDS)
        raise RecordError(f"command: {name[:40]!a} is none of {known}")
    kind = COMMANDS[name]
    arguments = fields.mapping(fields.member(found, "", "arguments"), "arguments")
    fields.only(arguments, "arguments", tuple(each.name for each in fields_of(kind)))
    command = from_document(kind, arguments, "arguments")
    match command:
        case Report() | ReportAlerts() if command.first_seq > command.last_seq:
            raise RecordError("arguments.last_seq: is before first_seq")
    return command
