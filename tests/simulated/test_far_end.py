"""Every frame of the simulation is a frame of LoRaWAN, to eyes that are not ours."""

import random
from typing import Any

import pytest

from tallypost.board.simulated import SimulatedBoard
from tallypost.simulated.lorawan.air import Air, Carried
from tallypost.simulated.lorawan.commands import Command, Said
from tallypost.simulated.lorawan.crypto import Keys
from tallypost.simulated.lorawan.device import EndDevice
from tallypost.simulated.lorawan.network import Network
from tallypost.simulated.lorawan.outcome import Exchange
from tallypost.simulated.lorawan.regions import REGIONS, is_fixed
from tests.servers.far_end import Personal, opened

KEY = bytes.fromhex("b6b53f4a168a7a88bdf7ea135ce9cfca")
EUI = bytes.fromhex("70b3d57ed00000dc")
KEYS = Keys(
    bytes.fromhex("44024241ed4ce9a68c6a8bc055233fd3"),
    bytes.fromhex("ec925802ae430ca77fd3dd73cb2cc588"),
)


class Rig:
    """A device, a network, and all frames between them."""

    def __init__(self, region: str = "eu868", loss: float = 0.0) -> None:
        where = REGIONS[region]
        sub_band = 2 if is_fixed(where) else None
        self.network = Network(SimulatedBoard(1.79e9), where, sub_band=sub_band)
        self.air = Air(self.network, loss=loss, seed=7)
        self.carried: list[Carried] = []
        self.air.on_frame = self.carried.append
        self.device = EndDevice(
            self.air, where, join_eui=EUI, app_key=KEY, sub_band=sub_band
        )
        self.device.duty_cycle = False
        self.device.power_cycle(0.0)
        self.now_s = 0.0

    @property
    def frames(self) -> list[bytes]:
        return [one.transmission.octets for one in self.carried]

    def join(self) -> None:
        if self.device.dev_eui not in self.network.members:
            self.network.enrol(self.device.dev_eui, EUI, KEY)
        while self.device.session is None:
            self.passed(self.device.join(self.now_s))

    def send(self, port: int, payload: bytes, *, confirmed: bool = False) -> Exchange:
        return self.passed(
            self.device.send(self.now_s, port, payload, confirmed=confirmed)
        )

    def passed(self, told: Any) -> Exchange:
        assert isinstance(told, Exchange)
        self.now_s = told.ends_s + 1.0
        return told


@pytest.mark.parametrize("region", REGIONS)
def test_every_frame_opens_with_its_keys_and_with_no_others(region: str) -> None:
    rig = Rig(region, loss=0.2)
    chances = random.Random(3)
    rig.join()
    told, answered = [], []
    for number in range(60):
        if number % 7 == 0:
            answered.append((10, chances.randbytes(9)))
            rig.network.queue(rig.device.dev_eui, *answered[-1], confirmed=True)
        if number % 5 == 0:
            rig.device.asks = {Command.LINK_CHECK, Command.DEVICE_TIME}
        if number % 11 == 0:
            member = rig.network.members[rig.device.dev_eui]
            member.commands.append(Said(Command.DEV_STATUS))
        size = min(rig.device.payload_bytes_max(), chances.randrange(1, 60))
        told.append((chances.randrange(1, 224), chances.randbytes(size)))
        rig.send(*told[-1], confirmed=number % 4 == 0)

    read = opened(rig.frames, KEY)

    assert all(one["mic"] and one["refusesOthers"] for one in read)
    up = {
        one["counter"]: (one["port"], bytes.fromhex(one["payload"]))
        for one in read
        if one["kind"].endswith("Data Up")
    }
    assert [up[number] for number in range(60)] == told
    down = [
        (one["port"], bytes.fromhex(one["payload"]))
        for one in read
        if one["kind"] == "Confirmed Data Down"
    ]
    assert {*down} == {*answered}
    assert {one["kind"] for one in read} >= {"Join Request", "Join Accept"}


def test_a_counter_of_more_than_sixteen_bits_is_part_of_the_proof() -> None:
    rig = Rig()
    rig.network.personalise(rig.device.dev_eui, 0x26011BDA, KEYS)
    rig.device.personalise(0x26011BDA, KEYS)
    assert rig.device.session is not None
    rig.device.session.counter = 0xFFFE
    for number in range(4):
        rig.send(1, bytes([number]))

    read = opened(rig.frames, sessions=[Personal(0x26011BDA, *KEYS)])

    assert [one["counter"] for one in read] == [0xFFFE, 0xFFFF, 0x10000, 0x10001]
    assert all(one["mic"] and one["refusesOthers"] for one in read)
    assert [one.counter for one in rig.network.received] == [
        one["counter"] for one in read
    ]


def test_each_join_makes_keys_of_its_own() -> None:
    rig = Rig()
    for number in range(3):
        rig.device.power_cycle(rig.now_s)
        rig.join()
        rig.send(1, bytes([number]))

    read = opened(rig.frames, KEY)

    assert all(one["mic"] and one["refusesOthers"] for one in read)
    nonces = [one["devNonce"] for one in read if one["kind"] == "Join Request"]
    assert len({*nonces}) == len(nonces) >= 3


def test_our_eye_finds_a_frame_that_was_changed_on_the_way() -> None:
    rig = Rig()
    rig.join()
    rig.send(1, b"\x01\x02")
    *before, last = rig.frames

    read = opened([*before, last[:9] + bytes([last[9] ^ 1]) + last[10:]], KEY)

    assert [one["mic"] for one in read] == [True, True, False]
