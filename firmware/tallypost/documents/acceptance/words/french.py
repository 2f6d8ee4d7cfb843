"""The certificate in French."""

from tallypost.documents.acceptance.words.wording import Wording

FRENCH = Wording(
    title="Procès-verbal de réception",
    passed="ACCEPTÉ",
    not_passed="NON ACCEPTÉ",
    device="Appareil",
    signed="Signé",
    undated="l'appareil ne connaissait pas la date",
    technician="Technicien",
    remarks="Remarques",
    attached="… (en entier dans le fichier joint)",
    checks="Ce qui a été vérifié",
    names={
        "link": "Liaison",
        "clock": "Horloge",
        "sharpness": "Netteté",
        "rate": "Images par seconde",
        "accuracy": "Exactitude",
        "privacy": "Test de vie privée",
        "power": "Alimentation",
        "records": "Relevés",
    },
    good="bon",
    bad="pas bon",
    unknown="inconnu",
    accuracy="Exactitude, comptée à la main",
    line="{line}, {class_name} : {taps} comptés à la main ; l'appareil s'écarte de "
    "{error} ({low} à {high}) ; {margin} est permis : {verdict}",
    unbounded="{line}, {class_name} : {taps} comptés à la main ; l'appareil s'écarte "
    "de {error} ; {margin} est permis : {verdict}",
    proven="prouvé",
    unproven="non prouvé",
    code="Le code contient ce procès-verbal, signé par l'appareil (COSE, RFC 9052). Le "
    "même est joint au PDF. À vérifier avec : tallypost verify",
    digest="Le code contient l'appareil, sa clé et le SHA-256 du procès-verbal signé, "
    "joint au PDF. À vérifier avec : tallypost verify",
    key="Clé de l'appareil (Ed25519 ; à comparer avec l'étiquette) :",
    counted_with="Compté avec :",
    sentences={
        "link_none": "il n'y a pas de liaison : rien ne quitte cet appareil",
        "link_down": "la liaison est interrompue ({why})",
        "link_up": "la liaison est établie",
        "link_weak": "le réseau l'entend {margin_db} dB mieux qu'il ne faut, c'est "
        "peu ; déplacer l'antenne",
        "link_margin": "le réseau l'entend {margin_db} dB mieux qu'il ne faut",
        "clock_unknown": "l'appareil ne sait pas quelle heure il est",
        "clock_doubtful": "l'horloge peut s'écarter de {uncertainty_s} s",
        "clock_good": "l'horloge s'écarte de {uncertainty_s} s au plus",
        "sharpness_unknown": "aucun pointage encore : netteté inconnue",
        "in_focus": "la caméra était nette pendant tout le dernier relevé",
        "defocused": "la caméra était floue pendant le dernier relevé ; la régler",
        "blurred": "l'image est nette à {percent} % ; nettoyer ou régler l'objectif",
        "sharp": "l'image est nette à {percent} %",
        "rate_unknown": "aucun relevé encore : cadence inconnue",
        "rate_low": "{rate_hz} images par seconde sont analysées ; il en faut "
        "{rate_hz_min}",
        "rate_none": "rien n'a été vu dans le dernier relevé ; vérifier la caméra",
        "rate_good": "{rate_hz} images par seconde sont analysées",
        "rate_good_at": "{rate_hz} images par seconde sont analysées, à "
        "{temperature_c} °C",
        "not_proven": "non prouvé dans la marge : {lines}",
        "untested": "aucune ligne n'a été comptée à la main",
        "proven": "{tested} lignes sur {lines} comptées à la main, toutes dans la "
        "marge",
        "privacy_missing": "il n'y a pas de rapport d'un test de vie privée",
        "privacy_failed": "le test de vie privée n'a pas été réussi",
        "privacy_other": "le test de vie privée concernait un autre micrologiciel, "
        "modèle ou site ; le refaire",
        "privacy_unlocked": "la moitié qui voit n'est pas enfermée ; démarrer sans "
        "--insecure-no-lock-in",
        "privacy_undated": "le test de vie privée a été réussi, on ne sait pas quand",
        "privacy_old": "le test de vie privée date de {days} jours ; le refaire",
        "privacy_passed": "le test de vie privée a été réussi il y a {days} jours",
        "power_weak": "l'alimentation a été trop faible depuis le démarrage ; la "
        "remplacer",
        "power_throttled": "le processeur a été ralenti depuis le démarrage ; aérer",
        "power_unknown": "la carte ne dit rien de son alimentation",
        "power_good": "l'alimentation est bonne, le processeur n'est pas ralenti",
        "records_refused": "le disque a refusé des relevés depuis le démarrage",
        "records_wait": "{waiting} relevés attendent, le plus ancien depuis {minutes} "
        "minutes",
        "records_leave": "les relevés partent ; {waiting} attendent",
    },
)
