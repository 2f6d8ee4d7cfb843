"""Lets `import picamera2` pass; only its FFmpeg output would call this."""


def set_pdeathsig(signal: int) -> None:
    """Refuse: nothing here starts an FFmpeg."""
    raise NotImplementedError(signal)
