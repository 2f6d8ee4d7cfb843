"""Asks a broker which MQTT it knows, or whether it is there, as shortly as can be.

A broker of 3.1.1 ought to answer a CONNECT of version 5 with a refusal. Some read on
before they look at the version, take the will's properties for something else, and say
nothing at all. This question has nothing in it that could be taken for anything.
"""

from contextlib import closing

from tallypost.telemetry.uplink.door import Door

# Source: MQTT Version 5.0, 3.1. CONNECT, 13 bytes: "MQTT", version 5, clean start,
# keep alive of 30 s, no properties, an empty client id.
_QUESTION = b"\x10\x0d\x00\x04MQTT\x05\x02\x00\x1e\x00\x00\x00"
# Source: MQTT Version 3.1.1, 3.1: the same without properties, a keep alive of 30 s.
_QUESTION_3 = b"\x10\x0c\x00\x04MQTT\x04\x02\x00\x1e\x00\x00"
# Source: MQTT Version 3.1.1, 3.2: CONNACK, unacceptable protocol version; and the
# beginning of the same in version 5, behind a length that may vary.
_REFUSAL_3 = b"\x20\x02\x00\x01"
_CONNACK, _REFUSAL_5 = 0x20, 0x84


def knows_no_mqtt_5(door: Door, timeout_s: float) -> bool:
    """Return whether a broker says that version 5 is unknown to it.

    A web socket is not asked: there, name the version in the settings.
    """
    if door.broker.path is not None:
        return False
    answer = _ask(door, _QUESTION, timeout_s)
    return answer == _REFUSAL_3 or (
        len(answer) == len(_REFUSAL_3)
        and (answer[0], answer[3]) == (_CONNACK, _REFUSAL_5)
    )


def is_there(door: Door, timeout_s: float) -> bool:
    """Return whether a broker answers: also one that would not let us in.

    A web socket is not asked for more than a connection.
    """
    if door.broker.path is not None:
        return _listens(door, timeout_s)
    return any(
        _ask(door, question, timeout_s)[:1] == bytes([_CONNACK])
        for question in (_QUESTION, _QUESTION_3)
    )


def _listens(door: Door, timeout_s: float) -> bool:
    try:
        door.opened(timeout_s).close()
    except (OSError, ValueError):
        return False
    return True


def _ask(door: Door, question: bytes, timeout_s: float) -> bytes:
    """Return the beginning of an answer; empty where there was none."""
    try:
        with closing(door.opened(timeout_s)) as connection:
            connection.sendall(question)
            answer = b""
            while len(answer) < len(_REFUSAL_3):
                more = connection.recv(len(_REFUSAL_3) - len(answer))
                if not more:
                    break
                answer += more
            return answer
    except (OSError, ValueError):
        return b""
