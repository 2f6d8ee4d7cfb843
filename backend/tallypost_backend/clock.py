"""The workstation's clock: whoever signs says when."""

import time


def utc_s() -> float:
    """Return seconds since 1970, whole milliseconds."""
    return time.time_ns() // 1_000_000 / 1000
