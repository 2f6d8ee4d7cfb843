"""What a technician is told of a radio link, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tallypost.telemetry.uplink.lorawan.survey import Step
    from tallypost.telemetry.uplink.modem.base import LinkCheck, ModemInfo

GOOD_DB, FAIR_DB = 10, 5
"""Rain, leaves and a parked lorry take so much."""
DAY_S = 86_400.0
FORGETS = (
    "not through a power cut, unless its firmware knows AT+CS; where a join is refused "
    "then, have the network server reset or ignore the DevNonces of this device"
)


def told_of(info: ModemInfo) -> list[str]:
    """Return what a modem says that it is."""
    eui = "none of its own" if info.dev_eui is None else info.dev_eui.hex()
    keeps = {True: "yes", False: FORGETS, None: "its maker does not say"}
    return [
        f"model          {info.model}",
        f"firmware       {info.version}",
        f"DevEUI         {eui}",
        f"keeps DevNonce {keeps[info.keeps_nonce]}",
    ]


def margin(link: LinkCheck | None) -> str:
    """Return how well the network hears, in words."""
    if link is None:
        return "the network does not say how well it hears"
    by = f"{link.margin_db} dB above the least that it needs"
    who = "1 gateway" if link.gateways == 1 else f"{link.gateways} gateways"
    if link.margin_db >= GOOD_DB:
        return f"good: {who}, {by}"
    if link.margin_db >= FAIR_DB:
        return f"fair: {who}, {by}; it will do in any weather but the worst"
    return f"thin: {who}, only {by}; move the antenna higher, or off the metal"


def line_of(step: Step, fair_use_s: float) -> str:
    """Return what was found at one data rate."""
    head = f"DR{step.data_rate}  {_way(step):<9}"
    if not step.tries:
        return f"{head} nobody let us in"
    a_day = int(fair_use_s / step.record_s)
    room = f"{step.record_s * 1000:.0f} ms a record, {min(a_day, 86_400)} a day"
    heard = f"{step.answered} of {step.tries} answered"
    return f"{head} {heard}; {margin(step.link)}; {room}"


def verdict(steps: Sequence[Step], interval_s: float, fair_use_s: float) -> str:
    """Return what to make of a survey.

    Args:
        steps: What was found.
        interval_s: How often a record is made.
        fair_use_s: How much airtime there is in a day.
    """
    sound = [step for step in steps if step.tries and step.answered == step.tries]
    if not sound:
        if any(step.answered for step in steps):
            return (
                "Only some frames were answered at any data rate: move the antenna, "
                "then ask again."
            )
        return (
            "Nobody answers here: is a gateway in reach, is the region right, and does "
            "the network server know this device by these keys?"
        )
    best = max(sound, key=lambda step: step.data_rate)
    needed_s = best.record_s * DAY_S / interval_s
    words = f"DR{best.data_rate} is sound here"
    if needed_s <= fair_use_s:
        return (
            f"{words}: a record every {interval_s:.0f} s takes {needed_s:.0f} s a day."
        )
    return (
        f"{words}, yet a record every {interval_s:.0f} s would take {needed_s:.0f} s "
        f"of the {fair_use_s:.0f} s that a day grants: the newest records will come in "
        "time, and not all of the others; make intervals longer, or move the antenna."
    )


def _way(step: Step) -> str:
    factor = getattr(step.modulation, "spreading_factor", None)
    return "FSK" if factor is None else f"SF{factor}"
