"""The certificate in Spanish."""

from tallypost.documents.acceptance.words.wording import Wording

SPANISH = Wording(
    title="Acta de aceptación",
    passed="ACEPTADO",
    not_passed="NO ACEPTADO",
    device="Aparato",
    signed="Firmado",
    undated="el aparato no sabía la fecha",
    technician="Técnico",
    remarks="Observaciones",
    attached="… (completo en el archivo adjunto)",
    checks="Lo que se comprobó",
    names={
        "link": "Enlace",
        "clock": "Reloj",
        "sharpness": "Nitidez",
        "rate": "Imágenes por segundo",
        "accuracy": "Exactitud",
        "privacy": "Prueba de privacidad",
        "power": "Alimentación",
        "records": "Registros",
    },
    good="bien",
    bad="mal",
    unknown="no se sabe",
    accuracy="Exactitud, contada a mano",
    line="{line}, {class_name}: {taps} contados a mano; el aparato se desvía {error} "
    "({low} a {high}); se permite {margin}: {verdict}",
    unbounded="{line}, {class_name}: {taps} contados a mano; el aparato se desvía "
    "{error}; se permite {margin}: {verdict}",
    proven="probado",
    unproven="no probado",
    code="El código contiene esta acta, firmada por el aparato (COSE, RFC 9052). La "
    "misma va adjunta al PDF. Se comprueba con: tallypost verify",
    digest="El código contiene el aparato, su clave y el SHA-256 del acta firmada, "
    "adjunta al PDF. Se comprueba con: tallypost verify",
    key="Clave del aparato (Ed25519; compárese con la etiqueta):",
    counted_with="Contado con:",
    sentences={
        "link_none": "no hay enlace: nada sale de este aparato",
        "link_down": "el enlace está cortado ({why})",
        "link_up": "el enlace funciona",
        "link_weak": "la red lo oye {margin_db} dB mejor de lo necesario, es poco; "
        "mueva la antena",
        "link_margin": "la red lo oye {margin_db} dB mejor de lo necesario",
        "clock_unknown": "el aparato no sabe qué hora es",
        "clock_doubtful": "el reloj puede desviarse {uncertainty_s} s",
        "clock_good": "el reloj se desvía {uncertainty_s} s como mucho",
        "sharpness_unknown": "nadie ha apuntado todavía: no se sabe la nitidez",
        "in_focus": "la cámara estuvo enfocada durante todo el último registro",
        "defocused": "la cámara estuvo desenfocada en el último registro; enfóquela",
        "blurred": "la imagen es nítida al {percent} %; limpie o enfoque el objetivo",
        "sharp": "la imagen es nítida al {percent} %",
        "rate_unknown": "no hay registros todavía: no se sabe la cadencia",
        "rate_low": "se analizan {rate_hz} imágenes por segundo; hacen falta "
        "{rate_hz_min}",
        "rate_none": "en el último registro no se vio nada; revise la cámara",
        "rate_good": "se analizan {rate_hz} imágenes por segundo",
        "rate_good_at": "se analizan {rate_hz} imágenes por segundo, a "
        "{temperature_c} °C",
        "not_proven": "no probado dentro del margen: {lines}",
        "untested": "ninguna línea se ha contado a mano",
        "proven": "{tested} de {lines} líneas contadas a mano, todas dentro del margen",
        "privacy_missing": "no hay informe de una prueba de privacidad",
        "privacy_failed": "la prueba de privacidad no se superó",
        "privacy_other": "la prueba de privacidad fue de otro firmware, modelo o "
        "sitio; repítala",
        "privacy_unlocked": "la mitad que ve no está encerrada; arranque sin "
        "--insecure-no-lock-in",
        "privacy_undated": "la prueba de privacidad se superó, no se sabe cuándo",
        "privacy_old": "la prueba de privacidad tiene {days} días; repítala",
        "privacy_passed": "la prueba de privacidad se superó hace {days} días",
        "power_weak": "la alimentación fue débil desde el arranque; ponga otra mejor",
        "power_throttled": "el procesador se frenó desde el arranque; ventílelo",
        "power_unknown": "la placa no dice nada de su alimentación",
        "power_good": "la alimentación es buena, el procesador no se frena",
        "records_refused": "el disco rechazó registros desde el arranque",
        "records_wait": "esperan {waiting} registros, el más antiguo desde hace "
        "{minutes} minutos",
        "records_leave": "los registros se entregan; esperan {waiting}",
    },
)
