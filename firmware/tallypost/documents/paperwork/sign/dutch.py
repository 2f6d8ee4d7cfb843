"""The sign in Dutch."""

from tallypost.documents.paperwork.sign.wording import Wording

DUTCH = Wording(
    title="Hier worden mensen en verkeer geteld",
    promise="Er wordt geen beeld bewaard of verstuurd.",
    measured="Wat wordt er gemeten?",
    purpose="Waarvoor?",
    pictures="Wat gebeurt er met de beelden?",
    who="Wie is verantwoordelijk?",
    kept="Hoe lang wordt het bewaard?",
    officer="Functionaris gegevensbescherming:",
    ground="Grondslag:",
    more="Meer hierover en over uw rechten:",
    counted={
        "lines": "hoeveel mensen en voertuigen er langskomen",
        "zones": "hoeveel er in een gebied zijn, en hoe lang",
        "car_parks": "welke parkeerplaatsen vrij zijn",
        "queues": "hoe lang een rij is",
        "approaches": "hoe druk het verkeer is, en hoe snel",
        "movements": "waarheen er op het kruispunt wordt afgeslagen",
        "crowds": "of het ergens te vol is",
        "intrusions": "of er iemand is waar het gevaarlijk of verboten is",
        "stops": "of er voertuigen staan waar dat niet mag",
        "wrong_ways": "of iemand in de verkeerde richting gaat",
        "heat_maps": "waar mensen en voertuigen zich bevinden",
        "conflicts": "waar het bijna tot botsingen komt",
    },
    at_once="Sommige dingen worden meteen gemeld, maar nooit wie het was.",
    overwritten="Een camera kijkt naar deze plek. Het apparaat telt wat er op een "
    "beeld staat en overschrijft het beeld meteen. Niemand wordt herkend: geen "
    "gezicht, geen kenteken.",
    from_network="De beelden komen van een ander apparaat in het netwerk.",
    kept_here="Tellingen blijven na het versturen hooguit {days} dagen op het "
    "apparaat.",
    kept_there="De verantwoordelijke bewaart ze:",
    unsaid="(niet vermeld)",
    made="Gemaakt op {date}.",
    outdated="Noemen de gegevens van het apparaat andere firmware, een ander model of "
    "een andere site, dan is dit bord verouderd.",
)
