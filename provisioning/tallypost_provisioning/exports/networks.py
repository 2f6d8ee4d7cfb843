"""Devices as LoRaWAN network servers take them in bulk: keys and all.

Sources: The Things Stack, "CSV File Reference"
(https://www.thethingsindustries.com/docs/hardware/devices/adding-devices/adding-devices-in-bulk/device-csv/);
ChirpStack 4, api/proto/api/device.proto, whose fields the columns are: it reads no CSV
by itself.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tallypost_provisioning.errors import FleetError
from tallypost_provisioning.exports.cells import table
from tallypost_provisioning.inventory.words import Identity

FREQUENCY_PLANS: Mapping[str, str] = {
    "eu868": "EU_863_870_TTN",
    "us915": "US_902_928_FSB_2",
    "au915": "AU_915_928_FSB_2",
    "as923": "AS_923",
    "in865": "IN_865_867",
}
"""Of The Things Stack, by our regions: those of The Things Network."""
THINGS_COLUMNS = (
    *("id", "dev_eui", "join_eui", "name", "description"),
    *("frequency_plan_id", "lorawan_version", "lorawan_phy_version", "app_key"),
)
CHIRP_COLUMNS = (
    *("dev_eui", "join_eui", "name", "description"),
    *("application_id", "device_profile_id", "nwk_key"),
)
MAC, PHY = "MAC_V1_0_3", "PHY_V1_0_3_REV_A"
"""What the modems speak that we drive, as The Things Stack spells it."""
_THINGS_ID = re.compile(r"(?=.{3,36}$)[a-z0-9](?:-?[a-z0-9])+", flags=re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Modem:
    """What a network server must know of the modems of a fleet.

    Attributes:
        frequency_plan: One for all devices; "" for that of each one's region.
        mac: The version of LoRaWAN that they speak.
        phy: The revision of the regional parameters.
    """

    frequency_plan: str = ""
    mac: str = MAC
    phy: str = PHY


def things_stack(identities: Sequence[Identity], modem: Modem) -> str:
    """Return the table that The Things Stack imports.

    Raises:
        FleetError: It is not known on which frequencies a device speaks.
    """
    faults = [
        f"{each.device}: its region {each.region[:20]!a} names no frequency plan; name "
        "one by --frequency-plan"
        for each in identities
        if not (modem.frequency_plan or each.region in FREQUENCY_PLANS)
    ]
    if faults:
        raise FleetError("the table for The Things Stack", faults)
    return table(THINGS_COLUMNS, _things(identities, modem), delimiter=";")


def chirpstack(
    identities: Sequence[Identity], *, application_id: str, device_profile_id: str
) -> str:
    """Return a table of what ChirpStack asks for each device.

    Args:
        identities: The devices.
        application_id: The application they belong to, a UUID of ChirpStack's.
        device_profile_id: The profile of their modems, likewise.
    """
    rows = (
        (
            each.dev_eui.lower(),
            each.join_eui.lower(),
            each.device,
            _place(each),
            application_id,
            device_profile_id,
            each.app_key.lower(),  # ChirpStack's word for the AppKey of LoRaWAN 1.0
        )
        for each in identities
    )
    return table(CHIRP_COLUMNS, rows)


def _things(identities: Sequence[Identity], modem: Modem) -> Iterator[tuple[str, ...]]:
    for each in identities:
        fits = _THINGS_ID.fullmatch(each.device)
        yield (
            each.device if fits else f"eui-{each.dev_eui.lower()}",
            each.dev_eui,
            each.join_eui,
            each.device,
            _place(each),
            modem.frequency_plan or FREQUENCY_PLANS[each.region],
            modem.mac,
            modem.phy,
            each.app_key,
        )


def _place(identity: Identity) -> str:
    return ", ".join(each for each in (identity.site_name, identity.place) if each)
