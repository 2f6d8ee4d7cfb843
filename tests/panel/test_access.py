"""Who is let in, by a real panel over TLS."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.panel.door import Door, Phone, make_folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return make_folder(tmp_path / "panel")


@pytest.fixture
def door(folder: Path) -> Iterator[Door]:
    found = Door(folder)
    yield found
    found.close()


def test_the_code_opens_however_it_is_typed_and_a_wrong_one_does_not(
    door: Door,
) -> None:
    phone = Phone(door.port)

    assert phone.ask("GET", "/api/session")[0] == 401
    status, told, _ = phone.ask("POST", "/api/open", {"code": "22222-22222"})
    assert (status, told) == (403, {"left": 4})
    status, told, headers = phone.ask("POST", "/api/open", {"code": " abcde 23456"})
    assert status == 200
    cookie = headers["set-cookie"]
    assert cookie.startswith("__Host-session=")
    for word in ("Path=/", "Secure", "HttpOnly", "SameSite=Strict"):
        assert word in cookie
    phone.cookie = cookie.partition(";")[0]
    assert phone.ask("GET", "/api/session")[1] == {"csrf": told["csrf"]}
