"""How much a vision half that was taken over could say through the wall, at most."""

from pathlib import Path

from scripts.benchmarks.page import ROOT, put, table
from tallypost.daemon.house import HEADROOM
from tallypost.models.store import find_model
from tallypost.settings.reading import read_site
from tallypost.settings.site import unasked
from tallypost.wall.capacity import Capacity, aiming_capacity, capacity
from tallypost.wall.frame import Alphabet, Elements

EXAMPLE = ROOT / "docs" / "examples" / "site.toml"
MODEL = ROOT / "models" / "tallypost-street-320"
PICTURES = {"a thumbnail of 16 x 16 greys": 256, "a small JPEG of a face": 2048}
"""How many bytes each has."""


def sites() -> dict[str, Alphabet]:
    """Return what the halves of some sites know, by what they are."""
    classes = find_model(str(MODEL)).description.classes
    example = read_site(Path(EXAMPLE))
    line: Elements = {"lines": {"gate": ()}}
    many: Elements = {
        kind: {str(number): () for number in range(10)} for kind in ("lines", "zones")
    }
    seldom = ("speeds", "headways", "modal_split")
    coco = tuple(map(str, range(80)))
    return {
        "one line, one class": Alphabet(
            classes=("person",), elements=line, unasked=seldom
        ),
        "the same with speeds, headways and modes": Alphabet(
            classes=("person",), elements=line
        ),
        "the example's two lines and a zone": Alphabet(
            classes=classes, elements=example.elements(), unasked=unasked(example)
        ),
        "ten lines and ten zones, 80 classes": Alphabet(
            classes=coco, elements=many, unasked=seldom
        ),
    }


def told(alphabet: Alphabet, interval_s: float) -> Capacity:
    """Return what a site's wall can carry."""
    return capacity(
        alphabet,
        interval_s=interval_s,
        intervals_per_minute=60.0 / interval_s * HEADROOM,
    )


def aiming() -> str:
    """Return the table of docs/aiming.md."""
    rows = []
    for name, alphabet in sites().items():
        found = aiming_capacity(alphabet)
        bits_per_s = found.bits_per_second
        rows.append(
            [
                name,
                f"{found.sketches_bits_per_s:.0f}",
                f"{found.boxes_bits_per_s:.0f}",
                f"{found.events_bits_per_s:.0f}",
                f"{found.sights_bits_per_s:.0f}",
                f"{found.moments_bits_per_s:.0f}",
                f"{bits_per_s:.0f}",
                *(f"{8 * size / bits_per_s:.1f} s" for size in PICTURES.values()),
            ]
        )
    headings = ["site", "sketches", "boxes", "who passes", "sight", "moments"]
    return "Bits a second while somebody aims, at most.\n\n" + table(
        [*headings, "in all", *PICTURES], rows
    )


def main() -> None:
    """Print the table of docs/privacy.md, and write that of docs/aiming.md."""
    put("aiming-capacity", aiming(), ROOT / "docs" / "aiming.md")
    print(
        "| site | interval | bits an interval | bits an alert | bits a second | "
        "bits an hour | of it alerts | moments | "
        + " | ".join(f"intervals for {picture}" for picture in PICTURES)
        + " |"
    )
    print("|---" * (8 + len(PICTURES)) + "|")
    for name, alphabet in sites().items():
        for interval_s in (60.0, 900.0):
            found = told(alphabet, interval_s)
            needed = [
                f"{8 * size / found.interval_bits:.1f}" for size in PICTURES.values()
            ]
            print(
                f"| {name} | {interval_s:.0f} s | {found.interval_bits:.0f} | "
                f"{found.alert_bits:.0f} | {found.bits_per_second:.1f} | "
                f"{found.bits_per_hour:.0f} | {found.alerts_bits_per_hour:.0f} | "
                f"{found.moments_bits_per_hour:.0f} | {' | '.join(needed)} |"
            )


if __name__ == "__main__":
    main()
