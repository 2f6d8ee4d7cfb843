"""What the product does about security, said once for every paper that asks."""

from tallypost.documents.paperwork import processing
from tallypost.documents.paperwork.answers import (
    Answer,
    for_host,
    met,
    not_here,
    not_met,
    partly,
)
from tallypost.documents.paperwork.page import plain
from tallypost.documents.paperwork.running import Running

UPDATES = not_met(
    "There is no signed image yet, and nothing that fetches or installs updates: a new "
    "version is installed by whoever keeps the machine. The command `update` is "
    "understood, and answered `unsupported` where the machine takes none."
)
DISCLOSURE = not_met("No policy, address or time limits are published yet.")
SUPPORT = not_met("No support period is published yet.")
SBOM = partly(
    "`sbom.cdx.json` (CycloneDX 1.6) names every Python package with its hash and who "
    "needs whom, and the model; the operating system's packages are not on it."
)
INPUTS = met(
    "Settings, records, commands, certificates, models' manifests and every other file "
    "and message from outside are held against closed schemas with bounds on size and "
    "depth, and refused with a reason; a fuzzer feeds each parser (docs/remote.md)."
)
OUTAGES = met(
    "Counting goes on without a network; records wait in a store that survives power "
    "cuts, and are sent in order, with growing pauses, when the link is back."
)
SECRETS_AT_REST = partly(
    "Passwords and keys stand in files of their own that are refused where everybody "
    "may read them; a TLS or signing key is made on the device and never leaves it. "
    "There is no secure element: who takes the card has the keys."
)
OWN_KEYS = met(
    "None is in the source or shared: each device makes its own signing key, and its "
    "own TLS key on request (`new_tls_key`)."
)
LOG = partly(
    "A log with reasons, hourly health, and a signed chain of what was counted; "
    "commands that were not believed are counted, and reported nowhere."
)
ERASING = partly(
    "All there is lies in the outbox, its RAM folder and the folders of `[signing]` "
    "and `[remote]`: removing them removes it. No one command does it all yet."
)
CODE_CHECKS = partly(
    "Each change passes static checks, import contracts that hold the privacy wall, "
    "tests and fuzzing. No outsider has reviewed it yet."
)


def transport(running: Running) -> Answer:
    """Answer for what leaves, on its way."""
    told = processing.transport(running)
    if not running.linked:
        return not_here(told)
    in_the_clear = running.broker is not None and not running.broker.tls
    return not_met(told) if in_the_clear else met(told)


def commands(running: Running) -> Answer:
    """Answer for who may change or ask anything from afar."""
    told = processing.heeding(running)
    if not running.operator_keys:
        return met(told)
    return met(
        f"{told} Each that is signed is held against the device's name, a counter and "
        "its expiry; "
        "keys can be added and revoked (docs/remote.md)."
    )


def integrity(running: Running) -> Answer:
    """Answer for whether figures, settings and model are what they were."""
    told = processing.signing(running)
    model = (
        "The model's hash is in every record, and one with a manifest is loaded only "
        "with the hash that this pins; settings from afar are taken only when signed."
    )
    if not running.settings.signing.enabled:
        return partly(f"**{told}** {model}")
    return met(f"{told} {model}")


def confinement(running: Running) -> Answer:
    """Answer for what a process that was taken over could do."""
    told = processing.lock_in(running)
    return met(told) if running.lockable else not_met(told)


def least_code(running: Running) -> Answer:
    """Answer for what is loaded, and what can be loaded later."""
    confined = (
        "The process that sees can open no file, socket or program once it looks; "
        if running.lockable
        else ""
    )
    told = (
        "the one that speaks loads nothing that knows a picture; what is not set up is "
        "not loaded."
    )
    return met(f"{confined}{told}")


def listening(running: Running) -> Answer:
    """Answer for whoever knocks: nobody is let in."""
    camera = ", and its camera on the network" if running.camera_on_network else ""
    return met(
        f"The device listens on no port: it only calls its broker or its modem{camera}."
        " What the operating system listens on is the image's matter."
    )


def privileges(running: Running) -> Answer:
    """Answer for the rights of each process."""
    told = processing.lock_in(running)
    speaking = (
        "The process that speaks has all rights of the user who starts it; the units "
        "that come with the firmware start each as a user of its own."
    )
    answer = partly if running.lockable else not_met
    return answer(f"{told} {speaking}")


def data_minimised(running: Running) -> Answer:
    """Answer for how little is kept and told."""
    watched = ", ".join(running.alerting())
    alerts = f" Elements that tell one moment at once: {watched}." if watched else ""
    return met(
        "Pictures are overwritten once looked at, and never stored or sent; what "
        "leaves are counts of a closed schema. "
        f"{processing.small_numbers(running)}{alerts}"
    )


def reporting_point(running: Running) -> Answer:
    """Answer for where weaknesses can be told."""
    contact = running.settings.host.security_contact
    if contact is None:
        return DISCLOSURE
    return partly(f"{DISCLOSURE.told} Of this installation: {plain(contact)}.")


def told_to_passers_by(running: Running) -> Answer:
    """Answer for whether people can know of it."""
    host = running.settings.host
    names = ("controller", "contact", "page", "purpose", "kept")
    missing = [f"`host.{each}`" for each in names if getattr(host, each) is None]
    told = (
        "`sign.*.svg` and `sign.*.pdf` say what is measured, what for, by whom and for "
        "how long, beside `data-chain.json` and `record-of-processing.md`."
    )
    if not missing:
        return for_host(f"{told} Put the sign up.")
    return for_host(f"{told} Not said yet: {', '.join(missing)}.")
