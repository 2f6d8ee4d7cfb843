"""What a modem may say, whatever its grammar.

Each grammar's `read` turns one line into one of these. It is a pure function, and takes
any line: what it does not know is `Words`.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum

from tallypost.telemetry.uplink.modem.base import Heard, LinkCheck


class Verdict(Enum):
    """How a command ended, as the modem says it."""

    DONE = "done"
    ERROR = "refused without a reason"
    PARAMETER = "a parameter that it does not take"
    UNKNOWN = "a command that it does not know"
    REGION = "a region that its firmware has not"
    WRONG_MODE = "a command of another mode"
    BUSY = "still busy"
    NOT_JOINED = "in no network"
    AIRTIME = "no airtime left"
    TOO_LONG = "too long"
    SILENCED = "silenced by the network"


@dataclass(frozen=True, slots=True)
class Told:
    """A command has ended.

    Attributes:
        verdict: How.
        bytes_max: How many bytes fit, where it was too long and the modem says so.
        wait_s: For how long no airtime is left, where the modem says so.
    """

    verdict: Verdict
    bytes_max: int | None = None
    wait_s: float | None = None


@dataclass(frozen=True, slots=True)
class Words:
    """Anything else: the answer to a question, or noise."""

    text: str


@dataclass(frozen=True, slots=True)
class Joined:
    """The modem is in a network."""


@dataclass(frozen=True, slots=True)
class JoinFailed:
    """The network did not let it in."""


@dataclass(frozen=True, slots=True)
class Finished:
    """An uplink is over.

    Attributes:
        acknowledged: Whether the network said that it has it; None where the modem does
            not say.
    """

    acknowledged: bool | None


@dataclass(frozen=True, slots=True)
class Received:
    """A downlink came."""

    heard: Heard


@dataclass(frozen=True, slots=True)
class Signal:
    """How well the downlink that came with it was heard, before it or after it."""

    rssi_dbm: float
    snr_db: float


@dataclass(frozen=True, slots=True)
class Checked:
    """The network said how well it heard; None where it did not answer."""

    check: LinkCheck | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A downlink waits to be fetched."""


@dataclass(frozen=True, slots=True)
class Timed:
    """The network told the time to the modem."""


@dataclass(frozen=True, slots=True)
class Restricted:
    """No airtime is left for so long."""

    wait_s: float


@dataclass(frozen=True, slots=True)
class Oversize:
    """The payload of the uplink under way did not fit; an empty frame goes instead."""


@dataclass(frozen=True, slots=True)
class Started:
    """The modem has started.

    Attributes:
        banner: What it says then, which is what some answer to a question, too.
    """

    banner: str


_PORTS_HEARD = range(1, 256)
_NUMBER = re.compile(r"-?\d{1,4}(\.\d{1,3})?")
Event = (
    Joined
    | JoinFailed
    | Finished
    | Received
    | Signal
    | Checked
    | Waiting
    | Timed
    | Restricted
    | Oversize
)
Said = Told | Words | Started | Event
Rules = Sequence[tuple[re.Pattern[str], Callable[[re.Match[str]], Said | None]]]
"""What a line of some form means; None where it is of that form by chance."""


def meant(text: str, rules: Rules) -> Said | None:
    """Return what the first rule makes of it whose form it has as a whole."""
    for pattern, meaning in rules:
        if found := pattern.fullmatch(text):
            return meaning(found)
    return None


def starts(line: str, banners: Sequence[str]) -> bool:
    """Return whether a banner is in a line, also behind noise."""
    return any(banner in line for banner in banners)


def received(downlink: Heard | None) -> Received | None:
    """Return the event of a downlink; None where there is none."""
    return None if downlink is None else Received(downlink)


def hexadecimal(text: str) -> bytes | None:
    """Return the bytes that are spelt in hexadecimal, blanks and colons apart.

    None where this is no such thing: a half line, or noise.
    """
    try:
        return bytes.fromhex(text.replace(":", " "))
    except ValueError:
        return None


def heard(port: str, spelt: str, rssi: str = "", snr: str = "") -> Heard | None:
    """Return a downlink; None where it cannot be one.

    Args:
        port: One to three decimal digits; also one of the network's own is heard.
        spelt: The payload in hexadecimal.
        rssi: Decimal, in dBm; empty where it is not told.
        snr: Decimal, in dB; empty where it is not told.
    """
    payload = hexadecimal(spelt)
    if payload is None or not port.isdecimal():
        return None
    if int(port) not in _PORTS_HEARD:
        return None
    return Heard(int(port), payload, _number(rssi), _number(snr))


def utc_s(*parts: str) -> float | None:
    """Return seconds since 1970; None where there is no such day or time.

    Args:
        parts: Year, month, day, hour, minute, second, in decimal, UTC.
    """
    year, month, day, hour, minute, second = map(int, parts)
    try:
        moment = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        return None
    return moment.timestamp()


def _number(text: str) -> float | None:
    return float(text) if _NUMBER.fullmatch(text) else None
