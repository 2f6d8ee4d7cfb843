"""`[uplink]`: several brokers, web sockets, proxies, and what is wrong with them."""

from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from tallypost.assembly.uplink import _terms, broker_of
from tallypost.domain.records import Provenance
from tallypost.settings.uplink import MqttSettings
from tallypost.telemetry.uplink.broker import Proxy
from tests.settings.conftest import Faults


def mqtt(more: str = "") -> str:
    return f'[uplink]\nkind = "mqtt"\nhost = "broker.example.org"\n{more}\n'


def settings(**more: Any) -> MqttSettings:
    return MqttSettings(kind="mqtt", host="broker.example.org", **more)


def test_fallbacks_have_the_port_of_the_first_unless_they_say_otherwise() -> None:
    told = settings(
        port=8884, fallbacks=[{"host": "second"}, {"host": "third", "port": 1}]
    )
    candidates = broker_of(told, "tp-1").candidates()
    assert [str(each) for each in candidates] == [
        "broker.example.org:8884",
        "second:8884",
        "third:1",
    ]
    assert {each.client_id for each in candidates} == {"tallypost-tp-1"}
    assert all(each.tls for each in candidates)


@pytest.mark.parametrize(
    ("more", "port"),
    [
        ({}, 8883),
        ({"tls": False}, 1883),
        ({"transport": "websocket"}, 443),
        ({"transport": "websocket", "tls": False}, 80),
        ({"transport": "websocket", "port": 9001}, 9001),
    ],
    ids=str,
)
def test_the_port_is_what_is_usual_for_the_transport(
    more: dict[str, Any], port: int
) -> None:
    assert settings(**more).port_or_default == port


def test_a_path_belongs_to_a_web_socket() -> None:
    assert broker_of(settings(), "tp-1").path is None
    assert broker_of(settings(transport="websocket"), "tp-1").path == "/mqtt"
    web = settings(transport="websocket", path="/ws")
    assert broker_of(web, "tp-1").path == "/ws"


def test_a_proxys_password_is_read_from_its_file(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("open sesame\n")
    secret.chmod(0o600)
    told = settings(
        proxy={
            "protocol": "http",
            "host": "proxy",
            "port": 3128,
            "username": "tp-1",
            "password_file": str(secret),
        }
    )
    proxy = broker_of(told, "tp-1").proxy
    assert proxy
    assert proxy.password
    assert proxy.password() == "open sesame"
    assert replace(proxy, password=None) == Proxy(
        kind="http", host="proxy", port=3128, username="tp-1"
    )


def test_what_a_device_counts_with_is_said_when_it_comes_online() -> None:
    terms = _terms(
        settings(alert_qos=2, topic_prefix="city"),
        Provenance(model=None, site="sha256:1", firmware="0.1"),
    )
    assert (terms.topic_prefix, terms.alert_qos) == ("city", 2)
    assert terms.facts == {
        "firmware": "0.1",
        "site": "sha256:1",
        "schemas": ["tallypost.kpi/1", "tallypost.alert/1", "tallypost.health/1"],
    }


@pytest.mark.parametrize(
    ("more", "fault"),
    [
        pytest.param(
            'path = "/mqtt"',
            'uplink.path: is only used with a web socket; set transport = "websocket"',
        ),
        pytest.param(
            "alert_qos = 0",
            "uplink.alert_qos: 0 is not known here; write 1 or 2",
        ),
        pytest.param(
            '[[uplink.fallbacks]]\nhost = "mqtt://second"',
            "uplink.fallbacks[0].host: is an address; write the host alone, as in "
            '"broker.example.org"',
        ),
        pytest.param(
            '[uplink.proxy]\nprotocol = "http"\nhost = "proxy"\nport = 3128\n'
            'password_file = "p"',
            "uplink.proxy.password_file: is given without `username`; give both or "
            "none",
        ),
        pytest.param(
            'tls = false\nusername = "u"\npassword_file = "p"',
            "uplink.tls: is false, so that the password would cross the network in the "
            "clear; set tls = true, or take username and password_file out",
        ),
    ],
)
def test_one_fault_is_told_in_one_sentence(
    device_faults: Faults, more: str, fault: str
) -> None:
    assert device_faults(mqtt(more)) == [fault]


@pytest.mark.parametrize(("fallback", "good"), [("127.0.0.1", True), ("far", False)])
def test_a_password_may_stay_in_the_clear_only_where_no_broker_is_elsewhere(
    fallback: str, good: bool
) -> None:
    local = {
        "kind": "mqtt",
        "host": "localhost",
        "tls": False,
        "username": "u",
        "password_file": "p",
        "fallbacks": [{"host": fallback}],
    }
    with nullcontext() if good else pytest.raises(ValidationError, match="tls"):
        MqttSettings.model_validate(local)
