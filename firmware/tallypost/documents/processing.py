"""The record of processing activities that a host must keep, from what really runs.

Source: Regulation (EU) 2016/679 (GDPR), article 30(1), (a) to (g). Only the controller
can say who he is and what his legal ground is: these lines say that they are his.
"""

import hashlib
import json
from dataclasses import dataclass

from tallypost.domain.alerts import TELLERS
from tallypost.domain.fields import instant_text
from tallypost.domain.records import Provenance
from tallypost.settings.device import DeviceSettings
from tallypost.settings.lorawan import LorawanSettings
from tallypost.settings.site import Site
from tallypost.settings.uplink import MqttSettings
from tallypost.telemetry.outbox.records import DAY_S, HISTORY_S

HIS = "_for the controller to say_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """What is described.

    Attributes:
        device: Who measures.
        provenance: What it counts with.
        settings: What is in force.
        site: What is drawn.
        made_utc_s: When it is described, in seconds since 1970.
    """

    device: str
    provenance: Provenance
    settings: DeviceSettings
    site: Site
    made_utc_s: float


def settings_hash(settings: DeviceSettings) -> str:
    """Return `sha256:...` of everything that the settings in force say."""
    told = json.dumps(settings.model_dump(mode="json"), sort_keys=True)
    return "sha256:" + hashlib.sha256(told.encode()).hexdigest()


def record_of_processing(running: Running, controller: str | None) -> str:
    """Return the record as a page in Markdown.

    Args:
        running: What is described.
        controller: Name and contact of the controller, where somebody has said it.
    """
    sections = (
        ("What this describes", _described(running)),
        ("(a) Controller", [controller or HIS]),
        ("(b) Purposes", _purposes(running.site)),
        ("(c) Persons and data", _data(running)),
        ("(d) Recipients", _recipients(running.settings)),
        ("(e) Transfers to third countries", _transfers(running.settings)),
        ("(f) Time limits", _limits(running)),
        ("(g) Security measures", _measures(running)),
    )
    pages = [f"## {title}\n\n" + "\n".join(lines) for title, lines in sections]
    head = f"# Record of processing: {running.device}\n\nGDPR, article 30(1)."
    return "\n\n".join([head, *pages]) + "\n"


def _described(running: Running) -> list[str]:
    made = running.provenance
    return [
        f"* made {instant_text(int(running.made_utc_s))} from the settings in force",
        f"* firmware {made.firmware}",
        f"* model `{made.model}`",
        f"* site `{made.site}`",
        f"* settings `{settings_hash(running.settings)}`",
        "",
        (
            "Each record of the device carries firmware, model and site in `quality`. "
            "Where one of them differs from the above, **this page is out of date**."
        ),
    ]


def _purposes(site: Site) -> list[str]:
    purposes = []
    for kind, drawn in site.drawn().items():
        if drawn:
            told = type(site).model_fields[kind].description
            names = ", ".join(f"`{each.name}`" for each in drawn)
            purposes.append(f"* {kind}: {told} {names}")
    return [*purposes, "", f"Legal ground (article 6) and need: {HIS}."]


def _data(running: Running) -> list[str]:
    privacy = running.site.privacy
    alerting = {each for each in TELLERS.values() if each}
    watched = sorted(
        kind
        for kind, drawn in running.site.drawn().items()
        if drawn and kind in alerting
    )
    told = (
        f"Elements of these kinds may tell one moment at once, never who it was: "
        f"{', '.join(watched)}; whether they do is said at each element."
        if watched
        else "No element is drawn that could tell one moment at once."
    )
    noise = privacy.epsilon_per_day
    return [
        "* Persons: whoever passes the camera.",
        (
            "* Pictures: in memory, from the shutter until the detector has answered, "
            "and a small grey one for at most a second more, to notice what moves; no "
            "setting or command stores or sends one."
        ),
        (
            f"* Records, one in {running.settings.interval_s} s: counts and durations "
            f"without identity. Trips, stays and waits of fewer than {privacy.k} are "
            f"withheld (profile `{privacy.profile}`). The site counts for "
            f"{privacy.purpose}."
        ),
        "* Noise: none."
        if noise is None
        else f"* Noise: differential privacy, epsilon {noise:g} a day.",
        f"* {told}",
    ]


def _recipients(settings: DeviceSettings) -> list[str]:
    recipients: list[str] = []
    for link in (settings.uplink, settings.fallback_uplink):
        match link:
            case MqttSettings():
                hosts = [link.host, *(each.host for each in link.fallbacks)]
                recipients.append(
                    f"* whoever runs the broker {', '.join(hosts)} (MQTT)"
                )
            case LorawanSettings():
                recipients.append("* whoever runs the LoRaWAN network")
            case _:
                pass
    if not recipients:
        return ["None: there is no link, and records stay on the device."]
    return [*recipients, f"* whom these pass records on to: {HIS}"]


def _transfers(settings: DeviceSettings) -> list[str]:
    if _recipients(settings)[0].startswith("None"):
        return ["None: there is no link."]
    return [f"Of pictures: none. Of records, where the recipients are: {HIS}."]


def _limits(running: Running) -> list[str]:
    megabytes = running.settings.outbox.bytes_max // 2**20
    return [
        (
            "* Pictures: overwritten once they were looked at; how soon is in every "
            "record (`quality.frame_lifetime_ms_p99`)."
        ),
        (
            f"* Records and alerts on the device: {HISTORY_S / DAY_S:.0f} days, "
            f"within {megabytes} MB; what has not gone out yet waits until it has."
        ),
        f"* At the recipients: {HIS}.",
    ]


def _measures(running: Running) -> list[str]:
    settings = running.settings
    measures = [
        (
            "* The process that sees cannot speak, and the one that speaks never has a "
            "picture: only numbers of fixed length pass between them."
        )
    ]
    if isinstance(settings.uplink, MqttSettings):
        measures.append(
            "* The link is encrypted (TLS)."
            if settings.uplink.tls
            else "* **The link is not encrypted.**"
        )
    keys = len(settings.remote.operator_keys)
    measures += [
        f"* Commands from afar: signed by one of {keys} operator keys, none of which "
        "can ask for a picture."
        if keys
        else "* Commands from afar: nobody is heeded.",
        "* What was counted is signed every hour by the device's own key."
        if settings.signing.enabled
        else "* What was counted is not signed.",
        f"* Of the pole, the housing and the network: {HIS}.",
    ]
    return measures
