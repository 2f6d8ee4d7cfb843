"""The sign in French."""

# ruff: noqa: RUF001  # French has its own apostrophe

from tallypost.documents.paperwork.sign.wording import Wording

FRENCH = Wording(
    title="Ici, on compte les passants et le trafic",
    promise="Aucune image n’est conservée ni transmise.",
    measured="Ce qui est mesuré",
    purpose="Dans quel but",
    pictures="Ce que deviennent les images",
    who="Qui est responsable",
    kept="Durée de conservation",
    officer="Délégué à la protection des données :",
    ground="Base juridique :",
    more="En savoir plus, et vos droits :",
    counted={
        "lines": "combien de personnes et de véhicules passent",
        "zones": "combien se trouvent dans une zone, et combien de temps",
        "car_parks": "quelles places de stationnement sont libres",
        "queues": "la longueur d’une file d’attente",
        "approaches": "la densité et la vitesse du trafic",
        "movements": "vers où l’on tourne au carrefour",
        "crowds": "si un lieu est surchargé",
        "intrusions": "si quelqu’un se trouve là où c’est dangereux ou interdit",
        "stops": "si des véhicules stationnent là où ils ne doivent pas",
        "wrong_ways": "si quelqu’un circule à contresens",
        "heat_maps": "où se tiennent les personnes et les véhicules",
        "conflicts": "où des collisions sont évitées de peu",
    },
    at_once="Certains événements sont signalés aussitôt, mais jamais l’identité de "
    "quelqu’un.",
    overwritten="Une caméra observe ce lieu. L’appareil compte ce qui est sur une "
    "image et efface aussitôt celle-ci. Personne n’est reconnu : ni visage, ni plaque "
    "d’immatriculation.",
    from_network="Les images viennent d’un autre appareil du réseau.",
    kept_here="Les comptages restent sur l’appareil {days} jours au plus après leur "
    "envoi.",
    kept_there="Le responsable les conserve :",
    unsaid="(non précisé)",
    made="Établi le {date}.",
    outdated="Si les données de l’appareil indiquent un autre micrologiciel, modèle ou "
    "site, ce panneau est périmé.",
)
