"""The name that picamera2 imports."""


class PICAM2DNG:
    """Stands for a writer of raw pictures; there is none."""
