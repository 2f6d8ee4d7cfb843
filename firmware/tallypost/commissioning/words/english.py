"""RESULT.txt in English: the fact, then the wish."""

from collections.abc import Mapping

from tallypost.domain.first_start import Verdict

ENGLISH: Mapping[Verdict, tuple[str, str]] = {
    Verdict.BEGUN: (
        "The box began to read this card, and did not end.",
        "Leave it under power for two minutes. If this text stays, start it again.",
    ),
    Verdict.TAKEN: (
        "Done: the box has taken its settings and made its keys.",
        "Secrets here are wiped. Next: open its panel, with the code on the label.",
    ),
    Verdict.CERTIFIED: (
        "Done: the box has taken its certificate for the broker.",
        "Nothing else is to be done.",
    ),
    Verdict.NOTHING_NEW: (
        "Nothing new: the box had taken what is on this card before.",
        "Nothing is to be done.",
    ),
    Verdict.REFUSED_NO_BUNDLE: (
        "There are no settings for the box on this card.",
        "Write them on the workstation: tallypost-provision write.",
    ),
    Verdict.REFUSED_UNREADABLE: (
        "What is on this card cannot be read.",
        "Write the card again on the workstation: tallypost-provision write.",
    ),
    Verdict.REFUSED_SIGNATURE: (
        "Refused, nothing is changed: who signed this is not believed here.",
        "Ask who wrote this card. Never put a found card into a box.",
    ),
    Verdict.REFUSED_DEVICE: (
        "Refused, nothing is changed: this card is for another box.",
        "Look at the labels: two cards were mixed up.",
    ),
    Verdict.REFUSED_SETTINGS: (
        "Refused, nothing is changed: the settings on this card have faults.",
        "Mend all of these on the workstation, then write the card again.",
    ),
    Verdict.REFUSED_OLDER: (
        "Refused, nothing is changed: the box has newer settings than these.",
        "Write the card again on the workstation: tallypost-provision write.",
    ),
    Verdict.REFUSED_DISK: (
        "The box could not keep what it needs; what it could do before goes on.",
        "Start it again. If this text stays, flash a new card.",
    ),
    Verdict.REFUSED_BOOT: (
        "The box could not write to this part of the card, and has taken nothing new.",
        "Check the card in a workstation; if it is locked or worn, use a new one.",
    ),
    Verdict.REFUSED_CERTIFICATE: (
        "The certificate on this card was not taken; what the box had before goes on.",
        "Enrol the box again: tallypost-provision enrol, with this card.",
    ),
}
