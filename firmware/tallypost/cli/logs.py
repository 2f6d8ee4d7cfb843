"""How the speaking processes log: a time, a constant phrase, facts with units."""

import logging
import sys

FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


def start_logging(level: str = "INFO") -> None:
    """Write the log to standard error, where the service manager picks it up."""
    logging.basicConfig(
        level=level, format=FORMAT, datefmt="%Y-%m-%dT%H:%M:%S%z", stream=sys.stderr
    )
    # It tells every table of every font that a certificate is printed with.
    logging.getLogger("fontTools").setLevel("WARNING")
