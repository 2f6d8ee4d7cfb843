"""A half that speaks, a broker, and a stranger with a public key."""

from collections.abc import Callable
from pathlib import Path

from tallypost.assembly.signing import signing_folder
from tallypost.assembly.telemetry import open_speech
from tallypost.board.simulated import SimulatedBoard
from tallypost.domain.records import Interval
from tallypost.settings.reading import read_device_settings
from tallypost.telemetry.codec.evidence import Evidence
from tallypost.telemetry.codec.signed import public_key_of
from tallypost.telemetry.notary.key import public_pem
from tallypost.telemetry.notary.notary import SOON_S
from tallypost.telemetry.outbox.outbox import Outbox
from tests.daemon.test_handover import HANDOVER
from tests.servers.mosquitto import Mosquitto
from tests.system.house import mqtt
from tests.telemetry.listening import Listener, until

RECORDS = 5


def test_what_a_broker_passed_on_proves_itself(
    tmp_path: Path,
    mosquitto: Mosquitto,
    listener: Listener,
    interval: Callable[..., Interval],
) -> None:
    settings = tmp_path / "tallypost.toml"
    link = mqtt(mosquitto.port)
    settings.write_text(f'[uplink]\n{link}\n[outbox]\npath = "o.db"\n', "utf-8")
    board = SimulatedBoard()
    outbox = Outbox(tmp_path / "o.db", board=board)
    for minute in range(RECORDS):
        outbox.put(interval(minute), "tp-1")
    outbox.close()

    def heard(subject: str) -> list[bytes]:
        topic = f"tallypost/tp-1/{subject}"
        return [told for where, told, _ in listener.heard if where == topic]

    def arrived(subject: str, count: int) -> bool:
        board.advance(1.0)  # whoever waits for a link looks again
        return len(heard(subject)) == count

    with open_speech(settings, HANDOVER, board) as speech:
        until(lambda: arrived("kpi", RECORDS))
        board.advance(SOON_S)
        speech.attend(True)
        until(lambda: arrived("batch", 1))

    folder = signing_folder(read_device_settings(settings))
    key = public_key_of(public_pem(folder))
    assert key is not None
    evidence = Evidence([key])
    for line in heard("kpi") + heard("batch"):
        evidence.take(line, "heard")
    verdict = evidence.verdict()
    assert (verdict.proven, verdict.faults) == (RECORDS, [])
