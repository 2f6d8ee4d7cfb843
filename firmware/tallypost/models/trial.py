"""Loads a model in a process of its own first: what it may do to it, it does there."""

import os
from collections.abc import Callable
from pathlib import Path

from tallypost.errors import ModelError, TallypostError
from tallypost.vision.sandbox.cell import confined

WORDS_BYTES = 1024
PATIENCE_S = 120.0
PROCESSOR_S = 120
MEMORY_BYTES = 2 << 30
Load = Callable[[], object]


def try_out(file: Path, ready: Callable[[], Load]) -> None:
    """Load a model in a child that is locked in, and has no camera, and forget it.

    A model that ends its process is told so in words. Where there is no lock-in, or
    memory is too short for it, nothing is tried.

    Args:
        file: The model, for messages.
        ready: Called in the child before it is locked in; returns what loads the model.

    Raises:
        ModelError: It cannot be used, by the child's own words, or ends its process.
    """

    def begin(outlet: int) -> Callable[[], None]:
        load = ready()

        def work() -> None:
            try:
                load()
            except TallypostError as error:
                words = str(error).encode()[:WORDS_BYTES]
                os.write(outlet, words.ljust(WORDS_BYTES, b"\0"))

        return work

    ending = confined(
        begin,
        frame_bytes=WORDS_BYTES,
        memory_bytes=MEMORY_BYTES,
        processor_s=PROCESSOR_S,
        patience_s=PATIENCE_S,
        said_bytes_max=WORDS_BYTES,
    )
    if ending.killed_by is not None:
        how = "takes too long" if ending.overdue else ending.killed_by.name
        raise ModelError(
            f"{file}: ends the process that loads it ({how}); the file is damaged, or "
            f"was made to do harm: fetch it afresh"
        )
    if words := ending.said.rstrip(b"\0").decode(errors="replace"):
        # Whoever was taken over may say anything: nothing that moves a cursor.
        raise ModelError("".join(each for each in words if each.isprintable()))
