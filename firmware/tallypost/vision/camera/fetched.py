"""Gives the pictures of a camera that another process speaks to."""

import os
import select
import threading
from collections.abc import Generator, Iterator

from tallypost.errors import CameraUnavailableError
from tallypost.vision.camera.decoding import Decoded, PacketDecoder
from tallypost.vision.camera.hatch import BLOCK_BYTES, Assembly, Codec, Kind, Message
from tallypost.vision.camera.mailbox import Mailbox
from tallypost.vision.camera.scale import overwrite
from tallypost.vision.camera.sources import Fetching

PATIENCE_MS = 200
"""How soon it is heard that nobody waits for pictures any more."""
BEHIND_MAX = 250
"""So many pictures that piled up before a stream began are left out, at most."""
LOST_TOLD_MAX = 10_000
"""More that were lost at once are not believed."""


class Fetched:
    """Decodes what comes through the hatch; nothing goes back.

    Whoever fetches may end and begin anew: a codec that is told begins a new stream.
    What piled up before somebody looked is decoded, as what follows builds on it, and
    left out.

    Args:
        source: The hatch.
        mailbox: Is told of what was lost or could not be decoded.
        closing: Is set when nobody waits for pictures any more.
    """

    def __init__(
        self, source: Fetching, mailbox: Mailbox, closing: threading.Event
    ) -> None:
        self._source = source
        self._mailbox = mailbox
        self._closing = closing
        self._waiting = select.poll()
        self._waiting.register(source.descriptor, select.POLLIN)

    def pictures(self) -> Generator[Decoded, None, None]:
        """Yield pictures until nobody waits for them.

        Raises:
            CameraUnavailableError: What comes are no blocks of ours, or the daemon is
                gone.
        """
        decoder: PacketDecoder | None = None
        behind = 0
        for message in self._messages():
            for _ in range(min(message.lost, LOST_TOLD_MAX)):
                self._mailbox.drop()
            if message.kind is Kind.CODEC:
                codec = Codec.from_message(message)
                decoder = PacketDecoder(codec.name, codec.pixels, codec.parameters)
                behind = BEHIND_MAX
            elif decoder is None:
                self._mailbox.drop()
            else:
                behind = behind - 1 if behind and self._ready(0) else 0
                for decoded in decoder.pictures(
                    message.content, message.stamp_us, self._mailbox
                ):
                    if behind:
                        self._leave_out(decoded)
                    else:
                        yield decoded

    def _leave_out(self, decoded: Decoded) -> None:
        """Let a picture go of which nobody can tell when it was taken."""
        if decoded.spare:
            overwrite(decoded.picture)
        self._mailbox.drop()

    def _messages(self) -> Iterator[Message]:
        assembly = Assembly()
        block = bytearray(BLOCK_BYTES)
        while not self._closing.is_set():
            if not self._ready(PATIENCE_MS):
                continue
            if os.readv(self._source.descriptor, [block]) != BLOCK_BYTES:
                raise CameraUnavailableError(
                    f"{self._source.place}: nobody fetches its pictures any more; "
                    "start tallypost afresh"
                )
            message = assembly.take(block)
            if message is not None:
                yield message

    def _ready(self, patience_ms: int) -> bool:
        """Return whether something came, or comes in time."""
        return bool(self._waiting.poll(patience_ms))
