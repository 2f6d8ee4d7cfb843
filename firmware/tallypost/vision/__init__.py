"""Everything that may see. Nothing here may speak."""
