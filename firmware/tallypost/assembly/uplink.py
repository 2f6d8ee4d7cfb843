"""From settings to the way to the backend."""

from pathlib import Path

from tallypost.assembly.password import PasswordFile
from tallypost.board.base import Board
from tallypost.domain.alerts import ALERT_SCHEMA
from tallypost.domain.health import HEALTH_SCHEMA
from tallypost.domain.records import KPI_SCHEMA, Provenance
from tallypost.domain.words import DAY_S
from tallypost.errors import SettingsError, UplinkError
from tallypost.settings.device import DeviceSettings
from tallypost.settings.lorawan import LorawanSettings
from tallypost.settings.uplink import MqttSettings, NoUplinkSettings
from tallypost.telemetry.checkup import CERTIFICATE_DAYS_MIN
from tallypost.telemetry.uplink.base import Hearer
from tallypost.telemetry.uplink.broker import Broker, Pace, Proxy, TlsFiles
from tallypost.telemetry.uplink.certificate import expires_utc_s
from tallypost.telemetry.uplink.credentials import tls_context
from tallypost.telemetry.uplink.mqtt import MqttUplink
from tallypost.telemetry.uplink.speaker import Terms


def open_uplink(
    settings: DeviceSettings,
    device: str,
    provenance: Provenance,
    board: Board,
    on_downlink: Hearer | None = None,
) -> MqttUplink | None:
    """Return the MQTT link that settings ask for, or None.

    Args:
        settings: `tallypost.toml`.
        device: Who speaks.
        provenance: What it counts with, told when it comes online.
        board: Whose clocks to ask.
        on_downlink: Told of what the far side says; None listens to nothing.

    Raises:
        SettingsError: A secret, a certificate or a key cannot be used.
    """
    match settings.uplink:
        case MqttSettings() as mqtt:
            try:
                return MqttUplink(
                    broker_of(mqtt, device),
                    device=device,
                    terms=_terms(mqtt, provenance),
                    on_downlink=on_downlink,
                    pace=_pace(mqtt),
                    board=board,
                )
            except UplinkError as error:
                raise SettingsError("uplink", [str(error)]) from error
        case LorawanSettings() | NoUplinkSettings():
            return None


def certificate_words(file: Path, board: Board) -> tuple[list[str], list[str]]:
    """Return what must be mended about a device's certificate, and what is due soon."""
    try:
        left_days = (expires_utc_s(file) - board.utc_s()) / DAY_S
    except UplinkError as error:
        return [str(error)], []
    if left_days < 0:
        return [f"{file} expired {-left_days:.0f} days ago; renew it"], []
    if left_days < CERTIFICATE_DAYS_MIN:
        return [], [f"{file} expires in {left_days:.0f} days; renew it"]
    return [], []


def tls_words(settings: MqttSettings) -> list[str]:
    """Return why the link could not be encrypted with the files that it names."""
    try:
        tls_context(_tls_files(settings))
    except UplinkError as error:
        return [str(error)]
    return []


def broker_of(settings: MqttSettings, device: str) -> Broker:
    """Return where the broker is, and what it wants to know of a device.

    Raises:
        SettingsError: A password cannot be read.
    """
    port = settings.port_or_default
    return Broker(
        host=settings.host,
        port=port,
        protocol=settings.protocol,
        client_id=settings.client_id or f"tallypost-{device}",
        username=settings.username,
        password=_password(settings.password_file),
        tls=_tls_files(settings) if settings.tls else None,
        fallbacks=tuple((one.host, one.port or port) for one in settings.fallbacks),
        path=settings.path if settings.transport == "websocket" else None,
        proxy=_proxy(settings),
    )


def _tls_files(settings: MqttSettings) -> TlsFiles:
    return TlsFiles(
        ca_file=settings.ca_file,
        certificate_file=settings.certificate_file,
        key_file=settings.key_file,
    )


def _proxy(settings: MqttSettings) -> Proxy | None:
    told = settings.proxy
    if told is None:
        return None
    return Proxy(
        kind=told.protocol,
        host=told.host,
        port=told.port,
        username=told.username,
        password=_password(told.password_file),
    )


def _password(path: Path | None) -> PasswordFile | None:
    return None if path is None else PasswordFile(path)


def _terms(settings: MqttSettings, provenance: Provenance) -> Terms:
    return Terms(
        topic_prefix=settings.topic_prefix,
        alert_qos=settings.alert_qos,
        facts={
            "firmware": provenance.firmware,
            "site": provenance.site,
            "schemas": [KPI_SCHEMA, ALERT_SCHEMA, HEALTH_SCHEMA],
        },
    )


def _pace(settings: MqttSettings) -> Pace:
    return Pace(
        keepalive_s=settings.keepalive_s,
        session_expiry_s=settings.session_expiry_s,
        timeout_s=settings.timeout_s,
    )
