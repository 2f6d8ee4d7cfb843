"""The name that picamera2 imports."""


class Picamera2Camera:
    """Stands for what a writer of raw pictures knows of a camera."""
