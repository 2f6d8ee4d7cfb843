"""Time on air by the vendor's own numbers, and what a frame may hold by it."""

import pytest

from tallypost.telemetry.uplink.lorawan.airtime import (
    JOIN_REQUEST_BYTES,
    Fsk,
    Lora,
    payload_bytes_within,
    uplink_s,
)

# Semtech's "SX1261 LoRa Calculator", as micropython-lib's lora tests have recorded it
# (coding rate 4/5, preamble 8, header and CRC on).
CALCULATOR = [
    pytest.param(Lora(12, 500_000), 1, 206.848, id="its default"),
    pytest.param(Lora(12, 500_000), 192, 1476.608, id="192 bytes"),
]
# loratools.nl, as the tests of gotthardp/lorawan-server have recorded it, cut to whole
# milliseconds.
LORATOOLS = [
    (12, 7, 991),
    (12, 51, 2465),
    (11, 7, 495),
    (11, 51, 1314),
    (10, 7, 247),
    (10, 51, 616),
    (9, 7, 123),
    (9, 51, 328),
    (8, 7, 72),
    (8, 51, 184),
    (7, 7, 36),
    (7, 51, 102),
]


@pytest.mark.parametrize(("modulation", "frame_bytes", "milliseconds"), CALCULATOR)
def test_time_on_air_is_what_semtechs_calculator_says(
    modulation: Lora, frame_bytes: int, milliseconds: float
) -> None:
    told_ms = 1000 * modulation.time_on_air_s(frame_bytes)
    assert told_ms == pytest.approx(milliseconds, rel=1e-6)


@pytest.mark.parametrize(("factor", "frame_bytes", "milliseconds"), LORATOOLS)
def test_time_on_air_at_125_khz_is_what_others_reckon(
    factor: int, frame_bytes: int, milliseconds: int
) -> None:
    assert int(1000 * Lora(factor).time_on_air_s(frame_bytes)) == milliseconds


def test_a_slow_symbol_is_one_of_more_than_16_ms() -> None:
    assert Lora(11).symbol_s > 0.016 > Lora(10).symbol_s
    assert Lora(12, 500_000).symbol_s < 0.016


def test_fsk_takes_its_bits_by_50_kbit_per_second() -> None:
    assert Fsk().time_on_air_s(24) == pytest.approx((11 + 24) * 8 / 50_000)


def test_eleven_bytes_at_sf_10_keep_below_the_dwell_time() -> None:
    assert uplink_s(Lora(10), 11) == pytest.approx(0.370688)
    assert payload_bytes_within(Lora(10), 0.4, 242) == 11
    assert payload_bytes_within(Lora(12), 0.4, 242) == 0
    assert payload_bytes_within(Lora(7), 0.4, 242) == 242


def test_a_join_request_at_sf_12_is_on_air_for_a_second_and_a_half() -> None:
    assert Lora(12).time_on_air_s(JOIN_REQUEST_BYTES) == pytest.approx(1.482752)
