"""What the sign says, in each language that it speaks."""

from collections.abc import Mapping

from tallypost.documents.paperwork.sign import dutch, english, french, german, spanish
from tallypost.documents.paperwork.sign.wording import Wording

LANGUAGES: Mapping[str, Wording] = {
    "en": english.ENGLISH,
    "de": german.GERMAN,
    "fr": french.FRENCH,
    "es": spanish.SPANISH,
    "nl": dutch.DUTCH,
}
