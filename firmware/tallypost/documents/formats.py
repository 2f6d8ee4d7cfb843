"""Shows the same few records in every format that they can be spelled in."""

import json
from pathlib import Path

from tallypost.assembly.formats import place_of
from tallypost.settings.reading import read_site
from tallypost.telemetry.codec import json_v1
from tallypost.telemetry.codec.formats import FORMATS

RECORDS = "formats.jsonl"
PLACE = "place.toml"


def spelled(examples: Path) -> dict[str, str]:
    """Return the example records in each format, as a block of code by its name.

    Args:
        examples: The folder that holds the records and the site.
    """
    lines = (examples / RECORDS).read_bytes().splitlines()
    place = place_of(read_site(examples / PLACE))
    return {
        f"records as {name}": _block(
            list(each.convert((json_v1.decode(line) for line in lines), place))
        )
        for name, each in FORMATS.items()
    }


def _block(lines: list[str]) -> str:
    is_json = all(line.startswith(("[", "{")) for line in lines)
    shown = (
        "\n".join(_unfolded(line) for line in lines) if is_json else "\n".join(lines)
    )
    return f"```{'json' if is_json else 'text'}\n{shown}\n```"


def _unfolded(line: str) -> str:
    """Return a line of JSON with each member of a list on a line of its own."""
    value = json.loads(line)
    if not isinstance(value, list):
        return json.dumps(value, ensure_ascii=False)
    members = ",\n ".join(json.dumps(each, ensure_ascii=False) for each in value)
    return f"[{members}]"
