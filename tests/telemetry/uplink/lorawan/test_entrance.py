"""How a modem gets into its network: by keys that were given, or by asking."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tallypost.board.simulated import SimulatedBoard
from tallypost.errors import ModemLostError, ModemRestartedError, UplinkUnavailableError
from tallypost.simulated.lorawan.air import Carried
from tallypost.simulated.lorawan.crypto import Keys
from tallypost.telemetry.codec.compact.frame import Frame
from tallypost.telemetry.uplink.lorawan.duty import Budget
from tallypost.telemetry.uplink.lorawan.memory import COUNTERS_AHEAD, Memory
from tallypost.telemetry.uplink.lorawan.regions import RULES
from tallypost.telemetry.uplink.lorawan.station import Station
from tallypost.telemetry.uplink.lorawan.survey import TRIES, survey
from tallypost.telemetry.uplink.modem.base import (
    Identity,
    Radio,
    Region,
    Sent,
    Session,
)
from tests.telemetry.uplink.lorawan.direct import DEV_EUI, IDENTITY, DirectModem, Far

FRAME = Frame(1, b"\x01")
PERSONAL = Session(
    dev_addr=bytes.fromhex("26011bda"), nwk_skey=bytes(16), app_skey=bytes(range(16))
)


class Frail(DirectModem):
    """A modem that dies of what it does.

    Attributes:
        dies: Whether it is gone once an uplink has left.
        browns_out: Whether it starts afresh once it has asked to be let in.
    """

    dies = browns_out = False

    def send(self, port: int, payload: bytes, *, confirmed: bool) -> Sent:
        sent = super().send(port, payload, confirmed=confirmed)
        if self.dies:
            raise ModemLostError("frail: is gone; plug it in")
        return sent

    def join(self, timeout_s: float) -> None:
        super().join(timeout_s)
        if self.browns_out:
            raise ModemRestartedError("frail: has started afresh; see to its supply")


class Site:
    """A modem in the reach of a network, and what is remembered of it."""

    def __init__(self, board: SimulatedBoard, folder: Path, region: Region) -> None:
        self._board, self._folder, self._region = board, folder, region
        self.far = Far(board, region)
        self.far.modem = self.modem = Frail(self.far.device, board)
        self.carried: list[Carried] = []
        self.far.air.on_frame = self.carried.append

    def enrol(self) -> None:
        """Have the network know the session that was agreed on."""
        keys = Keys(PERSONAL.nwk_skey, PERSONAL.app_skey)
        address = int.from_bytes(PERSONAL.dev_addr)
        self.far.network.personalise(DEV_EUI, address, keys)

    def start(self, identity: Identity | Session) -> Station:
        """Return a station that has just been switched on, as the modem has."""
        self.far.device.power_cycle(self._board.monotonic_s())
        return self.go_on(identity)

    def go_on(self, identity: Identity | Session) -> Station:
        """Return a station that has just been started; the modem has power still."""
        station = Station(
            self.far.open,
            identity=identity,
            radio=Radio(region=self._region, adr=False, data_rate=3),
            budget=Budget(RULES[self._region], None, self._board),
            memory=Memory(self._folder / "radio"),
            board=self._board,
        )
        station.keep()
        return station

    @property
    def numbers(self) -> list[int]:
        """The frame counters of all that went up."""
        up = [each.transmission for each in self.carried if each.transmission.up]
        return [int.from_bytes(each.octets[6:8], "little") for each in up]


Sites = Callable[[Region], Site]


@pytest.fixture
def sites(board: SimulatedBoard, tmp_path: Path) -> Sites:
    return lambda region: Site(board, tmp_path, region)


def test_a_session_outlives_a_restart_under_another_deveui_than_the_modems_own(
    sites: Sites,
) -> None:
    site = sites(Region.EU868)
    identity = replace(IDENTITY, dev_eui=bytes.fromhex("ac1f09fffe0000aa"))
    assert identity.dev_eui is not None
    site.far.network.enrol(identity.dev_eui, identity.join_eui, identity.app_key)
    assert site.start(identity).joins == 1
    again = site.go_on(identity)
    assert (again.joined, again.joins) == (True, 0)


@pytest.mark.parametrize("dies", [False, True])
def test_no_frame_counter_is_used_twice_whenever_the_power_fails(
    sites: Sites, board: SimulatedBoard, *, dies: bool
) -> None:
    site = sites(Region.EU868)
    site.enrol()
    for _ in range(4):
        station = site.start(PERSONAL)
        for _ in range(3):
            station.transmit(FRAME, confirmed=False)
            board.advance(900.0)
        site.modem.dies = dies
        for _ in range(dies):
            with pytest.raises(UplinkUnavailableError):
                station.transmit(FRAME, confirmed=False)
        site.modem.dies = False
        board.advance(900.0)

    frames = 4 * (3 + dies)
    assert len(set(site.numbers)) == len(site.numbers) == frames
    assert len(site.far.network.received) == frames
    assert max(site.numbers) <= 5 * COUNTERS_AHEAD


def test_a_power_cut_before_the_first_frame_was_noted_uses_no_number_twice(
    sites: Sites, board: SimulatedBoard
) -> None:
    site = sites(Region.EU868)
    for _ in range(3):
        site.modem.dies = False
        station = site.start(PERSONAL)
        site.modem.dies = True
        with pytest.raises(UplinkUnavailableError):
            station.transmit(FRAME, confirmed=False)
        board.advance(900.0)

    assert len(set(site.numbers)) == 3


def test_a_modem_that_forgets_frame_counters_has_no_session_of_abp(
    sites: Sites, board: SimulatedBoard, caplog: pytest.LogCaptureFixture
) -> None:
    site = sites(Region.EU868)
    site.modem.tells_counters = False
    station = site.start(PERSONAL)
    for _ in range(10):
        board.advance(600.0)
        station.keep()

    assert not station.joined
    assert site.carried == []
    assert "forgets the frame counters of ABP" in caplog.text
    assert PERSONAL.app_skey.hex() not in caplog.text


def test_a_modem_that_browns_out_over_each_join_asks_ever_more_seldom(
    sites: Sites, board: SimulatedBoard
) -> None:
    site = sites(Region.US915)
    site.modem.browns_out = True
    station = site.start(IDENTITY)
    for _ in range(3600):
        board.advance(1.0)
        station.keep()

    asked = [each for each in site.carried if each.transmission.up]
    assert 3 <= len(asked) <= 12
    assert not station.joined


def test_a_survey_of_abp_uses_no_frame_counter_twice(
    sites: Sites, board: SimulatedBoard
) -> None:
    site = sites(Region.US915)
    site.enrol()
    radio = Radio(region=Region.US915)
    steps = list(survey(site.modem, PERSONAL, radio, board))

    assert [(each.answered, each.tries) for each in steps] == [(TRIES, TRIES)] * 4
    assert len(set(site.numbers)) == len(site.numbers) == 4 * TRIES
