"""RESULT.txt in German."""

from collections.abc import Mapping

from tallypost.domain.first_start import Verdict

GERMAN: Mapping[Verdict, tuple[str, str]] = {
    Verdict.BEGUN: (
        "Das Gerät hat begonnen, diese Karte zu lesen, und ist nicht fertig geworden.",
        "Lassen Sie es zwei Minuten am Strom. Bleibt dieser Text, starten Sie es neu.",
    ),
    Verdict.TAKEN: (
        "Fertig: Das Gerät hat seine Einstellungen übernommen und Schlüssel erzeugt.",
        "Geheimes ist gelöscht. Nun die Bedienseite öffnen, mit dem Code vom Etikett.",
    ),
    Verdict.CERTIFIED: (
        "Fertig: Das Gerät hat sein Zertifikat für den Broker übernommen.",
        "Sonst ist nichts zu tun.",
    ),
    Verdict.NOTHING_NEW: (
        "Nichts Neues: Was auf dieser Karte ist, hatte das Gerät schon übernommen.",
        "Es ist nichts zu tun.",
    ),
    Verdict.REFUSED_NO_BUNDLE: (
        "Auf dieser Karte sind keine Einstellungen für das Gerät.",
        "Schreiben Sie sie am Arbeitsplatz: tallypost-provision write.",
    ),
    Verdict.REFUSED_UNREADABLE: (
        "Was auf dieser Karte ist, lässt sich nicht lesen.",
        "Schreiben Sie die Karte am Arbeitsplatz neu: tallypost-provision write.",
    ),
    Verdict.REFUSED_SIGNATURE: (
        "Abgelehnt: Diese Einstellungen hat niemand signiert, dem das Gerät glaubt.",
        "Fragen Sie, wer sie geschrieben hat. Nie eine gefundene Karte einsetzen.",
    ),
    Verdict.REFUSED_DEVICE: (
        "Abgelehnt: Diese Karte gehört zu einem anderen Gerät.",
        "Vergleichen Sie die Etiketten: Zwei Karten wurden vertauscht.",
    ),
    Verdict.REFUSED_SETTINGS: (
        "Abgelehnt: Die Einstellungen auf dieser Karte sind fehlerhaft.",
        "Beheben Sie alle genannten Fehler am Arbeitsplatz und schreiben Sie sie neu.",
    ),
    Verdict.REFUSED_OLDER: (
        "Abgelehnt: Das Gerät hat schon neuere Einstellungen als diese.",
        "Schreiben Sie die Karte am Arbeitsplatz neu: tallypost-provision write.",
    ),
    Verdict.REFUSED_DISK: (
        "Das Gerät konnte nicht speichern, was es braucht; was es konnte, geht weiter.",
        "Starten Sie es neu. Bleibt dieser Text, bespielen Sie eine neue Karte.",
    ),
    Verdict.REFUSED_BOOT: (
        "Das Gerät kann hier nicht schreiben und hat nichts Neues übernommen.",
        "Prüfen Sie die Karte; ist sie gesperrt oder alt, nehmen Sie eine neue.",
    ),
    Verdict.REFUSED_CERTIFICATE: (
        "Das Zertifikat auf dieser Karte passt nicht; das bisherige gilt weiter.",
        "Melden Sie das Gerät mit dieser Karte neu an: tallypost-provision enrol.",
    ),
}
