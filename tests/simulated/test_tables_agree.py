"""Whoever shares a table shares its mistakes: these two were written apart."""

import pytest

from tallypost.simulated.lorawan.regions import REGIONS
from tallypost.telemetry.uplink.modem.base import Region
from tallypost.telemetry.uplink.modem.payloads import payload_bytes_max

BESIDE_A_REPEATER = 222
"""The uplink goes by what fits beside a repeater; a modem takes a little more."""
FSK = 7


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
