"""Spells what was found by taps, and a certificate, as a phone is answered."""

from tallypost.acceptance.certificate import Certificate
from tallypost.acceptance.pairing import Share
from tallypost.acceptance.tap_test import Outcome
from tallypost.domain.acceptance import ERROR_MAX, Accuracy
from tallypost.domain.fields import instant, instant_text

Answer = dict[str, object]


def accuracy(outcome: Outcome, now_utc_s: float | None) -> Accuracy | None:
    """Return what is kept of a test; None where nobody passed.

    Args:
        outcome: What it has found.
        now_utc_s: The date; None where it is not known.
    """
    found = outcome.equivalence
    if found is None:
        return None

    def told(error: float) -> float:
        return round(min(max(error, -ERROR_MAX), ERROR_MAX), 3)

    return Accuracy(
        taps=found.taps,
        error=told(found.error),
        error_low=None if found.error_low is None else told(found.error_low),
        error_high=None if found.error_high is None else told(found.error_high),
        margin=found.margin,
        equivalent=found.equivalent,
        day=None if now_utc_s is None else instant_text(now_utc_s)[:10],
    )


def result(outcome: Outcome) -> Answer:
    """Return all that is told of a test in which somebody passed."""
    found, paired = outcome.equivalence, outcome.paired
    assert found is not None, "nobody was tapped"
    return {
        "line": outcome.line,
        "class": outcome.class_name,
        "taps": found.taps,
        "device": found.device,
        "error": found.error,
        "error_low": found.error_low,
        "error_high": found.error_high,
        "margin": found.margin,
        "equivalent": found.equivalent,
        "intervals": found.observations,
        "taps_more": found.taps_more,
        "taps_more_vdv": found.taps_more_vdv,
        "missed": len(paired.missed),
        "false": len(paired.false),
        "recall": _share(paired.recall),
        "precision": _share(paired.precision),
        "delay_s": round(paired.delay_s, 2),
    }


def _share(share: Share) -> Answer:
    return {"value": share.value, "low": share.low, "high": share.high}


def certificate(made: Certificate) -> Answer:
    """Return what is told of a certificate."""
    when = None if made.signed is None else instant(made.signed, "signed")
    return {
        "when_utc_s": when,
        "name": made.technician,
        "passed": made.passed,
        "checks": [
            {
                "name": each.name,
                "passed": each.passed,
                "value": each.value,
                "sentence": each.sentence,
                "sentence_key": each.key,
                "sentence_args": {**each.arguments},
            }
            for each in made.checks
        ],
    }
