"""`tallypost run` over a LoRaWAN modem on a serial port: what is counted arrives."""

import itertools
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tallypost.board.linux import LinuxBoard
from tallypost.domain.records import KpiRecord
from tallypost.simulated.modem.hurry import HurriedBoard
from tallypost.simulated.modem.terminal import Terminal
from tallypost.simulated.stage import MODELS, Scene, Stage, introduction, set_up
from tallypost.telemetry.codec import json_v1
from tallypost.telemetry.codec.compact.decoding import decode
from tallypost.telemetry.codec.compact.far_end import FarEnd
from tallypost.telemetry.codec.compact.frame import Frame, Port
from tallypost.telemetry.codec.compact.layout import Layout
from tallypost.telemetry.codec.compact.record import encode_record
from tests.system.house import MODEL, House, tallypost, video, wait_until

PACE = 20.0
KEY = bytes(range(16))
EUI = "ac1f09fffe0000aa"
TELL_SESSION = {"la66", "rak3172"}
"""Others cannot be asked whether they are in a network, and join at each start."""
SELDOM = "rate_hz_max = 3.0"
"""Counting is tried elsewhere: here it is enough that there is something to tell."""
PATIENCE_S = 240.0
"""A modem that has no airtime left says for how long in its own seconds, of which
`PACE` pass in one: the house waits for all of them, up to 200."""


@pytest.fixture(params=sorted(MODELS))
def model(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def region(model: str) -> str:
    return "us915" if model == "rn2903" else "eu868"  # each is made for one


@pytest.fixture
def stage(model: str, region: str) -> Stage:
    board = HurriedBoard(LinuxBoard(), PACE)
    sub_band = 2 if region == "us915" else None
    return set_up(model, board, Scene(region=region, sub_band=sub_band, app_key=KEY))


@pytest.fixture
def terminal(stage: Stage) -> Iterator[Terminal]:
    board = stage.modem._board
    assert isinstance(board, HurriedBoard)
    with Terminal(stage.modem, board) as terminal:
        yield terminal


def lorawan(path: str, folder: Path, region: str) -> str:
    """Return an uplink over the modem at a port; its key is written into the folder."""
    key_file = folder / "app.key"
    key_file.write_text(KEY.hex() + "\n")
    key_file.chmod(0o600)
    # At its slowest the layout would take more frames than there is time for here.
    sub_band = "sub_band = 2\ndata_rate = 3\n" if region == "us915" else ""
    return (
        f'kind = "lorawan"\nport = "{path}"\nregion = "{region}"\n{sub_band}'
        f'dev_eui = "{EUI}"\njoin_eui = "{"0" * 16}"\napp_key_file = "app.key"'
    )


def personal(path: str, folder: Path) -> str:
    """Return an uplink by a session that was agreed on; its keys are written."""
    for name in ("nwk.key", "app.key"):
        (folder / name).write_text(KEY.hex() + "\n")
        (folder / name).chmod(0o600)
    return (
        f'kind = "lorawan"\nport = "{path}"\nregion = "eu868"\ndata_rate = 5\n'
        f'dev_addr = "26011bda"\nnwk_skey_file = "nwk.key"\napp_skey_file = "app.key"'
    )


def far_end(stage: Stage) -> FarEnd:
    """Return what a backend knows by all that has arrived."""
    far_end, now_utc_s = FarEnd(), LinuxBoard().utc_s()
    for frame in frames(stage):
        far_end.hear(frame, now_utc_s)
    return far_end


def frames(stage: Stage, *ports: Port) -> list[Frame]:
    """Return what has arrived on some ports, or on all."""
    return [
        Frame(each.port, each.payload)
        for each in list(stage.network.received)
        if not ports or each.port in ports
    ]


def layout_told(stage: Stage) -> Layout:
    """Return the layout that has arrived."""
    parts = [decode(frame, None) for frame in frames(stage, Port.LAYOUT)]
    chunks = {int(str(part["offset"])): str(part["chunk"]) for part in parts}
    return Layout.read(
        bytes.fromhex("".join(chunks[place] for place in sorted(chunks)))
    )


def counted(house: House) -> dict[int, KpiRecord]:
    """Return the records of a house that has ended, by number."""
    code, history, _ = tallypost(
        "history", "--settings", house.settings, "--format", "json"
    )
    assert code == 0
    records = [json_v1.decode(line.encode()) for line in history.splitlines()]
    return {record.seq: record for record in records}


@pytest.mark.slow
def test_what_is_counted_arrives_over_the_air_with_its_totals(
    tmp_path: Path, data: Path, stage: Stage, terminal: Terminal, region: str
) -> None:
    uplink = lorawan(terminal.path, tmp_path, region)
    footage, model = data / "footage" / "vtest.avi", data / "models" / MODEL
    camera = f"{video(footage)}\n{SELDOM}"
    house = House(tmp_path, camera, model, uplink, interval_s=300).start()
    with closing(house):
        assert house.wait(300.0) == 0, house.log
    records, before = counted(house), len(frames(stage))

    # What could not go out at the end does so after the next start.
    waiting = f"{video(footage, 'real', loop=True)}\n{SELDOM}"
    house = House(tmp_path, waiting, model, uplink, interval_s=300).start()

    def complete() -> bool:
        # Older ones have to wait for airtime: there are two where an interval ended.
        heard = max(far_end(stage).heard, default=0)
        return len(frames(stage)) > before and heard >= max(records)

    with closing(house):
        assert wait_until(complete, PATIENCE_S), (house.log, stage.network.received)
        house.interrupt()
        assert house.wait() == 0, house.log

    records, layout = counted(house), layout_told(stage)
    for frame in frames(stage, Port.RECORD):
        room_bytes = len(frame.payload)
        assert frame in [
            encode_record(record, layout, room_bytes) for record in records.values()
        ]
    far = far_end(stage)
    last = records[max(far.heard)].interval.lines["middle"]
    assert last.total is not None
    for way, label in itertools.product(("forward", "backward"), ("person", "car")):
        name = f"lines/middle/total/{way}/{label}"
        assert far.totals.get(name, 0) == getattr(last.total, way).get(label, 0), name
    assert min(last.total.forward["person"], last.total.backward["person"]) > 10
    assert frames(stage, Port.HEALTH)
    assert stage.network.refused == []
    joins = 1 if stage.modem.model in TELL_SESSION else 2
    assert stage.network.members[bytes.fromhex(EUI)].join_nonce == joins


@pytest.mark.slow
@pytest.mark.parametrize("model", ["lora_e5"])
def test_by_a_session_that_was_agreed_on_no_frame_counter_is_used_twice(
    tmp_path: Path, data: Path, stage: Stage, terminal: Terminal
) -> None:
    stage.modem._introduce = introduction(stage.network, None)
    uplink = personal(terminal.path, tmp_path)
    camera = video(data / "footage" / "vtest.avi", "real", loop=True)
    for port in (Port.HEALTH, Port.RECORD):
        before = len(frames(stage))

        def spoke(port: Port = port, before: int = before) -> bool:
            return bool(frames(stage, port)) and len(frames(stage)) > before

        model = data / "models" / MODEL
        house = House(tmp_path, camera, model, uplink, interval_s=300).start()
        with closing(house):
            assert wait_until(spoke, PATIENCE_S), (house.log, stage.network.received)
            house.interrupt()
            assert house.wait() == 0, house.log
    numbers = [each.counter for each in stage.network.received]
    assert numbers == sorted(set(numbers))
    assert stage.network.refused == []
