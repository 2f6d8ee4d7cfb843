"""What the drivers of all modems that speak in lines share."""

from abc import ABC, abstractmethod
from typing import ClassVar

from tallypost.board.base import BUILT_UTC_S, Board
from tallypost.errors import (
    JoinRefusedError,
    ModemLostError,
    ModemRefusedError,
    NotJoinedError,
)
from tallypost.telemetry.uplink.modem.base import (
    PORTS,
    Counters,
    Heard,
    Identity,
    LinkCheck,
    ModemInfo,
    Radio,
    Region,
    Sent,
    Session,
)
from tallypost.telemetry.uplink.modem.conversation import (
    Conversation,
    Ends,
    Grammar,
    Patience,
)
from tallypost.telemetry.uplink.modem.line import Line
from tallypost.telemetry.uplink.modem.payloads import payload_bytes_max
from tallypost.telemetry.uplink.modem.port import Port
from tallypost.telemetry.uplink.modem.refusals import too_long


class Driver(ABC):
    """A modem in conversation; each grammar fills in its own commands.

    Args:
        port: Is this driver's alone from now on.
        board: Whose clock to ask.
        patience: How long to wait.
    """

    grammar: ClassVar[Grammar]

    def __init__(self, port: Port, board: Board, patience: Patience) -> None:
        self._talk = Conversation(Line(port, board), board, self.grammar, patience)
        self._radio: Radio | None = None
        self._personal = False
        self._counters: Counters | None = None
        self._asleep = False
        self._check_asked = self._time_asked = self._has_sent = False

    def configure(self, identity: Identity | Session, radio: Radio) -> None:
        """Tell the modem who it is and how to speak; any session ends."""
        self._talk.watching = False
        self._rouse()
        self._talk.notes.joined = False
        self._check_asked = self._time_asked = self._has_sent = False
        self._personal = isinstance(identity, Session)
        self._counters = identity.counters if isinstance(identity, Session) else None
        self._apply(identity, radio)
        self._radio = radio
        self._talk.watching = True

    def join(self, timeout_s: float) -> None:
        """Ask the network once to be let in; return when it has."""
        self._rouse()
        if self._radio is None:
            raise self._unconfigured()
        notes = self._talk.notes
        self._talk.drain()
        notes.begin_join()
        self._start_join()
        if self._personal:
            notes.joined = True
        else:
            self._await_join(timeout_s)
        if self._counters is not None:
            self._go_on(self._counters)
        if self._radio.data_rate is not None:  # joining has forgotten it
            self._choose_data_rate(self._radio.data_rate, self._radio)

    def joined(self) -> bool:
        """Return whether the modem believes that it is in a network."""
        self._rouse()
        self._talk.drain()
        return self._talk.notes.joined

    def send(self, port: int, payload: bytes, *, confirmed: bool) -> Sent:
        """Send one uplink; return when the modem is ready for the next."""
        if port not in PORTS or not payload:
            raise ModemRefusedError(
                f"{self._talk.place}: {len(payload)} bytes on port {port} are no "
                f"uplink; send at least one, on a port of {PORTS[0]}..{PORTS[-1]}"
            )
        room_bytes = self.payload_max()
        if len(payload) > room_bytes:
            raise too_long(self._talk.place, room_bytes)
        self._talk.drain()
        self._talk.notes.begin_uplink()
        self._start_uplink(port, payload, confirmed=confirmed)
        sent = self._finish_uplink(confirmed=confirmed)
        self._check_asked = self._time_asked = False
        self._has_sent = True
        return sent

    def payload_max(self) -> int:
        """Return how many bytes fit into an uplink just now, by the region's table."""
        return payload_bytes_max(self._region(), self.data_rate())

    def heard(self) -> list[Heard]:
        """Return the downlinks since the last time it was asked, the oldest first."""
        try:
            self._collect()
        except ModemLostError:
            if not self._talk.notes.heard:
                raise
        return self._talk.notes.take_heard()

    def link_check(self) -> LinkCheck | None:
        """Return how well the network heard, after an uplink; ask for it before one."""
        self._rouse()
        self._talk.drain()
        only_tells, self._has_sent = self._has_sent, False
        check = self._told_check()
        if check is None and not only_tells and not self._check_asked:
            self._ask_check()
            self._check_asked = True
        return check

    def time_s(self) -> float | None:
        """Return the network's time; ask for it where there is no answer yet."""
        self._rouse()
        self._talk.drain()
        if self._talk.notes.timed:
            self._talk.notes.timed = False
            utc_s = self._readable_time()
            return utc_s if utc_s is not None and utc_s >= BUILT_UTC_S else None
        if not self._time_asked:
            self._ask_time()
            self._time_asked = True
        return None

    def counters(self) -> Counters | None:
        """Return None: not every modem tells them."""
        return None

    def sleep(self) -> None:
        """Let the modem be: this one sleeps by itself between two uplinks."""
        self._talk.drain()

    def close(self) -> None:
        """Let go of the port; closing twice is harmless."""
        self._talk.close()

    # --- what each grammar says in its own words ------------------------------

    @abstractmethod
    def info(self) -> ModemInfo:
        """Return what the modem says that it is."""

    @abstractmethod
    def data_rate(self) -> int:
        """Return at what data rate the next uplink goes, by the region's number."""

    @abstractmethod
    def reset(self) -> None:
        """Start the modem afresh; it must be configured again, and join."""

    @abstractmethod
    def _apply(self, identity: Identity | Session, radio: Radio) -> None: ...

    @abstractmethod
    def _start_join(self) -> None: ...

    @abstractmethod
    def _start_uplink(self, port: int, payload: bytes, *, confirmed: bool) -> None: ...

    def _choose_data_rate(self, data_rate: int, radio: Radio) -> None:
        """Begin at a data rate; with ADR on it is advice, which a modem may refuse."""
        command = self._data_rate_command(data_rate)
        if radio.adr:
            self._talk.attempt(command, self._ends(command))
        else:
            self._talk.ask(command, ends=self._ends(command))

    @abstractmethod
    def _data_rate_command(self, data_rate: int) -> str: ...

    def _ends(self, command: str) -> Ends | None:
        """Return what words end a command; None where a verdict does."""
        del command
        return None

    def _go_on(self, known: Counters) -> None:  # noqa: B027  # not each modem can
        """Have a session of ABP go on from the counters that were known, never back."""

    def _ask_check(self) -> None:  # noqa: B027  # not each modem can
        """Have the next uplink ask how well it is heard."""

    def _readable_time(self) -> float | None:
        try:
            return self._read_time()
        except ModemRefusedError:
            return None  # no reason to send nothing

    def _told_check(self) -> LinkCheck | None:
        """Return what the network said of the link, once."""
        check, self._talk.notes.check = self._talk.notes.check, None
        return check

    def _ask_time(self) -> None:  # noqa: B027  # not each modem can
        """Have the next uplink ask what time it is."""

    def _read_time(self) -> float | None:
        """Return what the modem's clock says, seconds since 1970 UTC."""
        return None

    def _finish_uplink(self, *, confirmed: bool) -> Sent:
        """Wait for the end of an uplink, of which this modem tells."""
        notes = self._talk.notes
        over = self._talk.wait(
            lambda: (
                notes.acknowledged() is not None
                or (not confirmed and bool(notes.uplinks))
            ),
            self._talk.patience.uplink_s,
        )
        if not over:
            self.data_rate()  # to hear whether it still answers
        return Sent(bool(notes.acknowledged()) if confirmed else None)

    def _await_join(self, timeout_s: float) -> None:
        notes = self._talk.notes
        self._talk.wait(lambda: notes.joined or notes.join_failed, timeout_s)
        if not self.joined():
            how = "the network said no" if notes.join_failed else "nobody answered"
            raise JoinRefusedError(
                f"{self._talk.place}: {how}; see that a gateway is in reach, and that "
                "the network server knows this device by these keys"
            )

    # --- shared ----------------------------------------------------------------

    def _collect(self) -> None:
        """Note the downlinks that have come."""
        self._talk.drain()

    def _region(self) -> Region:
        """Return the region, of a modem that is still in a session of before, too."""
        return self._region_told() if self._radio is None else self._radio.region

    def _region_told(self) -> Region:
        """Return the region that the modem tells; not every one does."""
        raise self._unconfigured()

    def _unconfigured(self) -> NotJoinedError:
        return NotJoinedError(
            f"{self._talk.place}: does not know its keys yet; configure it first"
        )

    def _rouse(self) -> None:
        if self._asleep:
            self._asleep = False
            self._talk.wake()
