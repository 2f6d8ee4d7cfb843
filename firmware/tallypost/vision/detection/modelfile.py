"""Reads a model's file once, and makes sure that it is the one that was meant."""

import hashlib
from pathlib import Path

from tallypost.errors import ModelError
from tallypost.vision.detection.manifest import ModelDescription

FILE_BYTES_MAX = 512 << 20
IDENTIFIER = b"TFL3"
"""What stands at byte 4 of every TensorFlow Lite file."""


def read_model(file: Path) -> bytes:
    """Return the bytes of a file that at least begins like a model.

    Raises:
        ModelError: It is missing, empty, too large, or something else.
    """
    try:
        size = file.stat().st_size
        if size > FILE_BYTES_MAX:
            raise ModelError(
                f"{file}: has {size} bytes; a model here has at most {FILE_BYTES_MAX}"
            )
        content = file.read_bytes()
    except OSError as error:
        raise ModelError(
            f"{file}: cannot be read ({error.strerror}); name a .tflite file"
        ) from error
    if content[4:8] != IDENTIFIER:
        raise ModelError(
            f"{file}: is no TensorFlow Lite file ({len(content)} bytes without the "
            f"mark TFL3); want a .tflite model"
        )
    return content


def read_whole(description: ModelDescription, file: Path) -> bytes:
    """Return the bytes of the file that was described.

    Raises:
        ModelError: As from `read_model`, or its hash is another.
    """
    content = read_model(file)
    found = hashlib.sha256(content).hexdigest()
    if found != description.sha256.lower():
        raise ModelError(
            f"{file}: is another file than {description.name}'s manifest means, or is "
            f"damaged: its sha256 is {found}, and not {description.sha256.lower()}; "
            f"fetch it afresh"
        )
    return content
