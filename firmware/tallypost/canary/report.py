"""Says what the test has found: to a person, to a program, and under a signature."""

import platform
from collections.abc import Mapping
from dataclasses import asdict

from tallypost.canary.findings import Findings, answered
from tallypost.daemon.handover import Handover
from tallypost.domain.fields import instant_text
from tallypost.vision.sandbox import landlock


def report(
    findings: Findings, handover: Handover, camera: str, signed_utc_s: float | None
) -> Mapping[str, object]:
    """Return findings as a report tells them, all in words of JSON.

    Args:
        findings: What was found.
        handover: What both halves were told.
        camera: Which kind of camera gave the pictures.
        signed_utc_s: When it is signed; None where the device does not know the date.
    """
    lifetime = findings.lifetime
    return {
        "signed": None if signed_utc_s is None else instant_text(signed_utc_s),
        "passed": findings.passed,
        "faults": findings.faults,
        "firmware": handover.provenance.firmware,
        "model": handover.provenance.model,
        "site": handover.provenance.site,
        "camera": camera,
        "kernel": platform.release(),
        "processor": platform.machine(),
        "landlock": landlock.version(),
        "aiming": handover.aiming is not None,
        "frames": findings.frames,
        "messages": findings.records,
        "lifetime": None if lifetime is None else asdict(lifetime),
        "core_dump": findings.dumped,
        "searched": [
            {
                "place": each.name,
                "bytes": each.size_bytes,
                "canary_bytes": each.leaked_bytes,
                "found": each.told,
            }
            for each in findings.places
        ],
        "ways_out": [
            {
                "name": each.attempt.name,
                "call": each.attempt.call,
                "wanted": answered(each.attempt.error),
                "answered": answered(each.answer),
            }
            for each in findings.ways
        ],
    }
