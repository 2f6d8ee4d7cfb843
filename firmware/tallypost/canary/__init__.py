"""Proves on the device itself that no picture leaves it, with a picture of its own."""
