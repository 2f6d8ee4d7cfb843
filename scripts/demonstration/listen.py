"""A subscriber for machines without mosquitto_sub: prints each payload as a line."""

import sys
from typing import Any

from paho.mqtt import subscribe


def on_message(client: Any, userdata: Any, message: Any) -> None:
    """Print one payload."""
    del client, userdata
    print(message.payload.decode("utf-8", errors="replace"), flush=True)


def main() -> None:
    """Listen until somebody ends this process."""
    host, port, topic = sys.argv[1:4]
    subscribe.callback(  # type: ignore[no-untyped-call]  # paho's
        on_message, topic, qos=1, hostname=host, port=int(port)
    )


if __name__ == "__main__":
    main()
