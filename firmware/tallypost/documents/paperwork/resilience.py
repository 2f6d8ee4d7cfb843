"""What the Cyber Resilience Act asks, each point answered for one device.

Source: Regulation (EU) 2024/2847, annexes I, II and VII; what is asked is told in our
words. It applies to what is placed on the market from 11 December 2027; manufacturers
report exploited weaknesses since 11 September 2026 (article 71).
"""

from tallypost.documents.paperwork import facts
from tallypost.documents.paperwork.answers import (
    Answer,
    Provision,
    answers_table,
    for_host,
    met,
    not_here,
    not_met,
    partly,
)
from tallypost.documents.paperwork.page import page
from tallypost.documents.paperwork.running import Running

_MAKER = for_host(
    "Whoever places the device on the market is its manufacturer, and says so here; "
    "Tallypost is software under the Apache licence."
)


def _identified(running: Running) -> Answer:
    return met(
        f"Tallypost {running.provenance.firmware}, device `{running.device}`; model "
        "and settings by their hashes, above."
    )


def _purpose(running: Running) -> Answer:
    drawn = ", ".join(running.kinds())
    return met(f"Counts {drawn}; its bounds are in docs/privacy.md.")


PROPERTIES = (
    Provision(
        "(1)",
        "security appropriate to the risks",
        partly("docs/privacy.md names threats and what is not claimed."),
    ),
    Provision(
        "(2)(a)",
        "no known exploitable weaknesses",
        not_met("Versions are pinned by hash; nothing watches them for faults yet."),
    ),
    Provision(
        "(2)(b)",
        "secure by default, with a way back to it",
        met(
            "TLS, signing and the lock-in are on unless somebody turns them off; "
            "without what was sent from afar, the device's own files are in force."
        ),
    ),
    Provision("(2)(c)", "security updates, automatic by default", facts.UPDATES),
    Provision("(2)(d)", "protection from unauthorised access", facts.commands),
    Provision("(2)(e)", "confidentiality of data", facts.transport),
    Provision("(2)(f)", "integrity of data, commands, programs", facts.integrity),
    Provision("(2)(g)", "no more data than needed", facts.data_minimised),
    Provision("(2)(h)", "availability, also after an incident", facts.OUTAGES),
    Provision(
        "(2)(i)",
        "least harm to others' services",
        met(
            "Pauses grow while a broker is away; the duty cycle and fair use of a "
            "radio network are kept."
        ),
    ),
    Provision("(2)(j)", "a small attack surface", facts.listening),
    Provision("(2)(k)", "less impact of an incident", facts.confinement),
    Provision("(2)(l)", "security events recorded", facts.LOG),
    Provision("(2)(m)", "all data removed easily, for good", facts.ERASING),
)
HANDLING = (
    Provision("(1)", "components known, in a bill of materials", facts.SBOM),
    Provision("(2)", "weaknesses remedied without delay", facts.UPDATES),
    Provision("(3)", "regular tests and reviews of security", facts.CODE_CHECKS),
    Provision(
        "(4)",
        "weaknesses that were mended, published",
        not_met("No advisory was published yet."),
    ),
    Provision("(5)", "a policy of coordinated disclosure", facts.DISCLOSURE),
    Provision("(6)", "an address to report to", facts.reporting_point),
    Provision("(7)", "secure distribution of updates", facts.UPDATES),
    Provision("(8)", "updates at once, free of charge", facts.UPDATES),
)
INFORMATION = (
    Provision("1", "name and address of the manufacturer", _MAKER),
    Provision("2", "where weaknesses are reported", facts.reporting_point),
    Provision("3", "name, type and identification of the product", _identified),
    Provision("4", "intended purpose and security properties", _purpose),
    Provision(
        "5",
        "circumstances that bring risks",
        met(
            'docs/privacy.md ("What is not claimed"), docs/remote.md ("What others can '
            'do").'
        ),
    ),
    Provision("6", "where the EU declaration of conformity is", _MAKER),
    Provision("7", "support, and until when", facts.SUPPORT),
    Provision(
        "8(a)",
        "secure commissioning and use",
        met("docs/settings.md, mqtt.md, remote.md, and `tallypost doctor`."),
    ),
    Provision(
        "8(b)",
        "what changes mean for the data",
        met("Every record names firmware, model and site; these papers their hashes."),
    ),
    Provision("8(c)", "how security updates are installed", facts.UPDATES),
    Provision("8(d)", "secure decommissioning", facts.ERASING),
    Provision(
        "8(e)",
        "how automatic updates are turned off",
        not_here("There are none yet."),
    ),
    Provision(
        "8(f)",
        "what an integrator needs",
        met("Schemas and AsyncAPI in docs/schema; the pages beside them."),
    ),
    Provision("9", "where the bill of materials is", met("`sbom.cdx.json`, beside.")),
)
DOCUMENTATION = (
    Provision("1(a)", "intended purpose", _purpose),
    Provision("1(b)", "versions that affect conformity", _identified),
    Provision("1(c)", "pictures of the hardware", _MAKER),
    Provision("1(d)", "information for users", met("Annex II, above.")),
    Provision(
        "2(a)",
        "design, development, architecture",
        met("docs/decisions, and the import contracts in pyproject.toml."),
    ),
    Provision("2(b)", "handling of weaknesses", facts.DISCLOSURE),
    Provision("2(c)", "production and monitoring", _MAKER),
    Provision(
        "3",
        "an assessment of cybersecurity risks",
        partly("docs/privacy.md is one of privacy; of cybersecurity there is none."),
    ),
    Provision("4", "how the support period was found", facts.SUPPORT),
    Provision(
        "5",
        "which standards were applied",
        partly("`en-303-645.md`; no harmonised one."),
    ),
    Provision(
        "6",
        "test reports",
        partly("The tests ship with the source; no report is kept of a release yet."),
    ),
    Provision("7", "the EU declaration of conformity", _MAKER),
    Provision("8", "the bill of materials, on request", met("`sbom.cdx.json`.")),
)


def resilience(running: Running) -> str:
    """Return the statement as a page in Markdown."""
    parts = {
        "Annex I, part I: properties": PROPERTIES,
        "Annex I, part II: handling of weaknesses": HANDLING,
        "Annex II: information for users": INFORMATION,
        "Annex VII: technical documentation": DOCUMENTATION,
    }
    return page(
        "Cyber Resilience Act statement",
        "Regulation (EU) 2024/2847, for this device as it is set up. No declaration of "
        "conformity.",
        running,
        {title: answers_table(each, running) for title, each in parts.items()},
    )
