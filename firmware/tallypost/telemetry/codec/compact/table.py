"""Every field of every frame: codec, decoder and drawing are made of this table."""

from collections.abc import Mapping
from dataclasses import dataclass

from tallypost.domain.alerts import AlertKind, AlertState
from tallypost.domain.commands import Outcome
from tallypost.domain.records import ClockTrust
from tallypost.domain.words import Light

Told = str | float | None
UNKNOWN = 254
"""In place of an element's number: it has none."""
NOBODY = 255
"""In place of an element's number: the camera itself tells it."""
NO_CLASS = 15
"""In place of a class's number: there is none."""
CLASSES_MAX = 14
ELEMENTS_MAX = 254
SLOTS_MAX = 256
LAYOUT_BYTES_MAX = 2**14 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of a frame.

    Attributes:
        name: What the decoded frame calls it.
        bits: How many it takes; 0 is a number of 3 to 31 bits, which may be untold.
        told: What it means.
        unit: Of its value.
        choices: What 0, 1 and so on stand for; None is for nothing. Empty: for itself.
        lowest: What 0 stands for, of a number.
        scale: A value is so many steps.
        low: The least value that is taken.
        high: The greatest.
    """

    name: str
    bits: int
    told: str
    unit: str = ""
    choices: tuple[Told, ...] = ()
    lowest: int = 0
    scale: int = 1
    low: int | None = None
    high: int | None = None


_VERSION = Field(
    name="version", bits=2, told="of this frame's layout", choices=(None, 1)
)
_LAYOUT = Field(
    name="layout", bits=10, told="tag of the layout that its numbers are of"
)
_SEQ_LOW = Field(name="seq_low", bits=16, told="the record's number modulo 65 536")
_CLOCKS: tuple[Told, ...] = tuple(each.value for each in ClockTrust)
_CLOCK = Field(
    name="clock", bits=2, told="how far the calendar may be believed", choices=_CLOCKS
)
_FORM = Field(
    name="form",
    bits=2,
    told="which form of a record; 3 is left for later versions",
    choices=("short", "merged", "full"),
)
_DATED = Field(
    name="clock",
    bits=3,
    told="how far the calendar may be believed; `dated_...`: counted without a clock, "
    "and dated since",
    choices=(*_CLOCKS, "dated_later", "dated_reckoned"),
)
EARLIER_MAX = 2**16 - 1
OBSERVED_SHARES = (0.0, 0.001, 0.25, 0.5, 0.75, 0.9, 0.97, 0.99)
_FIRST = Field(
    name="first_slot",
    bits=8,
    told="of which slot the first of the numbers is that fill the rest",
)
_EARLIER = Field(
    name="earlier",
    bits=0,
    told="for how many records before it this one stands too",
    high=EARLIER_MAX,
)
SHORT = (
    _FORM,
    _DATED,
    Field(
        name="observed_share_min",
        bits=3,
        told="at least this share of the interval was watched",
        choices=OBSERVED_SHARES,
    ),
    _LAYOUT,
    _SEQ_LOW,
    Field(
        name="end_low_min",
        bits=14,
        told="when the interval ended, since 1970 modulo 16 384",
        unit="min",
    ),
    _FIRST,
)
MERGED = (*SHORT[:-1], _EARLIER, _FIRST)


def _flag(name: str, told: str) -> Field:
    return Field(name=name, bits=1, told=told, choices=(False, True))


def _camera(name: str, told: str) -> Field:
    return Field(
        name=f"camera_{name}",
        bits=2,
        told=f"at any time: {told}",
        choices=("unknown", "no", "yes"),
    )


FULL = (
    _FORM,
    _DATED,
    _LAYOUT,
    Field(name="seq", bits=0, told="the record's number, modulo 2^28"),
    Field(name="end_s", bits=32, told="when the interval ended, since 1970", unit="s"),
    Field(name="duration_s", bits=0, told="how long it was", unit="s"),
    Field(name="observed_s", bits=0, told="for how long it was watched", unit="s"),
    _EARLIER,
    Field(
        name="clock_uncertainty_s",
        bits=0,
        told="by how much the time may be off, rounded up; untold: nobody knows",
        unit="s",
    ),
    Field(
        name="light",
        bits=2,
        told="for most of the time",
        choices=("unknown", *(each.value for each in Light)),
    ),
    _camera("moved", "whether it showed something else than it was aimed at"),
    _camera("blinded", "by glare"),
    _camera("covered", "by something before the lens"),
    _camera("dark", "whether there was too little light"),
    _camera("defocused", "it counted on"),
    _camera("dirty", "it counted on"),
    Field(
        name="counted",
        bits=0,
        told="how many counts of this interval alone follow, one for each of the first "
        "slots; untold: none",
    ),
    _FIRST,
)
ALERT = (
    _VERSION,
    _CLOCK,
    Field(
        name="kind",
        bits=4,
        told="what it is about",
        choices=tuple(each.value for each in AlertKind),
    ),
    Field(
        name="state",
        bits=1,
        told="whether it begins or is over",
        choices=tuple(each.value for each in AlertState),
    ),
    _LAYOUT,
    Field(name="seq_low", bits=16, told="the alert's number modulo 65 536"),
    Field(name="time_low_s", bits=19, told="when, modulo 524 288", unit="s"),
    Field(
        name="element",
        bits=8,
        told="number in the layout; 254: has none; 255: the camera or the box itself",
    ),
    Field(name="label", bits=4, told="number of the class; 15: none"),
    Field(
        name="earlier",
        bits=0,
        told="how many alerts before it the one was told that is over with it; untold: "
        "none, or too long ago",
        high=EARLIER_MAX,
    ),
    Field(name="value", bits=0, told="how much of it; untold: no room, or none"),
)
LAYOUT = (
    _VERSION,
    _LAYOUT,
    Field(name="offset", bits=14, told="where in the layout these bytes stand"),
    Field(name="length", bits=14, told="how many bytes the whole layout has"),
)
_WHEN = ("unknown", "never", "since_boot", "now")
HEALTH_HEAD = (
    _VERSION,
    _CLOCK,
    Field(name="supply", bits=2, told="when it was too weak", choices=_WHEN),
    Field(name="throttled", bits=2, told="when the processor was", choices=_WHEN),
)
REPLY_OUTCOMES = (Outcome.DONE, Outcome.REFUSED, Outcome.FAILED, Outcome.UNSUPPORTED)
COMMAND_NAMES = (
    None,
    "set_interval",
    "set_data_rate",
    "rejoin",
    "resend",
    "set",
    "reboot",
    "time_is",
    "ask_layout",
)
_COUNTER = Field(
    name="counter",
    bits=8,
    told="of commands, modulo 256; one that is repeated is answered and not done again",
)
REPLY = (
    _VERSION,
    Field(
        name="outcome",
        bits=3,
        told="what became of a command",
        choices=tuple(each.value for each in REPLY_OUTCOMES),
    ),
    Field(name="command", bits=4, told="which", choices=COMMAND_NAMES),
    _COUNTER,
    Field(name="records", bits=0, told="how many records will be sent again"),
)
COMMAND = (
    _VERSION,
    Field(name="command", bits=6, told="what to do", choices=COMMAND_NAMES),
    _COUNTER,
)
SETTINGS = (None, "confirm_every", "health_every_h", "record_bytes_max")
ARGUMENTS: Mapping[str, tuple[Field, ...]] = {
    "set_interval": (
        Field(
            name="interval_min",
            bits=16,
            told="length of an interval from now on",
            unit="min",
            low=1,
            high=1440,
        ),
    ),
    "set_data_rate": (
        _flag("adr", "the network chooses the data rate"),
        Field(
            name="data_rate",
            bits=0,
            told="which to begin with; untold: as it is",
            low=0,
            high=15,
        ),
    ),
    "rejoin": (),
    "resend": (
        Field(
            name="first_seq_low",
            bits=16,
            told="the first record's number modulo 65 536; of those that end so, the "
            "newest",
        ),
        Field(name="last_seq_low", bits=16, told="the last one's, likewise"),
    ),
    "set": (
        Field(name="setting", bits=8, told="which setting", choices=SETTINGS),
        Field(name="value", bits=16, told="its new value"),
    ),
    "reboot": (),
    "time_is": (
        Field(
            name="utc_s",
            bits=40,
            told="the time when this is received, since 1970, in 1/256 s",
            unit="s",
            scale=256,
        ),
    ),
    "ask_layout": (),
}
"""What each command takes."""
