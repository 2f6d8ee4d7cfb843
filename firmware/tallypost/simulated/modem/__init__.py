"""Serial modems, each with its maker's grammar and its maker's oddities."""
