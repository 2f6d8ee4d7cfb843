"""Commands in a few bytes, and what a device answers.

Who may command is the network's to say: nothing arrives that the session's keys did not
sign and encrypt. The counter only tells a command that is repeated from a new one.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import NamedTuple

from tallypost.domain.commands import Outcome
from tallypost.errors import CodecError
from tallypost.telemetry.codec.compact.bits import Reader, Writer
from tallypost.telemetry.codec.compact.frame import Frame, Port
from tallypost.telemetry.codec.compact.packing import ended, pack, unpack
from tallypost.telemetry.codec.compact.record import SEQ_RING
from tallypost.telemetry.codec.compact.table import ARGUMENTS, COMMAND, REPLY, Told


@dataclass(frozen=True, slots=True, kw_only=True)
class SetInterval:
    """Count over intervals of this length from now on."""

    interval_min: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SetDataRate:
    """Let the network choose the data rate, or not, and begin with this one."""

    adr: bool
    data_rate: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejoin:
    """Join the network anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resend:
    """Send records again that the device still has, from the first to the last.

    Attributes:
        first_seq_low: The first one's number modulo 65 536.
        last_seq_low: The last one's, which counts too.
    """

    first_seq_low: int
    last_seq_low: int

    def numbers(self, newest_seq: int) -> range:
        """Return the whole numbers: of those that end so, the newest.

        Args:
            newest_seq: Of the newest record that there is.
        """
        last = newest_seq - (newest_seq - self.last_seq_low) % SEQ_RING
        first = last - (self.last_seq_low - self.first_seq_low) % SEQ_RING
        return range(max(first, 1), last + 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class SetSetting:
    """Change one of a few settings: `table.SETTINGS`."""

    setting: str
    value: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reboot:
    """Start the whole machine anew; it is answered before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeIs:
    """The time when this is received, seconds since 1970."""

    utc_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class AskLayout:
    """Tell the layout again."""


Command = (
    SetInterval
    | SetDataRate
    | Rejoin
    | Resend
    | SetSetting
    | Reboot
    | TimeIs
    | AskLayout
)
COMMANDS: Mapping[str, type[Command]] = {
    "set_interval": SetInterval,
    "set_data_rate": SetDataRate,
    "rejoin": Rejoin,
    "resend": Resend,
    "set": SetSetting,
    "reboot": Reboot,
    "time_is": TimeIs,
    "ask_layout": AskLayout,
}
"""All by their names."""


class Downlink(NamedTuple):
    """A command and its number.

    Attributes:
        counter: 0 to 255; one that was heard last is answered and not done again.
        command: What to do.
    """

    counter: int
    command: Command


def name_of(command: Command) -> str:
    """Return a command's name."""
    return next(name for name, kind in COMMANDS.items() if isinstance(command, kind))


def encode_downlink(downlink: Downlink) -> Frame:
    """Return the frame that gives a command.

    Raises:
        CodecError: One of its values is not within its bounds.
    """
    writer = Writer()
    name = name_of(downlink.command)
    pack(
        writer,
        COMMAND,
        {"version": 1, "command": name, "counter": downlink.counter},
    )
    pack(writer, ARGUMENTS[name], asdict(downlink.command))
    return Frame(Port.COMMAND, writer.bytes())


def parse_downlink(port: int, payload: bytes) -> Downlink:
    """Return the command that a downlink gives, whoever wrote it.

    Raises:
        CodecError: It gives none; ignore it, and count it.
    """
    if port != Port.COMMAND:
        raise CodecError(f"port: {port} is not the {int(Port.COMMAND)} of commands")
    reader = Reader(payload)
    head = unpack(reader, COMMAND)
    name = str(head["command"])
    arguments = unpack(reader, ARGUMENTS[name])
    ended(reader, name)
    kind: type = COMMANDS[name]
    command: Command = kind(**arguments)
    counter = head["counter"]
    assert isinstance(counter, int)
    return Downlink(counter, command)


def encode_reply(
    downlink: Downlink, outcome: Outcome, records: int | None = None
) -> Frame:
    """Return the frame that answers a command.

    Args:
        downlink: The command.
        outcome: Done, refused, failed or unsupported.
        records: How many records will be sent again.

    Raises:
        CodecError: The outcome is none of these.
    """
    writer = Writer()
    values: dict[str, Told] = {
        "version": 1,
        "outcome": outcome.value,
        "command": name_of(downlink.command),
        "counter": downlink.counter,
        "records": records,
    }
    pack(writer, REPLY, values)
    return Frame(Port.REPLY, writer.bytes())
