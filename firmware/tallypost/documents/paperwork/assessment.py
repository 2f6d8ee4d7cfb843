"""What a data protection impact assessment needs to know of one device.

Source: Regulation (EU) 2016/679 (GDPR), article 35(7), (a) to (d). An annex: whether an
assessment is due (article 35(3)(c) names systematic monitoring of a publicly accessible
area), and its conclusion, are the controller's.
"""

from collections.abc import Iterator
from typing import NamedTuple

from tallypost.documents.paperwork import processing
from tallypost.documents.paperwork.page import HIS, page, said
from tallypost.documents.paperwork.running import Running
from tallypost.documents.table import table


class Risk(NamedTuple):
    """What could happen to people.

    Attributes:
        fear: What they could fear.
        measure: What the device does against it.
        remains: What is left.
    """

    fear: str
    measure: str
    remains: str


def assessment(running: Running) -> str:
    """Return the annex as a page in Markdown."""
    return page(
        "Annex to a data protection impact assessment",
        "GDPR, article 35(7).",
        running,
        {
            "(a) What is done, and what for": list(_operations(running)),
            "(b) Need and proportion": list(_need(running)),
            "(c) Risks to the rights and freedoms of people": [
                table(("fear", "measure", "what remains"), _risks(running))
            ],
            "(d) Measures, and how they can be checked": [
                *processing.measures(running),
                "* Claims about pictures, and how to check them: docs/privacy.md.",
            ],
        },
    )


def _operations(running: Running) -> Iterator[str]:
    yield from processing.purposes(running)
    yield ""
    yield (
        "A camera looks at the place. A detector on the device tells where people "
        "and vehicles are on a picture; the picture is overwritten. A tracker follows "
        "them from picture to picture by numbers that live in memory only; what is "
        f"drawn above is counted. Every {running.settings.interval_s} s the counts "
        "leave the process that sees."
    )
    yield ""
    yield "Nobody is recognised: no face, gait, number plate or telephone is read."
    yield "No decision about a single person is made (article 22)."
    yield ""
    yield from processing.recipients(running)
    yield from processing.time_limits(running)


def _need(running: Running) -> Iterator[str]:
    host = running.settings.host
    yield f"* Why counting is needed, and with a camera: {HIS}."
    yield "* Least data: counts and durations of closed lists of words, no free text."
    yield f"* {processing.small_numbers(running)}"
    yield (
        f"* Told at once: {', '.join(running.alerting()) or 'nothing about people'}."
    )
    yield (
        f"* People are told by a sign; they can ask {said(host.contact)}. For access "
        "and erasure (articles 15, 17): no record says whom it counted (article 11)."
    )
    yield f"* Views of the people concerned (article 35(9)): {HIS}."


def _risks(running: Running) -> Iterator[Risk]:
    yield Risk(
        "somebody watches or keeps the pictures",
        processing.lock_in(running),
        "a fault in the kernel or the camera's driver; who rebuilds the device",
    )
    yield Risk(
        "a person is found in the counts",
        f"{processing.small_numbers(running)} {processing.noise(running)}",
        "at a lonely place, that somebody passed at all: crossings of lines are told "
        "as they are",
    )
    yield Risk(
        "people are followed from place to place",
        "Numbers of objects live in the memory of one device and never leave.",
        "none by this device",
    )
    yield _alerts(running)
    yield Risk(
        "the purpose creeps",
        "Site, model and settings are hashed into records and papers; from afar, "
        "camera, model and a laxer privacy profile cannot be set.",
        "who is at the device can change it: then this page is out of date",
    )
    yield Risk(
        "somebody listens or changes figures on the way",
        f"{processing.transport(running)} {processing.signing(running)}",
        "that the device speaks, and when",
    )
    yield Risk(
        "some groups are counted worse than others",
        "The model's figures by class stand on its card (`tallypost models show`).",
        "no figures by age, skin colour or means of mobility are known",
    )
    yield Risk(
        "people feel watched and stay away",
        "The sign says what is measured and that no picture is kept.",
        "a camera looks like a camera",
    )


def _alerts(running: Running) -> Risk:
    watched = ", ".join(running.alerting())
    fear = "an alert brings somebody to a person"
    if not watched:
        return Risk(fear, "No element is drawn that could tell one moment.", "none")
    return Risk(
        fear,
        f"Only {watched} may tell one moment, and never who it was.",
        f"whoever is there when it is told can be looked for: {HIS} who hears of it",
    )
