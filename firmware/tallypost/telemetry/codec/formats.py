"""Every format that records can be spelled in, by name."""

from collections.abc import Mapping

from tallypost.telemetry.codec import (
    cloudevents,
    comptage,
    datex,
    home_assistant,
    ngsi_ld,
    openmetrics,
    sensorthings,
    sparkplug_node,
)
from tallypost.telemetry.codec.format import Format

FORMATS: Mapping[str, Format] = {
    "cloudevents": cloudevents.CLOUDEVENTS,
    "ngsi-ld": ngsi_ld.NGSI_LD,
    "ngsi-ld-simplified": ngsi_ld.NGSI_LD_SIMPLIFIED,
    "comptage-measure": comptage.MEASURE,
    "comptage-channel": comptage.CHANNEL,
    "comptage-site": comptage.SITE,
    "home-assistant": home_assistant.HOME_ASSISTANT,
    "sparkplug-b": sparkplug_node.SPARKPLUG_B,
    "openmetrics": openmetrics.OPENMETRICS,
    "sensorthings": sensorthings.OBSERVATIONS,
    "sensorthings-things": sensorthings.THINGS,
    "datex-ii": datex.DATEX,
}
