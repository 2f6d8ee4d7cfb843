"""Tells devices the time when they ask: python answer_time.py HOST PORT [PREFIX]."""

import json
import sys
from datetime import UTC, datetime

import paho.mqtt.client as mqtt


def answer(client: mqtt.Client, _userdata: object, asked: mqtt.MQTTMessage) -> None:
    """Answer one request at once: a late answer is worth less."""
    told = {
        "nonce": json.loads(asked.payload)["nonce"],
        "utc": datetime.now(UTC).isoformat().replace("+00:00", "Z"),
    }
    client.publish(asked.topic.removesuffix("/request"), json.dumps(told), qos=1)


def main() -> None:
    """Answer until somebody ends it."""
    host, port, prefix = [*sys.argv[1:], "tallypost"][:3]
    client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2)
    client.on_message = answer
    client.on_connect = lambda *_: client.subscribe(f"{prefix}/+/time/request", qos=1)
    client.connect(host, int(port))
    client.loop_forever()


if __name__ == "__main__":
    main()
