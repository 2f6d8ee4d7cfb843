"""Where to look closer: plain geometry, and no picture."""
