"""Who is in a fleet, and how each is set."""
