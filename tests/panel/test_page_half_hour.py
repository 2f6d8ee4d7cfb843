"""The half hour on a phone, from the overview to the certificate."""

import json
import re
import time
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, Route, expect

from tests.panel.conftest import go, lose_answer
from tests.panel.fake_house import FakeHouse
from tests.panel.serving import Served

XSS = '<img src=x onerror="window.hurt=1"><script>window.hurt=1</script>'


def asked(house: FakeHouse, word: str) -> list[dict[str, object]]:
    return [each for each in house.asked if each["ask"] == word]


def test_the_overview_says_what_is_wrong_and_what_to_do(
    phone: Page, house: FakeHouse
) -> None:
    expect(phone.locator(".verdict")).to_contain_text("All is well")

    house.extra = {
        "state": "camera_silent",
        "rate_hz": 3.0,
        "clock": {"trust": "unsynced", "uncertainty_s": None, "utc_s": 0},
        "link": {"up": False, "kind": "mqtt", "detail": XSS},
        "health": {"board": {"temperature_c": 84.0, "under_voltage": True}},
    }
    phone.reload()

    expect(phone.locator(".verdict")).to_contain_text("6 things to see to")
    expect(phone.locator(".item.is-bad .advice")).to_have_count(6)
    expect(phone.locator(".items")).to_contain_text("onerror")
    assert phone.evaluate("window.hurt") is None


def test_a_device_out_of_reach_is_told_in_words_not_by_a_path(
    phone: Page, panel: Served
) -> None:
    panel.reception.go()
    phone.click("text=blink")

    expect(phone.locator("#told")).to_contain_text("cannot be reached")
    expect(phone.locator("#banner")).not_to_be_empty()
    panel.reception.come()
    expect(phone.locator("#banner")).to_be_empty()


def test_a_sketch_is_shown_for_as_long_as_it_was_asked_for(
    phone: Page, house: FakeHouse
) -> None:
    go(phone, "aim")
    assert phone.locator(".cells").count() == 0
    phone.click("text=Show the sketch")

    phone.wait_for_selector(".cells", state="attached")
    expect(phone.locator(".box").first).to_be_attached()
    expect(phone.locator(".bar .left")).to_contain_text("14:5")
    expect(phone.locator("main")).to_contain_text("12.4 frames a second")
    expect(phone.locator("main")).to_contain_text(
        "person: above 27 km/h they will be missed"
    )
    assert asked(house, "aim")[0]["for_s"] == 900
    phone.click("text=End it")
    expect(phone.locator(".cells")).to_have_count(0)
    expect(phone.locator(".box")).to_have_count(0)


def test_the_horizon_is_moved_by_a_finger_and_by_keys(phone: Page) -> None:
    go(phone, "aim")
    horizon = phone.locator(".horizon")
    before = float(horizon.get_attribute("aria-valuenow") or "")

    horizon.focus()
    phone.keyboard.press("ArrowDown")
    after = float(horizon.get_attribute("aria-valuenow") or "")
    box = phone.locator(".horizon .knob").bounding_box()
    assert box is not None
    phone.mouse.move(box["x"] + 5, box["y"] + 5)
    phone.mouse.down()
    phone.mouse.move(box["x"] + 5, box["y"] + 60, steps=3)
    phone.mouse.up()

    assert after > before
    assert float(horizon.get_attribute("aria-valuenow") or "") > after + 10


def test_who_passes_is_counted_before_one_s_eyes(phone: Page) -> None:
    go(phone, "count")
    phone.click("text=Show the sketch")

    expect(phone.locator("p.verdict")).to_contain_text("at road")
    now = phone.locator("section.card").first.locator("dl > div:first-child dd")
    assert sum(int(each) for each in now.all_inner_texts()) >= 1


def test_the_arrow_of_forward_points_from_the_left_of_a_line_to_its_right(
    phone: Page, house: FakeHouse
) -> None:
    """As records mean it, on a picture whose y grows down: settings/site.py."""
    house.site["lines"] = [
        {"name": "rightward", "start": [0.2, 0.5], "end": [0.8, 0.5]},
        {"name": "downward", "start": [0.5, 0.2], "end": [0.5, 0.8]},
    ]
    phone.reload()
    go(phone, "count")

    # The drawn head points right at 0, the icon up; both turn with the clock.
    assert turned(phone, ".scene .forward") == [90, 180]
    assert turned(phone, ".way .pointing path") == [180, 0, 270, 90]


def turned(page: Page, selector: str) -> list[int]:
    """Return by how many degrees each of some shapes is turned."""
    told = page.locator(selector).evaluate_all(
        "all => all.map((each) => each.getAttribute('transform'))"
    )
    found = [re.search(r"rotate\((-?\d+)", each) for each in told]
    return [int(each[1]) % 360 for each in found if each]


def test_taps_and_what_the_device_counts_are_compared_at_the_end_alone(
    phone: Page, house: FakeHouse
) -> None:
    go(phone, "prove")
    phone.select_option("main select >> nth=0", "crossing")
    phone.click("button.main")
    forward, backward = (
        phone.locator("[data-way=forward]"),
        phone.locator("[data-way=backward]"),
    )
    for _ in range(3):
        forward.click()
    backward.click()
    backward.click()
    phone.click(".undo")
    expect(forward).to_contain_text("3")
    expect(backward).to_contain_text("1")
    expect(phone.locator("main")).not_to_contain_text("by the device")

    phone.click("text=End the test")

    expect(phone.locator("main")).to_contain_text(
        "crossing, person: counts 3.1% too few"
    )
    expect(phone.locator("main")).to_contain_text("between -8% and +2%")
    expect(phone.locator("main")).to_contain_text("tap 41 more")
    taps = asked(house, "test_tap")
    # What is taken back before it was sent is not sent at all.
    undone = len(asked(house, "test_undo"))
    assert undone in (0, 1)
    ways = [each["direction"] for each in taps]
    assert ways == ["forward"] * 3 + ["backward"] * (1 + undone)
    assert asked(house, "aim") != [], "without aiming no crossing is told"


def test_a_test_that_is_void_says_why_in_the_phones_language(
    phone: Page, house: FakeHouse
) -> None:
    house.void = {"sentence_key": "test_crowded", "sentence": "in plain English"}
    go(phone, "prove")
    phone.click("button.main")
    phone.locator(".tap").first.click()
    phone.click("text=End the test")

    expect(phone.locator("main")).to_contain_text("More pass here than can be told")


def test_taps_of_a_lost_connection_arrive_with_their_own_times(
    phone: Page, panel: Served, house: FakeHouse
) -> None:
    go(phone, "prove")
    phone.click("button.main")
    phone.wait_for_selector(".tap")
    panel.reception.go()
    phone.locator(".tap").first.click()
    phone.locator(".tap").last.click()
    phone.click("text=End the test")
    expect(phone.locator("p.verdict")).to_contain_text("2 taps wait")
    time.sleep(1.0)
    panel.reception.come()

    expect(phone.locator("#banner")).to_be_empty()
    phone.click("text=End the test")
    expect(phone.locator("main")).to_contain_text("2 by hand")
    ago_s = [float(str(each["ago_s"])) for each in asked(house, "test_tap")]
    assert len(ago_s) == 2
    assert min(ago_s) > 1.0


def test_a_tap_and_an_undo_whose_answers_are_lost_count_once(
    phone: Page, house: FakeHouse
) -> None:
    go(phone, "prove")
    phone.click("button.main")
    for _ in range(2):
        phone.locator(".tap").first.click()
    lose_answer(phone, "test_tap")
    lose_answer(phone, "test_undo")
    phone.locator(".tap").last.click()
    expect(phone.locator("#banner")).not_to_be_empty()
    phone.click(".undo")
    phone.click(".undo")
    expect(phone.locator("p.large")).to_have_text("Tapped: 1")
    expect(phone.locator("#banner")).to_be_empty()
    wait_for(phone, lambda: len(asked(house, "test_undo")) == 3)
    expect(phone.locator("#banner")).to_be_empty()

    phone.click("text=End the test")

    expect(phone.locator("main")).to_contain_text("1 by hand")
    assert [each["n"] for each in asked(house, "test_tap")] == [1, 2, 3, 3]
    assert [each["n"] for each in asked(house, "test_undo")] == [4, 4, 5]


def test_a_tap_that_the_device_refuses_holds_up_no_other(
    phone: Page, panel: Served, house: FakeHouse
) -> None:
    def refuse(route: Route) -> None:
        route.fulfill(status=400, json={"ok": False, "faults": ["ago_s: too late"]})

    go(phone, "prove")
    phone.click("button.main")
    phone.wait_for_selector(".tap")
    panel.reception.go()
    for _ in range(3):
        phone.locator(".tap").first.click()
    expect(phone.locator("#banner")).not_to_be_empty()
    phone.route("**/api/ask/test_tap", refuse, times=1)
    panel.reception.come()

    expect(phone.locator("p.large")).to_have_text("Tapped: 2")
    wait_for(phone, lambda: len(asked(house, "test_tap")) == 2)
    phone.click("text=End the test")
    expect(phone.locator("main")).to_contain_text("2 by hand")


def wait_for(page: Page, is_so: Callable[[], bool]) -> None:
    """Wait until something is so, not for ever; the page goes on."""
    for _ in range(300):
        if is_so():
            return
        page.wait_for_timeout(100)
    raise AssertionError("it did not come to pass")


def test_a_test_that_the_device_has_lost_can_be_begun_anew(
    phone: Page, house: FakeHouse
) -> None:
    go(phone, "prove")
    phone.click("button.main")
    phone.locator(".tap").first.click()
    expect(phone.locator("p.large")).to_have_text("Tapped: 1")
    house.test = None
    phone.click("text=End the test")
    expect(phone.locator("main")).to_contain_text("no test goes on")

    phone.click("text=Another test")

    expect(phone.locator("button.main")).to_have_text("Begin")


def test_a_certificate_is_signed_and_saved(
    phone: Page, house: FakeHouse, tmp_path: Path
) -> None:
    go(phone, "accept")
    phone.fill("input", "Ada " + XSS[:20])
    phone.fill("textarea", XSS)
    phone.click("button[type=submit]")
    phone.wait_for_selector("[data-paper=pdf]")
    with phone.expect_download() as told:
        phone.click("[data-paper=pdf]")
    told.value.save_as(tmp_path / "certificate.pdf")

    assert told.value.suggested_filename == "tp-0001-certificate.pdf"
    assert (tmp_path / "certificate.pdf").read_bytes().startswith(b"%PDF")
    assert asked(house, "accept")[0]["remarks"] == XSS
    expect(phone.locator(".is-unknown")).to_contain_text("Privacy test not known")
    phone.reload()
    expect(phone.locator("main")).to_contain_text("The certificate that there is")


def test_a_host_reads_the_day_and_can_change_nothing(
    phone: Page, house: FakeHouse
) -> None:
    house.extra = {
        "today": {"road": {"person": {"forward": 211, "backward": 45}}},
        "car_parks": {"north": {"spaces": 40, "free": 7, "occupied": 33, "unknown": 0}},
    }
    phone.reload()
    go(phone, "host")

    figures = phone.locator(".figure")
    expect(figures.first).to_have_text("7free of 40: north")
    expect(figures.last).to_have_text("256person")
    assert phone.locator(".bar-of-hour").count() == 22, "two hours nobody watched"
    expect(phone.locator("main")).to_contain_text("no picture leaves the camera")
    assert phone.locator("main button, main input, main select").count() == 0


def test_names_from_outside_stay_text(phone: Page, house: FakeHouse) -> None:
    house.classes = ["person", XSS]
    house.extra = {
        "device": XSS,
        "firmware": XSS,
        "state": XSS,
        "today": {XSS: {XSS: {"forward": 1, "backward": 1}}},
        "zones": {XSS: {XSS: 1}},
        "car_parks": {XSS: {"spaces": 1, "free": 1}},
        "site": {
            "lines": [{"name": XSS, "start": [0.1, 0.5], "end": [0.9, 0.5]}],
            "zones": [{"name": "z", "polygon": [[0, 0], [1, 0], [1, 1]], XSS: XSS}],
        },
        "certificate": {
            "when_utc_s": 0,
            "name": XSS,
            "passed": False,
            "checks": [{"name": XSS, "passed": False, "value": 0, "sentence": XSS}],
        },
        "accuracy": [{"line": XSS, "class": XSS, "taps": 1, "error": 0.1}],
    }
    phone.reload()
    for screen in ("home", "aim", "draw", "count", "prove", "accept", "host"):
        go(phone, screen)
        if screen == "draw":
            phone.click(".entry >> nth=0")
            phone.wait_for_selector(".form input")
        phone.wait_for_timeout(100)

        assert phone.evaluate("window.hurt") is None, screen
        assert phone.locator("main img, main script").count() == 0
        assert json.dumps(XSS)[1:8] in phone.content().replace("&lt;", "<")
