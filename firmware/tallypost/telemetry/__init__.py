"""Everything that may speak. Nothing here can name a frame."""
