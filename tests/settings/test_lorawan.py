"""`kind = "lorawan"`: as the only link and as a fallback, and keys in their files."""

from pathlib import Path

import pytest

from tallypost.errors import SettingsError
from tallypost.settings.lorawan import DATA_RATES, read_key
from tallypost.settings.reading import read_device_settings
from tallypost.settings.uplink import MqttSettings
from tallypost.telemetry.uplink.lorawan.regions import RULES
from tallypost.telemetry.uplink.modem.base import Region
from tallypost.telemetry.uplink.modem.payloads import payload_bytes_max
from tests.settings.conftest import Faults

KEY = "00112233445566778899AABBCCDDEEFF"
OTAA = 'join_eui = "70B3D57ED0000001"\napp_key_file = "app.key"\n'
MQTT = '[uplink]\nkind = "mqtt"\nhost = "broker.example.org"\n'


def lorawan(more: str = OTAA, region: str = "eu868", table: str = "uplink") -> str:
    return f'[{table}]\nkind = "lorawan"\nregion = "{region}"\n{more}\n'


def written(path: Path, text: str, mode: int = 0o600) -> Path:
    path.write_text(text, "utf-8")
    path.chmod(mode)
    return path


@pytest.mark.parametrize(
    ("text", "interval_s"),
    [
        pytest.param(lorawan(), 900, id="lorawan alone"),
        pytest.param("interval_s = 600\n" + lorawan(), 600, id="as it is written"),
        pytest.param(MQTT, 60, id="mqtt"),
        pytest.param(MQTT + lorawan(table="fallback_uplink"), 60, id="fallback"),
    ],
)
def test_records_are_seldom_where_lorawan_is_the_only_link(
    tmp_path: Path, text: str, interval_s: int
) -> None:
    path = written(tmp_path / "tallypost.toml", text)
    assert read_device_settings(path).interval_s == interval_s


def test_lorawan_stands_in_for_mqtt(tmp_path: Path) -> None:
    text = MQTT + lorawan(table="fallback_uplink")
    settings = read_device_settings(written(tmp_path / "tallypost.toml", text))
    assert isinstance(settings.uplink, MqttSettings)
    assert settings.fallback_uplink is not None
    assert settings.fallback_uplink.app_key_file == tmp_path / "app.key"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        pytest.param(
            lorawan(""),
            "uplink.join_eui: is missing; OTAA needs it, the network server shows it",
            id="no keys",
        ),
        pytest.param(
            lorawan('dev_addr = "01020304"'),
            "uplink.nwk_skey_file: is missing; ABP needs it, the network server shows "
            "it",
            id="half of ABP",
        ),
        pytest.param(
            lorawan(OTAA + 'dev_addr = "01020304"'),
            "uplink.dev_addr: belongs to ABP, `join_eui` to OTAA; give the keys of one",
            id="both",
        ),
        pytest.param(
            lorawan(OTAA + "sub_band = 2"),
            "uplink.sub_band: is given, and eu868 has none; take it out, or mend the "
            "region",
            id="a sub-band in Europe",
        ),
        pytest.param(
            lorawan(OTAA + "data_rate = 5").replace("eu868", "us915"),
            "uplink.data_rate: is 5, at which us915 carries no record; write one of "
            "0..4",
            id="a data rate of another region",
        ),
        pytest.param(
            lorawan(OTAA + 'dev_eui = "70B3D5"'),
            'uplink.dev_eui: "70B3D5" does not fit; write 16 hexadecimal digits, '
            "the most significant first",
            id="a short EUI",
        ),
        pytest.param(
            "interval_s = 60\n" + lorawan(),
            "interval_s: is 60, more often than LoRaWAN carries; write 300 or more, "
            "best 900",
            id="too often",
        ),
        pytest.param(
            lorawan(table="fallback_uplink"),
            "fallback_uplink: stands in for a link that there is not; write [uplink] "
            'with kind = "mqtt"',
            id="a fallback of nothing",
        ),
    ],
)
def test_one_fault_is_told_in_one_sentence(
    device_faults: Faults, text: str, fault: str
) -> None:
    assert fault in device_faults(text)


@pytest.mark.parametrize(
    "text", [KEY, KEY.lower() + "\n", " ".join(KEY), "-".join(KEY)]
)
def test_a_key_is_read_as_network_servers_show_it(tmp_path: Path, text: str) -> None:
    assert read_key(written(tmp_path / "key", text)) == bytes.fromhex(KEY)


@pytest.mark.parametrize(
    ("text", "mode", "fault"),
    [
        pytest.param(KEY[:-2], 0o600, "holds 30 hexadecimal digits", id="short"),
        pytest.param(KEY + "00", 0o600, "holds 34 hexadecimal digits", id="long"),
        pytest.param("G" + KEY[1:], 0o600, "holds something else than", id="no digits"),
        pytest.param(KEY, 0o604, "is open to everybody", id="open"),
    ],
)
def test_a_key_that_is_none_is_told_without_what_it_is(
    tmp_path: Path, text: str, mode: int, fault: str
) -> None:
    path = written(tmp_path / "key", text, mode)
    with pytest.raises(SettingsError) as caught:
        read_key(path)
    assert fault in str(caught.value)
    assert KEY[2:12] not in str(caught.value)


@pytest.mark.parametrize("region", Region)
def test_a_data_rate_is_taken_where_the_radio_carries_a_record(region: Region) -> None:
    known = range(len(RULES[region].data_rates))
    carrying = [each for each in known if payload_bytes_max(region, each) >= 11]
    assert list(DATA_RATES[region]) == carrying
