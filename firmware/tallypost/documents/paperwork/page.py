"""A paper as a page in Markdown: its head, its sections, its stamp."""

import re
from collections.abc import Iterable, Mapping, Sequence

from tallypost.documents.paperwork.running import Running
from tallypost.documents.paperwork.stamp import stamp
from tallypost.domain.fields import instant_text

HIS = "_for the controller to say_"
_MARKUP = re.compile(r"([\\`*_\[\]<>#|&~!])")


def plain(text: str) -> str:
    """Return what somebody wrote so that it stands on a page as it is, whatever it is.

    Source: CommonMark 0.31, 2.4 "Backslash escapes".
    """
    return _MARKUP.sub(r"\\\1", text)


def said(text: str | None) -> str:
    """Return what the host has said, or that it is for him to say."""
    return HIS if text is None else plain(text)


def page(
    title: str,
    source: str,
    running: Running,
    sections: Mapping[str, Sequence[str]],
) -> str:
    """Return a paper.

    Args:
        title: What it is.
        source: Which law or standard asks for it.
        running: What it describes.
        sections: Lines of Markdown, by their heading.
    """
    body = [
        f"## {heading}\n\n" + "\n".join(lines) for heading, lines in sections.items()
    ]
    described = "## What this describes\n\n" + "\n".join(_described(running))
    mark = f"<!-- {stamp(running.described())} -->"
    head = f"# {title}: {running.device}\n\n{source}"
    return "\n\n".join([head, described, *body, mark]) + "\n"


def _described(running: Running) -> Iterable[str]:
    yield f"* made {instant_text(int(running.made_utc_s))} from the settings in force"
    for what, value in running.described().items():
        yield f"* {what} `{value}`"
    yield ""
    yield (
        "Each record of the device carries firmware, model and site in `quality`. "
        "Where one of them differs from the above, **this page is out of date**; "
        "`tallypost paperwork --check` tells on the device."
    )
