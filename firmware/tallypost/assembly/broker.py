"""From settings to the broker that they name."""

from tallypost.settings.secret import read_secret
from tallypost.settings.uplink import MqttSettings
from tallypost.telemetry.uplink.broker import Broker, TlsFiles


def broker_of(settings: MqttSettings, device: str) -> Broker:
    """Return where the broker is, and what it wants to know of a device.

    Raises:
        SettingsError: The password cannot be read.
    """
    tls = TlsFiles(
        ca_file=settings.ca_file,
        certificate_file=settings.certificate_file,
        key_file=settings.key_file,
    )
    return Broker(
        host=settings.host,
        port=settings.port_or_default,
        protocol=settings.protocol,
        client_id=settings.client_id or f"tallypost-{device}",
        username=settings.username,
        password=read_secret(settings.password_file)
        if settings.password_file
        else None,
        tls=tls if settings.tls else None,
    )
