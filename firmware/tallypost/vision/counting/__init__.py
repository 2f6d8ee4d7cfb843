"""Who crossed which line, who stood in which zone."""
