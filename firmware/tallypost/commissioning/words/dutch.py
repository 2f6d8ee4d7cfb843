"""RESULT.txt in Dutch."""

from collections.abc import Mapping

from tallypost.domain.first_start import Verdict

DUTCH: Mapping[Verdict, tuple[str, str]] = {
    Verdict.BEGUN: (
        "Het apparaat is begonnen deze kaart te lezen en is niet klaar geworden.",
        "Laat het twee minuten onder stroom. Blijft deze tekst, start het dan opnieuw.",
    ),
    Verdict.TAKEN: (
        "Klaar: het apparaat heeft zijn instellingen en zijn sleutels.",
        "Wat geheim was is gewist. Open nu zijn pagina met de code op het etiket.",
    ),
    Verdict.CERTIFIED: (
        "Klaar: het apparaat heeft zijn certificaat voor de broker.",
        "Verder hoeft er niets te gebeuren.",
    ),
    Verdict.NOTHING_NEW: (
        "Niets nieuws: wat op deze kaart staat, had het apparaat al.",
        "Er hoeft niets te gebeuren.",
    ),
    Verdict.REFUSED_NO_BUNDLE: (
        "Op deze kaart staan geen instellingen voor het apparaat.",
        "Schrijf ze op de werkplek: tallypost-provision write.",
    ),
    Verdict.REFUSED_UNREADABLE: (
        "Wat op deze kaart staat, is niet te lezen.",
        "Schrijf de kaart op de werkplek opnieuw: tallypost-provision write.",
    ),
    Verdict.REFUSED_SIGNATURE: (
        "Geweigerd: deze instellingen tekende niemand die het apparaat gelooft.",
        "Vraag wie deze kaart schreef. Gebruik nooit een gevonden kaart.",
    ),
    Verdict.REFUSED_DEVICE: (
        "Geweigerd: deze kaart is van een ander apparaat.",
        "Vergelijk de etiketten: twee kaarten zijn verwisseld.",
    ),
    Verdict.REFUSED_SETTINGS: (
        "Geweigerd: de instellingen op deze kaart hebben fouten.",
        "Herstel alle genoemde fouten op de werkplek en schrijf de kaart opnieuw.",
    ),
    Verdict.REFUSED_OLDER: (
        "Geweigerd: het apparaat heeft al nieuwere instellingen dan deze.",
        "Schrijf de kaart op de werkplek opnieuw: tallypost-provision write.",
    ),
    Verdict.REFUSED_DISK: (
        "Het apparaat kon niet bewaren wat het nodig heeft; wat het had, gaat door.",
        "Start het opnieuw. Blijft deze tekst, neem dan een nieuwe kaart.",
    ),
    Verdict.REFUSED_BOOT: (
        "Het apparaat kan hier niet schrijven en heeft niets nieuws overgenomen.",
        "Controleer de kaart; is zij vergrendeld of versleten, neem dan een nieuwe.",
    ),
    Verdict.REFUSED_CERTIFICATE: (
        "Het certificaat op deze kaart is niet overgenomen; wat er was, blijft gelden.",
        "Meld het apparaat met deze kaart opnieuw aan: tallypost-provision enrol.",
    ),
}
