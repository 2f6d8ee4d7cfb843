"""The sign in German."""

from tallypost.documents.paperwork.sign.wording import Wording

GERMAN = Wording(
    title="Hier werden Menschen und Verkehr gezählt",
    promise="Kein Bild wird gespeichert oder versendet.",
    measured="Was wird gemessen?",
    purpose="Wozu?",
    pictures="Was geschieht mit den Bildern?",
    who="Wer ist verantwortlich?",
    kept="Wie lange wird gespeichert?",
    officer="Datenschutzbeauftragter:",
    ground="Rechtsgrundlage:",
    more="Mehr dazu und zu Ihren Rechten:",
    counted={
        "lines": "wie viele Menschen und Fahrzeuge vorbeikommen",
        "zones": "wie viele sich in einem Bereich aufhalten und wie lange",
        "car_parks": "welche Parkplätze frei sind",
        "queues": "wie lang eine Warteschlange ist",
        "approaches": "wie dicht und wie schnell der Verkehr ist",
        "movements": "wohin an der Kreuzung abgebogen wird",
        "crowds": "ob ein Ort überfüllt ist",
        "intrusions": "ob jemand dort ist, wo es gefährlich oder verboten ist",
        "stops": "ob Fahrzeuge stehen, wo sie nicht stehen dürfen",
        "wrong_ways": "ob jemand in der falschen Richtung unterwegs ist",
        "heat_maps": "wo sich Menschen und Fahrzeuge aufhalten",
        "conflicts": "wo es fast zu Zusammenstößen kommt",
    },
    at_once="Manches wird sofort gemeldet, aber nie, wer es war.",
    overwritten="Eine Kamera blickt auf diesen Ort. Das Gerät zählt, was auf einem "
    "Bild ist, und überschreibt das Bild sofort. Niemand wird erkannt: kein "
    "Gesicht, kein Kennzeichen.",
    from_network="Die Bilder kommen von einem anderen Gerät im Netz.",
    kept_here="Zählwerte bleiben nach dem Senden höchstens {days} Tage auf dem Gerät.",
    kept_there="Die verantwortliche Stelle bewahrt sie auf:",
    unsaid="(keine Angabe)",
    made="Erstellt am {date}.",
    outdated="Nennen die Datensätze des Geräts eine andere Firmware, ein anderes "
    "Modell oder eine andere Site, so ist dieses Schild veraltet.",
)
