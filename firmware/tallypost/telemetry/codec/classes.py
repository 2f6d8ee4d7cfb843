"""What other vocabularies call the classes that detectors tell."""

from collections.abc import Mapping

PERSON = "person"
VEHICLES = ("bicycle", "motorcycle", "car", "van", "bus", "truck", "tram", "train")
"""Whatever rolls and is counted as one; nobody on foot."""

SMART_DATA_MODELS: Mapping[str, str] = {
    "bicycle": "bicycle",
    "motorcycle": "motorcycle",
    "car": "car",
    "van": "van",
    "bus": "bus",
    "truck": "lorry",
    "tram": "tram",
}
"""`vehicleType` of TrafficFlowObserved, which has no truck and no train."""

COMPTAGE_MOBILITES: Mapping[str, str] = {
    "person": "PEDESTRIAN",
    "bicycle": "BIKE",
    "motorcycle": "TWO WHEELS MOTORIZED",
    "car": "CAR",
    "van": "VAN",
    "bus": "BUS",
    "truck": "TRUCK",
    "tram": "TRAMWAY",
}
"""`mobility_type` of the French national schema; anything else is UNDEFINED."""
