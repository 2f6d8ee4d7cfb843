"""The sign for passers-by: what is measured here, what for, and by whom."""
