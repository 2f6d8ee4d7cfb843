"""What a language must have words for, to speak on the sign."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """The sign's words in one language.

    Attributes:
        title: What happens here, in a few words that are read from afar.
        promise: What becomes of pictures, in as few.
        measured: Heads what is counted.
        purpose: Heads what for.
        pictures: Heads what becomes of pictures.
        who: Heads who answers for it, and how he is reached.
        kept: Heads for how long anything is kept.
        officer: Said before the data protection officer's name.
        ground: Said before the legal ground.
        more: Stands beside the code.
        counted: What is counted, by the kind of element that is drawn for it.
        at_once: Said where one moment may be told at once.
        overwritten: What becomes of pictures, in a sentence or two.
        from_network: Said where another device on the network makes them.
        kept_here: For how long counts stay on the device; holds `{days}`.
        kept_there: Said before the host's own words.
        unsaid: Where the host has said nothing.
        made: Before the date on which the sign was made; holds `{date}`.
        outdated: How anybody can tell that it is out of date.
    """

    title: str
    promise: str
    measured: str
    purpose: str
    pictures: str
    who: str
    kept: str
    officer: str
    ground: str
    more: str
    counted: Mapping[str, str]
    at_once: str
    overwritten: str
    from_network: str
    kept_here: str
    kept_there: str
    unsaid: str
    made: str
    outdated: str
