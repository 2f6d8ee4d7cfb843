"""Asks a broker which MQTT it knows, with the shortest question there is.

A broker of 3.1.1 ought to answer a CONNECT of version 5 with a refusal. Some read on
before they look at the version, take the will's properties for something else, and say
nothing at all. This question has nothing in it that could be taken for anything.
"""

import socket
from contextlib import closing

from tallypost.errors import UplinkError
from tallypost.telemetry.uplink.broker import Broker, tls_context

# Source: MQTT Version 5.0, 3.1. CONNECT, 13 bytes: "MQTT", version 5, clean start,
# keep alive of 30 s, no properties, an empty client id.
_QUESTION = b"\x10\x0d\x00\x04MQTT\x05\x02\x00\x1e\x00\x00\x00"
# Source: MQTT Version 3.1.1, 3.2: CONNACK, unacceptable protocol version; and the
# beginning of the same in version 5, behind a length that may vary.
_REFUSAL_3 = b"\x20\x02\x00\x01"
_CONNACK, _REFUSAL_5 = 0x20, 0x84


def knows_no_mqtt_5(broker: Broker, timeout_s: float) -> bool:
    """Return whether a broker says that version 5 is unknown to it."""
    try:
        answer = _ask(broker, timeout_s)
    except (OSError, ValueError, UplinkError):
        return False
    return answer == _REFUSAL_3 or (
        len(answer) == len(_REFUSAL_3)
        and (answer[0], answer[3]) == (_CONNACK, _REFUSAL_5)
    )


def _ask(broker: Broker, timeout_s: float) -> bytes:
    address = (broker.host, broker.port)
    connection = socket.create_connection(address, timeout=timeout_s)
    if broker.tls is not None:
        with closing(connection):
            connection = tls_context(broker.tls).wrap_socket(
                connection, server_hostname=broker.host
            )
    with closing(connection):
        connection.sendall(_QUESTION)
        answer = b""
        while len(answer) < len(_REFUSAL_3):
            more = connection.recv(len(_REFUSAL_3) - len(answer))
            if not more:
                break
            answer += more
        return answer
