"""RESULT.txt in French."""

from collections.abc import Mapping

from tallypost.domain.first_start import Verdict

FRENCH: Mapping[Verdict, tuple[str, str]] = {
    Verdict.BEGUN: (
        "L'appareil a commencé à lire cette carte et n'a pas terminé.",
        "Laissez-le deux minutes sous tension. Si ce texte reste, redémarrez-le.",
    ),
    Verdict.TAKEN: (
        "Terminé : l'appareil a repris ses réglages et créé ses clés.",
        "Le secret est effacé. Ouvrez maintenant sa page avec le code de l'étiquette.",
    ),
    Verdict.CERTIFIED: (
        "Terminé : l'appareil a repris son certificat pour le broker.",
        "Il n'y a rien d'autre à faire.",
    ),
    Verdict.NOTHING_NEW: (
        "Rien de nouveau : l'appareil avait déjà repris le contenu de cette carte.",
        "Il n'y a rien à faire.",
    ),
    Verdict.REFUSED_NO_BUNDLE: (
        "Cette carte ne contient pas de réglages pour l'appareil.",
        "Écrivez-les sur le poste de travail : tallypost-provision write.",
    ),
    Verdict.REFUSED_UNREADABLE: (
        "Le contenu de cette carte est illisible.",
        "Réécrivez la carte sur le poste de travail : tallypost-provision write.",
    ),
    Verdict.REFUSED_SIGNATURE: (
        "Refusé : ces réglages ne sont signés par personne que l'appareil croit.",
        "Demandez qui a écrit cette carte. N'insérez jamais une carte trouvée.",
    ),
    Verdict.REFUSED_DEVICE: (
        "Refusé : cette carte est celle d'un autre appareil.",
        "Comparez les étiquettes : deux cartes ont été échangées.",
    ),
    Verdict.REFUSED_SETTINGS: (
        "Refusé : les réglages de cette carte sont fautifs.",
        "Corrigez toutes les fautes citées sur le poste de travail, puis réécrivez-la.",
    ),
    Verdict.REFUSED_OLDER: (
        "Refusé : l'appareil a déjà des réglages plus récents.",
        "Réécrivez la carte sur le poste de travail : tallypost-provision write.",
    ),
    Verdict.REFUSED_DISK: (
        "L'appareil n'a pas pu garder ce qu'il lui faut ; le reste continue.",
        "Redémarrez-le. Si ce texte reste, préparez une nouvelle carte.",
    ),
    Verdict.REFUSED_BOOT: (
        "L'appareil ne peut pas écrire ici et n'a rien repris de nouveau.",
        "Vérifiez la carte ; verrouillée ou usée, remplacez-la.",
    ),
    Verdict.REFUSED_CERTIFICATE: (
        "Le certificat de cette carte n'a pas été repris ; l'ancien reste valable.",
        "Inscrivez de nouveau l'appareil avec cette carte : tallypost-provision enrol.",
    ),
}
