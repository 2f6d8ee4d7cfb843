"""RESULT.txt in Spanish."""

from collections.abc import Mapping

from tallypost.domain.first_start import Verdict

SPANISH: Mapping[Verdict, tuple[str, str]] = {
    Verdict.BEGUN: (
        "El aparato empezó a leer esta tarjeta y no terminó.",
        "Déjelo dos minutos con corriente. Si este texto sigue aquí, reinícielo.",
    ),
    Verdict.TAKEN: (
        "Listo: el aparato ha tomado sus ajustes y ha creado sus claves.",
        "Lo secreto está borrado. Ahora abra su página con el código de la etiqueta.",
    ),
    Verdict.CERTIFIED: (
        "Listo: el aparato ha tomado su certificado para el broker.",
        "No hay nada más que hacer.",
    ),
    Verdict.NOTHING_NEW: (
        "Nada nuevo: el aparato ya había tomado lo que hay en esta tarjeta.",
        "No hay nada que hacer.",
    ),
    Verdict.REFUSED_NO_BUNDLE: (
        "En esta tarjeta no hay ajustes para el aparato.",
        "Escríbalos en el puesto de trabajo: tallypost-provision write.",
    ),
    Verdict.REFUSED_UNREADABLE: (
        "Lo que hay en esta tarjeta no se puede leer.",
        "Vuelva a escribir la tarjeta: tallypost-provision write.",
    ),
    Verdict.REFUSED_SIGNATURE: (
        "Rechazado: estos ajustes no los ha firmado nadie en quien el aparato confíe.",
        "Pregunte quién escribió esta tarjeta. Nunca use una tarjeta encontrada.",
    ),
    Verdict.REFUSED_DEVICE: (
        "Rechazado: esta tarjeta es de otro aparato.",
        "Compare las etiquetas: se han cambiado dos tarjetas.",
    ),
    Verdict.REFUSED_SETTINGS: (
        "Rechazado: los ajustes de esta tarjeta tienen faltas.",
        "Corrija todas las faltas indicadas y vuelva a escribir la tarjeta.",
    ),
    Verdict.REFUSED_OLDER: (
        "Rechazado: el aparato ya tiene ajustes más nuevos.",
        "Vuelva a escribir la tarjeta: tallypost-provision write.",
    ),
    Verdict.REFUSED_DISK: (
        "El aparato no pudo guardar lo que necesita; lo demás sigue igual.",
        "Reinícielo. Si este texto sigue aquí, prepare una tarjeta nueva.",
    ),
    Verdict.REFUSED_BOOT: (
        "El aparato no puede escribir aquí y no ha tomado nada nuevo.",
        "Revise la tarjeta; si está bloqueada o gastada, use otra.",
    ),
    Verdict.REFUSED_CERTIFICATE: (
        "El certificado de esta tarjeta no se ha tomado; sigue valiendo lo anterior.",
        "Inscriba de nuevo el aparato con esta tarjeta: tallypost-provision enrol.",
    ),
}
