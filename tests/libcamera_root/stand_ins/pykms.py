"""Lets `import picamera2` pass where there is no display to preview on."""


class _Names:
    """Gives every name that is asked for as a word: tables are made of them."""

    def __getattr__(self, name: str) -> str:
        return name


PixelFormat = _Names()
