"""Tells from a picture's own statistics when the camera lies."""
