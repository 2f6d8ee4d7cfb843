"""Drivers where much goes wrong, and in other parts of the world."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from tallypost.board.linux import LinuxBoard
from tallypost.errors import (
    DutyCycleError,
    JoinRefusedError,
    ModemBusyError,
    ModemError,
    ModemLostError,
    ModemRefusedError,
    ModemRestartedError,
)
from tallypost.simulated.lorawan.air import Carried
from tallypost.simulated.modem.mishaps import Mishap, Mishaps
from tallypost.simulated.stage import MODELS
from tallypost.telemetry.uplink.modem.base import (
    Counters,
    Modem,
    Radio,
    Region,
    Sent,
    Session,
)
from tallypost.telemetry.uplink.modem.opening import Found, open_modem
from tests.telemetry.uplink.modem.rig import (
    IDENTITY,
    JOIN_S,
    PERSONAL,
    QUICK,
    Rig,
    driver_of,
    send_patiently,
)

OF_ONE_REGION = {"rn2483": Region.EU868, "rn2903": Region.US915}
"""What a modem is made for, where it is made for one."""
WITH_SUB_BANDS = [
    (model, region)
    for model in ("rak3172", "la66", "lora_e5", "rn2903")
    for region in (Region.US915, Region.AU915)
    if OF_ONE_REGION.get(model, region) is region
]
PERSISTENCE_S = 60.0
UPLINKS = 3
BOARD = LinuxBoard()


@pytest.fixture
def rigs() -> Iterator[Callable[..., Rig]]:
    with ExitStack() as opened:

        def make(model: str, **options: object) -> Rig:
            rig = Rig(model, **options)  # type: ignore[arg-type]
            opened.callback(rig.close)
            return rig

        yield make


def persist(rig: Rig, payload: bytes) -> bool:
    """Send until it is acknowledged, doing what each error asks for."""
    configured = True
    until_s = BOARD.monotonic_s() + PERSISTENCE_S
    while BOARD.monotonic_s() < until_s:
        try:
            if not configured:
                rig.modem.configure(IDENTITY, rig.radio)
                rig.modem.join(JOIN_S)
                configured = True
            if rig.modem.send(1, payload, confirmed=True).acknowledged:
                return True
        except (ModemBusyError, DutyCycleError):
            BOARD.wait(0.05)
        except ModemLostError:
            rig.modem.close()
            rig.stage.modem.stuck = False  # somebody plugged it in again
            speed_baud = rig.stage.modem.baud_default
            found = Found(
                rig.terminal.path, speed_baud, driver_of(rig.stage.modem.model)
            )
            rig.modem = open_modem(found, LinuxBoard(), patience=QUICK)
            configured = False
        except ModemError:
            configured = False
    return False


@pytest.mark.slow
@pytest.mark.parametrize("mishap", Mishap)
@pytest.mark.parametrize("model", MODELS)
def test_whatever_goes_wrong_is_got_over_by_doing_what_the_error_asks(
    rigs: Callable[..., Rig], model: str, mishap: Mishap
) -> None:
    rig = rigs(model)
    rig.joined()
    rig.terminal._mishaps = Mishaps({mishap: 0.08}, seed=len(model))

    told = [number for number in range(UPLINKS) if persist(rig, bytes([number, 0xAB]))]

    arrived = {each[0] for each in rig.arrived}
    assert set(told) <= arrived  # nothing that is not there was said to be
    assert len(told) == UPLINKS


@pytest.mark.parametrize("region", Region)
@pytest.mark.parametrize("model", MODELS)
def test_a_modem_speaks_in_the_region_it_is_told(
    rigs: Callable[..., Rig], model: str, region: Region
) -> None:
    made_for = OF_ONE_REGION.get(model)
    rig = rigs(model, region=str(region))
    if made_for not in {None, region}:
        with pytest.raises(ModemRefusedError, match=f"not {region}"):
            rig.modem.configure(IDENTITY, rig.radio)
        return
    modem = rig.joined()

    assert modem.payload_max() >= 11
    assert send_patiently(modem, bytes(11), confirmed=True).acknowledged
    assert rig.arrived == [bytes(11)]


@pytest.mark.parametrize("sub_band", [1, 2, 8])
@pytest.mark.parametrize(("model", "region"), WITH_SUB_BANDS)
def test_a_modem_speaks_on_the_sub_band_that_the_network_hears(
    rigs: Callable[..., Rig], model: str, region: Region, sub_band: int
) -> None:
    rig = rigs(model, region=str(region), sub_band=sub_band)
    modem = rig.joined(Radio(region=region, sub_band=sub_band))

    for number in range(3):
        assert send_patiently(modem, bytes([number]), confirmed=True).acknowledged

    assert rig.stage.device.sub_band == sub_band


@pytest.mark.parametrize("model", ["rak3172", "stm32wl", "lora_e5"])
def test_a_modem_of_another_region_than_the_network_is_not_let_in(
    rigs: Callable[..., Rig], model: str
) -> None:
    rig = rigs(model, region="us915")
    rig.modem.configure(IDENTITY, Radio(region=Region.EU868))

    with pytest.raises(JoinRefusedError):
        rig.modem.join(JOIN_S)


@pytest.mark.parametrize("model", MODELS)
def test_a_data_rate_that_is_asked_for_is_used(
    rigs: Callable[..., Rig], model: str
) -> None:
    rig = rigs(model)
    modem = rig.joined(Radio(region=rig.radio.region, adr=False, data_rate=3))

    send_patiently(modem, b"\x01", confirmed=False)

    assert modem.data_rate() == 3
    assert rig.stage.network.received[-1].data_rate == 3


@pytest.mark.parametrize("model", ["la66", "lora_e5", "rn2483", "rn2903"])
def test_frame_counters_of_a_session_go_on_where_they_were(
    rigs: Callable[..., Rig], model: str
) -> None:
    rig = rigs(model)
    rig.modem.configure(PERSONAL, rig.radio)
    rig.modem.join(JOIN_S)
    for _ in range(3):
        assert send_patiently(rig.modem, b"\x01", confirmed=True).acknowledged
    rig.stage.modem._introduce = None  # the network knows, and counts on
    known = rig.modem.counters()
    assert known is not None
    rig.modem.reset()

    session = Session(
        dev_addr=PERSONAL.dev_addr,
        nwk_skey=PERSONAL.nwk_skey,
        app_skey=PERSONAL.app_skey,
        counters=Counters(known.uplink + 5, known.downlink),
    )
    rig.modem.configure(session, rig.radio)
    rig.modem.join(JOIN_S)
    now = rig.modem.counters()

    assert now is not None
    assert now.uplink == known.uplink + 5
    assert send_patiently(rig.modem, b"\x02", confirmed=True).acknowledged


def test_what_is_acknowledged_only_when_it_is_said_again_is_acknowledged(
    rigs: Callable[..., Rig],
) -> None:
    """As older firmware of ST's does: eight times, by itself."""
    rig = rigs("stm32wl")
    modem, network = rig.joined(), rig.stage.network
    rig.stage.device.confirmed_tries = 8

    def hear(carried: Carried) -> None:
        rig.carried.append(carried)
        network.mute = len(rig.carried) < 3

    rig.stage.air.on_frame = hear

    assert modem.send(1, b"x", confirmed=True) == Sent(acknowledged=True)
    assert [each.transmission.up for each in rig.carried] == [True, True, True, False]
    assert rig.arrived == [b"x"]


@pytest.mark.parametrize("model", [each for each in MODELS if "rn2" not in each])
def test_at_the_wrong_speed_a_modem_is_lost(
    rigs: Callable[..., Rig], model: str
) -> None:
    rig = rigs(model)
    rig.modem.close()
    wrong = Found(rig.terminal.path, 38_400, driver_of(model))
    modem: Modem = open_modem(wrong, LinuxBoard(), patience=QUICK)

    with pytest.raises(ModemError, match="model and speed"):
        modem.info()
    modem.close()


@pytest.mark.parametrize("model", MODELS)
def test_a_modem_that_was_left_in_its_network_goes_on(
    rigs: Callable[..., Rig], model: str
) -> None:
    rig = rigs(model)
    rig.joined().close()
    found = Found(rig.terminal.path, rig.stage.modem.baud, driver_of(model))
    rig.modem = open_modem(found, LinuxBoard(), patience=QUICK)

    if rig.modem.joined():  # not every one can be asked
        assert rig.modem.send(1, b"\x01", confirmed=True).acknowledged
    else:
        assert model not in {"rak3172", "la66"}


@pytest.mark.parametrize("model", MODELS)
def test_a_start_is_told_once(rigs: Callable[..., Rig], model: str) -> None:
    rig = rigs(model)
    modem = rig.joined()
    rig.terminal.restart()
    LinuxBoard().wait(0.1)

    errors = []
    for _ in range(3):
        try:
            modem.joined()
        except ModemRestartedError as error:
            errors.append(str(error))

    assert len(errors) <= 1
