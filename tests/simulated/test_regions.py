"""How long frames last and how much they hold, by the numbers of others."""

import pytest

from tallypost.simulated.lorawan.regions import (
    REGIONS,
    DataRate,
    Region,
    is_fixed,
    sub_band_channels,
    sub_band_of,
    time_on_air_s,
)


@pytest.mark.parametrize(
    ("factor", "octets", "wanted_ms"),
    [
        (7, 23, 61.696),
        (7, 64, 118.016),
        (8, 23, 113.152),
        (9, 23, 205.824),
        (10, 23, 370.688),
        (11, 23, 823.296),
        (12, 23, 1482.752),
        (12, 64, 2793.472),
    ],
)
def test_a_frame_lasts_as_long_as_semtech_s_calculator_says(
    factor: int, octets: int, wanted_ms: float
) -> None:
    """Source: Semtech LoRa modem calculator; 125 kHz, coding 4/5, 8 symbols before."""
    rate = DataRate(factor, 125_000, 51)

    assert time_on_air_s(rate, octets) * 1000 == pytest.approx(wanted_ms, abs=0.001)


@pytest.mark.parametrize("region", REGIONS.values(), ids=REGIONS)
def test_no_frame_lasts_longer_than_its_region_lets_it(region: Region) -> None:
    for rate in region.up.values():
        if region.dwell_s is not None and rate.payload_bytes_max:
            whole = rate.payload_bytes_max + 13
            assert time_on_air_s(rate, whole) <= region.dwell_s


@pytest.mark.parametrize("region", REGIONS.values(), ids=REGIONS)
def test_an_answer_comes_at_a_data_rate_that_networks_have(region: Region) -> None:
    for data_rate in region.usable():
        for offset in range(6):
            answer = region.rx1_data_rate(data_rate, offset)
            assert region.down[answer].payload_bytes_max > 0


def test_us915_holds_eleven_bytes_where_it_is_slowest() -> None:
    region = REGIONS["us915"]

    assert [region.up[rate].payload_bytes_max for rate in region.usable()] == [
        11,
        53,
        125,
        242,
        242,
    ]


@pytest.mark.parametrize("sub_band", range(1, 9))
def test_a_sub_band_is_eight_narrow_channels_and_a_wide_one(sub_band: int) -> None:
    region = REGIONS["us915"]

    numbers = {one.number for one in sub_band_channels(region, sub_band)}

    assert len(numbers) == 9
    assert sub_band_of(region, numbers) == sub_band
    assert is_fixed(region)
    assert sub_band_of(REGIONS["eu868"], numbers) is None


@pytest.mark.parametrize("region", REGIONS.values(), ids=REGIONS)
def test_a_device_learns_of_the_channels_that_a_network_adds(region: Region) -> None:
    assert region.told_channels(region.channel_list()) == region.added
