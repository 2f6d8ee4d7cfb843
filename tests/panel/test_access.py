"""Who is let in, by a real panel over TLS."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tallypost.exits import MEND_IT
from tests.panel.door import Door, Phone, make_folder
from tests.system.house import tallypost


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return make_folder(tmp_path / "panel")


@pytest.fixture
def door(folder: Path) -> Iterator[Door]:
    found = Door(folder)
    yield found
    found.close()


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """One panel for all that leave it as it was."""
    found = Door(make_folder(tmp_path_factory.mktemp("standing") / "panel"))
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


def test_five_wrong_codes_lock_it_also_for_who_starts_it_afresh(
    folder: Path, door: Door
) -> None:
    phone = Phone(door.port)
    answers = [phone.ask("POST", "/api/open", {"code": "2" * 10}) for _ in range(5)]
    assert [status for status, *_ in answers] == [403, 403, 403, 403, 429]
    assert 295 < answers[-1][1]["locked_s"] <= 300
    assert phone.open() == 429, "not even the right one"
    door.close()
    again = Door(folder)
    try:
        status, told, _ = Phone(again.port).ask("POST", "/api/open", {"code": "x"})
        assert status == 429
        assert 0 < told["locked_s"] < 300
    finally:
        again.close()


def test_a_second_phone_comes_in_by_a_code_of_the_first_and_by_no_other(
    door: Door,
) -> None:
    first, second, third = (Phone(door.port) for _ in range(3))
    assert first.open() == 200
    assert second.open() == 409, "the label's code is good for one"
    assert second.ask("POST", "/api/join")[0] == 401
    code = first.ask("POST", "/api/join")[1]["code"]
    assert second.open(code) == 200
    assert third.open(code) == 403, "good for once"
    assert first.ask("POST", "/api/close")[0] == 204
    assert first.ask("GET", "/api/session")[0] == 401
    assert second.ask("GET", "/api/session")[0] == 200


def test_nothing_is_done_without_the_page_s_own_word(door: Door) -> None:
    phone = Phone(door.port)
    phone.open()
    wrong = {"x-tallypost": "guess"}

    assert phone.ask("POST", "/api/join", headers={"x-tallypost": None})[0] == 403
    assert phone.ask("POST", "/api/ask/draw", {}, wrong)[0] == 403
    assert phone.ask("POST", "/api/join", headers={"cookie": None})[0] == 401
    for foreign in (
        {"origin": "https://evil.example"},
        {"origin": "https://["},
        {"origin": f"http://127.0.0.1:{door.port}"},
        {"sec-fetch-site": "cross-site"},
    ):
        assert phone.ask("POST", "/api/join", headers=foreign)[0] == 403
        assert phone.ask("POST", "/api/open", {"code": "x"}, foreign)[0] == 403
        assert phone.ask("GET", "/api/events", headers=foreign)[0] == 403
    ours = {"origin": f"https://127.0.0.1:{door.port}", "sec-fetch-site": "same-origin"}
    assert phone.ask("POST", "/api/join", headers=ours)[0] == 200


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1", 404),
        ("10.42.0.1:443", 404),
        ("[fe80::1]:8443", 404),
        ("tallypost.local", 404),
        ("tp-0001.local:443", 404),
        ("evil.example", 421),
        ("10.42.0.1.evil.example", 421),
        ("local", 421),
        (None, 400),
    ],
)
def test_only_who_asks_for_this_device_is_answered(
    standing: Door, host: str | None, status: int
) -> None:
    asked, _, headers = Phone(standing.port).ask(
        "GET", "/nothing", headers={"host": host}
    )

    assert asked == status
    if status != 400:
        assert "default-src 'self'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert "server" not in headers


@pytest.mark.parametrize("missing", ["code.json", "certificate.pem", "key.pem"])
def test_a_folder_that_lacks_something_is_told_in_words(
    folder: Path, missing: str
) -> None:
    (folder / missing).unlink()
    words = ("panel", "--folder", folder, "--address", "127.0.0.1:0")
    code, _, complaint = tallypost(*words)

    assert code == MEND_IT
    assert "Traceback" not in complaint
    assert "cannot be " in complaint
    assert "start" in complaint
