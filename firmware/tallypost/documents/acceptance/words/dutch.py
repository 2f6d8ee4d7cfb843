"""The certificate in Dutch."""

from tallypost.documents.acceptance.words.wording import Wording

DUTCH = Wording(
    title="Opleverprotocol",
    passed="GOEDGEKEURD",
    not_passed="NIET GOEDGEKEURD",
    device="Apparaat",
    signed="Ondertekend",
    undated="het apparaat wist de datum niet",
    technician="Monteur",
    remarks="Opmerkingen",
    attached="… (volledig in het bijgevoegde bestand)",
    checks="Wat is gecontroleerd",
    names={
        "link": "Verbinding",
        "clock": "Klok",
        "sharpness": "Scherpte",
        "rate": "Beelden per seconde",
        "accuracy": "Nauwkeurigheid",
        "privacy": "Privacytest",
        "power": "Voeding",
        "records": "Gegevens",
    },
    good="goed",
    bad="niet goed",
    unknown="niet bekend",
    accuracy="Nauwkeurigheid, met de hand geteld",
    line="{line}, {class_name}: {taps} met de hand geteld; het apparaat wijkt {error} "
    "af ({low} tot {high}); toegestaan is {margin}: {verdict}",
    unbounded="{line}, {class_name}: {taps} met de hand geteld; het apparaat wijkt "
    "{error} af; toegestaan is {margin}: {verdict}",
    proven="bewezen",
    unproven="niet bewezen",
    code="De code bevat dit protocol, ondertekend door het apparaat (COSE, RFC 9052). "
    "Hetzelfde zit als bijlage in de PDF. Controleren met: tallypost verify",
    digest="De code bevat het apparaat, zijn sleutel en de SHA-256 van het "
    "ondertekende protocol, dat als bijlage in de PDF zit. Controleren met: "
    "tallypost verify",
    key="Sleutel van het apparaat (Ed25519; vergelijk met het etiket):",
    counted_with="Geteld met:",
    sentences={
        "link_none": "er is geen verbinding: niets verlaat dit apparaat",
        "link_down": "de verbinding is verbroken ({why})",
        "link_up": "de verbinding werkt",
        "link_weak": "het netwerk hoort het {margin_db} dB beter dan nodig, dat is "
        "weinig; verplaats de antenne",
        "link_margin": "het netwerk hoort het {margin_db} dB beter dan nodig",
        "clock_unknown": "het apparaat weet niet hoe laat het is",
        "clock_doubtful": "de klok kan {uncertainty_s} s afwijken",
        "clock_good": "de klok wijkt hooguit {uncertainty_s} s af",
        "sharpness_unknown": "er is nog niet gericht: de scherpte is niet bekend",
        "in_focus": "in het nieuwste gegeven stond de camera steeds scherp",
        "defocused": "in het nieuwste gegeven stond de camera onscherp; stel hem bij",
        "blurred": "het beeld is voor {percent} % scherp; maak de lens schoon of stel "
        "scherp",
        "sharp": "het beeld is voor {percent} % scherp",
        "rate_unknown": "er zijn nog geen gegevens: beelden per seconde niet bekend",
        "rate_low": "{rate_hz} beelden per seconde worden bekeken; nodig zijn "
        "{rate_hz_min}",
        "rate_none": "in de nieuwste gegevens is niets gezien; kijk naar de camera",
        "rate_good": "{rate_hz} beelden per seconde worden bekeken",
        "rate_good_at": "{rate_hz} beelden per seconde worden bekeken, bij "
        "{temperature_c} °C",
        "not_proven": "niet bewezen binnen de marge: {lines}",
        "untested": "geen lijn is met de hand geteld",
        "proven": "{tested} van {lines} lijnen met de hand geteld, alle binnen de "
        "marge",
        "privacy_missing": "er is geen verslag van een privacytest",
        "privacy_failed": "de privacytest is niet gehaald",
        "privacy_other": "de privacytest was van andere firmware, een ander model of "
        "een andere site; herhaal hem",
        "privacy_unlocked": "de helft die ziet is niet opgesloten; start zonder "
        "--insecure-no-lock-in",
        "privacy_undated": "de privacytest is gehaald, niemand weet wanneer",
        "privacy_old": "de privacytest is {days} dagen oud; herhaal hem",
        "privacy_passed": "de privacytest is {days} dagen geleden gehaald",
        "power_weak": "de voeding was sinds de start te zwak; neem een betere",
        "power_throttled": "de processor werd sinds de start afgeremd; zorg voor lucht",
        "power_unknown": "de print zegt niets over zijn voeding",
        "power_good": "de voeding is goed, de processor loopt op volle snelheid",
        "records_refused": "de schijf weigerde sinds de start gegevens",
        "records_wait": "{waiting} gegevens wachten, de oudste al {minutes} minuten",
        "records_leave": "gegevens worden bezorgd; {waiting} wachten",
    },
)
