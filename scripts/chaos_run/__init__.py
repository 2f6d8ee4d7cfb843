"""The chaos run: real halves and a real broker, hurt on purpose, and then counted."""
