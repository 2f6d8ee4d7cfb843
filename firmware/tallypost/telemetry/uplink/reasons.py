"""What a broker's reason codes mean for a record, and for whoever must mend something.

Source: MQTT Version 5.0, OASIS Standard, 2.4 "Reason Code", 3.2.2.2 and 3.4.2.1;
MQTT Version 3.1.1, 3.2.2.3. The codes of 3.1.1 reach us in the words of 5.0.
"""

from tallypost.telemetry.uplink.base import Outcome, Receipt

SUCCESS = 0x00
NO_MATCHING_SUBSCRIBERS = 0x10
UNSUPPORTED_PROTOCOL_VERSION = 0x84
BAD_USER_NAME_OR_PASSWORD = 0x86
NOT_AUTHORIZED = 0x87
BANNED = 0x8A
SESSION_TAKEN_OVER = 0x8E
PACKET_IDENTIFIER_IN_USE = 0x91
PACKET_TOO_LARGE = 0x95
PAYLOAD_FORMAT_INVALID = 0x99

FAILURE = 0x80
_REJECTED = frozenset({PACKET_TOO_LARGE, PAYLOAD_FORMAT_INVALID})
_KEY_REFUSED = frozenset({BAD_USER_NAME_OR_PASSWORD, NOT_AUTHORIZED, BANNED})
_WISHES = {
    BAD_USER_NAME_OR_PASSWORD: "look after user name and password",
    NOT_AUTHORIZED: "look after the broker's users and access rules",
    BANNED: "ask whoever keeps the broker why this device is banned",
    0x85: "give the device a shorter or plainer client id",
    SESSION_TAKEN_OVER: "another client uses this client id; give each one its own",
    0x90: "look after the topic's prefix",
    0x95: "let the broker take larger packets",
    0x9C: "name another broker",
    0x9D: "name another broker",
    0x97: "ask whoever keeps the broker for a larger quota",
}


def receipt(code: int, text: str) -> Receipt:
    """Return what a PUBACK says of one record.

    Args:
        code: The reason code.
        text: The code's name, and what else the broker said.

    Returns:
        Delivered also where nobody subscribes: the broker has the record, and whoever
        keeps the broker sees to who reads it. A topic name that is not allowed is
        refused, not rejected: it is every record's, and a person must mend it.
    """
    if code == NO_MATCHING_SUBSCRIBERS:
        return Receipt(Outcome.DELIVERED, "the broker has it; nobody subscribes")
    if code < FAILURE:
        return Receipt(Outcome.DELIVERED)
    if code == PACKET_IDENTIFIER_IN_USE:
        return Receipt(Outcome.UNKNOWN, text)
    if code in _REJECTED:
        return Receipt(Outcome.REJECTED, text)
    return Receipt(Outcome.REFUSED, with_wish(code, text))


def with_wish(code: int, text: str) -> str:
    """Return a reason in words, and what to do about it where we know."""
    wish = _WISHES.get(code)
    return f"{text}; {wish}" if wish else text


def key_refused(code: int) -> bool:
    """Return whether trying again soon is useless: a person must mend something."""
    return code in _KEY_REFUSED


def publish_packet_bytes(
    *, topic_bytes: int, properties_bytes: int, payload_bytes: int
) -> int:
    """Return the length of a PUBLISH packet of quality of service 1 on the wire.

    Source: MQTT Version 5.0, 3.3: a byte of flags, the remaining length in 7 bits a
    byte, the topic behind its length, the packet's number, the properties behind their
    length (which `properties_bytes` counts), the payload.
    """
    remaining = 2 + topic_bytes + 2 + properties_bytes + payload_bytes
    length_bytes = max(1, -(-remaining.bit_length() // 7))
    return 1 + length_bytes + remaining
