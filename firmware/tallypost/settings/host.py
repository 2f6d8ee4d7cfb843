"""`[host]`: who answers for the counting; papers and the sign tell it."""

from typing import Annotated, Literal, NamedTuple

from pydantic import AfterValidator, Field

from tallypost.settings.base import Settings, Text, Wish, refuse

PAGE_LETTERS_MAX = 200
"""A code that a phone reads from two metres holds no more on a page of this size."""

_NOT_BLANK = Wish("write it in words, or leave the key out")
Line = Annotated[Text, Field(min_length=1, max_length=120, pattern=r"\S"), _NOT_BLANK]
Sentence = Annotated[
    Text, Field(min_length=1, max_length=240, pattern=r"\S"), _NOT_BLANK
]


Language = Literal["en", "de", "fr", "es", "nl"]
"""That the sign speaks; a test holds them against its wordings."""


class Spoken(NamedTuple):
    """What the host's sign says in one language."""

    purpose: str | None
    kept: str | None
    legal_ground: str | None


class HostTranslation(Settings):
    """The host's own words in another language, for its sign."""

    language: Language = Field(description="Of the sign.")
    purpose: Sentence | None = Field(default=None, description="As above.")
    kept: Line | None = Field(default=None, description="As above.")
    legal_ground: Sentence | None = Field(default=None, description="As above.")


def _each_language_once(
    translations: tuple[HostTranslation, ...],
) -> tuple[HostTranslation, ...]:
    languages = [each.language for each in translations]
    if len(set(languages)) < len(languages):
        refuse("has two of one language; keep one")
    return translations


class HostSettings(Settings):
    """What only the host can say; papers leave open what is left out."""

    controller: Line | None = Field(
        default=None,
        description="Who answers for the processing (GDPR, article 4(7)), as "
        "passers-by know him.",
    )
    contact: Line | None = Field(
        default=None,
        description="Where passers-by can ask: an e-mail address or a telephone.",
    )
    page: (
        Annotated[
            str,
            Field(pattern=r"^https://[!-;=?-~]+$", max_length=PAGE_LETTERS_MAX),
            Wish(
                "write an address of at most 200 plain letters that begins with "
                'https://, as in "https://example.org/counting"'
            ),
        ]
        | None
    ) = Field(
        default=None,
        description="Where they can read more: the code on the sign leads there.",
    )
    purpose: Sentence | None = Field(
        default=None, description="What the counts are for, in one sentence."
    )
    kept: Line | None = Field(
        default=None,
        description='For how long the host keeps the counts, as in "five years".',
    )
    legal_ground: Sentence | None = Field(
        default=None,
        description="On which ground (GDPR, article 6), and by which law or decision.",
    )
    privacy_officer: Line | None = Field(
        default=None, description="Name and contact of the data protection officer."
    )
    security_contact: Line | None = Field(
        default=None, description="Where weaknesses of the installation are reported."
    )
    translations: Annotated[
        tuple[HostTranslation, ...],
        Field(strict=False, max_length=5),
        AfterValidator(_each_language_once),
    ] = Field(default=(), description="The same in the sign's languages.")

    def spoken(self, language: str) -> Spoken:
        """Return what is said in a language; as it is, where nobody put it in that."""
        own = Spoken(self.purpose, self.kept, self.legal_ground)
        for each in self.translations:
            if each.language == language:
                return Spoken(
                    each.purpose or own.purpose,
                    each.kept or own.kept,
                    each.legal_ground or own.legal_ground,
                )
        return own
