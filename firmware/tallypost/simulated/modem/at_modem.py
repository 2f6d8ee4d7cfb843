"""Modems whose commands begin with AT: a table of what can be set, and a few verbs."""

from abc import abstractmethod
from collections.abc import Callable, Iterable, Mapping
from typing import ClassVar, NamedTuple

from tallypost.board.base import Board
from tallypost.simulated.lorawan.crypto import Keys
from tallypost.simulated.lorawan.device import EndDevice
from tallypost.simulated.modem.at_command import (
    AtCommand,
    at_command,
    number_of,
    octets_of,
)
from tallypost.simulated.modem.base import SimulatedModem

Lines = Iterable[str]
Verb = Callable[[AtCommand], Lines]


class Number(NamedTuple):
    """What can be set to a whole number: both bounds, and the maker's choice."""

    lowest: int
    highest: int
    default: int


class Vocabulary(NamedTuple):
    """What a modem says when a command went well, or did not."""

    ok: str = "OK"
    unknown: str = "AT_ERROR"
    wrong: str = "AT_PARAM_ERROR"
    busy: str = "AT_BUSY_ERROR"
    not_joined: str = "AT_NO_NETWORK_JOINED"


class AtModem(SimulatedModem):
    """One of them. What it was told it keeps in flash."""

    words: ClassVar[Vocabulary]
    fixed: ClassVar[Mapping[str, str]]
    """What can be asked for only."""
    number_table: ClassVar[Mapping[str, Number]]
    octet_table: ClassVar[Mapping[str, int]]
    """Keys and their like: how many bytes each has."""

    def __init__(
        self,
        device: EndDevice,
        board: Board,
        introduce: Callable[[EndDevice], None] | None = None,
    ) -> None:
        super().__init__(device, board, introduce)
        self.numbers = {name: row.default for name, row in self.number_table.items()}
        self.octets = {name: bytes(count) for name, count in self.octet_table.items()}
        self._verbs = self._common_verbs() | self._verb_table()
        self._forget()
        self._settle()

    @abstractmethod
    def _verb_table(self) -> dict[str, Verb]:
        """Return what has a way of its own, by name."""

    @abstractmethod
    def _shown(self, name: str, value: str) -> Lines:
        """Return what tells a value, without the status after it."""

    @abstractmethod
    def _settle(self) -> None:
        """Have the device go by what was set."""

    def _status(self, word: str) -> Lines:
        """Return what tells how a command went."""
        return (word,)

    def _told(self, name: str, value: object) -> Lines:
        """Return what answers a question."""
        return (*self._shown(name, str(value)), *self._status(self.words.ok))

    def _obey(self, line: str) -> None:
        command = at_command(line)
        if command is None:
            self._say(*self._status(self.words.unknown))
            return
        verb = self._verbs.get(command.name)
        self._say(*(self._tabled if verb is None else verb)(command))

    def _common_verbs(self) -> dict[str, Verb]:
        return {
            "": lambda _: self._status(self.words.ok),
            "Z": self._reset,
            "CLASS": self._class,
            "DR": self._rate,
        }

    def _reset(self, command: AtCommand) -> Lines:
        del command
        self.restart()
        return ()

    def _class(self, command: AtCommand) -> Lines:
        if command.asks:
            return self._told("CLASS", "A")
        fits = command.value in {"A", "C"}
        return self._status(self.words.ok if fits else self.words.wrong)

    def _rate(self, command: AtCommand) -> Lines:
        if command.asks:
            return self._told("DR", self.device.data_rate)
        data_rate = number_of(command.value or "", 0, 15)
        if data_rate is None or data_rate not in self.device.region.usable():
            return self._status(self.words.wrong)
        return self._status(self._choose_rate(data_rate))

    def _choose_rate(self, data_rate: int) -> str:
        """Go by a data rate from now on; return how that went."""
        self.device.data_rate = data_rate
        return self.words.ok

    def _tabled(self, command: AtCommand) -> Lines:
        """Ask for, or set, what stands in one of the tables."""
        name = command.name
        if name in self.fixed and command.asks:
            return self._told(name, self.fixed[name])
        if name in self.numbers:
            return self._number(command)
        if name in self.octets:
            return self._octets(command)
        return self._status(self.words.unknown)

    def _number(self, command: AtCommand) -> Lines:
        if command.asks:
            return self._told(command.name, self.numbers[command.name])
        row = self.number_table[command.name]
        number = number_of(command.value or "", row.lowest, row.highest)
        if number is None:
            return self._status(self.words.wrong)
        self.numbers[command.name] = number
        self._settle()
        return self._status(self.words.ok)

    def _octets(self, command: AtCommand) -> Lines:
        if command.asks:
            return self._told(command.name, self._spelt(self.octets[command.name]))
        octets = octets_of(command.value or "", self.octet_table[command.name])
        if octets is None:
            return self._status(self.words.wrong)
        self.octets[command.name] = octets
        self._settle()
        return self._status(self.words.ok)

    def _spelt(self, octets: bytes) -> str:
        return octets.hex().upper()

    def _personalise(self, address: str, network: str, application: str) -> None:
        """Begin a session of ABP with what stands under these names."""
        self.device.personalise(
            int.from_bytes(self.octets[address], "big"),
            Keys(self.octets[network], self.octets[application]),
        )


class BareAtModem(AtModem):
    """One that tells bare values, and an empty line before each status."""

    def _shown(self, name: str, value: str) -> Lines:
        del name
        return (value,)

    def _status(self, word: str) -> Lines:
        return ("", word)
