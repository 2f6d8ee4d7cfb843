"""The sign in English."""

from tallypost.documents.paperwork.sign.wording import Wording

ENGLISH = Wording(
    title="People and traffic are counted here",
    promise="No picture is kept, and none is sent.",
    measured="What is measured",
    purpose="What for",
    pictures="What becomes of the pictures",
    who="Who is responsible",
    kept="How long it is kept",
    officer="Data protection officer:",
    ground="Legal ground:",
    more="More about this, and your rights:",
    counted={
        "lines": "how many people and vehicles pass",
        "zones": "how many are in an area, and for how long",
        "car_parks": "which parking spaces are free",
        "queues": "how long a queue is",
        "approaches": "how dense the traffic is, and how fast",
        "movements": "where traffic turns at the junction",
        "crowds": "whether a place is overcrowded",
        "intrusions": "whether somebody is where it is dangerous or not allowed",
        "stops": "whether vehicles stand where they must not",
        "wrong_ways": "whether somebody goes the wrong way",
        "heat_maps": "where in the area people and vehicles stand",
        "conflicts": "where people and vehicles come close to a collision",
    },
    at_once="Some of it is reported at once, but never who it was.",
    overwritten="A camera looks at this place. The device counts what is on a picture "
    "and overwrites the picture at once. Nobody is recognised: no face, no number "
    "plate.",
    from_network="The pictures come from another device on the network.",
    kept_here="Counts stay on the device for {days} days at most after they were sent.",
    kept_there="The responsible body keeps them:",
    unsaid="(not stated)",
    made="Made on {date}.",
    outdated="If the device's records name another firmware, model or site, this sign "
    "is out of date.",
)
