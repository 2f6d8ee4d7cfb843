"""The record of processing activities that a host must keep, from what really runs.

Source: Regulation (EU) 2016/679 (GDPR), article 30(1), (a) to (g). Only the controller
can say who he is and what his legal ground is: these lines say that they are his.
"""

from collections.abc import Iterator

from tallypost.documents.paperwork.page import HIS, page, said
from tallypost.documents.paperwork.running import Running
from tallypost.settings.site import Site
from tallypost.telemetry.outbox.records import DAY_S, HISTORY_S


def record_of_processing(running: Running) -> str:
    """Return the record as a page in Markdown."""
    host = running.settings.host
    return page(
        "Record of processing",
        "GDPR, article 30(1).",
        running,
        {
            "(a) Controller": [
                f"* {said(host.controller)}",
                f"* contact: {said(host.contact)}",
                f"* data protection officer: {said(host.privacy_officer)}",
            ],
            "(b) Purposes": purposes(running),
            "(c) Persons and data": _data(running),
            "(d) Recipients": recipients(running),
            "(e) Transfers to third countries": _transfers(running),
            "(f) Time limits": time_limits(running),
            "(g) Security measures": list(measures(running)),
        },
    )


def purposes(running: Running) -> list[str]:
    """Return what the counts are for, and what is drawn to count it."""
    host = running.settings.host
    return [
        f"* in the host's words: {said(host.purpose)}",
        f"* The site counts for {running.site.privacy.purpose}.",
        *_drawn(running.site),
        "",
        f"Legal ground (article 6): {said(host.legal_ground)}",
    ]


def _drawn(site: Site) -> Iterator[str]:
    for kind, drawn in site.drawn().items():
        if drawn:
            told = type(site).model_fields[kind].description
            names = ", ".join(f"`{each.name}`" for each in drawn)
            yield f"* {kind}: {told} {names}"


def _data(running: Running) -> list[str]:
    watched = ", ".join(sorted(running.alerting()))
    told = (
        f"Elements of these kinds tell one moment at once, never who it was: {watched}."
        if watched
        else "No element tells one moment at once."
    )
    return [
        "* Persons: whoever passes the camera.",
        (
            "* Pictures: in memory, from the shutter until the detector has answered, "
            "and a small grey one for at most a second more, to notice what moves; no "
            "setting or command stores or sends one."
        ),
        (
            f"* Records, one in {running.settings.interval_s} s: counts and durations "
            f"without identity. {small_numbers(running)}"
        ),
        f"* {noise(running)}",
        f"* {told}",
    ]


def small_numbers(running: Running) -> str:
    """Return which figures are withheld, because few people are behind them."""
    privacy = running.site.privacy
    profile = f"(profile `{privacy.profile}`)"
    if privacy.k <= 1:
        return f"**No small number of trips, stays or waits is withheld** {profile}."
    told = f"Trips, stays and waits of fewer than {privacy.k} are withheld"
    return f"{told} {profile}."


def noise(running: Running) -> str:
    """Return what hides a single person in the figures."""
    epsilon = running.site.privacy.epsilon_per_day
    if epsilon is None:
        return "Noise: none."
    return f"Noise: differential privacy, epsilon {epsilon:g} a day."


def recipients(running: Running) -> list[str]:
    """Return who hears of records, as a list in Markdown."""
    found = [f"* {each}" for each in hearers(running)]
    if not found:
        return ["None: there is no link, and records stay on the device."]
    return [*found, f"* whom these pass records on to: {HIS}"]


def hearers(running: Running) -> list[str]:
    """Return whom the device itself sends records to."""
    found: list[str] = []
    if running.broker is not None:
        others = (each.host for each in running.broker.fallbacks)
        hosts = ", ".join([running.broker.host, *others])
        found.append(f"whoever runs the broker {hosts} (MQTT)")
    if running.by_radio:
        found.append("whoever runs the LoRaWAN network")
    return found


def _transfers(running: Running) -> list[str]:
    if not running.linked:
        return ["None: there is no link."]
    return [f"Of pictures: none. Of records, where the recipients are: {HIS}."]


def time_limits(running: Running) -> list[str]:
    """Return for how long anything is kept, and where."""
    megabytes = running.settings.outbox.bytes_max // 2**20
    return [
        (
            "* Pictures: overwritten once they were looked at; how soon is in every "
            "record (`quality.frame_lifetime_ms_max`)."
        ),
        (
            f"* Records and alerts on the device: {HISTORY_S / DAY_S:.0f} days, "
            f"within {megabytes} MB; what has not gone out yet waits until it has."
        ),
        f"* At the recipients: {said(running.settings.host.kept)}",
    ]


def measures(running: Running) -> Iterator[str]:
    """Yield what stands between a passer-by and whoever would know of him."""
    yield (
        "* The process that sees cannot speak, and the one that speaks never has a "
        "picture: only numbers of fixed length pass between them."
    )
    yield f"* {lock_in(running)}"
    if running.camera_on_network:
        yield (
            "* **The camera is a device of its own on the network**: what it keeps, "
            f"and who else watches it: {HIS}."
        )
        yield (
            "* A third process fetches its compressed packets and hands them in; it "
            "may open no decoder and no second connection, and nothing comes back to "
            "it. What it held is freed, not overwritten; what travels between camera "
            "and device is as open as that network."
        )
    yield f"* {transport(running)}"
    yield f"* {heeding(running)}"
    yield f"* {signing(running)}"
    yield f"* Of the pole, the housing and the network: {HIS}."


def lock_in(running: Running) -> str:
    """Return what the kernel forbids the process that sees."""
    if not running.lockable:
        return (
            "**The process that sees is not locked in by the kernel**: this camera "
            "cannot be read without a way out, and the device refuses to run with it "
            "unless somebody forces it; every record then says `no_lock_in`."
        )
    return (
        "Before its first picture, the kernel takes from the process that sees all "
        "ways out but one of numbers (seccomp): files, network, other processes. "
        "Where it cannot, nothing is counted. Started with `--insecure-no-lock-in` "
        "it does without, and every record says `no_lock_in`."
    )


def transport(running: Running) -> str:
    """Return how what leaves is protected on its way."""
    told = []
    if running.broker is not None:
        told.append(
            "The link is encrypted (TLS 1.2 or later), the broker's certificate is "
            "checked."
            if running.broker.tls
            else "**The link is not encrypted.**"
        )
    if running.by_radio:
        told.append("The radio link is encrypted (LoRaWAN, AES-128).")
    return " ".join(told) or "Nothing leaves the device: there is no link."


def heeding(running: Running) -> str:
    """Return who can have something done from afar."""
    keys, told = running.operator_keys, []
    if keys:
        told.append(
            f"signed by one of {keys} operator keys, none of which can ask for a "
            "picture or for a laxer privacy profile."
        )
    if running.by_radio:
        told.append(
            "by whoever holds the session keys of the LoRaWAN network: the interval, "
            "the radio's own settings, the time, records again, a restart."
        )
    return f"Commands from afar: {' And '.join(told) or 'nobody is heeded.'}"


def signing(running: Running) -> str:
    """Return who vouches for what was counted."""
    if not running.settings.signing.enabled:
        return "What was counted is not signed."
    key = running.signing_key
    named = "" if key is None else f" Its public key is `{key}`."
    return (
        "What was counted is signed every hour by the device's own key (Ed25519, "
        "COSE_Sign1), in a chain in which a missing or changed record shows; "
        f"`tallypost verify` checks it anywhere.{named}"
    )
