"""What may go wrong, for whoever must mend it."""


class RecipeError(Exception):
    """Something that a person must mend; the message names place, fact and wish."""
