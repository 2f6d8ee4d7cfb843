"""Whoever shares a table shares its mistakes: these two were written apart."""

import pytest

from tallypost.simulated.lorawan.regions import REGIONS, time_on_air_s
from tallypost.telemetry.uplink.lorawan.airtime import uplink_s
from tallypost.telemetry.uplink.lorawan.regions import RULES
from tallypost.telemetry.uplink.modem.base import Region
from tallypost.telemetry.uplink.modem.payloads import payload_bytes_max

BESIDE_A_REPEATER = 222
"""The uplink goes by what fits beside a repeater; a modem takes a little more."""
FSK = 7
HEAD_BYTES = 13
"""MHDR, DevAddr, FCtrl, FCnt, FPort and MIC."""


def test_both_sides_know_the_same_regions() -> None:
    assert {*REGIONS} == {*Region}


@pytest.mark.parametrize("region", Region)
def test_the_uplink_counts_on_what_modems_take_and_on_no_more(region: Region) -> None:
    ours = REGIONS[region].up

    for data_rate in range(16):
        if data_rate != FSK:
            takes = ours[data_rate].payload_bytes_max if data_rate in ours else 0
            counted_on = min(takes, BESIDE_A_REPEATER)
            assert payload_bytes_max(region, data_rate) == counted_on


@pytest.mark.parametrize("region", Region)
def test_both_sides_reckon_the_same_time_on_air(region: Region) -> None:
    for data_rate, rate in REGIONS[region].up.items():
        modulation = RULES[region].modulation(data_rate)
        for size in range(1, rate.payload_bytes_max + 1):
            wanted_s = time_on_air_s(rate, HEAD_BYTES + size)
            assert uplink_s(modulation, size) == pytest.approx(wanted_s, abs=1e-9)


@pytest.mark.parametrize("region", Region)
def test_both_sides_know_the_same_limits(region: Region) -> None:
    ours, rules = REGIONS[region], RULES[region]

    first = ours.band_of(ours.defaults[0].frequency_hz)

    assert rules.dwell_s == ours.dwell_s
    assert rules.duty_cycle == (None if first is None else first.duty)
