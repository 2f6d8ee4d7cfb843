"""What `tallypost doctor` hears of a tallypost that runs, and of what it stands on."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from tallypost.assembly.manager import proof_file
from tallypost.assembly.pins import is_wired, wires
from tallypost.assembly.reception import CODE_FILE, SOCKET
from tallypost.board.base import Board
from tallypost.cli.findings import Finding, ill, look, unknown, well
from tallypost.daemon.witness import Proof, read_proof
from tallypost.domain.health import Health, LinkHealth
from tallypost.settings.board import SimulatedBoardSettings, WiredSettings
from tallypost.settings.device import DeviceSettings
from tallypost.telemetry.checkup import CERTIFICATE_DAYS_MIN

UNITS_PROOF = Path("/run/tallypost-telemetry/proof.json")
SILENT_S = 60.0
FRAMES_LATE = 3
"""Intervals without a picture that are still no fault."""
WAITING_MANY = 1000
NOBODY = "not known: it does not run"


def look_at_house(
    settings: DeviceSettings,
    board: Board,
    environment: Mapping[str, str] = os.environ,
) -> Iterator[Finding]:
    """Give camera, link, outbox, lights, lid and panel.

    Args:
        settings: What is in force.
        board: Whose monotonic clock is asked.
        environment: May name the file of what is proven.
    """
    own = proof_file(settings.outbox.ram_folder, environment)
    proof = read_proof(own) or read_proof(UNITS_PROOF)
    now_s = board.monotonic_s()
    if proof is None or not 0 <= now_s - proof.told_s <= SILENT_S:
        yield ill(
            "tallypost",
            "does not run, or its half that speaks says nothing",
            "look into journalctl -u 'tallypost*'",
        )
        proof = None
    else:
        yield well("tallypost", "runs")
    yield _camera(proof, settings, now_s)
    yield from _way_out(settings, proof.health if proof else None)
    yield _lights(settings, proof)
    yield _lid(settings, proof)
    yield _panel(settings)


def _camera(proof: Proof | None, settings: DeviceSettings, now_s: float) -> Finding:
    name = "camera"
    if proof is None:
        return unknown(name, NOBODY)
    late_s = FRAMES_LATE * settings.interval_s + SILENT_S
    late = proof.framed_s is not None and now_s - proof.framed_s > late_s
    if proof.watching is None:
        return look(name, "is being opened", "wait a minute, then ask again")
    if late or not proof.watching:
        return ill(name, "gives no pictures", "see to its cable, then to [camera]")
    if not proof.locked_in:
        told = "gives pictures, NOT LOCKED IN"
        return ill(name, told, "start it without --insecure-no-lock-in")
    return well(name, "gives pictures, locked in")


def _way_out(settings: DeviceSettings, health: Health | None) -> Iterator[Finding]:
    if settings.uplink.kind == "none":
        yield unknown("link", "none is set: records stay here", "see [uplink]")
    elif health is None or health.link is None:
        yield unknown("link", NOBODY)
    else:
        yield _link(health.link)
        yield from _certificate(health.link)
        yield from _modem(health.link)
    if health is None:
        yield unknown("outbox", NOBODY)
    else:
        yield _outbox(health)


def _link(link: LinkHealth) -> Finding:
    told = f"{link.connects} connects, {link.failures} failures"
    if link.up:
        return well("link", f"up; {told}")
    trouble = link.last_trouble.value if link.last_trouble else "not yet there"
    wishes = {
        "no_address": "see to DNS and to uplink.host",
        "unreachable": "see to the modem, the SIM and the aerial",
        "no_answer": "see to the modem and to the broker",
        "tls": "see to the certificates, and to the clock",
        "refused": "see to name and password at the broker",
    }
    wish = wishes.get(trouble, "wait a minute, then ask again")
    return ill("link", f"down: {trouble}; {told}; records are kept", wish)


def _certificate(link: LinkHealth) -> Iterator[Finding]:
    left_days = link.certificate_left_days
    if left_days is None:
        return
    name, wish = "certificate", "renew it: docs/remote.md"
    if left_days < 0:
        yield ill(name, f"has expired {-left_days:.0f} days ago", wish)
    else:
        told = f"good for {left_days:.0f} days"
        soon = left_days < CERTIFICATE_DAYS_MIN
        yield look(name, told, wish) if soon else well(name, told)


def _modem(link: LinkHealth) -> Iterator[Finding]:
    radio = link.radio
    if radio is None:
        return
    if radio.modem is None:
        yield ill("modem", "none was found", "see to its cable, and to uplink.port")
        return
    joined = "joined" if radio.joined else "in no network"
    margin = "" if radio.margin_db is None else f", margin {radio.margin_db} dB"
    told = f"{radio.modem}, {joined}{margin}"
    wish = "stop tallypost, then: tallypost doctor --lora"
    yield well("modem", told) if radio.joined else ill("modem", told, wish)


def _outbox(health: Health) -> Finding:
    box = health.outbox
    told = f"{box.records} records and {box.alerts} alerts wait"
    if box.oldest_s:
        told += f", the oldest for {box.oldest_s / 3600:.1f} h"
    if box.refused:
        wish = "see to the disk: a card that is worn out, or full"
        return ill("outbox", f"{told}; {box.refused} intervals were refused", wish)
    if box.undated:
        wish = "see to the clock: they go out when the time is known"
        return look("outbox", f"{told}; {box.undated} have no date", wish)
    if box.records > WAITING_MANY:
        return look("outbox", told, "see to the link")
    return well("outbox", told)


def _lights(settings: DeviceSettings, proof: Proof | None) -> Finding:
    name, table = "lights, button", settings.board
    if not is_wired(table):
        return unknown(name, "none are wired", "see docs/board.md")
    told = f"{table.kind}"
    if isinstance(table, WiredSettings):
        told += ": " + ", ".join(f"{role} {w.line}" for role, w in wires(table).items())
    if isinstance(table, SimulatedBoardSettings):
        told += f": {table.folder}"
    if proof is not None and proof.board_fault:
        return ill(name, proof.board_fault, "see [board] in the settings")
    return unknown(name, f"{told}; {NOBODY}") if proof is None else well(name, told)


def _lid(settings: DeviceSettings, proof: Proof | None) -> Finding:
    table = settings.board
    switched = isinstance(table, SimulatedBoardSettings) or (
        isinstance(table, WiredSettings) and table.tamper is not None
    )
    if not switched:
        return unknown("lid", "no switch is wired to it")
    if proof is None or proof.lid_open is None:
        return unknown("lid", NOBODY)
    if proof.lid_open:
        return look("lid", "open, and told as an alert", "shut it before you leave")
    return well("lid", "shut")


def _panel(settings: DeviceSettings) -> Finding:
    panel = settings.panel
    if not panel.enabled:
        return unknown("panel", "is switched off in the settings")
    try:
        if not (panel.folder / CODE_FILE).exists():
            wish = "a bundle brings the code of the label"
            return unknown("panel", f"{panel.folder} holds no code", wish)
        ready = (panel.folder / SOCKET).exists()
    except PermissionError:
        return unknown("panel", f"{panel.folder} may not be looked into", "use sudo")
    if not ready:
        return unknown("panel", f"ready, but {NOBODY}")
    return well("panel", "ready: press the button, and join its hotspot")
