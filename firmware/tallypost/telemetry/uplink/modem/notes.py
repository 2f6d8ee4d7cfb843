"""What a driver has noticed of what its modem said unasked."""

from dataclasses import dataclass, field

from tallypost.telemetry.uplink.modem.base import Heard, LinkCheck
from tallypost.telemetry.uplink.modem.words import (
    Checked,
    Event,
    Finished,
    Joined,
    JoinFailed,
    Oversize,
    Received,
    Restricted,
    Signal,
    Timed,
    Waiting,
)


@dataclass(slots=True)
class Notes:
    """Events, noted whenever they come: before, amid or after the answer to a command.

    Attributes:
        heard: Downlinks that nobody has taken yet.
        joined: Whether the modem is in a network, as far as it said.
        join_failed: Whether the last attempt to join was refused.
        uplinks: How uplinks ended since the last one began.
        restricted_s: For how long there is no airtime, if the modem said so.
        oversize: Whether the uplink under way did not fit.
        waiting: Whether a downlink waits to be fetched.
        answered: Whether anything came down since the last uplink began.
        timed: Whether the network told the time.
        check: What the network said of the link.
    """

    heard: list[Heard] = field(default_factory=list)
    joined: bool = False
    join_failed: bool = False
    uplinks: list[Finished] = field(default_factory=list)
    restricted_s: float | None = None
    oversize: bool = False
    waiting: bool = False
    answered: bool = False
    timed: bool = False
    check: LinkCheck | None = None
    _unsigned: bool = False

    def begin_join(self) -> None:
        """Forget how the last attempt to join ended."""
        self.joined = self.join_failed = False
        self.begin_uplink()

    def begin_uplink(self) -> None:
        """Forget how the last uplink ended: what is said from now on is of this one."""
        self.uplinks.clear()
        self.restricted_s = None
        self.oversize = self.answered = self._unsigned = False

    def acknowledged(self) -> bool | None:
        """Return whether the network has this uplink; None where nothing was said."""
        said = [each.acknowledged for each in self.uplinks]
        return None if set(said) <= {None} else True in said

    def take_heard(self) -> list[Heard]:
        """Return the downlinks that came, and forget them."""
        heard, self.heard = self.heard, []
        return heard

    def note(self, event: Event) -> None:
        """Keep in mind what the modem said."""
        match event:
            case Joined():
                self.joined, self.join_failed = True, False
            case JoinFailed():
                self.joined, self.join_failed = False, True
            case Finished(acknowledged):
                self.uplinks.append(event)
                self.answered |= bool(acknowledged)
            case Restricted(wait_s):
                self.restricted_s = wait_s
            case Oversize():
                self.oversize = True
            case Checked(None):
                self.check = None  # nothing came down
            case _:
                self._note_downlink(event)

    def _note_downlink(
        self, event: Received | Signal | Checked | Waiting | Timed
    ) -> None:
        self.answered = True
        match event:
            case Received(heard):
                self.heard.append(heard)
                self._unsigned = heard.rssi_dbm is None
            case Signal(rssi_dbm, snr_db) if self._unsigned:
                self.heard[-1:] = [
                    each._replace(rssi_dbm=rssi_dbm, snr_db=snr_db)
                    for each in self.heard[-1:]
                ]
                self._unsigned = False
            case Checked(check):
                self.check = check
            case Waiting():
                self.waiting = True
            case Timed():
                self.timed = True
            case Signal():
                pass  # of an acknowledgement that carried nothing
