"""Tables for network servers, spreadsheets and everybody."""

import csv
import json
import re
from io import StringIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tallypost_provisioning.errors import FleetError
from tallypost_provisioning.exports.cells import QUOTE, harmless, table
from tallypost_provisioning.exports.lists import (
    fleet_table,
    register,
    secret_table,
)
from tallypost_provisioning.exports.networks import Modem, chirpstack, things_stack
from tests.provisioning.devices import identity

EVIL = "=cmd|'/c calc'!A1"
SECRETS = ("00112233445566778899AABBCCDDEEFF", "password of", "7KQ2M", "7kq2m")


def rows(text: str, delimiter: str = ",") -> list[dict[str, Any]]:
    return list(csv.DictReader(StringIO(text, newline=""), delimiter=delimiter))


def test_the_things_stack_gets_the_columns_that_it_reads() -> None:
    (told,) = rows(things_stack([identity()], Modem()), ";")

    assert told == {
        "id": "tp-0001",
        "dev_eui": "70B3D57ED0001234",
        "join_eui": "70B3D57ED0000000",
        "name": "tp-0001",
        "description": "Quay, Lamp post 12, Quay Street",
        "frequency_plan_id": "EU_863_870_TTN",
        "lorawan_version": "MAC_V1_0_3",
        "lorawan_phy_version": "PHY_V1_0_3_REV_A",
        "app_key": "00112233445566778899AABBCCDDEEFF",
    }


@pytest.mark.parametrize("device", ["tp", "tp--1", "tp-", "x" * 37])
def test_a_name_that_the_things_stack_refuses_gives_way_to_the_number(
    device: str,
) -> None:
    (told,) = rows(things_stack([identity(device)], Modem()), ";")

    assert told["id"] == "eui-70b3d57ed0001234"
    assert re.fullmatch(r"[a-z0-9](?:-?[a-z0-9]){2,}", told["id"])


def test_a_region_without_a_plan_is_refused_unless_one_is_named() -> None:
    fleet = [identity(region=""), identity("tp-0002")]

    with pytest.raises(FleetError, match=r"tp-0001: its region '' .*--frequency-plan"):
        things_stack(fleet, Modem())
    told = rows(things_stack(fleet, Modem(frequency_plan="EU_863_870")), ";")
    assert [each["frequency_plan_id"] for each in told] == ["EU_863_870"] * 2


def test_chirpstack_gets_the_fields_of_its_interface() -> None:
    told = rows(chirpstack([identity()], application_id="a-1", device_profile_id="p-1"))

    assert told == [
        {
            "dev_eui": "70b3d57ed0001234",
            "join_eui": "70b3d57ed0000000",
            "name": "tp-0001",
            "description": "Quay, Lamp post 12, Quay Street",
            "application_id": "a-1",
            "device_profile_id": "p-1",
            "nwk_key": "00112233445566778899aabbccddeeff",
        }
    ]


def test_what_is_for_everybody_holds_no_secret() -> None:
    for told in (fleet_table([identity()]), register([identity()])):
        assert not any(each in told for each in SECRETS)
        assert "5f0cab12" * 8 in told


def test_the_register_says_who_signs_where() -> None:
    told = json.loads(register([identity(), identity("tp-0002", signing_key=None)]))

    assert told["schema"] == "tallypost.register/1"
    assert told["devices"][0] == {
        "device": "tp-0001",
        "site": "Quay",
        "place": "Lamp post 12, Quay Street",
        "signing_key": "5f0cab12" * 8,
    }
    assert told["devices"][1]["signing_key"] is None


def test_secrets_are_in_the_table_that_is_asked_for_them() -> None:
    (told,) = rows(secret_table([identity()]))

    assert told["app_key"] == SECRETS[0]
    assert told["mqtt_password"] == "password of tp-0001"
    assert told["panel_code"] == "7KQ2M-XW9HR"
    assert told["made"] == "2026-11-18T11:06:40Z"


@pytest.mark.parametrize(
    "cell",
    [EVIL, "+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", " =1", "\uff1d1", "''=1", "\n=1"],
    ids=ascii,
)
def test_no_cell_is_a_formula(cell: str) -> None:
    told = harmless(cell)

    assert told[0] == QUOTE
    assert told[1:] == " ".join(cell.split())


@given(st.lists(st.text(max_size=30), min_size=2, max_size=4))
def test_a_table_is_read_back_as_it_was_meant(cells: list[str]) -> None:
    columns = [f"c{place}" for place in range(len(cells))]
    heads, told = csv.reader(StringIO(table(columns, [cells]), newline=""))

    assert heads == columns
    for cell, was in zip(told, cells, strict=True):
        assert cell.isprintable()
        assert not cell.lstrip()[:1] or cell.lstrip()[0] not in "=+-@"
        meant = cell[1:] if cell[:1] == QUOTE and harmless(cell[1:]) == cell else cell
        if was.isprintable():
            assert meant == " ".join(was.split())


@pytest.mark.parametrize("place", [EVIL, 'a;b"c', "two\nlines", "\x00\x1b"])
def test_a_hostile_place_stays_in_its_cell_everywhere(place: str) -> None:
    device = identity(place=place, site_name="")
    ids = {"application_id": "", "device_profile_id": ""}
    tables = (
        rows(things_stack([device], Modem()), ";"),
        rows(chirpstack([device], **ids)),
        rows(fleet_table([device])),
        rows(secret_table([device])),
    )
    for told in tables:
        assert len(told) == 1
        assert None not in told[0]
        assert not any(each.lstrip()[:1] in set("=+-@") for each in told[0].values())
