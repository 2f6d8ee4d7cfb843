"""What the uplink may rely on, asked of the driver of every modem that is simulated."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from tallypost.errors import (
    JoinRefusedError,
    ModemLostError,
    ModemRefusedError,
    ModemRestartedError,
    NotJoinedError,
    PayloadTooLongError,
)
from tallypost.simulated.stage import MODELS
from tallypost.telemetry.uplink.modem.base import Heard, Modem, Sent
from tests.telemetry.uplink.modem.rig import (
    EU868,
    IDENTITY,
    JOIN_S,
    PERSONAL,
    Rig,
    check_patiently,
    driver_of,
    send_patiently,
)

Rigs = Callable[..., Rig]


@pytest.fixture(params=MODELS)
def model(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def rigs(model: str) -> Iterator[Rigs]:
    with ExitStack() as opened:

        def make(**options: object) -> Rig:
            rig = Rig(model, **options)  # type: ignore[arg-type]
            opened.callback(rig.close)
            return rig

        yield make


@pytest.fixture
def rig(rigs: Rigs) -> Rig:
    return rigs()


def send_twice(modem: Modem) -> None:
    for _ in range(2):
        modem.send(1, b"\x01", confirmed=False)


def test_a_modem_says_what_it_is(rig: Rig, model: str) -> None:
    rig.modem.configure(IDENTITY, rig.radio)

    info = rig.modem.info()

    assert info.model == model
    assert info.version
    assert info.dev_eui is not None
    assert len(info.dev_eui) == 8


def test_an_uplink_arrives_as_it_was_sent(rig: Rig) -> None:
    modem = rig.joined()

    sent = modem.send(3, bytes(range(11)), confirmed=False)

    assert modem.joined()
    assert sent == Sent(acknowledged=None)
    [arrived] = rig.stage.network.received
    assert (arrived.port, arrived.payload) == (3, bytes(range(11)))
    assert not arrived.confirmed


def test_a_confirmed_uplink_is_acknowledged_when_the_network_has_it(rig: Rig) -> None:
    modem = rig.joined()

    assert modem.send(1, b"\x01", confirmed=True) == Sent(acknowledged=True)
    assert rig.stage.network.received[0].confirmed


def test_an_uplink_that_nobody_heard_is_not_acknowledged(rig: Rig) -> None:
    modem = rig.joined()
    rig.stage.air.away = True

    assert modem.send(1, b"\x01", confirmed=True) == Sent(acknowledged=False)
    assert modem.send(1, b"\x02", confirmed=False) == Sent(acknowledged=None)
    assert rig.arrived == []


def test_an_answer_that_was_lost_is_no_acknowledgement(rig: Rig) -> None:
    modem = rig.joined()
    rig.stage.network.mute = True

    assert modem.send(1, b"\x01", confirmed=True) == Sent(acknowledged=False)
    assert rig.arrived == [b"\x01"]


def test_a_downlink_is_heard_once(rig: Rig) -> None:
    modem = rig.joined()
    rig.queue(b"\xff\x01", port=10)

    modem.send(1, b"\x01", confirmed=False)

    [heard] = modem.heard()
    assert heard[:2] == (10, b"\xff\x01")
    assert modem.heard() == []


def test_no_downlink_is_lost_by_what_is_asked_meanwhile(rig: Rig) -> None:
    modem = rig.joined()
    for number in range(4):
        rig.queue(bytes([0xF0, number]))
    for number in range(4):
        send_patiently(modem, bytes([number]), confirmed=number % 2 == 1)
        modem.joined()
        modem.payload_max()
    send_patiently(modem, b"\xff", confirmed=False)

    assert [each.payload for each in modem.heard()] == [
        bytes([0xF0, number]) for number in range(4)
    ]


def test_the_longest_payload_fits_and_one_byte_more_does_not(rig: Rig) -> None:
    modem = rig.joined()
    room = modem.payload_max()

    modem.send(1, bytes(room), confirmed=False)
    with pytest.raises(PayloadTooLongError) as refused:
        modem.send(1, bytes(room + 1), confirmed=False)

    assert refused.value.max_bytes == room
    assert [len(each) for each in rig.arrived] == [room]


@pytest.mark.parametrize(
    ("port", "payload"), [(0, b"\x01"), (224, b"\x01"), (256, b"\x01"), (1, b"")]
)
def test_what_is_no_uplink_is_refused_before_it_is_said(
    rig: Rig, port: int, payload: bytes
) -> None:
    modem = rig.joined()

    with pytest.raises(ModemRefusedError):
        modem.send(port, payload, confirmed=False)
    assert rig.arrived == []


def test_nothing_is_sent_before_the_modem_is_in_a_network(rig: Rig) -> None:
    rig.modem.configure(IDENTITY, rig.radio)

    assert not rig.modem.joined()
    with pytest.raises(NotJoinedError):
        rig.modem.send(1, b"\x01", confirmed=False)


def test_whoever_is_not_let_in_is_told_so_and_may_ask_again(rig: Rig) -> None:
    rig.modem.configure(IDENTITY, rig.radio)
    rig.stage.network.refuses_joins = True
    with pytest.raises(JoinRefusedError):
        rig.modem.join(JOIN_S)
    assert not rig.modem.joined()

    rig.stage.network.refuses_joins = False
    rig.modem.join(JOIN_S)
    assert rig.modem.joined()


def test_a_key_that_the_network_does_not_know_is_of_no_use(rigs: Rigs) -> None:
    rig = rigs(app_key=bytes(16))
    rig.modem.configure(IDENTITY, rig.radio)

    with pytest.raises(JoinRefusedError) as refused:
        rig.modem.join(JOIN_S)

    assert IDENTITY.app_key.hex() not in str(refused.value).lower()


def test_a_session_that_was_agreed_on_needs_no_joining(rig: Rig) -> None:
    rig.modem.configure(PERSONAL, rig.radio)
    rig.modem.join(JOIN_S)

    assert rig.modem.joined()
    assert rig.modem.send(2, b"\x07", confirmed=True).acknowledged
    assert rig.arrived == [b"\x07"]


def test_a_modem_that_was_reset_goes_on_once_it_is_told_all_again(
    rig: Rig, model: str
) -> None:
    modem = rig.joined()
    modem.reset()

    if model != "la66":  # which joins by itself
        assert not modem.joined()
    rig.joined()
    assert modem.send(1, b"\x09", confirmed=True).acknowledged


def test_a_modem_that_started_by_itself_is_noticed(rig: Rig) -> None:
    modem = rig.joined()
    rig.terminal.restart()

    with pytest.raises((ModemRestartedError, NotJoinedError)):
        send_twice(modem)
    rig.joined()
    assert modem.send(1, b"\x02", confirmed=True).acknowledged


def test_a_brown_out_is_noticed_and_got_over(rig: Rig) -> None:
    modem = rig.joined()
    rig.terminal.restart(brown_out=True)

    with pytest.raises((ModemRestartedError, NotJoinedError)):
        send_twice(modem)
    rig.joined()
    assert modem.send(1, b"\x02", confirmed=True).acknowledged


def test_a_stuck_modem_is_lost(rig: Rig) -> None:
    modem = rig.joined()
    rig.stage.modem.stuck = True

    with pytest.raises(ModemLostError) as lost:
        modem.send(1, b"\x01", confirmed=False)

    assert rig.terminal.path in str(lost.value)


def test_a_modem_that_was_unplugged_is_lost_and_what_it_said_is_not(rig: Rig) -> None:
    modem = rig.joined()
    rig.queue(b"\xaa")
    modem.send(1, b"\x01", confirmed=False)
    rig.terminal.close()

    assert [each.payload for each in modem.heard()] == [b"\xaa"]
    with pytest.raises(ModemLostError):
        modem.send(1, b"\x01", confirmed=False)
    with pytest.raises(ModemLostError):
        modem.joined()
    modem.close()
    modem.close()


def test_a_modem_sleeps_and_is_woken_by_whatever_it_is_asked(rig: Rig) -> None:
    modem = rig.joined()
    modem.sleep()

    assert modem.send(1, b"\x01", confirmed=True).acknowledged


def test_no_key_is_ever_shown(rig: Rig) -> None:
    rig.modem.configure(IDENTITY, rig.radio)
    rig.terminal.close()

    with pytest.raises(ModemLostError) as lost:
        rig.modem.configure(IDENTITY, EU868)

    shown = f"{lost.value!r} {lost.value.__cause__!r} {IDENTITY!r} {PERSONAL!r}".lower()
    for key in (IDENTITY.app_key, PERSONAL.nwk_skey, PERSONAL.app_skey):
        assert key.hex() not in shown
        assert repr(key).lower() not in shown


def test_how_well_the_network_hears_is_told_after_the_uplink_that_asked(
    rig: Rig, model: str
) -> None:
    modem = rig.joined()

    assert modem.link_check() is None
    modem.send(1, b"\x01", confirmed=False)
    if driver_of(model) == "la66":
        assert modem.link_check() is None  # it asks, and tells nobody
        return
    check = check_patiently(modem)
    assert check is not None
    assert check.gateways == 1
    assert check.margin_db > 0


def test_an_uplink_carries_no_question_that_nobody_asked(rig: Rig) -> None:
    modem = rig.joined()
    for _ in range(3):
        send_patiently(modem, b"\x01", confirmed=False)
        assert modem.link_check() is None  # the first call after it only tells

    assert [each.heard for each in rig.carried if not each.transmission.up] == []


def test_the_time_of_the_network_is_told_after_the_uplink_that_asked(
    rig: Rig, model: str
) -> None:
    modem = rig.joined()

    assert modem.time_s() is None
    modem.send(1, b"\x01", confirmed=True)
    told_s = modem.time_s()

    if driver_of(model) in {"rak3172", "lora_e5"}:
        assert told_s is not None
        # The modem's clock runs faster than ours while this test lasts.
        assert abs(told_s - rig.board.utc_s()) < 120.0
    else:
        assert told_s is None


def test_how_well_a_downlink_was_heard_is_told(rig: Rig, model: str) -> None:
    modem = rig.joined()
    rig.queue(b"\x01")
    modem.send(1, b"\x01", confirmed=False)

    [heard] = modem.heard()

    if driver_of(model) == "rn2483":
        assert heard == Heard(10, b"\x01")  # it does not say
    else:
        assert heard.rssi_dbm is not None
        assert heard.snr_db is not None
        assert -140.0 < heard.rssi_dbm < 0.0
