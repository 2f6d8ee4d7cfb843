"""Who joins a network, and how it is to speak."""

import pytest

from tallypost.errors import UplinkError
from tallypost.telemetry.uplink.modem.base import Identity, Radio, Region, Session

EUI, KEY, ADDRESS = bytes(8), bytes(range(16)), bytes(4)


@pytest.mark.parametrize("size", [0, 1, 15, 17, 32])
def test_a_key_of_another_length_is_refused_and_not_shown(size: int) -> None:
    key = bytes(range(100, 100 + size))
    refused = []
    for make in (
        lambda: Identity(join_eui=EUI, app_key=key),
        lambda: Session(dev_addr=ADDRESS, nwk_skey=key, app_skey=KEY),
        lambda: Session(dev_addr=ADDRESS, nwk_skey=KEY, app_skey=key),
    ):
        with pytest.raises(UplinkError, match=f"has {size} bytes") as error:
            make()
        refused.append(str(error.value))

    assert [each.partition(":")[0] for each in refused] == [
        "app_key",
        "nwk_skey",
        "app_skey",
    ]
    assert not size or all(key.hex() not in each for each in refused)


@pytest.mark.parametrize("size", [0, 4, 7, 9, 16])
def test_an_eui_of_another_length_is_refused(size: int) -> None:
    with pytest.raises(UplinkError, match="join_eui"):
        Identity(join_eui=bytes(size), app_key=KEY)
    with pytest.raises(UplinkError, match="dev_eui"):
        Identity(dev_eui=bytes(size), join_eui=EUI, app_key=KEY)


def test_an_address_of_another_length_is_refused() -> None:
    with pytest.raises(UplinkError, match="dev_addr"):
        Session(dev_addr=bytes(3), nwk_skey=KEY, app_skey=KEY)


def test_no_secret_is_part_of_what_is_shown() -> None:
    shown = repr(Identity(join_eui=EUI, app_key=KEY)) + repr(
        Session(dev_addr=ADDRESS, nwk_skey=KEY, app_skey=KEY)
    )

    assert repr(KEY) not in shown
    assert "app_key" not in shown


@pytest.mark.parametrize("region", [Region.EU868, Region.AS923, Region.IN865])
def test_a_region_without_sub_bands_takes_none(region: Region) -> None:
    with pytest.raises(UplinkError, match="has none"):
        Radio(region=region, sub_band=1)


@pytest.mark.parametrize("sub_band", [-1, 0, 9])
def test_a_sub_band_that_is_none_is_refused(sub_band: int) -> None:
    with pytest.raises(UplinkError, match=r"1\.\.8"):
        Radio(region=Region.US915, sub_band=sub_band)
