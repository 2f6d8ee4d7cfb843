"""Has Home Assistant find a device by itself and read its own records.

One retained message names every sensor, and how to read it from the native topics: no
figure is sent twice. Running totals carry counts, so a late record costs nothing.
Source: home-assistant.io, "MQTT" ("Device discovery payload"), release 2024.11.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from tallypost.domain.alerts import AlertKind, AlertState
from tallypost.domain.json_text import spell
from tallypost.domain.records import KpiRecord
from tallypost.telemetry.codec.dialect import Publication
from tallypost.telemetry.codec.format import Format
from tallypost.telemetry.codec.place import Place

DISCOVERY_PREFIX = "homeassistant"
TOPIC_PREFIX = "tallypost"
LATE_S = 300
"""A record of more than so long ago tells no state of now."""
EXPIRE_S = 900
"""A sensor that heard nothing for so long has no state."""

Component = dict[str, object]
_SENSOR: Component = {"platform": "sensor", "expire_after": EXPIRE_S}
_COUNT: Component = {**_SENSOR, "state_class": "total_increasing"}
_MEASURE: Component = {**_SENSOR, "state_class": "measurement"}
_SECONDS: Component = {
    **_MEASURE,
    "device_class": "duration",
    "unit_of_measurement": "s",
}
_KMH: Component = {**_MEASURE, "device_class": "speed", "unit_of_measurement": "km/h"}
_PERCENT: Component = {**_MEASURE, "unit_of_measurement": "%"}

_FIGURES: Mapping[str, Mapping[str, Component]] = {
    "car_parks": {"free": _MEASURE, "occupied": _MEASURE, "unknown": _MEASURE},
    "queues": {"length_mean": _MEASURE, "wait_mean_s": _SECONDS},
    "approaches": {"speed_mean_kmh": _KMH, "stopped_mean": _MEASURE},
    "crowds": {"persons_mean": _MEASURE},
}
"""What is told of elements that know no classes, by kind and key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """What a device watches: a sensor stands for each figure of it.

    Attributes:
        lines: The classes that each line counts, by its name.
        zones: The classes that each zone counts, by its name.
        others: The names of elements of other kinds, by kind.
    """

    lines: Mapping[str, Iterable[str]] = field(default_factory=dict)
    zones: Mapping[str, Iterable[str]] = field(default_factory=dict)
    others: Mapping[str, Iterable[str]] = field(default_factory=dict)


def discovery(
    device: str, watched: Watched, *, prefix: str = TOPIC_PREFIX
) -> Publication:
    """Return the message by which Home Assistant finds a device.

    Args:
        device: Its name.
        watched: What it watches.
        prefix: What its topics begin with.
    """
    told = {
        "device": {
            "identifiers": [f"tallypost_{device}"],
            "name": device,
            "manufacturer": "Tallypost",
            "model": "Tallypost",
        },
        "origin": {"name": "Tallypost"},
        "state_topic": f"{prefix}/{device}/kpi",
        "availability_topic": f"{prefix}/{device}/status",
        "availability_template": "{{ value_json.state }}",
        "payload_available": "online",
        "payload_not_available": "offline",
        "qos": 1,
        "components": {
            key: {"unique_id": f"tallypost_{device}_{key}", **component}
            for key, component in (
                ("alert", _alert(f"{prefix}/{device}/alert")),
                *_sensors(watched),
            )
        },
    }
    return Publication(
        topic=f"{DISCOVERY_PREFIX}/device/tallypost_{_id(device)}/config",
        payload=spell(told),
        retain=True,
    )


def _sensors(watched: Watched) -> Iterator[tuple[str, Component]]:
    yield (
        "observed",
        _PERCENT
        | {
            "name": "observed",
            "entity_category": "diagnostic",
            "value_template": _fresh(
                "(100 * value_json.quality.observed_s / value_json.duration_s)"
                " | round(1)"
            ),
        },
    )
    for name, classes in watched.lines.items():
        yield from _line(name, tuple(classes))
    for name, classes in watched.zones.items():
        for label in classes:
            where = ("zones", name, "occupancy_max")
            yield _sensor(where, label, _MEASURE, f"{name} {label}")
    for kind, names in watched.others.items():
        for name in names:
            yield from _element(kind, name)


def _alert(topic: str) -> Component:
    """Return the entity that tells of each alert as it begins and as it ends."""
    told = "dict(value_json, event_type=value_json.kind ~ '_' ~ value_json.state)"
    return {
        "platform": "event",
        "name": "alert",
        "state_topic": topic,
        "event_types": [
            f"{kind.value}_{state.value}" for kind in AlertKind for state in AlertState
        ],
        "value_template": (
            "{% if now().timestamp() - as_timestamp(value_json.time)"
            f" < {LATE_S} %}}{{{{ {told} | tojson }}}}{{% endif %}}"
        ),
    }


def _line(name: str, classes: Iterable[str]) -> Iterator[tuple[str, Component]]:
    for way, label in product(("forward", "backward"), classes):
        where = ("lines", name, "total", way)
        yield _sensor(where, label, _COUNT, f"{name} {way} {label}")


def _element(kind: str, name: str) -> Iterator[tuple[str, Component]]:
    for key, component in _FIGURES.get(kind, {}).items():
        yield _sensor((kind, name), key, component, f"{name} {key}")


def _sensor(
    where: tuple[str, ...], key: str, component: Component, name: str
) -> tuple[str, Component]:
    """Return a sensor that reads one key of an object of a record.

    A class that an object does not name was counted and did not come: 0. Where the
    object is absent nothing was counted, and the sensor's state is unknown; so it is
    where a figure is absent that is no count.
    """
    steps = "".join(f".get({_text(step)}, {{}})" for step in where)
    by_class = where[0] in {"lines", "zones"}
    missing = f"0 if (value_json{steps[: steps.rindex('.get')]}) else none"
    absent = missing if by_class else "none"
    template = _fresh(f"value_json{steps}.get({_text(key)}, {absent})")
    return _id("_".join((*where, key))), {
        **component,
        "name": name,
        "value_template": template,
    }


def _fresh(value: str) -> str:
    """Return a template that renders nothing of a record that comes late.

    Home Assistant passes over what renders as nothing, and takes `None` for unknown.
    """
    return (
        "{% if now().timestamp() - as_timestamp(value_json.start)"
        f" - value_json.duration_s < {LATE_S} %}}"
        f"{{{{ {value} }}}}"
        "{% endif %}"
    )


def _text(word: str) -> str:
    """Return a word as Jinja spells it: JSON's own spelling, so nothing can end it."""
    return json.dumps(word)


def _id(name: str) -> str:
    """Return a name of the letters that a topic of discovery may have."""
    return re.sub(r"[^A-Za-z0-9_-]", lambda match: f"-{ord(match[0]):x}-", name)


class HomeAssistant:
    """The dialect: one retained message on each connection.

    Args:
        device: Part of the native topics.
        prefix: What they begin with.
        watched: What the device watches.
    """

    hears: tuple[str, ...] = ()

    def __init__(self, device: str, prefix: str, watched: Watched) -> None:
        self._found = discovery(device, watched, prefix=prefix)

    def will(self) -> Publication | None:
        """Leave no will: the device's own status tells whether it is there."""
        return None

    def greeting(self) -> tuple[Publication, ...]:
        """Return the message by which Home Assistant finds the device."""
        return (self._found,)

    def farewell(self) -> tuple[Publication, ...]:
        """Say nothing: the device's own status does."""
        return ()

    def beside(self, message: object) -> tuple[Publication, ...]:
        """Say nothing: the records themselves are read."""
        del message
        return ()

    def heard(self, topic: str, payload: bytes) -> tuple[Publication, ...]:
        """Answer nothing."""
        del topic, payload
        return ()


def _convert(records: Iterable[KpiRecord], place: Place) -> Iterator[str]:
    """Yield, a device a line, the message for what its records tell of."""
    devices: dict[str, dict[str, Any]] = {}
    for record in records:
        found = devices.setdefault(
            record.device, {"lines": {}, "zones": {}, "others": {}}
        )
        for name, line in record.interval.lines.items():
            classes = found["lines"].setdefault(name, {})
            classes.update(dict.fromkeys(place.line(name).counted(line)))
        for name, zone in record.interval.zones.items():
            found["zones"].setdefault(name, {}).update(dict.fromkeys(zone.entries))
        for kind in _FIGURES:
            named = found["others"].setdefault(kind, {})
            named.update(dict.fromkeys(getattr(record.interval, kind)))
    for device, found in devices.items():
        said = discovery(device, Watched(**found))
        yield json.dumps(
            {
                "topic": said.topic,
                "retain": said.retain,
                "payload": json.loads(said.payload),
            },
            ensure_ascii=False,
        )


HOME_ASSISTANT = Format(
    told="the message by which Home Assistant finds a device", convert=_convert
)
