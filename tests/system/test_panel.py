"""A phone at a whole house: the button, the code, what is drawn, and a lost half."""

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.panel.door import Phone, Stream, make_folder
from tests.system.house import MODEL, House, children, command_line, video, wait_until

PANEL = """
[panel]
folder = "panel"
addresses = ["127.0.0.1:{port}"]
open_after_start_s = 0

[remote]
folder = "remote"
confirm_within_s = 60
"""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def house(tmp_path: Path, data: Path, port: int) -> Iterator[House]:
    footage = video(data / "footage" / "vtest.avi", "real", loop=True)
    found = House(tmp_path, footage, data / "models" / MODEL)
    with found.settings.open("a", encoding="utf-8") as file:
        file.write(PANEL.format(port=port))
    make_folder(tmp_path / "panel")
    yield found.start()
    found.close()


def panels(house: House) -> list[int]:
    """Return the process ids of all panels of a house."""
    assert house.process is not None
    return [
        child
        for child in children(house.process.pid)
        if " panel " in command_line(child)
    ]


def asked(phone: Phone, word: str, **arguments: object) -> dict[str, Any]:
    """Return what a question is answered; {} while nobody answers."""
    status, told, _ = phone.ask("POST", f"/api/ask/{word}", arguments)
    return dict(told) if status == 200 else {}


@pytest.mark.slow
def test_what_is_drawn_is_tried_proves_good_and_outlives_a_start(
    house: House, tmp_path: Path, port: int
) -> None:
    wish, phone = tmp_path / "panel" / "wanted", Phone(port)
    assert wait_until(lambda: "state=watching" in house.log), house.log
    assert panels(house) == [], "nobody has wished for it"
    wish.touch()
    assert wait_until(lambda: "panel is open" in house.log), house.log
    assert phone.open() == 200
    look = asked(phone, "look")
    assert (look["device"], look["state"]) == ("tp-test", "watching")
    assert asked(phone, "aim", on=True, for_s=600)["aiming"]["left_s"] > 590
    stream, told = Stream(phone), set[str]()
    while not told >= {"sight", "boxes"}:
        told.add(stream.event(120.0)[0])
    stream.close()
    assert asked(phone, "look")["aiming"]["left_s"] > 300
    site = look["site"]

    site["lines"].append({"name": "kerb", "start": [0.1, 0.5], "end": [0.1, 0.5]})
    faults = asked(phone, "draw", site=site, dry=True)["faults"]
    assert faults[0].startswith("lines[1].end: is the same point as start")
    site["lines"][1]["end"] = [0.9, 0.5]
    drawn = asked(phone, "draw", site=site)

    def settled() -> bool:
        told = asked(phone, "look")
        return (told.get("trial") or {}).get("state") == "settled"

    assert wait_until(settled, 90.0), house.log
    now = asked(phone, "look")
    assert now["site_hash"] == drawn["site_hash"] == now["trial"]["site_hash"]
    assert [line["name"] for line in now["site"]["lines"]] == ["middle", "kerb"]
    assert len(panels(house)) == 1, "the panel outlives both halves"
    wish.touch()
    assert wait_until(lambda: not wish.exists())
    assert len(panels(house)) == 1, "never a second one"
