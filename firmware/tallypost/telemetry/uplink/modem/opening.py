"""Finds the modem that is there, and opens it.

What is sent to a port, and to which, so that no foreign device is disturbed:

* A port that settings name is asked, whatever it is: a person has said that there is a
  modem. Where they name none, only adapters on USB are, by the names that the system
  gives them for good (`/dev/serial/by-id`); never a port of the board itself, at which
  a console may listen.
* Of those, what talks unasked, as a receiver of positions does, is no idle modem, and
  is left alone: we listen first. What a modem says when it starts is soon over.
* Then, at each speed that a modem may have, an empty line and a question for its
  version; none of these changes anything in a modem. Opening a port at all may start
  afresh what watches the line called DTR: that is the kernel's doing.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from tallypost.board.base import Board
from tallypost.errors import ModemLostError
from tallypost.telemetry.uplink.modem import la66, lora_e5, rak3172, rn2483, stm32wl
from tallypost.telemetry.uplink.modem.base import Modem
from tallypost.telemetry.uplink.modem.conversation import Patience
from tallypost.telemetry.uplink.modem.port import Port
from tallypost.telemetry.uplink.modem.serial_port import SerialPort
from tallypost.telemetry.uplink.modem.splitting import Splitter

Model = Literal["rak3172", "stm32wl", "la66", "lora_e5", "rn2483"]
"""A RN2903 is driven as a RN2483 is."""
BY_ID = Path("/dev/serial/by-id")
LISTEN_S = 0.5
START_S = 2.0
"""How long a modem may talk that was started by our opening its port."""
CHATTER_S = 1.5
"""What reports once a second is heard in such a time."""
ANSWER_S = 0.6
HEARD_BYTES_MAX = 4_096
_MODELS: Sequence[tuple[re.Pattern[str], Model]] = (
    (re.compile(r"(AT\+VER=)?RUI_.*"), "rak3172"),
    (re.compile(r"(APP|APPLICATION|MW_LORAWAN)_VERSION:.*"), "stm32wl"),
    (re.compile(r"(AS|AU|CN|EU|IN|KR|KZ|MA|RU|US)\d{3}\S* +v?\d.*"), "la66"),
    (re.compile(r"\+VER: .*"), "lora_e5"),
    (re.compile(r"RN2(483|903).*"), "rn2483"),
)
SPEEDS_BAUD: dict[Model, int] = {
    "rak3172": rak3172.SPEED_BAUD,
    "stm32wl": stm32wl.SPEED_BAUD,
    "la66": la66.SPEED_BAUD,
    "lora_e5": lora_e5.SPEED_BAUD,
    "rn2483": rn2483.SPEED_BAUD,
}
"""As they leave the factory."""
MODELS: tuple[Model, ...] = get_args(Model)


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked at one speed.

    Attributes:
        speed_baud: The speed.
        first: Ends half a line, and any sleep.
        spoken: The question for the version, in the words of each grammar.
        after_break: Whether a break comes before it all.
    """

    speed_baud: int
    first: bytes
    spoken: tuple[bytes, ...]
    after_break: bool = False


_AT = (b"AT+VER=?\r\n", b"AT+VER\r\n")
QUESTIONS = (
    Question(115_200, b"\r\n", _AT),
    Question(9_600, b"\r\n", _AT),
    Question(57_600, b"U\r\n", (b"sys get ver\r\n",), after_break=True),
)
Opener = Callable[[str, int], Port]
"""Opens a port by its path and speed; raises ModemLostError where it cannot."""


@dataclass(frozen=True, slots=True)
class Found:
    """A modem, and how to speak to it."""

    path: str
    speed_baud: int
    model: Model


def identify(lines: Sequence[str]) -> Model | None:
    """Return whose words these are; None where they are of no modem that we know.

    Args:
        lines: What a device said to the question for its version; anything.
    """
    for line in lines:
        for pattern, model in _MODELS:
            if pattern.fullmatch(line):
                return model
    return None


def candidates(folder: Path = BY_ID) -> list[str]:
    """Return the adapters on USB by their lasting names, in order."""
    return sorted(str(path) for path in folder.glob("*"))


def find(
    board: Board,
    path: str | None = None,
    *,
    folder: Path = BY_ID,
    opener: Opener = SerialPort,
) -> Found:
    """Return the modem that answers; at each port the module's head says what is sent.

    Args:
        board: Whose clock to ask.
        path: The only port to ask; None for the adapters on USB.
        folder: Where those have their lasting names.
        opener: Opens a port.

    Raises:
        ModemLostError: There is none, or more than one and nobody said which.
    """
    paths = candidates(folder) if path is None else [path]
    asked = _Asking(board, opener)
    found = asked.all(paths) if path is None else asked.one(path)
    if len(found) > 1:
        places = ", ".join(each.path for each in found)
        raise ModemLostError(f"{places}: more than one modem answers; name the port")
    if not found:
        where = ", ".join(paths) or f"{folder}: no adapter"
        raise ModemLostError(
            f"{where}: no modem answers; plug it in, and name its port and model"
        )
    return found[0]


def open_modem(
    found: Found,
    board: Board,
    *,
    patience: Patience | None = None,
    opener: Opener = SerialPort,
) -> Modem:
    """Return the driver of a modem, which has the port from now on.

    Raises:
        ModemLostError: The port cannot be opened.
    """
    port = opener(found.path, found.speed_baud)
    patience = patience or Patience()
    match found.model:
        case "rak3172":
            return rak3172.Rak3172(port, board, patience)
        case "stm32wl":
            return stm32wl.Stm32wl(port, board, patience)
        case "la66":
            return la66.La66(port, board, patience)
        case "lora_e5":
            return lora_e5.LoraE5(port, board, patience)
        case "rn2483":
            return rn2483.Rn2483(port, board, patience)


class _Asking:
    """Asks ports who is there."""

    def __init__(self, board: Board, opener: Opener) -> None:
        self._board = board
        self._opener = opener

    def all(self, paths: Sequence[str]) -> list[Found]:
        """Return the modems at ports that nobody named, and leave others alone."""
        found: list[Found] = []
        for path in paths:
            try:
                if not self._talks(path):
                    found += self.one(path)
            except ModemLostError:  # another program has it, or it was unplugged
                continue
        return found

    def one(self, path: str) -> list[Found]:
        """Return the modem at a port, if there is one."""
        for question in QUESTIONS:
            with self._opened(path, question.speed_baud) as port:
                model = identify(self._put(question, port))
            if model:
                return [Found(path, question.speed_baud, model)]
        return []

    def _talks(self, path: str) -> bool:
        """Return whether what is there goes on to talk, though nobody asks it."""
        with self._opened(path, QUESTIONS[0].speed_baud) as port:
            if not self._hear(port, LISTEN_S):
                return False
            self._hear(port, START_S)
            return bool(self._hear(port, CHATTER_S))

    def _put(self, question: Question, port: Port) -> list[str]:
        """Say one thing after the other, until something is answered that we know."""
        lines: list[str] = []
        if question.after_break:
            port.send_break()
        port.write(question.first)
        for spoken in question.spoken:
            port.write(spoken)
            lines += _lines(self._hear(port, ANSWER_S, _known))
            if identify(lines):
                break
        return lines

    def _hear(
        self,
        port: Port,
        seconds: float,
        enough: Callable[[bytes], bool] = lambda _: False,
    ) -> bytes:
        """Return what comes within so long, and no more than any modem says."""
        heard = b""
        until_s = self._board.monotonic_s() + seconds
        while self._board.monotonic_s() < until_s and len(heard) < HEARD_BYTES_MAX:
            heard += port.read()
            if enough(heard):
                break
        return heard

    @contextmanager
    def _opened(self, path: str, speed_baud: int) -> Iterator[Port]:
        port = self._opener(path, speed_baud)
        try:
            yield port
        except OSError as error:
            raise ModemLostError(
                f"{path}: is gone ({error.strerror or error}); plug it in again"
            ) from error
        finally:
            port.close()


def _lines(data: bytes) -> list[str]:
    return Splitter().feed(data)


def _known(data: bytes) -> bool:
    return identify(_lines(data)) is not None
