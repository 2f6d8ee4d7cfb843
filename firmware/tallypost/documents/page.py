"""Makes the generated parts of docs/ and leaves the written ones alone."""

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

from tallypost.documents.formats import spelled
from tallypost.documents.lorawan_decoder import decoder
from tallypost.documents.lorawan_examples import (
    codec_yaml,
    examples_json,
    examples_shown,
)
from tallypost.documents.lorawan_frames import blocks as lorawan_blocks
from tallypost.documents.schema import SCHEMAS
from tallypost.documents.sketch import sketch
from tallypost.documents.table import (
    alert_table,
    health_tables,
    record_tables,
    settings_tables,
)
from tallypost.settings.device import DeviceSettings
from tallypost.settings.site import Site

PAGES = ("lorawan.md", "mqtt.md", "settings.md", "telemetry.md")
EXAMPLES = {
    "tallypost.toml": "toml",
    "site.toml": "toml",
    "kpi-1.json": "json",
    "alert-1.json": "json",
    "place.toml": "toml",
    "formats.jsonl": "json",
    "health-1.json": "json",
    "mosquitto.conf": "conf",
    "acl": "conf",
    "certificates.sh": "sh",
    "answer_time.py": "python",
}
"""Files in docs/examples that pages show, and the language that they are in."""

_TOML = re.compile(r"```toml\n(.*?)```", re.DOTALL)
_BLOCK = re.compile(r"(<!-- begin (.+?) -->\n).*?(<!-- end \2 -->\n)", re.DOTALL)


def pages(docs: Path) -> dict[Path, str]:
    """Return what every generated file in docs/ and backend/lorawan/ should hold.

    Args:
        docs: The folder; its pages and examples are read, nothing is written.

    Raises:
        KeyError: A page asks for a block that nobody makes.
    """
    blocks = _blocks(docs / "examples")
    written = [docs / page for page in PAGES]
    written += sorted((docs / "formats").glob("*.md"))
    made = {page: filled(page.read_text("utf-8"), blocks) for page in written}
    for name, schema in SCHEMAS.values():
        text = json.dumps(schema(), indent=2, ensure_ascii=False)
        made[docs / "schema" / name] = f"{text}\n"
    return made | dict(_sketches(docs / "elements")) | _lorawan(docs)


def _lorawan(docs: Path) -> dict[Path, str]:
    """Return what network servers load."""
    folder = docs.parent / "backend" / "lorawan" / "vendor" / "tallypost"
    return {
        folder / "tallypost.js": decoder(),
        folder / "tallypost-codec.yaml": codec_yaml(docs / "examples"),
        folder / "examples.json": examples_json(docs / "examples"),
    }


def _sketches(folder: Path) -> Iterator[tuple[Path, str]]:
    """Yield a drawing of the first site that each page shows."""
    for page in sorted(folder.glob("*.md")):
        for shown in sites(page.read_text("utf-8"))[:1]:
            yield page.with_suffix(".svg"), sketch(shown)


def sites(page: str) -> list[Site]:
    """Return the sites that a page shows as TOML.

    Raises:
        tomllib.TOMLDecodeError, pydantic.ValidationError: What it shows is none.
    """
    return [
        Site.model_validate(tomllib.loads(text))
        for text in _TOML.findall(page)
        if "[[" in text
    ]


def filled(page: str, blocks: Mapping[str, str]) -> str:
    """Return a page with everything between `begin NAME` and `end NAME` made anew."""
    return _BLOCK.sub(
        lambda match: f"{match[1]}\n{blocks[match[2]]}\n\n{match[3]}", page
    )


def _blocks(examples: Path) -> dict[str, str]:
    shown = {
        f"example {name}": f"```{language}\n{(examples / name).read_text('utf-8')}```"
        for name, language in EXAMPLES.items()
    }
    return shown | {
        "keys of tallypost.toml": settings_tables(DeviceSettings),
        "keys of site.toml": settings_tables(Site),
        "keys of a record": record_tables(),
        "keys of an alert": alert_table(),
        **spelled(examples),
        "keys of health": health_tables(),
        **lorawan_blocks(),
        "examples of lorawan": examples_shown(examples),
    }
