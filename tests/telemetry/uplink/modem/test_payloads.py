"""How long a payload may be, by region and data rate."""

import pytest

from tallypost.telemetry.uplink.modem.base import Region
from tallypost.telemetry.uplink.modem.payloads import payload_bytes_max

SIZES = {
    Region.EU868: [51, 51, 51, 115, 222, 222, 222, 222],
    Region.US915: [11, 53, 125, 222, 222],
    Region.AU915: [0, 0, 11, 53, 125, 222, 222],
    Region.AS923: [0, 0, 11, 53, 125, 222, 222, 222],
    Region.IN865: [51, 51, 51, 115, 222, 222, 0, 222],
}


@pytest.mark.parametrize("region", Region)
def test_a_payload_is_as_long_as_the_region_allows(region: Region) -> None:
    rates = range(len(SIZES[region]))

    assert [payload_bytes_max(region, each) for each in rates] == SIZES[region]


@pytest.mark.parametrize("data_rate", [-1, 9, 15])
def test_a_data_rate_that_is_none_carries_nothing(data_rate: int) -> None:
    assert payload_bytes_max(Region.EU868, data_rate) == 0
