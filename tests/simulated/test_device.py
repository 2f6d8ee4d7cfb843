"""The simulated device keeps to LoRaWAN 1.0.4, and so does the network."""

from typing import Any

import pytest

from tallypost.simulated.lorawan.air import Signal, Transmission
from tallypost.simulated.lorawan.commands import Command, Said, link_adr
from tallypost.simulated.lorawan.masks import adr_masks
from tallypost.simulated.lorawan.outcome import (
    Exchange,
    NotJoined,
    Refusal,
    Restricted,
    TooLong,
)
from tallypost.simulated.lorawan.regions import REGIONS
from tests.simulated.test_far_end import EUI, KEY, KEYS, Rig

ADDRESS = 0x26011BDA
HOUR_S = 3600.0


def rig_joined(region: str = "eu868", **options: Any) -> Rig:
    rig = Rig(region, **options)
    rig.join()
    return rig


def patiently(rig: Rig, told: Exchange | Refusal) -> Exchange | Refusal:
    """Let the time pass that something took."""
    if isinstance(told, Exchange):
        rig.now_s = told.ends_s
    return told


def test_each_request_has_a_nonce_of_its_own_also_after_a_power_cut() -> None:
    rig = Rig()
    rig.network.refuses_joins = True
    rig.network.enrol(rig.device.dev_eui, EUI, KEY)
    for _ in range(3):
        rig.passed(rig.device.join(rig.now_s))
        rig.device.power_cycle(rig.now_s)

    nonces = {one.transmission.octets[17:19] for one in rig.carried}

    assert len(nonces) == 3


def test_who_forgets_his_nonce_is_not_let_in_again() -> None:
    rig = rig_joined()
    rig.device.keeps_nonce = False
    rig.device.power_cycle(rig.now_s)

    told = rig.passed(rig.device.join(rig.now_s))

    assert told.acknowledged is False
    assert rig.network.refused == ["DevNonce was used before"]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"app_key": bytes(16)}, "wrong AppKey"),
        ({"join_eui": bytes(8)}, "another JoinEUI"),
        ({"dev_eui": bytes(8)}, "unknown DevEUI"),
    ],
    ids=["key", "JoinEUI", "DevEUI"],
)
def test_who_is_not_known_is_not_let_in(change: dict[str, bytes], why: str) -> None:
    rig = Rig()
    rig.network.enrol(rig.device.dev_eui, EUI, KEY)
    for name, value in change.items():
        setattr(rig.device, name, value)

    assert rig.passed(rig.device.join(0.0)).acknowledged is False
    assert rig.network.refused == [why]


def test_a_device_of_another_region_is_not_heard() -> None:
    rig = Rig("eu868")
    rig.network.enrol(rig.device.dev_eui, EUI, KEY)
    rig.device.move(REGIONS["in865"])

    assert rig.passed(rig.device.join(0.0)).acknowledged is False
    assert rig.network.refused == []


def test_a_gateway_hears_one_sub_band_and_a_device_that_uses_all_is_often_lost() -> (
    None
):
    rig = rig_joined("us915")
    heard = [rig.send(1, b"\x01", confirmed=False) for _ in range(20)]
    assert len(rig.network.received) == len(heard)

    everywhere = Rig("us915")
    everywhere.device.sub_band = None
    everywhere.join()
    for _ in range(80):
        everywhere.send(1, b"\x01")

    assert 0 < len(everywhere.network.received) < 40


def test_a_confirmed_uplink_is_said_again_and_arrives_once() -> None:
    rig = rig_joined()
    rig.network.mute = True
    told = rig.send(1, b"\x01", confirmed=True)
    assert told.acknowledged is False
    assert len(rig.carried) == 2 + 8

    rig.network.mute = False
    assert rig.send(1, b"\x02", confirmed=True).acknowledged
    assert [one.payload for one in rig.network.received] == [b"\x01", b"\x02"]


@pytest.mark.parametrize("window", [1, 2])
@pytest.mark.parametrize("region", REGIONS)
def test_both_windows_bring_a_downlink(region: str, window: int) -> None:
    rig = rig_joined(region)
    rig.network.window = window
    rig.network.queue(rig.device.dev_eui, 10, b"\xff\x01")

    downlink = rig.send(1, b"\x01").downlink

    assert downlink is not None
    assert (downlink.port, downlink.payload) == (10, b"\xff\x01")
    assert downlink.window == window


def test_a_confirmed_downlink_comes_again_until_it_is_acknowledged() -> None:
    rig = rig_joined()
    rig.network.queue(rig.device.dev_eui, 10, b"\x07", confirmed=True)
    assert rig.send(1, b"\x01").downlink is not None
    assert rig.device.session is not None
    rig.device.session.acknowledges = False  # as if the answer were lost

    assert rig.send(1, b"\x02").downlink is not None
    assert rig.send(1, b"\x03").downlink is None


def test_a_replayed_frame_is_not_heard_twice() -> None:
    rig = rig_joined()
    rig.send(1, b"\x01")
    first = rig.carried[-1].transmission
    rig.send(1, b"\x02")

    rig.air.exchange(first)

    assert [one.payload for one in rig.network.received] == [b"\x01", b"\x02"]


def test_the_law_is_heeded_in_each_band() -> None:
    rig = rig_joined()
    rig.device.duty_cycle = True
    rig.device.power_cycle(0.0)
    rig.now_s = 0.0
    rig.join()
    rig.device.data_rate = 0
    spent_s = {0: 0.0, 1: 0.0}
    while rig.now_s < 2 * HOUR_S:
        before = len(rig.carried)
        told = patiently(rig, rig.device.send(rig.now_s, 1, bytes(51)))
        rig.now_s += told.wait_s if isinstance(told, Restricted) else 0.001
        for one in rig.carried[before:]:
            sent = one.transmission
            spent_s[int(sent.frequency_hz >= 868_000_000)] += sent.airtime_s

    assert all(0.009 < spent / rig.now_s < 0.0105 for spent in spent_s.values())


def test_asking_to_be_let_in_becomes_ever_more_seldom() -> None:
    rig = Rig()
    rig.device.duty_cycle = True
    rig.device.power_cycle(0.0)
    spent_s: list[float] = []
    while rig.now_s < 11 * HOUR_S:
        told = patiently(rig, rig.device.join(rig.now_s))
        if isinstance(told, Restricted):
            rig.now_s += told.wait_s
    for begin_h, end_h in ((0, 1), (1, 11)):
        spent_s.append(
            sum(
                one.transmission.airtime_s
                for one in rig.carried
                if begin_h <= one.transmission.begins_s / HOUR_S < end_h
            )
        )

    assert spent_s[0] == pytest.approx(36.0, abs=4.0)
    assert spent_s[1] == pytest.approx(36.0, abs=4.0)


def test_a_device_that_is_not_heard_slows_down_until_less_fits() -> None:
    rig = rig_joined("us915")
    rig.device.data_rate = 3
    rig.air.away = True
    rates = []
    for _ in range(200):
        rig.send(1, b"\x01")
        rates.append(rig.device.data_rate)

    slowed = [number for number in range(1, 200) if rates[number] < rates[number - 1]]
    assert slowed == [95, 127, 159]  # after 64 and 32, then after each 32
    assert rates[-1] == 0
    assert isinstance(rig.device.send(rig.now_s, 1, bytes(12)), TooLong)


def test_a_silent_network_is_asked_for_a_sign_after_sixty_four_uplinks() -> None:
    rig = rig_joined()
    for _ in range(64):
        assert rig.send(1, b"\x01").heard is None

    assert rig.send(1, b"\x01").heard is not None


def test_a_network_chooses_the_data_rate_and_the_channels() -> None:
    rig = rig_joined("us915")
    rig.device.data_rate = 0
    rig.network.adr_data_rate = 3

    rig.send(1, b"\x01")

    assert rig.device.data_rate == 3
    rig.send(1, b"\x02")
    member = rig.network.members[rig.device.dev_eui]
    assert {one.octets for one in member.answers} == {b"\x07"}
    assert rig.network.received[-1].data_rate == 3


def test_a_data_rate_that_the_region_has_not_is_refused() -> None:
    rig = rig_joined()
    member = rig.network.members[rig.device.dev_eui]
    member.commands.append(link_adr(12))
    rig.device.data_rate = 5
    rig.send(1, b"\x01", confirmed=True)
    rig.send(1, b"\x02")

    assert rig.device.data_rate == 5
    assert member.answers == [Said(Command.LINK_ADR, b"\x05")]


def test_answers_to_the_network_take_room_from_the_payload() -> None:
    rig = rig_joined("us915")
    rig.device.data_rate = 0
    member = rig.network.members[rig.device.dev_eui]
    assert rig.device.payload_bytes_max() == 11
    member.commands.append(Said(Command.DEV_STATUS))
    rig.send(1, b"\x01", confirmed=True)

    assert rig.device.payload_bytes_max() == 8
    assert isinstance(rig.device.send(rig.now_s, 1, bytes(11)), TooLong)
    rig.send(1, bytes(8))
    assert rig.device.payload_bytes_max() == 11


def test_a_network_may_have_a_device_speak_less() -> None:
    rig = rig_joined()
    rig.device.duty_cycle = True
    rig.device.power_cycle(rig.now_s)
    rig.join()
    member = rig.network.members[rig.device.dev_eui]
    member.commands.append(Said(Command.DUTY_CYCLE, b"\x07"))
    rig.now_s += HOUR_S
    rig.send(1, b"\x01", confirmed=True)
    rig.now_s += HOUR_S
    rig.send(1, b"\x02")
    sent = rig.carried[-1].transmission

    told = rig.device.send(rig.now_s, 1, b"\x03")

    assert isinstance(told, Restricted)
    free_s = rig.now_s + told.wait_s
    assert free_s == pytest.approx(sent.ends_s + 127 * sent.airtime_s)


def test_the_network_s_time_is_that_of_the_uplink_s_end() -> None:
    rig = rig_joined()
    rig.device.asks.add(Command.DEVICE_TIME)

    told = rig.send(1, b"\x01")

    assert told.network_utc_s == pytest.approx(1.79e9 + told.sent_s, abs=1 / 128)


def test_a_link_check_tells_the_margin() -> None:
    rig = rig_joined()
    rig.air.snr_db = -10.0
    rig.device.data_rate = 0
    rig.device.asks.add(Command.LINK_CHECK)

    told = rig.send(1, b"\x01")

    assert told.link is not None
    assert told.link.margin_db == 10


def test_a_weak_signal_is_heard_only_at_slow_data_rates() -> None:
    rig = rig_joined()
    rig.air.snr_db = -14.0
    for data_rate in (5, 0):
        rig.device.data_rate = data_rate
        rig.send(1, bytes([data_rate]))

    assert [one.payload for one in rig.network.received] == [b"\x00"]


def test_counters_of_a_session_agreed_on_go_on_where_they_are_kept() -> None:
    rig = Rig()
    rig.network.personalise(rig.device.dev_eui, ADDRESS, KEYS)
    rig.device.personalise(ADDRESS, KEYS)
    rig.send(1, b"\x01")
    rig.device.power_cycle(rig.now_s)
    rig.send(1, b"\x02")
    rig.device.keeps_counters = False
    rig.device.power_cycle(rig.now_s)
    rig.send(1, b"\x03")

    assert [one.payload for one in rig.network.received] == [b"\x01", b"\x02"]


def test_the_same_seed_loses_the_same_frames() -> None:
    def heard(seed: int) -> list[bytes]:
        rig = rig_joined(loss=0.0)
        rig.air.loss = 0.5
        rig.air._chances.seed(seed)
        for number in range(30):
            rig.send(1, bytes([number]))
        return [one.payload for one in rig.network.received]

    assert heard(1) == heard(1)
    assert heard(1) != heard(2)
    assert 5 < len(heard(1)) < 25


def test_nobody_speaks_without_a_session() -> None:
    rig = Rig()

    assert isinstance(rig.device.send(0.0, 1, b"\x01"), NotJoined)


def test_no_key_is_shown() -> None:
    rig = rig_joined()

    shown = repr(rig.device) + repr(rig.network.members)

    assert KEY.hex() not in shown
    assert repr(KEY) not in shown


@pytest.mark.parametrize("late_s", [0.5, -0.5])
def test_an_answer_outside_the_windows_is_not_heard(late_s: float) -> None:
    rig = rig_joined()
    rig.network.queue(rig.device.dev_eui, 10, b"\x01")
    hear = rig.network.hear

    def at_another_time(uplink: Transmission, signal: Signal) -> Transmission | None:
        answer = hear(uplink, signal)
        return answer and answer._replace(begins_s=answer.begins_s + late_s)

    rig.network.hear = at_another_time  # type: ignore[method-assign]

    assert rig.send(1, b"\x01").heard is None


def test_a_network_leaves_a_device_its_own_channels_alone() -> None:
    rig = rig_joined("us915")
    session = rig.device.session
    assert session is not None
    session.enabled = frozenset(range(72))
    member = rig.network.members[rig.device.dev_eui]
    member.commands += [
        link_adr(0, mask=mask, control=control)
        for mask, control in adr_masks(REGIONS["us915"], 2)
    ]
    while session.enabled == frozenset(range(72)):
        rig.send(1, b"\x01", confirmed=True)

    assert session.enabled == {*range(8, 16), 65}


@pytest.mark.parametrize(
    ("region", "rates"),
    [("us915", [0, 4, 0, 4]), ("eu868", [5, 4, 3, 2, 1, 0, 5])],
)
def test_a_device_asks_at_one_data_rate_after_the_other(
    region: str, rates: list[int]
) -> None:
    rig = Rig(region)
    rig.air.away = True
    for _ in rates:
        rig.passed(rig.device.join(rig.now_s))

    assert [one.transmission.data_rate for one in rig.carried] == rates
