"""Adds devices to ChirpStack 4: python chirpstack_devices.py URL FILE.csv < token.

URL is that of its REST interface, as in http://localhost:8090; the token comes from its
page "API keys". FILE.csv is what `tallypost-provision export chirpstack` wrote.
"""

import csv
import json
import sys
from urllib.error import HTTPError
from urllib.request import Request, urlopen

ABOUT = (
    *("dev_eui", "join_eui", "name", "description"),
    *("application_id", "device_profile_id"),
)
THERE_ALREADY = 409


def post(url: str, token: str, told: dict[str, object]) -> bool:
    """Post one message; return whether that made something new."""
    heads = {
        "Content-Type": "application/json",
        "Grpc-Metadata-Authorization": f"Bearer {token}",
    }
    try:
        urlopen(Request(url, json.dumps(told).encode(), heads)).close()  # noqa: S310
    except HTTPError as error:
        if error.code != THERE_ALREADY:
            raise
        return False
    return True


def main() -> None:
    """Add every device of the file, and its key; who is there stays as it is."""
    url, file = sys.argv[1:]
    token = sys.stdin.readline().strip()
    with open(file, newline="", encoding="utf-8") as lines:  # noqa: PTH123
        rows = list(csv.DictReader(lines))
    for row in rows:
        devices = f"{url}/api/devices"
        about = {key: row[key] for key in ABOUT}
        key = {"dev_eui": row["dev_eui"], "nwk_key": row["nwk_key"]}
        made = post(devices, token, {"device": about})
        post(f"{devices}/{row['dev_eui']}/keys", token, {"device_keys": key})
        sys.stdout.write(f"{row['name']}: {'added' if made else 'there already'}\n")


if __name__ == "__main__":
    main()
