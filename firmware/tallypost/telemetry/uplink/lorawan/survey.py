"""Asks a network at one data rate after the other how well it hears."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import NamedTuple

from tallypost.board.base import Board
from tallypost.errors import (
    DutyCycleError,
    JoinRefusedError,
    ModemBusyError,
    PayloadTooLongError,
)
from tallypost.telemetry.uplink.lorawan.airtime import Lora, Modulation, uplink_s
from tallypost.telemetry.uplink.lorawan.regions import RULES
from tallypost.telemetry.uplink.modem.base import (
    Identity,
    LinkCheck,
    Modem,
    Radio,
    Session,
)

RECORD_BYTES = 11
TRIES = 3
JOIN_TRIES = 3
JOIN_S = 60.0
PAUSE_S = 3.0
WAIT_S_MAX = 600.0
PAYLOAD = b"\x00"
"""Of no frame that we send: a decoder says that it knows it not."""
PORT = 200


class Step(NamedTuple):
    """What was found at one data rate.

    Attributes:
        data_rate: By the region's own number.
        modulation: How a frame goes.
        answered: How many of `tries` frames the network has said that it has.
        tries: How many went out; 0 where it let us in at no attempt.
        link: How well it heard the last one; None where it did not say.
    """

    data_rate: int
    modulation: Modulation
    answered: int
    tries: int
    link: LinkCheck | None

    @property
    def record_s(self) -> float:
        """How long a record of 11 bytes is on air."""
        return uplink_s(self.modulation, RECORD_BYTES)


def usable(radio: Radio) -> list[int]:
    """Return the data rates at which a record may go, the slowest first."""
    rules = RULES[radio.region]
    return [
        number
        for number, modulation in enumerate(rules.data_rates)
        if isinstance(modulation, Lora)
        and modulation.bandwidth_hz == rules.data_rates[0].bandwidth_hz  # type: ignore[union-attr]
        and (
            rules.dwell_s is None or uplink_s(modulation, RECORD_BYTES) <= rules.dwell_s
        )
    ]


def patiently(act: Callable[[], object], board: Board) -> None:
    """Do something as soon as there is airtime for it.

    Raises:
        DutyCycleError: There is none for long.
    """
    until_s = board.monotonic_s() + WAIT_S_MAX
    while True:
        try:
            act()
        except (DutyCycleError, ModemBusyError) as error:
            wait_s = getattr(error, "wait_s", None) or PAUSE_S
            if board.monotonic_s() + wait_s > until_s:
                raise
            board.wait(wait_s)
        else:
            return


def survey(
    modem: Modem, identity: Identity | Session, radio: Radio, board: Board
) -> Iterator[Step]:
    """Give what is found at each data rate, the fastest first.

    It joins anew for each, and sends a few frames that no decoder knows.
    """
    for data_rate in reversed(usable(radio)):
        modulation = RULES[radio.region].modulation(data_rate)
        modem.configure(identity, replace(radio, adr=False, data_rate=data_rate))
        if not joined(modem, board):
            yield Step(data_rate, modulation, 0, 0, None)
            continue
        answered, link = 0, None
        for _ in range(TRIES):
            acknowledged, check = asked(modem, board)
            answered += acknowledged
            link = check or link
        if isinstance(identity, Session):  # begun anew, it goes on counting
            identity = replace(identity, counters=modem.counters())
        yield Step(data_rate, modulation, answered, TRIES, link)


def joined(modem: Modem, board: Board, tries: int = JOIN_TRIES) -> bool:
    """Return whether a network has let the modem in, at one attempt of a few."""
    for _ in range(tries):
        try:
            patiently(lambda: modem.join(JOIN_S), board)
        except JoinRefusedError:
            board.wait(PAUSE_S)
        else:
            return True
    return False


def asked(modem: Modem, board: Board) -> tuple[bool, LinkCheck | None]:
    """Return whether the network has answered a frame, and how well it heard it."""
    heard: list[bool] = []
    modem.link_check()  # asked with the frame, told after it

    def send() -> None:
        try:
            sent = modem.send(PORT, PAYLOAD, confirmed=True)
        except PayloadTooLongError:
            sent = modem.send(PORT, PAYLOAD, confirmed=True)  # answers went ahead
        heard.append(bool(sent.acknowledged))

    patiently(send, board)
    return heard[-1], modem.link_check()
