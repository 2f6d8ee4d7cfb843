"""`tallypost run` over a LoRaWAN modem on a serial port: what is counted arrives."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tallypost.board.linux import LinuxBoard
from tallypost.simulated.modem.hurry import HurriedBoard
from tallypost.simulated.modem.terminal import Terminal
from tallypost.simulated.stage import MODELS, Scene, Stage, set_up
from tallypost.telemetry.codec.compact.far_end import FarEnd
from tallypost.telemetry.codec.compact.frame import Frame, Port
from tests.system.house import MODEL, House, tallypost, video, wait_until

PACE = 20.0
KEY = bytes(range(16))
EUI = "ac1f09fffe0000aa"


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


def far_end(stage: Stage) -> FarEnd:
    """Return what a backend knows by all that has arrived."""
    far_end, now_utc_s = FarEnd(), LinuxBoard().utc_s()
    for each in list(stage.network.received):
        far_end.hear(Frame(each.port, each.payload), now_utc_s)
    return far_end


@pytest.mark.slow
def test_what_is_counted_arrives_over_the_air_with_its_totals(
    tmp_path: Path, data: Path, stage: Stage, terminal: Terminal, region: str
) -> None:
    uplink = lorawan(terminal.path, tmp_path, region)
    footage, model = data / "footage" / "vtest.avi", data / "models" / MODEL
    house = House(tmp_path, video(footage), model, uplink, interval_s=300).start()
    assert house.wait(300.0) == 0, house.log
    if not far_end(stage).heard:
        # What could not go out at the end does so after the next start.
        waiting = video(footage, "real", loop=True)
        house = House(tmp_path, waiting, model, uplink, interval_s=300).start()
        assert wait_until(lambda: bool(far_end(stage).heard), 150.0), house.log
        house.interrupt()
        assert house.wait() == 0, house.log

    far = far_end(stage)
    code, history, _ = tallypost(
        "history", "--settings", house.settings, "--format", "json"
    )
    assert code == 0
    records = {each["seq"]: each for each in map(json.loads, history.splitlines())}
    counted = records[max(far.heard)]["lines"]["middle"]["total"]
    assert far.totals["lines/middle/total/forward/person"] > 0
    for name, total in far.totals.items():
        _, _, _, way, label = name.split("/")
        assert total == counted[way].get(label, 0), name
    assert Port.HEALTH in [each.port for each in stage.network.received]
    assert stage.network.refused == []
