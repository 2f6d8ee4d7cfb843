"""The languages that a certificate speaks."""

from collections.abc import Mapping

from tallypost.documents.acceptance.words.dutch import DUTCH
from tallypost.documents.acceptance.words.english import ENGLISH
from tallypost.documents.acceptance.words.french import FRENCH
from tallypost.documents.acceptance.words.german import GERMAN
from tallypost.documents.acceptance.words.spanish import SPANISH
from tallypost.documents.acceptance.words.wording import Wording

LANGUAGES: Mapping[str, Wording] = {
    "en": ENGLISH,
    "de": GERMAN,
    "fr": FRENCH,
    "es": SPANISH,
    "nl": DUTCH,
}
