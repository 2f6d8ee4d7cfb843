"""The half hour in a real browser, at a whole house that looks at a real street."""

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cbor2
import pytest
from cwt import COSE, COSEKey
from playwright.sync_api import sync_playwright

from tests.panel.conftest import CHROMIUM, SWITCHES, require_chromium
from tests.panel.door import CODE, make_folder
from tests.panel.walk import walk
from tests.system.house import MODEL, House, video, wait_until
from tests.system.test_panel import PANEL, free_port


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def house(tmp_path: Path, data: Path, port: int) -> Iterator[House]:
    require_chromium()
    footage = video(data / "footage" / "vtest.avi", "real", loop=True)
    found = House(tmp_path, footage, data / "models" / MODEL)
    with found.settings.open("a", encoding="utf-8") as file:
        file.write(PANEL.format(port=port))
    make_folder(tmp_path / "panel")
    yield found.start()
    found.close()


@pytest.mark.slow
def test_a_thumb_leads_a_device_from_its_code_to_its_certificate(
    house: House, tmp_path: Path, port: int
) -> None:
    assert wait_until(lambda: "state=watching" in house.log), house.log
    (tmp_path / "panel" / "wanted").touch()
    assert wait_until(lambda: "panel is open" in house.log), house.log

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=list(SWITCHES)
        )
        page = browser.new_page(
            ignore_https_errors=True, viewport={"width": 360, "height": 740}
        )
        faults: list[str] = []
        page.on("pageerror", lambda fault: faults.append(str(fault)))
        steps = list(walk(page, f"https://127.0.0.1:{port}", CODE, tmp_path))
        browser.close()

    assert steps == ["open", "aim", "draw", "count", "prove", "accept"]
    assert faults == []
    assert (tmp_path / "certificate.pdf").read_bytes().startswith(b"%PDF-")
    told = verified((tmp_path / "certificate.jsonl").read_bytes())
    assert told["technician"] == "Ada Vos"
    assert {"middle"} <= set(told["accuracy"])


def verified(line: bytes) -> dict[str, Any]:
    """Return what a certificate says, its signature weighed by eyes not ours."""
    message = base64.b64decode(json.loads(line)["cose"])
    protected, *_ = cbor2.loads(message).value
    public = cbor2.loads(protected)[4]  # the key's name is the key
    key = COSEKey.new({1: 1, 3: -8, -1: 6, -2: public, 2: public})
    found: dict[str, Any] = json.loads(COSE.new().decode(message, key))
    return found
