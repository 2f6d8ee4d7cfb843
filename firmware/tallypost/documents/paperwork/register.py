"""An entry for a public register of sensors.

Source: the fields that Amsterdam's register of sensors asks of an owner (bulk
registration): reference, owner, type, location, what is measured, themes, personal
data, goals with legal ground and privacy statement, until when.
"""

import json

from tallypost.documents.paperwork.running import Running
from tallypost.documents.paperwork.stamp import stamp

LOCATION_LETTERS_MAX = 255


def register_entry(running: Running) -> str:
    """Return the entry as JSON; null where it is for the host to say."""
    host = running.settings.host
    entry = {
        "describes": stamp(running.described()),
        "reference": running.device,
        "owner": {"organisation": host.controller, "contact": host.contact},
        "type": "camera that counts on the device",
        "location": _location(running),
        "location_description": _described_location(running),
        "datastream": _datastream(running),
        "contains_pi_data": True,
        "contains_pi_data_because": "pictures, in memory alone, until they were looked "
        "at; what leaves are counts, without anybody in them",
        "observation_goals": [
            {
                "observation_goal": host.purpose,
                "legal_ground": host.legal_ground,
                "privacy_declaration": host.page,
            }
        ],
        "themes": None,
        "active_until": None,
        "signing_key": running.signing_key,
    }
    return json.dumps(entry, indent=2, ensure_ascii=False) + "\n"


def _location(running: Running) -> dict[str, float] | None:
    place = running.site.place
    if place is None:
        return None
    return {"latitude": place.latitude_deg, "longitude": place.longitude_deg}


def _described_location(running: Running) -> str | None:
    """Return what people call the place, as far as settings tell."""
    site, place = running.site.site, running.site.place
    words = [site.name]
    if place is not None:
        words += [place.street, place.postal_code, place.locality, place.country]
    return ", ".join(filter(None, words))[:LOCATION_LETTERS_MAX] or None


def _datastream(running: Running) -> str:
    """Return what is measured, in the settings' own words."""
    site = running.site
    told = (type(site).model_fields[kind].description for kind in running.kinds())
    return " ".join(filter(None, told))
