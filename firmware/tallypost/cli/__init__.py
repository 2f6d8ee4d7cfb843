"""The `tallypost` command."""
