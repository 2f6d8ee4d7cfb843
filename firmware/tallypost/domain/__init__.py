"""The words of the house: what may be thought, and what may be said."""
