"""Talks to a simulated modem in simulated time, without any terminal."""

from typing import Any

from tallypost.board.simulated import SimulatedBoard
from tallypost.simulated.stage import Scene, Stage, set_up

UTC_S = 1_795_000_000.0
KEY = "2b7e151628aed2a6abf7158809cf4f3c"
EUI = "70b3d57ed0000001"
SETTLED_S = 60.0


class Conversation:
    """One modem, and all that it said."""

    def __init__(self, model: str, line_end: str = "\r\n", **scene: Any) -> None:
        self.board = SimulatedBoard(UTC_S)
        self.stage: Stage = set_up(model, self.board, Scene(**scene))
        self.modem, self.device = self.stage.modem, self.stage.device
        self.network, self.air = self.stage.network, self.stage.air
        self._line_end = line_end

    def say(self, line: str) -> list[str]:
        """Say one line; return what is answered at once."""
        self.modem.feed((line + self._line_end).encode())
        self.board.advance(0.01)
        return self.lines()

    def lines(self) -> list[str]:
        """Return what it has said by now."""
        said = self.modem.take().decode("ascii", "replace")
        return [line for line in said.replace("\n\r", "\r\n").splitlines() if line]

    def later(self, seconds: float = SETTLED_S) -> list[str]:
        """Return what it says until so much later."""
        self.board.advance(seconds)
        return self.lines()


MICROCHIP = [
    "mac set deveui 0004A30B00000001",
    f"mac set appeui {EUI}",
    f"mac set appkey {KEY}",
]
IDENTIFY = {
    "rak3172": [f"AT+APPEUI={EUI}", f"AT+APPKEY={KEY}"],
    "stm32wl": [f"AT+APPEUI={EUI}", f"AT+NWKKEY={KEY}"],
    "la66": [f"AT+APPEUI={EUI}", f"AT+APPKEY={KEY}"],
    "lora_e5": [f'AT+ID=AppEui,"{EUI}"', f'AT+KEY=APPKEY,"{KEY}"'],
    "rn2483": MICROCHIP,
    "rn2903": MICROCHIP,
}
JOIN = {
    "rak3172": "AT+JOIN=1:0:8:0",
    "stm32wl": "AT+JOIN=1",
    "la66": "AT+JOIN",
    "lora_e5": "AT+JOIN",
    "rn2483": "mac join otaa",
    "rn2903": "mac join otaa",
}
JOINED = {
    "rak3172": ["+EVT:JOINED"],
    "stm32wl": ["+EVT:JOINED"],
    "la66": ["JOINED"],
    "lora_e5": [
        "+JOIN: Network joined",
        "+JOIN: NetID 000013 DevAddr 26:01:00:02",
        "+JOIN: Done",
    ],
    "rn2483": ["accepted"],
    "rn2903": ["accepted"],
}
SEND = {
    "rak3172": ["AT+SEND={port}:{digits}"],
    "stm32wl": ["AT+SEND={port}:0:{digits}"],
    "la66": ["AT+SENDB=0,{port},{size},{digits}"],
    "lora_e5": ["AT+PORT={port}", 'AT+MSGHEX="{digits}"'],
    "rn2483": ["mac tx uncnf {port} {digits}"],
    "rn2903": ["mac tx uncnf {port} {digits}"],
}
REGION = {"rn2903": "us915"}
MODELS = list(SEND)


def joined(model: str, **scene: Any) -> Conversation:
    """Return a conversation with a modem that is in a network."""
    talk = Conversation(model, region=REGION.get(model, "eu868"), **scene)
    for line in IDENTIFY[model]:
        talk.say(line)
    talk.say(JOIN[model])
    assert talk.later() == JOINED[model]
    return talk


def send(talk: Conversation, port: int, payload: bytes) -> list[str]:
    """Send a payload; return what is said at once."""
    said: list[str] = []
    for line in SEND[talk.modem.model]:
        words = {"port": port, "digits": payload.hex(), "size": len(payload)}
        said = talk.say(line.format(**words))
    return said
