"""From settings to what a device says beside its records."""

from collections.abc import Iterator
from pathlib import Path

from tallypost.assembly.uplink import broker_of
from tallypost.board.base import Board
from tallypost.settings.device import DeviceSettings
from tallypost.settings.reading import read_site
from tallypost.settings.site import Line, Site, Zone
from tallypost.settings.uplink import MqttSettings
from tallypost.telemetry.codec.dialect import Dialect
from tallypost.telemetry.codec.home_assistant import HomeAssistant, Watched
from tallypost.telemetry.codec.sparkplug_node import SparkplugNode
from tallypost.telemetry.uplink.base import Uplink
from tallypost.telemetry.uplink.broker import Pace


def with_dialects(
    uplink: Uplink, settings: DeviceSettings, device: str, board: Board
) -> Uplink:
    """Return an uplink that speaks the dialects that settings ask for, too.

    Raises:
        SettingsError: The site cannot be accepted, or a file of TLS cannot be used.
    """
    mqtt = settings.uplink
    if not isinstance(mqtt, MqttSettings) or not mqtt.dialects:
        return uplink
    from tallypost.telemetry.uplink.aside import Aside, Beside

    broker = broker_of(mqtt, device)
    pace = Pace(keepalive_s=mqtt.keepalive_s, timeout_s=mqtt.timeout_s)
    asides = [
        Aside(broker, dialect, client_id=f"{broker.client_id}-{name}", pace=pace)
        for name, dialect in _dialects(mqtt, device, settings.site, board)
    ]
    return Beside(uplink, asides)


def _dialects(
    settings: MqttSettings, device: str, site_file: Path, board: Board
) -> Iterator[tuple[str, Dialect]]:
    for name in settings.dialects:
        match name:
            case "home-assistant":
                watched = watched_by(read_site(site_file))
                yield name, HomeAssistant(device, settings.topic_prefix, watched)
            case "sparkplug-b":
                yield name, SparkplugNode(settings.sparkplug_group, device, board.utc_s)


def watched_by(site: Site) -> Watched:
    """Return what a site watches; of lines and zones, the classes that it names."""
    usual = () if site.place is None else site.place.classes or ()

    def classes(
        elements: tuple[Line, ...] | tuple[Zone, ...],
    ) -> dict[str, tuple[str, ...]]:
        return {each.name: each.classes or usual for each in elements}

    kinds = ("car_parks", "queues", "approaches", "crowds")
    drawn = site.drawn()
    return Watched(
        lines=classes(site.lines),
        zones=classes(site.zones),
        others={kind: tuple(each.name for each in drawn[kind]) for kind in kinds},
    )
