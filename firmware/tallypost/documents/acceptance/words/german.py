"""The certificate in German."""

from tallypost.documents.acceptance.words.wording import Wording

GERMAN = Wording(
    title="Abnahmeprotokoll",
    passed="ABGENOMMEN",
    not_passed="NICHT ABGENOMMEN",
    device="Gerät",
    signed="Signiert",
    undated="das Gerät kannte das Datum nicht",
    technician="Technik",
    remarks="Bemerkungen",
    attached="… (vollständig in der angehängten Datei)",
    checks="Was geprüft wurde",
    names={
        "link": "Verbindung",
        "clock": "Uhr",
        "sharpness": "Schärfe",
        "rate": "Bilder je Sekunde",
        "accuracy": "Genauigkeit",
        "privacy": "Datenschutztest",
        "power": "Strom",
        "records": "Datensätze",
    },
    good="gut",
    bad="nicht gut",
    unknown="nicht bekannt",
    accuracy="Genauigkeit, von Hand gezählt",
    line="{line}, {class_name}: {taps} von Hand gezählt; das Gerät weicht um {error} "
    "ab ({low} bis {high}); erlaubt sind {margin}: {verdict}",
    unbounded="{line}, {class_name}: {taps} von Hand gezählt; das Gerät weicht um "
    "{error} ab; erlaubt sind {margin}: {verdict}",
    proven="nachgewiesen",
    unproven="nicht nachgewiesen",
    code="Der Code enthält dieses Protokoll, vom Gerät signiert (COSE, RFC 9052). "
    "Dasselbe hängt an der PDF-Datei. Prüfen mit: tallypost verify",
    digest="Der Code enthält das Gerät, seinen Schlüssel und den SHA-256 des "
    "signierten Protokolls, das an der PDF-Datei hängt. Prüfen mit: tallypost verify",
    key="Schlüssel des Geräts (Ed25519; mit dem Etikett vergleichen):",
    counted_with="Gezählt mit:",
    sentences={
        "link_none": "es gibt keine Verbindung: nichts verlässt dieses Gerät",
        "link_down": "die Verbindung ist unterbrochen ({why})",
        "link_up": "die Verbindung steht",
        "link_weak": "das Netz hört es {margin_db} dB besser als nötig, das ist wenig; "
        "die Antenne versetzen",
        "link_margin": "das Netz hört es {margin_db} dB besser als nötig",
        "clock_unknown": "das Gerät weiß nicht, wie spät es ist",
        "clock_doubtful": "die Uhr kann um {uncertainty_s} s falsch gehen",
        "clock_good": "die Uhr geht höchstens um {uncertainty_s} s falsch",
        "sharpness_unknown": "noch wurde nicht ausgerichtet: die Schärfe ist nicht "
        "bekannt",
        "in_focus": "im neuesten Datensatz war die Kamera durchgehend scharf gestellt",
        "defocused": "im neuesten Datensatz war die Kamera unscharf; scharf stellen",
        "blurred": "das Bild ist zu {percent} % scharf; Linse reinigen oder einstellen",
        "sharp": "das Bild ist zu {percent} % scharf",
        "rate_unknown": "noch gibt es keinen Datensatz: Bilder je Sekunde sind nicht "
        "bekannt",
        "rate_low": "{rate_hz} Bilder je Sekunde werden ausgewertet; nötig sind "
        "{rate_hz_min}",
        "rate_none": "im neuesten Datensatz wurde nichts gesehen; nach der Kamera "
        "sehen",
        "rate_good": "{rate_hz} Bilder je Sekunde werden ausgewertet",
        "rate_good_at": "{rate_hz} Bilder je Sekunde werden ausgewertet, bei "
        "{temperature_c} °C",
        "not_proven": "nicht nachgewiesen innerhalb des Erlaubten: {lines}",
        "untested": "keine Linie wurde von Hand geprüft",
        "proven": "{tested} von {lines} Linien von Hand geprüft, alle innerhalb des "
        "Erlaubten",
        "privacy_missing": "es gibt keinen Bericht eines Datenschutztests",
        "privacy_failed": "der Datenschutztest wurde nicht bestanden",
        "privacy_other": "der Datenschutztest galt anderer Firmware, anderem Modell "
        "oder anderer Site; wiederholen",
        "privacy_unlocked": "die Hälfte, die sieht, ist nicht eingesperrt; ohne "
        "--insecure-no-lock-in starten",
        "privacy_undated": "der Datenschutztest wurde bestanden, niemand weiß wann",
        "privacy_old": "der Datenschutztest ist {days} Tage alt; wiederholen",
        "privacy_passed": "der Datenschutztest wurde vor {days} Tagen bestanden",
        "power_weak": "die Versorgung war seit dem Start zu schwach; eine bessere "
        "nehmen",
        "power_throttled": "der Prozessor wurde seit dem Start gebremst; für Luft "
        "sorgen",
        "power_unknown": "die Platine sagt nichts über ihre Versorgung",
        "power_good": "die Versorgung ist gut, der Prozessor läuft ungebremst",
        "records_refused": "der Speicher hat seit dem Start Datensätze abgelehnt",
        "records_wait": "{waiting} Datensätze warten, der älteste seit {minutes} "
        "Minuten",
        "records_leave": "Datensätze werden zugestellt; {waiting} warten",
    },
)
