"""Who is who from one frame to the next."""
