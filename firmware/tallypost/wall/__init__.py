"""The one opening between seeing and speaking."""
