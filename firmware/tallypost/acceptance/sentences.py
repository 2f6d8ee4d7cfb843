"""What predictions and checks say, in English; other languages have the same keys."""

from collections.abc import Mapping
from string import Formatter

ENGLISH: Mapping[str, str] = {
    "fast_enough": "{class_name}: up to {kmh} km/h is counted at {rate} frames a "
    "second, which is faster than they go",
    "missed_above": "{class_name}: above {kmh} km/h they will be missed at {rate} "
    "frames a second; move the camera so that they come towards it, or take a faster "
    "model",
    "rate_unwatched": "nobody knows yet how many frames a second are looked at; aim "
    "for ten seconds",
    "class_unmeasured": "{class_name}: how large they are is not known; nothing can be "
    "foretold",
    "test_crowded": "more pass here than can be told one by one, and the test proves "
    "nothing; test when fewer pass",
    "test_blind": "for some seconds the device did not see, and the test proves "
    "nothing; test anew",
    "link_none": "there is no link: nothing leaves this device",
    "link_down": "the link is down ({why})",
    "link_up": "the link is up",
    "link_weak": "the network hears it {margin_db} dB better than it must, which is "
    "little; move the antenna",
    "link_margin": "the network hears it {margin_db} dB better than it must",
    "clock_unknown": "the device does not know what time it is",
    "clock_doubtful": "the clock may be off by {uncertainty_s} s",
    "clock_good": "the clock is off by {uncertainty_s} s at most",
    "sharpness_unknown": "nobody has aimed yet: sharpness is not known",
    "in_focus": "the camera was in focus all the time of the newest record",
    "defocused": "the camera was out of focus in the newest record; focus it",
    "blurred": "the picture is {percent} % sharp; clean the lens or focus it",
    "sharp": "the picture is {percent} % sharp",
    "rate_unknown": "there is no record yet: frames a second are not known",
    "rate_low": "{rate_hz} frames a second are looked at; {rate_hz_min} are needed",
    "rate_none": "nothing was seen in the newest record; look at the camera",
    "rate_good": "{rate_hz} frames a second are looked at",
    "rate_good_at": "{rate_hz} frames a second are looked at, at {temperature_c} °C",
    "not_proven": "within the margin is not proven: {lines}",
    "untested": "no line has been tested by taps",
    "proven": "{tested} of {lines} lines were tested by taps, all within the margin",
    "privacy_missing": "there is no report of a privacy test",
    "privacy_failed": "the privacy test was not passed",
    "privacy_other": "the privacy test was of another firmware, model or site; hold it "
    "again",
    "privacy_unlocked": "the half that sees is not locked in; start it without "
    "--insecure-no-lock-in",
    "privacy_undated": "the privacy test was passed, nobody knows when",
    "privacy_old": "the privacy test is {days} days old; hold it again",
    "privacy_passed": "the privacy test was passed {days} days ago",
    "power_weak": "the supply was too weak since the start; take a better one",
    "power_throttled": "the processor was slowed down since the start; give it air",
    "power_unknown": "the board does not tell of its supply",
    "power_good": "the supply is good, the processor runs at full speed",
    "records_refused": "the disk refused records since the start",
    "records_wait": "{waiting} records wait, the oldest for {minutes} minutes",
    "records_leave": "records are delivered; {waiting} wait",
}


def told(key: str, arguments: Mapping[str, str | float]) -> str:
    """Return a sentence in English.

    Args:
        key: Which.
        arguments: What stands in it.
    """
    return ENGLISH[key].format_map(arguments)


def said(key: str) -> Mapping[str, object]:
    """Return a sentence without arguments as a phone is answered.

    Args:
        key: Which.
    """
    return {"sentence_key": key, "sentence": ENGLISH[key]}


def wanted(sentence: str) -> frozenset[str]:
    """Return the names of what stands in a sentence."""
    return frozenset(name for _, name, _, _ in Formatter().parse(sentence) if name)
