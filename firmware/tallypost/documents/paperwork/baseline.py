"""The provisions of ETSI EN 303 645, each answered for one device.

Source: ETSI EN 303 645 V2.1.1 (2020-06), clauses 4 to 6; what is asked is told in our
words. Its scope is consumer IoT: cities ask for it all the same.
"""

from tallypost.documents.paperwork import facts
from tallypost.documents.paperwork.answers import (
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

_NO_LOGIN = not_here("The device has no login and no password of its own.")
_NO_HARDWARE = for_host("Of the board and its housing; we ship software.")
_NO_ACCOUNTS = not_here("There are no user accounts and no service of ours.")
_NO_CONSENT = not_here("Nobody is asked to consent; the ground is the controller's.")

PROVISIONS = (
    Provision("4-1", "record why a recommendation is not followed", met("This page.")),
    Provision("5.1-1", "passwords unique to each device", _NO_LOGIN),
    Provision("5.1-2", "pre-set passwords that cannot be guessed", _NO_LOGIN),
    Provision("5.1-3", "users authenticated by sound cryptography", facts.commands),
    Provision(
        "5.1-4",
        "a simple way to change what one logs in with",
        met("`trust_key` and `revoke_key`, or on the device (docs/remote.md)."),
    ),
    Provision(
        "5.1-5",
        "no guessing of logins over the network",
        met("Commands carry signatures (Ed25519): there is nothing short to guess."),
    ),
    Provision("5.2-1", "a published disclosure policy", facts.reporting_point),
    Provision("5.2-2", "timely action on what is disclosed", facts.DISCLOSURE),
    Provision(
        "5.2-3",
        "watching for weaknesses through the support period",
        not_met("The bill of materials makes it possible; nobody has promised it."),
    ),
    Provision("5.3-1", "all software updateable, securely", facts.UPDATES),
    Provision("5.3-2", "a mechanism for secure installation", facts.UPDATES),
    Provision("5.3-3", "updates simple to apply", facts.UPDATES),
    Provision("5.3-4", "automatic updates", facts.UPDATES),
    Provision("5.3-5", "looking for updates by itself", facts.UPDATES),
    Provision("5.3-6", "automatic updates on, and configurable", facts.UPDATES),
    Provision("5.3-7", "updates by sound cryptography", facts.UPDATES),
    Provision("5.3-8", "timely security updates", facts.UPDATES),
    Provision("5.3-9", "authenticity and integrity of updates", facts.UPDATES),
    Provision("5.3-10", "updates over a trusted connection", facts.UPDATES),
    Provision("5.3-11", "telling that an update is needed", facts.UPDATES),
    Provision("5.3-12", "telling that an update will interrupt", facts.UPDATES),
    Provision("5.3-13", "a published support period", facts.SUPPORT),
    Provision(
        "5.3-14",
        "why a constrained device cannot be updated",
        not_here("It is no constrained device."),
    ),
    Provision(
        "5.3-15",
        "a constrained device can be isolated and replaced",
        not_here("It is no constrained device."),
    ),
    Provision(
        "5.3-16",
        "a recognisable model designation",
        partly("`tallypost --version`, and in every record; the box's label is not."),
    ),
    Provision("5.4-1", "secrets stored securely", facts.SECRETS_AT_REST),
    Provision(
        "5.4-2",
        "a hard-coded identity resists tampering",
        not_here("No identity is built in: a device's keys are made on it."),
    ),
    Provision("5.4-3", "no critical secrets in the source", facts.OWN_KEYS),
    Provision("5.4-4", "critical secrets unique to each device", facts.OWN_KEYS),
    Provision("5.5-1", "sound cryptography on the way", facts.transport),
    Provision(
        "5.5-2",
        "reviewed implementations of cryptography",
        met("OpenSSL and `cryptography`; no cipher of our own."),
    ),
    Provision(
        "5.5-3",
        "cryptography can be updated",
        partly("By installing newer packages; nothing does it by itself."),
    ),
    Provision(
        "5.5-4",
        "functions reached over the network after authentication only",
        facts.commands,
    ),
    Provision(
        "5.5-5",
        "security settings changed after authentication only",
        met(
            "Encryption, secrets and privacy cannot be set from afar; keys and the "
            "certificate by signed commands only."
        ),
    ),
    Provision(
        "5.5-6",
        "critical secrets encrypted on the way",
        met("None travels: commands carry public keys and certificates only."),
    ),
    Provision(
        "5.5-7",
        "confidentiality of critical secrets over networks",
        met("None travels; a password is refused over a link in the clear."),
    ),
    Provision(
        "5.5-8",
        "secure management of critical secrets",
        partly("Keys are made, changed and revoked (docs/remote.md); no inventory."),
    ),
    Provision("5.6-1", "unused interfaces disabled", facts.listening),
    Provision(
        "5.6-2", "nothing about security told without authentication", facts.listening
    ),
    Provision("5.6-3", "no needless exposed physical interfaces", _NO_HARDWARE),
    Provision("5.6-4", "debug interfaces disabled", _NO_HARDWARE),
    Provision("5.6-5", "only services that are used", facts.listening),
    Provision("5.6-6", "no more code than is needed", facts.least_code),
    Provision("5.6-7", "least privilege", facts.privileges),
    Provision(
        "5.6-8",
        "access to memory controlled by hardware",
        met("Two processes, held apart by the kernel and the processor's memory unit."),
    ),
    Provision("5.6-9", "a secure development process", facts.CODE_CHECKS),
    Provision(
        "5.7-1",
        "secure boot",
        not_met("The board's boot chain is not verified; there is no image yet."),
    ),
    Provision(
        "5.7-2",
        "telling of unauthorised changes to software",
        not_met("Firmware names its version, and nothing proves it."),
    ),
    Provision("5.8-1", "personal data confidential on the way", facts.transport),
    Provision(
        "5.8-2",
        "sensitive personal data confidential between device and service",
        not_here("None leaves: what leaves are counts."),
    ),
    Provision(
        "5.8-3",
        "external sensors documented, for everybody to understand",
        facts.told_to_passers_by,
    ),
    Provision("5.9-1", "resilience to outages of network and power", facts.OUTAGES),
    Provision("5.9-2", "working on without a network, clean recovery", facts.OUTAGES),
    Provision("5.9-3", "orderly connections after an outage", facts.OUTAGES),
    Provision("5.10-1", "telemetry examined for anomalies", facts.LOG),
    Provision("5.11-1", "user data easily erased from the device", facts.ERASING),
    Provision("5.11-2", "personal data easily removed from services", _NO_ACCOUNTS),
    Provision("5.11-3", "clear instructions on erasing", facts.ERASING),
    Provision("5.11-4", "clear confirmation of erasing", facts.ERASING),
    Provision(
        "5.12-1",
        "few decisions to install, secure defaults",
        met("Defaults are the secure ones: TLS, signing and the lock-in are on."),
    ),
    Provision(
        "5.12-2",
        "guidance on a secure set-up",
        met("docs/settings.md, mqtt.md, remote.md and privacy.md."),
    ),
    Provision(
        "5.12-3",
        "guidance on checking it",
        met("`tallypost check`, `tallypost doctor`, and this page."),
    ),
    Provision("5.13-1", "input validated", facts.INPUTS),
    Provision(
        "6-1", "people told which data, how and by whom", facts.told_to_passers_by
    ),
    Provision("6-2", "consent obtained validly", _NO_CONSENT),
    Provision("6-3", "consent can be withdrawn", _NO_CONSENT),
    Provision("6-4", "telemetry holds the least personal data", facts.data_minimised),
    Provision(
        "6-5",
        "people told which telemetry is collected",
        met("Its schemas are published (docs/telemetry.md); health tells of nobody."),
    ),
)


def baseline(running: Running) -> str:
    """Return the statement as a page in Markdown."""
    return page(
        "EN 303 645 statement",
        "ETSI EN 303 645 V2.1.1 (2020-06), every provision, for this device as it is "
        "set up. A statement of its own, by nobody assessed (TS 103 701).",
        running,
        {"Provisions": answers_table(PROVISIONS, running)},
    )
