"""Where the light comes in."""
