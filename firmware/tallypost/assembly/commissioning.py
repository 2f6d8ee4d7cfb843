"""From settings to what a first start must make for them."""

from pathlib import Path

from tallypost.assembly.signing import signing_folder
from tallypost.commissioning.base import ClientFiles, Wanted
from tallypost.commissioning.settings_tree import FILES
from tallypost.settings.device import DeviceSettings
from tallypost.settings.reading import read_device_settings
from tallypost.settings.uplink import MqttSettings

AUTHORITY = "ca.pem"
"""What a bundle calls the authority that certifies devices."""


def wanted(settings_file: Path) -> Wanted:
    """Return what settings want of a device that only the device can make.

    Raises:
        SettingsError: They cannot be accepted.
    """
    settings = read_device_settings(settings_file)
    return Wanted(
        signing_folder=signing_folder(settings),
        client=client_files(settings, settings_file.parent / FILES / AUTHORITY),
    )


def client_files(settings: DeviceSettings, authority: Path) -> ClientFiles | None:
    """Return where settings want a certificate for the broker; None where none.

    Args:
        settings: May name both.
        authority: Who certifies devices, if a bundle says so; else it is who certifies
            the broker.
    """
    uplink = settings.uplink
    if not isinstance(uplink, MqttSettings) or not uplink.tls:
        return None
    if uplink.certificate_file is None or uplink.key_file is None:
        return None
    return ClientFiles(
        certificate=uplink.certificate_file,
        key=uplink.key_file,
        authority=authority if authority.exists() else uplink.ca_file,
    )
