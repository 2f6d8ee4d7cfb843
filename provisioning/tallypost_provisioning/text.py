"""Texts that others wrote, made fit for one line of whatever they are put into."""

UNKNOWN = "\N{REPLACEMENT CHARACTER}"


def printable(told: str) -> str:
    """Return a text in one line, a mark in place of whatever is no letter."""
    return "".join(
        each if each.isprintable() else UNKNOWN for each in " ".join(told.split())
    )
